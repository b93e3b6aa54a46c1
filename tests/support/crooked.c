/* A mechanism that gives every order a little of an offer, and twice proposes what the books do not allow. */
#include <ondol/mechanism.h>

typedef struct Params {
  int64_t trick[2]; /* 0: none */
  int64_t at[2];    /* the fill it is played on */
} Params;

static ondol_fill bend(const ondol_clearing* clearing, ondol_fill fill, int64_t trick) {
  switch (trick) {
    case 1:
      fill.offer = clearing->offer_count;
      break;
    case 2:
      fill.quantity = 0;
      break;
    case 3:
      fill.price = -1;
      break;
    case 4:
      fill.quantity = clearing->order_quantity[fill.order] + 1;
      break;
    case 5:
      fill.price = clearing->order_limit[fill.order] + 1;
      break;
    case 6:
      fill.price -= 1;
      break;
    case 7:
      fill.quantity = clearing->offer_quantity[fill.offer] + 1;
      break;
    default:
      break;
  }
  return fill;
}

static int32_t clear(ondol_clearing* clearing) {
  const Params* params = clearing->params;
  if (clearing->offer_count == 0) return 0;
  for (uint32_t order = 0; order < clearing->order_count; ++order) {
    const uint32_t offer = order % clearing->offer_count;
    ondol_fill fill = {offer, order, 1, clearing->offer_price[offer]};
    for (int i = 0; i < 2; ++i) {
      if (params->at[i] == order) fill = bend(clearing, fill, params->trick[i]);
    }
    if (clearing->fill_count == clearing->fill_capacity) clearing->grow_fills(clearing);
    clearing->fills[clearing->fill_count++] = fill;
  }
  return 0;
}

static const ondol_field fields[] = {
    {"trick", "1", "What it proposes.", NULL, ONDOL_PARAM, ONDOL_I64, offsetof(Params, trick), 2, 0, 0, 0, 0, 7},
    {"at", "1", "On which fill.", NULL, ONDOL_PARAM, ONDOL_I64, offsetof(Params, at), 2, 0, 0, 0, 0, 1e9}};

static const ondol_mechanism crooked = {
    .size = sizeof(ondol_mechanism),
    .params_size = sizeof(Params),
    .name = "crooked",
    .doc = "A little for every order, and two tricks.",
    .fields = fields,
    .field_count = 2,
    .field_stride = sizeof(ondol_field),
    .clear = clear,
};

ONDOL_MECHANISM_PLUGIN(crooked, "0.1.0")
