/* A kind in plain C over the ABI alone: whoever has a coin gives it to the next agent. */
#include <ondol/abi.h>

static const ondol_field no_fields[1];
static const ondol_port_spec ports[] = {
    {"others", NULL, "Whom it gives to.", ONDOL_PEERS, 0, NULL, 0, 0, NULL, NULL, 0, 0}};
static const ondol_purpose purposes[] = {{"coin", "A coin for nothing.", ONDOL_CURRENT, 0, NULL}};

static int32_t give(ondol_chunk* chunk) {
  const ondol_members* members = chunk->ports[0].members;
  for (uint32_t row = 0; row < chunk->rows; ++row) {
    if (chunk->alive != NULL && chunk->alive[row] == 0) continue;
    chunk->failure->row = row;
    const int64_t coin = (int64_t)chunk->money_units;
    if (chunk->money_available[row] < coin || members->count == 0) continue;
    uint32_t next = 0;
    while (next < members->count &&
           members->agent[next] <= (chunk->agent != NULL ? chunk->agent[row] : chunk->first_agent + row))
      ++next;
    ondol_outbox* outbox = &chunk->outboxes[ONDOL_OUT_PAY];
    if (outbox->next == outbox->end) chunk->host->grow(chunk, ONDOL_OUT_PAY);
    const ondol_pay_record record = {row, members->agent[next % members->count], coin, 0, 0, 0};
    *(ondol_pay_record*)(void*)outbox->next = record;
    outbox->next += sizeof record;
    chunk->money_available[row] -= coin;
  }
  return 0;
}

static const ondol_rule rules[] = {{"give", "Gives a coin to the next agent.", &give}};
static const ondol_kind passer = {sizeof(ondol_kind),
                                  0,
                                  0,
                                  0,
                                  "passer",
                                  "Passes a coin on.",
                                  no_fields,
                                  ports,
                                  purposes,
                                  rules,
                                  0,
                                  sizeof(ondol_field),
                                  1,
                                  sizeof(ondol_port_spec),
                                  1,
                                  sizeof(ondol_purpose),
                                  1,
                                  sizeof(ondol_rule)};
static const ondol_kind* const kinds[] = {&passer};
static const ondol_plugin plugin = {
    sizeof(ondol_plugin), ONDOL_ABI_MAJOR, ONDOL_ABI_MINOR, "pure_c", "1.0", kinds, NULL, 1, 0, NULL};

ONDOL_EXPORT const ondol_plugin* ondol_plugin_entry(const ondol_host_info* host);
const ondol_plugin* ondol_plugin_entry(const ondol_host_info* host) {
  return host->abi_major == ONDOL_ABI_MAJOR ? &plugin : NULL;
}
