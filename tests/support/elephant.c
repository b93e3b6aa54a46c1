/* A mechanism that remembers four gigabytes a market. */
#include <ondol/mechanism.h>

enum { remembered = 536000000 };

static int32_t clear(ondol_clearing* clearing) {
  (void)clearing;
  return 0;
}

static const ondol_field fields[] = {
    {"memory", "1", "All there was.", NULL, ONDOL_STATE, ONDOL_F64, 0, remembered, 0, 0, 0, 0, 1, 0, 0}};

static const ondol_mechanism elephant = {.size = sizeof(ondol_mechanism),
                                         .state_size = remembered * sizeof(double),
                                         .name = "elephant",
                                         .doc = "Forgets nothing.",
                                         .fields = fields,
                                         .field_count = 1,
                                         .field_stride = sizeof(ondol_field),
                                         .clear = clear};

ONDOL_MECHANISM_PLUGIN(elephant, "0.1.0")
