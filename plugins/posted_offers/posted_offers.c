/*
 * Posted offers: sellers stand with a price and a quantity, buyers order from an offer they chose or from any.
 *
 * Orders that name an offer come first: where an offer is short, they share it in proportion to what they want. The
 * others then take, in drawn order, the cheapest delivered offers that are left, up to their limit.
 */
#include <ondol/mechanism.h>

#include <stdlib.h>
#include <string.h>

typedef struct Candidate {
  int64_t delivered;
  uint64_t draw;
  uint32_t index;
} Candidate;

/* What is under way in one clearing. */
typedef struct Book {
  ondol_clearing* clearing;
  int64_t* offer_left;
} Book;

static int by_price_then_draw(const void* a, const void* b) {
  const Candidate* x = a;
  const Candidate* y = b;
  if (x->delivered != y->delivered) return x->delivered < y->delivered ? -1 : 1;
  if (x->draw != y->draw) return x->draw < y->draw ? -1 : 1;
  return 0;
}

/* Offers as one region sees them, cheapest first; `first` skips those that are gone. */
typedef struct Ladder {
  Candidate* rungs;
  uint32_t count;
  uint32_t first;
} Ladder;

static Ladder make_ladder(Book* book, uint32_t order) {
  ondol_clearing* clearing = book->clearing;
  Ladder ladder = {clearing->host->scratch(clearing, (clearing->offer_count + 1) * sizeof(Candidate)), 0, 0};
  for (uint32_t offer = 0; offer < clearing->offer_count; ++offer) {
    const double cost = ondol_cost(clearing, order, offer);
    if (cost == 0.0) continue;
    const Candidate rung = {ondol_delivered(clearing->offer_price[offer], cost),
                            ondol_draw(clearing, clearing->offer_seller[offer]), offer};
    ladder.rungs[ladder.count++] = rung;
  }
  qsort(ladder.rungs, ladder.count, sizeof *ladder.rungs, by_price_then_draw);
  return ladder;
}

static void climb(Book* book, Ladder* ladder, uint32_t order) {
  ondol_clearing* clearing = book->clearing;
  int64_t left = clearing->order_quantity[order];
  while (ladder->first < ladder->count && book->offer_left[ladder->rungs[ladder->first].index] == 0) ++ladder->first;
  for (uint32_t i = ladder->first; i < ladder->count && left > 0; ++i) {
    const uint32_t offer = ladder->rungs[i].index;
    if (ladder->rungs[i].delivered > clearing->order_limit[order]) break;
    const int64_t part = left < book->offer_left[offer] ? left : book->offer_left[offer];
    ondol_fill_order(clearing, offer, order, part, clearing->offer_price[offer]);
    book->offer_left[offer] -= part;
    left -= part;
  }
}

static int names_nobody(const ondol_clearing* clearing, uint32_t order) {
  return clearing->order_offer[order] == ONDOL_NONE && clearing->order_open[order];
}

static void fill_any(Book* book) {
  ondol_clearing* clearing = book->clearing;
  uint32_t waiting = 0;
  for (uint32_t order = 0; order < clearing->order_count; ++order) waiting += (uint32_t)names_nobody(clearing, order);
  if (waiting == 0) return;
  Candidate* queue = clearing->host->scratch(clearing, waiting * sizeof *queue);
  uint32_t count = 0;
  for (uint32_t order = 0; order < clearing->order_count; ++order) {
    if (!names_nobody(clearing, order)) continue;
    const Candidate waiting = {0, ondol_draw(clearing, (uint64_t)clearing->order_buyer[order] << 32 | order), order};
    queue[count++] = waiting;
  }
  qsort(queue, count, sizeof *queue, by_price_then_draw);
  Ladder* ladders = clearing->host->scratch(clearing, clearing->region_count * sizeof *ladders);
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t order = queue[i].index;
    Ladder* ladder = &ladders[clearing->order_region[order]];
    if (ladder->rungs == NULL) *ladder = make_ladder(book, order);
    climb(book, ladder, order);
  }
}

static int32_t clear(ondol_clearing* clearing) {
  const size_t offers = clearing->offer_count;
  if (offers == 0) return 0;
  Book book = {clearing, clearing->host->scratch(clearing, offers * sizeof(int64_t))};
  uint64_t* luck = clearing->host->scratch(clearing, offers * sizeof *luck);
  for (uint32_t offer = 0; offer < offers; ++offer) {
    book.offer_left[offer] = clearing->offer_quantity[offer];
    luck[offer] = ondol_draw(clearing, clearing->offer_seller[offer]);
  }
  if (ondol_serve_named(clearing, book.offer_left, luck) > 0) fill_any(&book);
  return 0;
}

static const ondol_mechanism posted_offers = {
    .size = sizeof(ondol_mechanism),
    .name = "posted_offers",
    .doc = "Sellers stand with price and quantity; buyers order from one of them or from any; shortage is shared.",
    .field_stride = sizeof(ondol_field),
    .clear = clear,
};

ONDOL_MECHANISM_PLUGIN(posted_offers, "0.1.0")
