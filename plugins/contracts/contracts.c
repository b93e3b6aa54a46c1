/*
 * Contracts with lead time: orders queue with the seller they name, a deposit held, and are delivered when they are
 * due.
 *
 * An order is delivered at the price agreed when it was placed (its limit), whatever the seller lists now, once
 * `lead_time` ticks have passed and the seller has stock on offer: first those placed first, and within a tick in
 * proportion to what is left of them. Orders that name nobody do not queue.
 */
#include <ondol/mechanism.h>

#include <math.h>

typedef struct Params {
  int64_t lead_time;
} Params;

/* The seller's price that the buyer's agreed price comes to, tariffs off; never dearer than agreed. */
static int64_t agreed_price(const ondol_clearing* clearing, uint32_t order, double cost) {
  const int64_t limit = clearing->order_limit[order];
  if (cost == 1.0) return limit;
  int64_t price = (int64_t)floor((double)limit / cost);
  while (price > 0 && ondol_delivered(price, cost) > limit) --price;
  return price;
}

static int is_due(const ondol_clearing* clearing, uint32_t order) {
  const Params* params = clearing->params;
  const uint32_t offer = clearing->order_offer[order];
  return clearing->order_open[order] && offer != ONDOL_NONE &&
         clearing->now.tick - clearing->order_tick[order] >= params->lead_time &&
         ondol_cost(clearing, order, offer) != 0.0;
}

/* Orders of one tick, [first, last): what is on offer is shared in proportion where it is short. */
static void deliver(ondol_clearing* clearing, uint32_t first, uint32_t last, int64_t* offer_left, ondol_wide* wanted,
                    ondol_rationing* rationing) {
  for (uint32_t order = first; order < last; ++order) {
    if (is_due(clearing, order)) wanted[clearing->order_offer[order]] += clearing->order_quantity[order];
  }
  for (uint32_t order = first; order < last; ++order) {
    if (!is_due(clearing, order)) continue;
    const uint32_t offer = clearing->order_offer[order];
    if (wanted[offer] == 0) continue; /* shared out already */
    const int64_t total = wanted[offer] < offer_left[offer] ? (int64_t)wanted[offer] : offer_left[offer];
    /* Each tick's orders are a question of their own. */
    const uint64_t purpose = (uint64_t)clearing->order_tick[order];
    const uint64_t draw = ondol_draw(clearing, purpose, clearing->offer_luck[offer], 0);
    rationing[offer] = ondol_ration(total, wanted[offer], draw);
    offer_left[offer] -= total;
    wanted[offer] = 0;
  }
  for (uint32_t order = first; order < last; ++order) {
    if (!is_due(clearing, order)) continue;
    const uint32_t offer = clearing->order_offer[order];
    const int64_t quantity = ondol_share(&rationing[offer], clearing->order_quantity[order]);
    ondol_fill_order(clearing, offer, order, quantity,
                     agreed_price(clearing, order, ondol_cost(clearing, order, offer)));
  }
}

static int32_t clear(ondol_clearing* clearing) {
  const size_t offers = clearing->offer_count;
  if (offers == 0) return 0;
  int64_t* offer_left = clearing->host->scratch(clearing, offers * sizeof *offer_left);
  ondol_wide* wanted = clearing->host->scratch(clearing, offers * sizeof *wanted);
  ondol_rationing* rationing = clearing->host->scratch(clearing, offers * sizeof *rationing);
  for (uint32_t offer = 0; offer < offers; ++offer) offer_left[offer] = clearing->offer_quantity[offer];
  for (uint32_t first = 0, last = 0; first < clearing->order_count; first = last) {
    while (last < clearing->order_count && clearing->order_tick[last] == clearing->order_tick[first]) ++last;
    deliver(clearing, first, last, offer_left, wanted, rationing);
  }
  return 0;
}

static const ondol_field fields[] = {
    {.name = "lead_time",
     .unit = "tick",
     .doc = "Least time from order to delivery.",
     .role = ONDOL_PARAM,
     .type = ONDOL_I64,
     .offset = offsetof(Params, lead_time),
     .count = 1,
     .initial = 1,
     .minimum = 0,
     .maximum = 1e6},
};

static const ondol_mechanism contracts = {
    .size = sizeof(ondol_mechanism),
    .flags = ONDOL_MECHANISM_ORDERS_STAND,
    .params_size = sizeof(Params),
    .name = "contracts",
    .doc = "Orders queue with the seller they name, a deposit held, and are delivered at the agreed price when due.",
    .fields = fields,
    .field_count = 1,
    .field_stride = sizeof(ondol_field),
    .clear = clear,
};

ONDOL_MECHANISM_PLUGIN(contracts, "0.1.0")
