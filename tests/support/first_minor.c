/* A plugin built against the header of the first minor of this ABI, as it was released; it must load for ever. */
#include "abi/1.0.h"

typedef struct state {
  double age;
} state;

static const ondol_field fields[] = {
    {"age", "1", "Ticks lived.", NULL, ONDOL_STATE, ONDOL_F64, 0, 1, 0, 0, 0, 0, 1e9},
};
static int32_t live(ondol_chunk* chunk) {
  for (uint32_t row = 0; row < chunk->rows; ++row) ((state*)chunk->state)[row].age += 1;
  return 0;
}
static const ondol_rule rules[] = {{"make", "Grows older.", &live}};
static const ondol_kind kind = {sizeof(ondol_kind),
                                0,
                                0,
                                sizeof(state),
                                "first",
                                "Of the first minor.",
                                fields,
                                NULL,
                                NULL,
                                rules,
                                1,
                                sizeof(ondol_field),
                                0,
                                0,
                                0,
                                0,
                                1,
                                sizeof(ondol_rule)};
static const ondol_kind* const kinds[] = {&kind};
static const ondol_plugin plugin = {sizeof(ondol_plugin), 1, 0, "first_minor", "1.0", kinds, NULL, 1, 0, NULL};

ONDOL_EXPORT const ondol_plugin* ondol_plugin_entry(const ondol_host_info* host);
const ondol_plugin* ondol_plugin_entry(const ondol_host_info* host) { return host->abi_major == 1 ? &plugin : NULL; }
