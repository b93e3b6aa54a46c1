/*
 * Posted offers: sellers stand with a price and a quantity, buyers order from an offer they chose or from any.
 *
 * Orders that name an offer come first: where an offer is short, they share it in proportion to what they want. The
 * others then take, in drawn order, the cheapest delivered offers that are left, up to their limit.
 */
#include <ondol/mechanism.h>

#include <stdlib.h>

enum { FOR_SHARES, FOR_PLACE, FOR_TURN }; /* what is drawn */

/* What is under way in one clearing. */
typedef struct Book {
  ondol_clearing* clearing;
  int64_t* offer_left;
  const uint64_t* place; /* by offer: who comes first of equally dear ones */
} Book;

/* ---- Offers as one region sees them */

typedef struct Rung {
  int64_t delivered;
  uint64_t draw;
  uint32_t offer;
} Rung;

/* Cheapest first; `first` skips those that are gone. */
typedef struct Ladder {
  Rung* rungs;
  uint32_t count;
  uint32_t first;
} Ladder;

static int by_price_then_draw(const void* a, const void* b) {
  const Rung* x = a;
  const Rung* y = b;
  if (x->delivered != y->delivered) return x->delivered < y->delivered ? -1 : 1;
  if (x->draw != y->draw) return x->draw < y->draw ? -1 : 1;
  return 0;
}

static Ladder make_ladder(Book* book, uint32_t region) {
  ondol_clearing* clearing = book->clearing;
  Ladder ladder = {clearing->host->scratch(clearing, (clearing->offer_count + (size_t)1) * sizeof(Rung)), 0, 0};
  for (uint32_t offer = 0; offer < clearing->offer_count; ++offer) {
    const double cost =
        clearing->delivered_cost[(size_t)region * clearing->region_count + clearing->offer_region[offer]];
    if (cost == 0.0) continue;
    const Rung rung = {ondol_delivered(clearing->offer_price[offer], cost), book->place[offer], offer};
    ladder.rungs[ladder.count++] = rung;
  }
  qsort(ladder.rungs, ladder.count, sizeof *ladder.rungs, by_price_then_draw);
  return ladder;
}

/* ---- Orders that name nobody, one after the other */

/* An order waiting for its turn, with what it takes to serve it: orders are not looked up again in drawn order. */
typedef struct Turn {
  uint64_t draw;
  int64_t limit;
  int64_t quantity;
  uint32_t order;
  uint32_t region;
} Turn;

static int names_nobody(const ondol_clearing* clearing, uint32_t order) {
  return clearing->order_offer[order] == ONDOL_NONE && clearing->order_open[order];
}

/* Draws are even, so their first bits put nearly all turns where they belong; the rest is a few steps. */
static Turn* queue(ondol_clearing* clearing, uint32_t count) {
  unsigned bits = 0;
  while (bits < 20 && 4u << bits < count) ++bits;
  uint32_t* start = clearing->host->scratch(clearing, sizeof *start << bits);
  Turn* turns = clearing->host->scratch(clearing, count * sizeof *turns);
  uint64_t* draws = clearing->host->scratch(clearing, clearing->order_count * sizeof *draws);
  ondol_draw_many(clearing, FOR_TURN, 0, clearing->order_luck, clearing->order_count, draws);
  for (uint32_t order = 0; order < clearing->order_count; ++order) {
    if (names_nobody(clearing, order)) ++start[draws[order] >> 1 >> (63 - bits)];
  }
  (void)ondol_add_up_counts(start, 1u << bits, 0);
  for (uint32_t order = 0; order < clearing->order_count; ++order) {
    if (!names_nobody(clearing, order)) continue;
    const Turn turn = {draws[order], clearing->order_limit[order], clearing->order_quantity[order], order,
                       clearing->order_region[order]};
    turns[start[turn.draw >> 1 >> (63 - bits)]++] = turn;
  }
  for (uint32_t i = 1; i < count; ++i) {
    const Turn turn = turns[i];
    uint32_t at = i;
    for (; at > 0 && turns[at - 1].draw > turn.draw; --at) turns[at] = turns[at - 1];
    turns[at] = turn;
  }
  return turns;
}

static void climb(Book* book, Ladder* ladder, const Turn* turn) {
  ondol_clearing* clearing = book->clearing;
  int64_t left = turn->quantity;
  while (ladder->first < ladder->count && book->offer_left[ladder->rungs[ladder->first].offer] == 0) ++ladder->first;
  for (uint32_t i = ladder->first; i < ladder->count && left > 0; ++i) {
    const uint32_t offer = ladder->rungs[i].offer;
    if (ladder->rungs[i].delivered > turn->limit) break;
    const int64_t part = left < book->offer_left[offer] ? left : book->offer_left[offer];
    ondol_fill_order(clearing, offer, turn->order, part, clearing->offer_price[offer]);
    book->offer_left[offer] -= part;
    left -= part;
  }
}

static void fill_any(Book* book) {
  ondol_clearing* clearing = book->clearing;
  uint32_t count = 0;
  for (uint32_t order = 0; order < clearing->order_count; ++order) count += (uint32_t)names_nobody(clearing, order);
  if (count == 0) return;
  const Turn* turns = queue(clearing, count);
  uint64_t* place = clearing->host->scratch(clearing, (clearing->offer_count + (size_t)1) * sizeof *place);
  ondol_draw_many(clearing, FOR_PLACE, 0, clearing->offer_luck, clearing->offer_count, place);
  book->place = place;
  Ladder* ladders = clearing->host->scratch(clearing, clearing->region_count * sizeof *ladders);
  for (uint32_t i = 0; i < count; ++i) {
    Ladder* ladder = &ladders[turns[i].region];
    if (ladder->rungs == NULL) *ladder = make_ladder(book, turns[i].region);
    climb(book, ladder, &turns[i]);
  }
}

static int32_t clear(ondol_clearing* clearing) {
  const size_t offers = clearing->offer_count;
  if (offers == 0) return 0;
  Book book = {clearing, clearing->host->scratch(clearing, offers * sizeof(int64_t)), NULL};
  uint64_t* draws = clearing->host->scratch(clearing, offers * sizeof *draws);
  for (uint32_t offer = 0; offer < offers; ++offer) book.offer_left[offer] = clearing->offer_quantity[offer];
  ondol_draw_many(clearing, FOR_SHARES, 0, clearing->offer_luck, (uint32_t)offers, draws);
  if (ondol_serve_named(clearing, book.offer_left, draws) > 0) fill_any(&book);
  return 0;
}

static const ondol_mechanism posted_offers = {
    .size = sizeof(ondol_mechanism),
    .name = "posted_offers",
    .doc = "Sellers stand with price and quantity; buyers order from one of them or from any; shortage is shared.",
    .field_stride = sizeof(ondol_field),
    .clear = clear,
};

ONDOL_MECHANISM_PLUGIN(posted_offers, "0.2.0")
