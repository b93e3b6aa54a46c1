/*
 * Call auction: one price for all trades of a clearing, in merit order.
 *
 * Offers are ranked by price, orders by limit. The volume is the largest at which the dearest accepted offer asks no
 * more than the lowest accepted order pays. All trade at one price: that of the dearest accepted offer, or half-way
 * between it and the lowest accepted limit. On the margin, those with the same price share in proportion.
 * Reach must be free of tariffs within such a market: one price for all could not hold otherwise.
 */
#include <ondol/mechanism.h>

typedef struct Params {
  uint8_t midpoint;
} Params;

typedef struct Quote {
  int64_t price;
  int64_t quantity;
  uint32_t index;
} Quote;

enum { DIGIT = 11, VALUES = 1 << DIGIT };

/* Ranks quotes by key, equal keys in the order in which they stand: radix sort, lowest digit first, over as many digits
 * as the keys differ in. `spare` has room for as many. Cheapest first; with `dearest`, dearest first. */
static void rank(Quote* quotes, Quote* spare, uint32_t count, int dearest) {
  if (count == 0) return;
  int64_t least = quotes[0].price;
  int64_t most = quotes[0].price;
  for (uint32_t i = 1; i < count; ++i) {
    if (quotes[i].price < least) least = quotes[i].price;
    if (quotes[i].price > most) most = quotes[i].price;
  }
  const uint64_t span = (uint64_t)most - (uint64_t)least;
  Quote* from = quotes;
  Quote* to = spare;
  for (unsigned shift = 0; shift < 64 && span >> shift != 0; shift += DIGIT) {
    uint32_t start[VALUES] = {0};
    for (uint32_t i = 0; i < count; ++i) {
      const uint64_t key =
          dearest ? (uint64_t)most - (uint64_t)from[i].price : (uint64_t)from[i].price - (uint64_t)least;
      ++start[key >> shift & (VALUES - 1)];
    }
    uint32_t before = 0;
    for (uint32_t value = 0; value < VALUES; ++value) {
      const uint32_t here = start[value];
      start[value] = before;
      before += here;
    }
    for (uint32_t i = 0; i < count; ++i) {
      const uint64_t key =
          dearest ? (uint64_t)most - (uint64_t)from[i].price : (uint64_t)from[i].price - (uint64_t)least;
      to[start[key >> shift & (VALUES - 1)]++] = from[i];
    }
    Quote* const swapped = from;
    from = to;
    to = swapped;
  }
  if (from == quotes) return;
  for (uint32_t i = 0; i < count; ++i) quotes[i] = from[i];
}

/* Where the ranked offers and orders cross. */
typedef struct Crossing {
  ondol_wide volume;
  int64_t ask;   /* of the dearest accepted offer */
  int64_t limit; /* of the lowest accepted order */
} Crossing;

static Crossing cross(const Quote* offers, uint32_t offer_count, const Quote* orders, uint32_t order_count) {
  Crossing crossing = {0, 0, 0};
  uint32_t offer = 0;
  uint32_t order = 0;
  int64_t offer_left = offer_count > 0 ? offers[0].quantity : 0;
  int64_t order_left = order_count > 0 ? orders[0].quantity : 0;
  while (offer < offer_count && order < order_count && offers[offer].price <= orders[order].price) {
    const int64_t part = offer_left < order_left ? offer_left : order_left;
    crossing.volume += part;
    crossing.ask = offers[offer].price;
    crossing.limit = orders[order].price;
    offer_left -= part;
    order_left -= part;
    if (offer_left == 0 && ++offer < offer_count) offer_left = offers[offer].quantity;
    if (order_left == 0 && ++order < order_count) order_left = orders[order].quantity;
  }
  return crossing;
}

/* How much each quote trades: whole where it is better than the margin, its share of the rest on the margin. */
static void allot(ondol_clearing* clearing, Quote* quotes, uint32_t count, int64_t margin, ondol_wide volume,
                  uint64_t draw) {
  ondol_wide better = 0;
  ondol_wide at_margin = 0;
  uint32_t accepted = 0;
  uint32_t first_at_margin = 0;
  for (; accepted < count; ++accepted) {
    if (at_margin > 0 && quotes[accepted].price != margin) break;
    if (quotes[accepted].price == margin) {
      if (at_margin == 0) first_at_margin = accepted;
      at_margin += quotes[accepted].quantity;
    } else {
      better += quotes[accepted].quantity;
    }
  }
  ondol_rationing rationing = ondol_ration((int64_t)(volume - better), at_margin, ondol_draw(clearing, draw));
  for (uint32_t i = first_at_margin; i < accepted; ++i)
    quotes[i].quantity = ondol_share(&rationing, quotes[i].quantity);
  for (uint32_t i = accepted; i < count; ++i) quotes[i].quantity = 0;
}

static void pair(ondol_clearing* clearing, const Quote* offers, uint32_t offer_count, Quote* orders,
                 uint32_t order_count, int64_t price) {
  uint32_t order = 0;
  for (uint32_t offer = 0; offer < offer_count; ++offer) {
    int64_t left = offers[offer].quantity;
    while (left > 0 && order < order_count) {
      const int64_t part = left < orders[order].quantity ? left : orders[order].quantity;
      ondol_fill_order(clearing, offers[offer].index, orders[order].index, part, price);
      left -= part;
      orders[order].quantity -= part;
      if (orders[order].quantity == 0) ++order;
    }
  }
}

/* Whether every buyer that is here pays every seller that is here its price, no more. */
static int one_price_for_all(ondol_clearing* clearing) {
  const uint32_t regions = clearing->region_count;
  uint8_t* buys = clearing->host->scratch(clearing, regions);
  uint8_t* sells = clearing->host->scratch(clearing, regions);
  for (uint32_t r = 0; r < regions; ++r) buys[r] = sells[r] = 0;
  for (uint32_t i = 0; i < clearing->order_count; ++i) buys[clearing->order_region[i]] = 1;
  for (uint32_t i = 0; i < clearing->offer_count; ++i) sells[clearing->offer_region[i]] = 1;
  for (uint32_t b = 0; b < regions; ++b) {
    for (uint32_t s = 0; s < regions; ++s) {
      if (buys[b] && sells[s] && clearing->delivered_cost[(size_t)b * regions + s] != 1.0) return 0;
    }
  }
  return 1;
}

static int32_t clear(ondol_clearing* clearing) {
  const Params* params = clearing->params;
  Quote* offers = clearing->host->scratch(clearing, (clearing->offer_count + (size_t)1) * sizeof *offers);
  Quote* orders = clearing->host->scratch(clearing, (clearing->order_count + (size_t)1) * sizeof *orders);
  uint32_t offer_count = 0;
  uint32_t order_count = 0;
  for (uint32_t i = 0; i < clearing->offer_count; ++i) {
    const Quote quote = {clearing->offer_price[i], clearing->offer_quantity[i], i};
    offers[offer_count++] = quote;
  }
  for (uint32_t i = 0; i < clearing->order_count; ++i) {
    if (clearing->order_offer[i] != ONDOL_NONE || !clearing->order_open[i]) {
      return ondol_fail(clearing, "an order names a seller, but in a call auction nobody chooses from whom to buy");
    }
    const Quote quote = {clearing->order_limit[i], clearing->order_quantity[i], i};
    orders[order_count++] = quote;
  }
  if (!one_price_for_all(clearing)) {
    return ondol_fail(clearing, "a call auction has one price for all, so tariffs and bars cannot hold within it");
  }
  const uint32_t longest = offer_count > order_count ? offer_count : order_count;
  Quote* spare = clearing->host->scratch(clearing, (longest + (size_t)1) * sizeof *spare);
  rank(offers, spare, offer_count, 0);
  rank(orders, spare, order_count, 1);
  const Crossing crossing = cross(offers, offer_count, orders, order_count);
  if (crossing.volume == 0) return 0;
  const int64_t price = params->midpoint ? crossing.ask + (crossing.limit - crossing.ask) / 2 : crossing.ask;
  allot(clearing, offers, offer_count, crossing.ask, crossing.volume, 1);
  allot(clearing, orders, order_count, crossing.limit, crossing.volume, 2);
  pair(clearing, offers, offer_count, orders, order_count, price);
  return 0;
}

static const ondol_field fields[] = {
    {.name = "midpoint",
     .unit = "1",
     .doc = "Price half-way between the dearest accepted offer and the lowest accepted limit; else that of the offer.",
     .role = ONDOL_PARAM,
     .type = ONDOL_BOOL,
     .offset = offsetof(Params, midpoint),
     .count = 1,
     .initial = 0,
     .minimum = 0,
     .maximum = 1},
};

static const ondol_mechanism call_auction = {
    .size = sizeof(ondol_mechanism),
    .params_size = sizeof(Params),
    .name = "call_auction",
    .doc = "One price for all trades: cheapest offers meet the highest limits until they cross.",
    .fields = fields,
    .field_count = 1,
    .field_stride = sizeof(ondol_field),
    .clear = clear,
};

ONDOL_MECHANISM_PLUGIN(call_auction, "0.1.0")
