/*
 * Continuous double auction: an order book in which whoever arrives trades at once with what stands.
 *
 * Quotes posted since the market's last clearing, and this step's orders, arrive one after the other in drawn order
 * (their turn). An arriving bid trades with the cheapest asks that it can pay, an arriving ask with the highest bids
 * that pay it, always at the price of the quote that stood there first: price priority, then time priority. What is
 * left of a quote stands; what is left of an order lapses with the clearing.
 */
#include <ondol/mechanism.h>

#include <stdlib.h>

/* One side of the book: a binary heap, the best quote at its root. */
typedef struct Quote {
  int64_t price; /* negated for bids, so that the least is the best */
  uint64_t turn;
  int64_t left;
  uint32_t index; /* of the offer or order */
} Quote;

typedef struct Side {
  Quote* quotes;
  uint32_t count;
} Side;

typedef struct Arrival {
  uint64_t turn;
  uint32_t index;
  uint32_t bids;
} Arrival;

static int better(const Quote* a, const Quote* b) {
  if (a->price != b->price) return a->price < b->price;
  if (a->turn != b->turn) return a->turn < b->turn;
  return a->index < b->index;
}

static void push(Side* side, Quote quote) {
  uint32_t at = side->count++;
  for (; at > 0 && better(&quote, &side->quotes[(at - 1) / 2]); at = (at - 1) / 2)
    side->quotes[at] = side->quotes[(at - 1) / 2];
  side->quotes[at] = quote;
}

static void pop(Side* side) {
  const Quote last = side->quotes[--side->count];
  uint32_t at = 0;
  for (uint32_t child = 1; child < side->count; child = 2 * at + 1) {
    if (child + 1 < side->count && better(&side->quotes[child + 1], &side->quotes[child])) ++child;
    if (!better(&side->quotes[child], &last)) break;
    side->quotes[at] = side->quotes[child];
    at = child;
  }
  side->quotes[at] = last;
}

static int first_come(const void* a, const void* b) {
  const Arrival* x = a;
  const Arrival* y = b;
  if (x->turn != y->turn) return x->turn < y->turn ? -1 : 1;
  if (x->bids != y->bids) return x->bids < y->bids ? -1 : 1;
  return x->index < y->index ? -1 : x->index > y->index;
}

static Quote ask_of(const ondol_clearing* clearing, uint32_t offer) {
  const Quote quote = {clearing->offer_price[offer], clearing->offer_turn[offer], clearing->offer_quantity[offer],
                       offer};
  return quote;
}

static Quote bid_of(const ondol_clearing* clearing, uint32_t order) {
  const Quote quote = {-clearing->order_limit[order], clearing->order_turn[order], clearing->order_quantity[order],
                       order};
  return quote;
}

/* Trades with the best of the other side as long as prices cross, at that one's price; the rest stands. */
static void arrive(ondol_clearing* clearing, Quote quote, int bids, Side* own, Side* others) {
  while (quote.left > 0 && others->count > 0 && quote.price + others->quotes[0].price <= 0) {
    Quote* best = &others->quotes[0];
    const int64_t part = quote.left < best->left ? quote.left : best->left;
    const int64_t price = bids ? best->price : -best->price;
    ondol_fill_order(clearing, bids ? best->index : quote.index, bids ? quote.index : best->index, part, price);
    quote.left -= part;
    best->left -= part;
    if (best->left == 0) pop(others);
  }
  if (quote.left > 0) push(own, quote);
}

static int32_t clear(ondol_clearing* clearing) {
  const ondol_host* host = clearing->host;
  if (!ondol_nobody_is_named(clearing))
    return ondol_fail(clearing, "an order names a seller, but in a double auction nobody chooses from whom to buy");
  if (!ondol_one_price_for_all(clearing))
    return ondol_fail(clearing,
                      "in a double auction one price holds for all, so tariffs and bars cannot hold within it");
  const uint32_t offers = clearing->offer_count;
  const uint32_t orders = clearing->order_count;
  Side asks = {host->scratch(clearing, (offers + (size_t)1) * sizeof(Quote)), 0};
  Side bids = {host->scratch(clearing, (orders + (size_t)1) * sizeof(Quote)), 0};
  Arrival* arrivals = host->scratch(clearing, ((size_t)offers + orders + 1) * sizeof *arrivals);
  size_t count = 0;
  for (uint32_t offer = 0; offer < offers; ++offer) {
    const Arrival arrival = {clearing->offer_turn[offer], offer, 0};
    if (arrival.turn >> 32 < clearing->clearings) {
      push(&asks, ask_of(clearing, offer));
    } else {
      arrivals[count++] = arrival;
    }
  }
  for (uint32_t order = 0; order < orders; ++order) {
    const Arrival arrival = {clearing->order_turn[order], order, 1};
    if (arrival.turn >> 32 < clearing->clearings) {
      push(&bids, bid_of(clearing, order));
    } else {
      arrivals[count++] = arrival;
    }
  }
  qsort(arrivals, count, sizeof *arrivals, first_come);
  for (size_t i = 0; i < count; ++i) {
    const uint32_t index = arrivals[i].index;
    if (arrivals[i].bids) {
      arrive(clearing, bid_of(clearing, index), 1, &bids, &asks);
    } else {
      arrive(clearing, ask_of(clearing, index), 0, &asks, &bids);
    }
  }
  return 0;
}

static const ondol_mechanism double_auction = {
    .size = sizeof(ondol_mechanism),
    .flags = ONDOL_MECHANISM_BOOK,
    .name = "double_auction",
    .doc = "An order book: whoever arrives, in drawn order, trades with the best standing quotes at their price.",
    .field_stride = sizeof(ondol_field),
    .clear = clear,
};

ONDOL_MECHANISM_PLUGIN(double_auction, "0.2.0")
