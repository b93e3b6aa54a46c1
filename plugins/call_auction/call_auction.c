/*
 * Call auction: one price for all trades of a clearing, in merit order.
 *
 * Offers are ranked by price, orders by limit. The volume is the largest at which the dearest accepted offer asks no
 * more than the lowest accepted order pays. All trade at one price: that of the dearest accepted offer (the sellers'
 * margin), that of the lowest accepted order (the buyers'), or in between:
 *   price = ask + floor(split * (limit - ask)).
 * On the margin, those with the same price share in proportion.
 * Reach must be free of tariffs within such a market: one price for all could not hold otherwise.
 */
#include <ondol/mechanism.h>

typedef struct Params {
  double split;
} Params;

/* The quotes of one side: offers by price, or orders by limit. */
typedef struct Side {
  const int64_t* price;
  const int64_t* quantity;
  uint32_t count;
  int dearest_first; /* orders: the highest limit comes first */
  uint64_t purpose;  /* of its draw */
} Side;

/* The best price that a margin may have and still be better, or as good. */
static int as_good(const Side* side, int64_t price, int64_t margin) {
  return side->dearest_first ? price >= margin : price <= margin;
}

/* Where the sides cross. */
typedef struct Crossing {
  ondol_wide volume;
  int64_t ask;   /* of the dearest accepted offer */
  int64_t limit; /* of the lowest accepted order */
} Crossing;

/* A quote that trades, and how much. */
typedef struct Trader {
  int64_t quantity;
  uint32_t index;
} Trader;

/* The quotes of one side that trade, best first, and equal ones in the order in which they stand. */
typedef struct Accepted {
  uint32_t count;
  uint32_t at_margin; /* the last so many */
  Trader* traders;
} Accepted;

/* Room for one more than are accepted, which the pairing looks at but does not use. */
static Accepted room_for(ondol_clearing* clearing, uint32_t count) {
  const Accepted accepted = {0, 0, clearing->host->scratch(clearing, (count + (size_t)1) * sizeof(Trader))};
  return accepted;
}

/* ---- Any prices: quotes are ranked */

typedef struct Quote {
  int64_t price;
  uint32_t index;
} Quote;

enum { DIGIT = 11, VALUES = 1 << DIGIT };

/* Ranks the quotes of a side by radix sort, lowest digit first, over as many digits as prices differ in. */
static const Quote* rank(ondol_clearing* clearing, const Side* side) {
  const uint32_t count = side->count;
  Quote* from = clearing->host->scratch(clearing, (count + (size_t)1) * sizeof *from);
  Quote* to = clearing->host->scratch(clearing, (count + (size_t)1) * sizeof *to);
  int64_t least = INT64_MAX;
  int64_t most = INT64_MIN;
  for (uint32_t i = 0; i < count; ++i) {
    const Quote quote = {side->price[i], i};
    from[i] = quote;
    if (quote.price < least) least = quote.price;
    if (quote.price > most) most = quote.price;
  }
  const uint64_t span = count == 0 ? 0 : (uint64_t)most - (uint64_t)least;
  for (unsigned shift = 0; shift < 64 && span >> shift != 0; shift += DIGIT) {
    uint32_t start[VALUES] = {0};
    for (uint32_t i = 0; i < count; ++i) {
      const uint64_t key =
          side->dearest_first ? (uint64_t)most - (uint64_t)from[i].price : (uint64_t)from[i].price - (uint64_t)least;
      ++start[key >> shift & (VALUES - 1)];
    }
    (void)ondol_add_up_counts(start, VALUES, 0);
    for (uint32_t i = 0; i < count; ++i) {
      const uint64_t key =
          side->dearest_first ? (uint64_t)most - (uint64_t)from[i].price : (uint64_t)from[i].price - (uint64_t)least;
      to[start[key >> shift & (VALUES - 1)]++] = from[i];
    }
    Quote* const swapped = from;
    from = to;
    to = swapped;
  }
  return from;
}

static Crossing cross_ranked(const Side* selling, const Quote* offers, const Side* buying, const Quote* orders) {
  Crossing crossing = {0, 0, 0};
  uint32_t offer = 0;
  uint32_t order = 0;
  int64_t offer_left = selling->count > 0 ? selling->quantity[offers[0].index] : 0;
  int64_t order_left = buying->count > 0 ? buying->quantity[orders[0].index] : 0;
  while (offer < selling->count && order < buying->count && offers[offer].price <= orders[order].price) {
    const int64_t part = offer_left < order_left ? offer_left : order_left;
    crossing.volume += part;
    crossing.ask = offers[offer].price;
    crossing.limit = orders[order].price;
    offer_left -= part;
    order_left -= part;
    if (offer_left == 0 && ++offer < selling->count) offer_left = selling->quantity[offers[offer].index];
    if (order_left == 0 && ++order < buying->count) order_left = buying->quantity[orders[order].index];
  }
  return crossing;
}

static Accepted accept_ranked(ondol_clearing* clearing, const Side* side, const Quote* quotes, int64_t margin) {
  uint32_t count = 0;
  while (count < side->count && as_good(side, quotes[count].price, margin)) ++count;
  Accepted accepted = room_for(clearing, count);
  accepted.count = count;
  for (uint32_t i = 0; i < count; ++i) {
    const Trader trader = {side->quantity[quotes[i].index], quotes[i].index};
    accepted.traders[i] = trader;
    accepted.at_margin += quotes[i].price == margin;
  }
  return accepted;
}

/* ---- Prices that lie close together: quotes are counted at each */

typedef struct Level {
  uint64_t quantity;
  uint32_t count; /* of quotes, then the place of the next of them in the ranking */
} Level;

/* The prices at which both sides quote, if counting by price is less work than ranking. */
typedef struct Ticks {
  int64_t least;
  uint32_t count;
} Ticks;

typedef struct Range {
  int64_t least, most;
} Range;

ONDOL_ALWAYS_INLINE Range range_of(const Side* side) {
  const int64_t* price = side->price;
  Range range = {INT64_MAX, INT64_MIN};
  for (uint32_t i = 0; i < side->count; ++i) {
    range.least = price[i] < range.least ? price[i] : range.least;
    range.most = price[i] > range.most ? price[i] : range.most;
  }
  return range;
}

ONDOL_WIDE static Range range_of_wide(const Side* side) { return range_of(side); }

static Ticks ticks_of(const Side* selling, const Side* buying) {
  Ticks ticks = {0, 0};
  if (selling->count == 0 || buying->count == 0) return ticks;
  const Range asked = ondol_has_wide() ? range_of_wide(selling) : range_of(selling);
  const Range bid = ondol_has_wide() ? range_of_wide(buying) : range_of(buying);
  const int64_t most = asked.most > bid.most ? asked.most : bid.most;
  ticks.least = asked.least < bid.least ? asked.least : bid.least;
  const uint64_t span = (uint64_t)most - (uint64_t)ticks.least;
  if (span < 4 * ((uint64_t)selling->count + buying->count) && span < UINT32_MAX) ticks.count = (uint32_t)span + 1;
  return ticks;
}

/* NULL when quantities are so large that they might not add up in 64 bits. */
static Level* count_levels(ondol_clearing* clearing, const Side* side, Ticks ticks) {
  Level* levels = clearing->host->scratch(clearing, ticks.count * sizeof *levels);
  uint64_t all = 0;
  for (uint32_t i = 0; i < side->count; ++i) {
    Level* level = &levels[side->price[i] - ticks.least];
    level->quantity += (uint64_t)side->quantity[i];
    ++level->count;
    all |= (uint64_t)side->quantity[i];
  }
  return all < (uint64_t)INT64_MAX / side->count ? levels : NULL;
}

static Crossing cross_levels(const Level* offers, const Level* orders, Ticks ticks) {
  Crossing crossing = {0, 0, 0};
  uint32_t offer = 0;
  uint32_t order = ticks.count - 1;
  uint64_t offer_left = offers[offer].quantity;
  uint64_t order_left = orders[order].quantity;
  for (;;) {
    while (offer_left == 0 && offer < order) offer_left = offers[++offer].quantity;
    while (order_left == 0 && order > offer) order_left = orders[--order].quantity;
    if (offer_left == 0 || order_left == 0) return crossing;
    const uint64_t part = offer_left < order_left ? offer_left : order_left;
    crossing.volume += part;
    crossing.ask = ticks.least + offer;
    crossing.limit = ticks.least + order;
    offer_left -= part;
    order_left -= part;
  }
}

/* The place of each accepted level in the ranking; returns how many quotes are accepted. */
static uint32_t place_levels(const Side* side, Level* levels, Ticks ticks, int64_t margin) {
  const uint32_t last = (uint32_t)(margin - ticks.least);
  uint32_t before = 0;
  for (uint32_t i = side->dearest_first ? ticks.count - 1 : 0;; i = side->dearest_first ? i - 1 : i + 1) {
    const uint32_t here = levels[i].count;
    levels[i].count = before;
    before += here;
    if (i == last) return before;
  }
}

static Accepted accept_counted(ondol_clearing* clearing, const Side* side, Level* levels, Ticks ticks, int64_t margin) {
  enum { BLOCK = 512 };
  const uint32_t at_margin = levels[margin - ticks.least].count;
  const uint32_t count = place_levels(side, levels, ticks, margin);
  Accepted accepted = room_for(clearing, count);
  accepted.count = count;
  accepted.at_margin = at_margin;
  uint32_t until = 0;
  for (uint32_t first = 0; first < side->count; first = until) {
    /* Listed first, without a branch, so that none has to be guessed. */
    uint32_t list[BLOCK];
    uint32_t listed = 0;
    until = side->count - first < BLOCK ? side->count : first + BLOCK;
    for (uint32_t i = first; i < until; ++i) {
      list[listed] = i;
      listed += (uint32_t)as_good(side, side->price[i], margin);
    }
    for (uint32_t k = 0; k < listed; ++k) {
      const Trader trader = {side->quantity[list[k]], list[k]};
      accepted.traders[levels[side->price[list[k]] - ticks.least].count++] = trader;
    }
  }
  return accepted;
}

/* ---- What is accepted trades */

/* On the margin, quotes share what those better leave of the volume; a share may be nothing. */
static void share_margin(const ondol_clearing* clearing, const Side* side, Accepted* accepted, ondol_wide volume) {
  Trader* traders = accepted->traders;
  const uint32_t better = accepted->count - accepted->at_margin;
  ondol_wide left = volume;
  ondol_wide weights = 0;
  for (uint32_t i = 0; i < better; ++i) left -= traders[i].quantity;
  for (uint32_t i = better; i < accepted->count; ++i) weights += traders[i].quantity;
  ondol_rationing rationing = ondol_ration((int64_t)left, weights, ondol_draw(clearing, side->purpose, 0, 0));
  uint32_t kept = better;
  for (uint32_t i = better; i < accepted->count; ++i) {
    const Trader trader = {ondol_share(&rationing, traders[i].quantity), traders[i].index};
    traders[kept] = trader;
    kept += trader.quantity > 0;
  }
  accepted->count = kept;
}

/* Both sides trade the same volume, so they end together. Which of two quotes is filled first is anybody's guess: there
 * is no branch on it. */
static void pair(ondol_clearing* clearing, const Accepted* offers, const Accepted* orders, int64_t price) {
  ondol_reserve_fills(clearing, offers->count + orders->count);
  const Trader* offer = offers->traders;
  const Trader* order = orders->traders;
  const Trader* const last = offer + offers->count;
  ondol_fill* fill = clearing->fills + clearing->fill_count;
  int64_t offer_left = offer->quantity;
  int64_t order_left = order->quantity;
  while (offer < last) {
    const int64_t part = offer_left < order_left ? offer_left : order_left;
    const ondol_fill paired = {offer->index, order->index, part, price};
    *fill++ = paired;
    const int offer_done = offer_left == part;
    const int order_done = order_left == part;
    offer_left += (offer[1].quantity & -(int64_t)offer_done) - part;
    order_left += (order[1].quantity & -(int64_t)order_done) - part;
    offer += offer_done;
    order += order_done;
  }
  clearing->fill_count = (uint32_t)(fill - clearing->fills);
}

static int32_t clear(ondol_clearing* clearing) {
  const Params* params = clearing->params;
  if (!ondol_nobody_is_named(clearing))
    return ondol_fail(clearing, "an order names a seller, but in a call auction nobody chooses from whom to buy");
  if (!ondol_one_price_for_all(clearing))
    return ondol_fail(clearing, "a call auction has one price for all, so tariffs and bars cannot hold within it");
  const Side selling = {clearing->offer_price, clearing->offer_quantity, clearing->offer_count, 0, 1};
  const Side buying = {clearing->order_limit, clearing->order_quantity, clearing->order_count, 1, 2};
  const Ticks ticks = ticks_of(&selling, &buying);
  Level* asked = ticks.count > 0 ? count_levels(clearing, &selling, ticks) : NULL;
  Level* bid = asked != NULL ? count_levels(clearing, &buying, ticks) : NULL;
  const Quote* ranked_offers = bid == NULL ? rank(clearing, &selling) : NULL;
  const Quote* ranked_orders = bid == NULL ? rank(clearing, &buying) : NULL;
  const Crossing crossing =
      bid != NULL ? cross_levels(asked, bid, ticks) : cross_ranked(&selling, ranked_offers, &buying, ranked_orders);
  if (crossing.volume == 0) return 0;
  Accepted offers = bid != NULL ? accept_counted(clearing, &selling, asked, ticks, crossing.ask)
                                : accept_ranked(clearing, &selling, ranked_offers, crossing.ask);
  Accepted orders = bid != NULL ? accept_counted(clearing, &buying, bid, ticks, crossing.limit)
                                : accept_ranked(clearing, &buying, ranked_orders, crossing.limit);
  share_margin(clearing, &selling, &offers, crossing.volume);
  share_margin(clearing, &buying, &orders, crossing.volume);
  const double above = floor(params->split * (double)(crossing.limit - crossing.ask));
  int64_t price = crossing.ask + (int64_t)above;
  if (price > crossing.limit) price = crossing.limit; /* where doubles are too coarse for it */
  pair(clearing, &offers, &orders, price);
  return 0;
}

static const ondol_field fields[] = {
    {.name = "split",
     .unit = "1",
     .doc = "Where the price lies: 0 at the dearest accepted offer, 1 at the lowest accepted limit, else in between.",
     .role = ONDOL_PARAM,
     .type = ONDOL_F64,
     .offset = offsetof(Params, split),
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

ONDOL_MECHANISM_PLUGIN(call_auction, "0.2.0")
