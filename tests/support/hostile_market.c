/* A mechanism that counts turns behind its market's back, and does worse when it is told to. */
#include <ondol/mechanism.h>

#include <stdlib.h>

typedef struct Params {
  double deed; /* 1 crashes, 2 ends the process, 3 does so in a piece of its work */
} Params;

static void piece(void* context, uint32_t i) {
  volatile int* volatile nowhere = NULL;
  if (context != NULL && i == 1) *nowhere = 1;
}

static int32_t clear(ondol_clearing* clearing) {
  static int64_t turns;
  const Params* params = clearing->params;
  volatile int* volatile nowhere = NULL;
  if (params->deed == 1) *nowhere = 1;
  if (params->deed == 2) exit(0);
  if (params->deed == 3) clearing->host->parallel_for(clearing, 2, &piece, clearing);
  ++turns;
  return turns < 0;
}

static const ondol_field fields[] = {
    {"deed", "1", "What it does.", NULL, ONDOL_PARAM, ONDOL_F64, offsetof(Params, deed), 1, 0, 0, 0, 0, 3, 0, 0}};

static const ondol_mechanism hostile_market = {.size = sizeof(ondol_mechanism),
                                               .params_size = sizeof(Params),
                                               .name = "hostile_market",
                                               .doc = "Fills nothing.",
                                               .fields = fields,
                                               .field_count = 1,
                                               .field_stride = sizeof(ondol_field),
                                               .clear = clear};

ONDOL_MECHANISM_PLUGIN(hostile_market, "0.1.0")
