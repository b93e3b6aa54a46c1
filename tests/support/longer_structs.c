/* A plugin whose structs are longer than this host knows: it reads them by size and stride. */
#include <ondol/abi.h>

typedef struct later_field {
  ondol_field known;
  const char* later;
} later_field;

typedef struct later_rule {
  ondol_rule known;
  const char* later;
} later_rule;

typedef struct later_kind {
  ondol_kind known;
  const void* later[4];
} later_kind;

typedef struct later_plugin {
  ondol_plugin known;
  const void* later[4];
} later_plugin;

typedef struct state {
  double age;
} state;

static const later_field fields[] = {
    {{"age", "1", "Ticks lived.", NULL, ONDOL_STATE, ONDOL_F64, 0, 1, 0, 0, 0, 0, 1e9, 0, 0}, "more"}};
static int32_t live(ondol_chunk* chunk) {
  for (uint32_t row = 0; row < chunk->rows; ++row) ((state*)chunk->state)[row].age += 1;
  return 0;
}
static const later_rule rules[] = {{{"make", "Grows older.", &live}, "more"}};
static const later_kind kind = {
    {sizeof(later_kind), 0, 0, sizeof(state), "longer", "Of longer structs.", &fields[0].known, NULL, NULL,
     &rules[0].known, 1, sizeof(later_field), 0, 0, 0, 0, 1, sizeof(later_rule)},
    {0}};
static const ondol_kind* const kinds[] = {&kind.known};
static const later_plugin plugin = {
    {sizeof(later_plugin), ONDOL_ABI_MAJOR, ONDOL_ABI_MINOR, "longer_structs", "9.0", kinds, NULL, 1, 0, NULL}, {0}};

ONDOL_EXPORT const ondol_plugin* ondol_plugin_entry(const ondol_host_info* host);
const ondol_plugin* ondol_plugin_entry(const ondol_host_info* host) {
  return host->abi_major == ONDOL_ABI_MAJOR ? &plugin.known : NULL;
}
