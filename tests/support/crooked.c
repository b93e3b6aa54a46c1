/* A mechanism that gives every order a little of an offer, or all of them a lot, and proposes what the books do not
 * allow. */
#include <ondol/mechanism.h>

typedef struct Params {
  int64_t trick[2]; /* 0: none */
  int64_t at[2];    /* the fill it is played on */
  int64_t lot;      /* 0: fills; 1: a lot; beyond: a bent one */
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

/* One unit for every order, all from the first offer; bent in one place. */
static void clear_as_lot(ondol_clearing* clearing) {
  const Params* params = clearing->params;
  const ondol_host* host = clearing->host;
  ondol_lot* lot = host->scratch(clearing, sizeof *lot);
  ondol_give* give = host->scratch(clearing, sizeof *give);
  ondol_takers* takers = host->scratch(clearing, sizeof *takers);
  ondol_take* takes = host->scratch(clearing, clearing->order_count * sizeof *takes);
  double* part = host->scratch(clearing, clearing->region_count * sizeof *part);
  double* price = host->scratch(clearing, clearing->region_count * sizeof *price);
  for (uint32_t i = 0; i < clearing->order_count; ++i) {
    const ondol_take take = {i, 0, 1};
    takes[i] = take;
  }
  const ondol_give all = {0, 0, clearing->order_count, clearing->offer_price[0]};
  const ondol_takers everybody = {takes, part, price, 0, clearing->order_count, 0};
  const ondol_lot whole = {give, takers, 0, 1, 1};
  part[clearing->offer_region[0]] = 1;
  price[clearing->offer_region[0]] = (double)clearing->offer_price[0];
  *give = all;
  *takers = everybody;
  *lot = whole;
  switch (params->lot) {
    case 2:
      give->offer = clearing->offer_count;
      break;
    case 3:
      give->price -= 1;
      break;
    case 4:
      takes[1].order = clearing->order_count;
      break;
    case 5:
      takes[1].quantity = 0;
      takes[0].quantity = 2;
      break;
    case 6:
      give->quantity += 1;
      break;
    case 7:
      price[clearing->offer_region[0]] *= 0.5;
      break;
    case 8:
      give->price = clearing->order_limit[0] + 1;
      price[clearing->offer_region[0]] = (double)give->price;
      break;
    case 9:
      takes[0].quantity = clearing->order_quantity[0] + 1;
      give->quantity += clearing->order_quantity[0];
      break;
    default:
      break;
  }
  clearing->lots = lot;
  clearing->lot_count = 1;
}

static int32_t clear(ondol_clearing* clearing) {
  const Params* params = clearing->params;
  if (clearing->offer_count == 0) return 0;
  if (params->lot > 0) {
    clear_as_lot(clearing);
    return 0;
  }
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
    {"trick", "1", "What it proposes.", NULL, ONDOL_PARAM, ONDOL_I64, offsetof(Params, trick), 2, 0, 0, 0, 0, 7, 0, 0},
    {"at", "1", "On which fill.", NULL, ONDOL_PARAM, ONDOL_I64, offsetof(Params, at), 2, 0, 0, 0, 0, 1e9, 0, 0},
    {"lot", "1", "Bends a lot.", NULL, ONDOL_PARAM, ONDOL_I64, offsetof(Params, lot), 1, 0, 0, 0, 0, 9, 0, 0}};

static const ondol_mechanism crooked = {
    .size = sizeof(ondol_mechanism),
    .params_size = sizeof(Params),
    .name = "crooked",
    .doc = "A little for every order, and two tricks.",
    .fields = fields,
    .field_count = 3,
    .field_stride = sizeof(ondol_field),
    .clear = clear,
};

ONDOL_MECHANISM_PLUGIN(crooked, "0.1.0")
