/* A kind in plain C that pays from money it does not take, and is badly described. */
#include <ondol/abi.h>

static const ondol_field fields[] = {
    {"hoard", "USD//year", "What it hides.", NULL, ONDOL_STATE, ONDOL_F64, 0, 1, 0, 0, 0, 0, 1e9, 0, 0}};
static const ondol_port_spec ports[] = {{"others", NULL, NULL, ONDOL_PEERS, 0, NULL, 0, 0, NULL, NULL, 0, 0}};
static const ondol_purpose purposes[] = {{"gift", "For nothing.", ONDOL_CURRENT, 0, NULL}};

static int32_t give(ondol_chunk* chunk) {
  for (uint32_t row = 0; row < chunk->rows && chunk->ports[0].members->count > 0; ++row) {
    ondol_outbox* outbox = &chunk->outboxes[ONDOL_OUT_PAY];
    if (outbox->next == outbox->end) chunk->host->grow(chunk, ONDOL_OUT_PAY);
    const ondol_pay_record record = {row, chunk->ports[0].members->agent[0], 100, 0, 0, 0};
    *(ondol_pay_record*)(void*)outbox->next = record;
    outbox->next += sizeof record;
  }
  return 0;
}

static const ondol_rule rules[] = {{"give", "Gives what it has not.", &give}};
static const ondol_kind kind = {sizeof(ondol_kind),
                                0,
                                0,
                                8,
                                "Cheat",
                                "Pays from nothing.",
                                fields,
                                ports,
                                purposes,
                                rules,
                                1,
                                sizeof(ondol_field),
                                1,
                                sizeof(ondol_port_spec),
                                1,
                                sizeof(ondol_purpose),
                                1,
                                sizeof(ondol_rule)};
static const ondol_kind* const kinds[] = {&kind};
static const ondol_plugin plugin = {
    sizeof(ondol_plugin), ONDOL_ABI_MAJOR, ONDOL_ABI_MINOR, "cheat", "1.0", kinds, NULL, 1, 0, NULL};

ONDOL_EXPORT const ondol_plugin* ondol_plugin_entry(const ondol_host_info* host);
const ondol_plugin* ondol_plugin_entry(const ondol_host_info* host) {
  return host->abi_major == ONDOL_ABI_MAJOR ? &plugin : NULL;
}
