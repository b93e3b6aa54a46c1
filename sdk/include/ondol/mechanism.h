/*
 * What market mechanisms written in C share: reach, exact shares of a short supply, draws, fills, failures, and large
 * markets in pieces.
 *
 * A mechanism is a pure function of its ondol_clearing: no statics, memory from host->scratch, integer arithmetic for
 * quantities, ties broken by draws and never by position.
 */
#ifndef ONDOL_MECHANISM_H
#define ONDOL_MECHANISM_H

#include <ondol/abi.h>
#include <ondol/luck.h>

#include <math.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

__extension__ typedef __int128 ondol_wide;

/* A draw for one who trades, by its luck (offer_luck, order_luck) and not by its place in the row, which moves as
 * others come and go. Falls anew every tick and round. Purposes and indices tell the mechanism's draws for one luck
 * apart; what is nobody's own is drawn by a luck of 0. An index is below 2^20. */
static inline uint64_t ondol_draw(const ondol_clearing* clearing, uint64_t purpose, uint64_t luck, uint32_t index) {
  return ondol_draw_words(&clearing->now, purpose, luck, index).first;
}

/* The same for many at once, which is several times as fast; `draws` may be where the lucks are. */
static inline void ondol_draw_many(const ondol_clearing* clearing, uint64_t purpose, uint32_t index,
                                   const uint64_t* luck, uint32_t count, uint64_t* draws) {
  clearing->host->draw(&clearing->now, purpose, ONDOL_DRAW_BITS, index, luck, count, draws);
}

/* A plain loop over 64-bit integers, inlined into a function marked ONDOL_WIDE, is compiled to take several at a time.
 * Call that one where ondol_has_wide(): it comes to the same, only sooner. */
#define ONDOL_ALWAYS_INLINE static inline __attribute__((always_inline))
#if defined(__x86_64__)
#define ONDOL_WIDE __attribute__((target("avx512dq,avx512vl")))
static inline int ondol_has_wide(void) {
  return __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#else
#define ONDOL_WIDE
static inline int ondol_has_wide(void) { return 0; }
#endif

/* What the buyer pays per unit of the seller's money; 0 when it may not buy from there. */
static inline double ondol_cost(const ondol_clearing* clearing, uint32_t order, uint32_t offer) {
  return clearing
      ->delivered_cost[(size_t)clearing->order_region[order] * clearing->region_count + clearing->offer_region[offer]];
}

/* The buyer's price for a seller's price: the nearest whole unit, as the host reckons it. */
static inline int64_t ondol_delivered(int64_t price, double cost) {
  return cost == 1.0 ? price : llrint((double)price * cost);
}

/* Whether an order could be filled by an offer at all, at the offer's price. */
static inline int ondol_reaches(const ondol_clearing* clearing, uint32_t order, uint32_t offer) {
  const double cost = ondol_cost(clearing, order, offer);
  return cost != 0.0 && ondol_delivered(clearing->offer_price[offer], cost) <= clearing->order_limit[order];
}

/* Shares `total` out over weights given one after another: differences of cumulative floors, shifted by an offset that
 * is drawn so that no place in the row is favoured. What is given adds up to `total` exactly, and nobody gets more than
 * its weight when total <= sum of weights. */
typedef struct ondol_rationing {
  int64_t total;
  ondol_wide weights;
  ondol_wide offset;
  ondol_wide reached;
  int64_t given;
} ondol_rationing;

static inline ondol_rationing ondol_ration(int64_t total, ondol_wide weights, uint64_t draw) {
  ondol_rationing rationing = {total, weights, 0, 0, 0};
  if (weights > 0) rationing.offset = (ondol_wide)draw % weights;
  return rationing;
}

/* The same as below for weights whose product with the total has more than 127 bits: bit by bit of the total. */
__attribute__((cold)) static inline int64_t ondol_given_of_very_much(const ondol_rationing* rationing) {
  int64_t given = 0;
  ondol_wide rest = 0;
  for (int bit = 62; bit >= 0; --bit) {
    given *= 2;
    rest *= 2;
    if ((rationing->total >> bit & 1) != 0) rest += rationing->reached;
    for (; rest >= rationing->weights; rest -= rationing->weights) ++given;
  }
  return given + (rest + rationing->offset >= rationing->weights);
}

/* What those whose weights have been reached get in all; divided in 64 bits where it fits, which is far quicker. */
static inline int64_t ondol_given(const ondol_rationing* rationing) {
  if (__builtin_expect(rationing->weights >> 64 != 0, 0)) return ondol_given_of_very_much(rationing);
  const ondol_wide parts = rationing->reached * rationing->total + rationing->offset;
  if ((parts | rationing->weights) >> 64 != 0) return (int64_t)(parts / rationing->weights);
  return (int64_t)((uint64_t)parts / (uint64_t)rationing->weights);
}

/* The same rationing where weights of `reached` have had their shares, so that pieces of a row can share side by side.
 */
static inline ondol_rationing ondol_ration_from(const ondol_rationing* rationing, ondol_wide reached) {
  ondol_rationing there = *rationing;
  there.reached = reached;
  there.given = ondol_given(&there);
  return there;
}

static inline int64_t ondol_share(ondol_rationing* rationing, int64_t weight) {
  rationing->reached += weight;
  const int64_t until = ondol_given(rationing);
  const int64_t share = until - rationing->given;
  rationing->given = until;
  return share;
}

static inline void ondol_fill_order(ondol_clearing* clearing, uint32_t offer, uint32_t order, int64_t quantity,
                                    int64_t price) {
  if (quantity <= 0) return;
  if (clearing->fill_count == clearing->fill_capacity) clearing->grow_fills(clearing);
  const ondol_fill fill = {offer, order, quantity, price};
  clearing->fills[clearing->fill_count++] = fill;
}

/* Makes room for `more` fills behind those that are there. */
static inline void ondol_reserve_fills(ondol_clearing* clearing, uint32_t more) {
  while (clearing->fill_capacity - clearing->fill_count < more) clearing->grow_fills(clearing);
}

/* Rows - orders, mostly - in pieces for the host's parallel_for. Where pieces end depends on counts alone: neither the
 * number of threads nor the order in which pieces run can show in the fills, as long as every piece writes only what is
 * its own. Scratch, room for fills and failures are for the clearing's own thread, between the pieces. */
typedef struct ondol_pieces {
  uint32_t rows;
  uint32_t each; /* but the last, which may be shorter */
  uint32_t count;
} ondol_pieces;

/* Pieces that keep `columns` numbers each are as much longer, so that these are never more than a part of the rows. */
static inline ondol_pieces ondol_cut(uint32_t rows, uint32_t columns) {
  const uint64_t wished = 16384 + (uint64_t)columns * 4;
  const uint32_t each = wished < rows ? (uint32_t)wished : rows;
  const ondol_pieces pieces = {rows, each, rows == 0 ? 0 : (rows - 1) / each + 1};
  return pieces;
}

/* Piece i is the rows from ondol_piece_start(i) to before ondol_piece_start(i + 1). */
static inline uint32_t ondol_piece_start(const ondol_pieces* pieces, uint32_t piece) {
  const uint64_t start = (uint64_t)piece * pieces->each;
  return start < pieces->rows ? (uint32_t)start : pieces->rows;
}

/* A sum of quantities that 64 bits might not hold. Adding is a single step as long as they do, which a wide number's is
 * not. */
typedef struct ondol_sum {
  uint64_t low, high;
} ondol_sum;

static inline void ondol_add(ondol_sum* sum, int64_t quantity) {
  sum->low += (uint64_t)quantity;
  if (__builtin_expect(sum->low < (uint64_t)quantity, 0)) ++sum->high;
}

static inline ondol_wide ondol_total(const ondol_sum* sum) { return (ondol_wide)sum->high << 64 | sum->low; }

/* What orders wish for, at most one offer a row. Filled in piece by piece, then served all at once. */
typedef struct ondol_wishes {
  ondol_clearing* clearing;
  ondol_pieces pieces;
  const uint32_t* order;   /* by row; NULL where row i is order i */
  const int64_t* quantity; /* by row */
  uint32_t* offer;         /* by row; offer_count is no offer */
  ondol_sum* wanted;       /* [piece][offer], and at offer_count the rows that wish for none */
} ondol_wishes;

/* `offer` has room for the rows; NULL takes it from scratch. */
static inline ondol_wishes ondol_no_wishes(ondol_clearing* clearing, uint32_t rows, const uint32_t* order,
                                           const int64_t* quantity, uint32_t* offer) {
  const ondol_host* host = clearing->host;
  const size_t columns = clearing->offer_count + (size_t)1;
  ondol_wishes wishes = {clearing, ondol_cut(rows, clearing->offer_count), order, quantity, offer, NULL};
  if (offer == NULL) wishes.offer = (uint32_t*)host->scratch(clearing, (rows + (size_t)1) * sizeof *wishes.offer);
  wishes.wanted = (ondol_sum*)host->scratch(clearing, (wishes.pieces.count * columns + 1) * sizeof *wishes.wanted);
  return wishes;
}

static inline ondol_sum* ondol_wanted_in(const ondol_wishes* wishes, uint32_t piece) {
  return wishes->wanted + (size_t)piece * (wishes->clearing->offer_count + (size_t)1);
}

/* Where one piece writes its wishes. */
typedef struct ondol_wishing {
  uint32_t row, end; /* its rows */
  uint32_t none;     /* the offer of those who wish for none */
  const int64_t* quantity;
  uint32_t* offer;
  ondol_sum* wanted;
} ondol_wishing;

static inline ondol_wishing ondol_start_wishing(const ondol_wishes* wishes, uint32_t piece) {
  const ondol_wishing wishing = {ondol_piece_start(&wishes->pieces, piece),
                                 ondol_piece_start(&wishes->pieces, piece + 1),
                                 wishes->clearing->offer_count,
                                 wishes->quantity,
                                 wishes->offer,
                                 ondol_wanted_in(wishes, piece)};
  return wishing;
}

/* A row wishes its quantity of an offer, or nothing: one or the other, exactly once for every row of the piece. */
static inline void ondol_wish(const ondol_wishing* wishing, uint32_t row, uint32_t offer) {
  wishing->offer[row] = offer;
  ondol_add(&wishing->wanted[offer], wishing->quantity[row]);
}

static inline void ondol_wish_nothing(const ondol_wishing* wishing, uint32_t row) {
  wishing->offer[row] = wishing->none;
  ++wishing->wanted[wishing->none].low;
}

/* What orders still want when their wishes have been served, in the order of their rows. */
typedef struct ondol_unserved {
  uint32_t count;
  uint32_t* order;
  int64_t* quantity;
} ondol_unserved;

/* How wishes are served, for the pieces of ondol_serve. */
typedef struct ondol_serving {
  const ondol_wishes* wishes;
  uint32_t* rank;        /* by offer: 0 where there is enough, else which of the short ones; ONDOL_NONE: no offer */
  uint32_t* short_offer; /* by rank, from 1 */
  ondol_rationing* rationing; /* by rank */
  uint32_t short_count;
  ondol_rationing* in_piece; /* [piece][rank] */
  uint32_t* fills;           /* [piece] how many, then the first */
  uint32_t* rests;           /* [piece] how many orders keep wanting, then the first */
  ondol_unserved* unserved;
} ondol_serving;

static inline ondol_rationing* ondol_start_sharing(const ondol_serving* serving, uint32_t piece) {
  ondol_rationing* rationing = serving->in_piece + (size_t)piece * (serving->short_count + (size_t)1);
  const ondol_sum* before = ondol_wanted_in(serving->wishes, piece);
  for (uint32_t rank = 1; rank <= serving->short_count; ++rank)
    rationing[rank] = ondol_ration_from(&serving->rationing[rank], ondol_total(&before[serving->short_offer[rank]]));
  return rationing;
}

/* One piece: how many of its wishes for short offers come to nothing, and how many are not filled whole. */
static inline void ondol_count_served(void* context, uint32_t piece) {
  enum { BLOCK = 512 };
  const ondol_serving* serving = (const ondol_serving*)context;
  const uint32_t* rank = serving->rank;
  const uint32_t* offer = serving->wishes->offer;
  const int64_t* quantity = serving->wishes->quantity;
  ondol_rationing* rationing = ondol_start_sharing(serving, piece);
  const uint32_t end = ondol_piece_start(&serving->wishes->pieces, piece + 1);
  uint32_t empty = 0;
  uint32_t rests = 0;
  uint32_t until = 0;
  for (uint32_t first = ondol_piece_start(&serving->wishes->pieces, piece); first < end; first = until) {
    /* The few that are short are listed first, without a branch, so that none of them has to be guessed. */
    uint32_t short_rank[BLOCK];
    int64_t wanted[BLOCK];
    uint32_t count = 0;
    until = end - first < BLOCK ? end : first + BLOCK;
    for (uint32_t row = first; row < until; ++row) {
      const uint32_t here = rank[offer[row]];
      short_rank[count] = here;
      wanted[count] = quantity[row];
      count += here - 1 < ONDOL_NONE - 1;
    }
    for (uint32_t i = 0; i < count; ++i) {
      const int64_t share = ondol_share(&rationing[short_rank[i]], wanted[i]);
      empty += share == 0;
      rests += share < wanted[i];
    }
  }
  serving->fills[piece] -= empty;
  serving->rests[piece] = rests;
}

static inline void ondol_serve_piece(void* context, uint32_t piece) {
  const ondol_serving* serving = (const ondol_serving*)context;
  const ondol_wishes* wishes = serving->wishes;
  const ondol_unserved* unserved = serving->unserved;
  const uint32_t* orders = wishes->order;
  const uint32_t* rank = serving->rank;
  const uint32_t* offer = wishes->offer;
  const int64_t* wanted = wishes->quantity;
  const int64_t* price = wishes->clearing->offer_price;
  ondol_rationing* rationing = ondol_start_sharing(serving, piece);
  ondol_fill* fill = wishes->clearing->fills + serving->fills[piece];
  uint32_t rest = serving->rests[piece];
  const uint32_t end = ondol_piece_start(&wishes->pieces, piece + 1);
  for (uint32_t row = ondol_piece_start(&wishes->pieces, piece); row < end; ++row) {
    const uint32_t order = orders != NULL ? orders[row] : row;
    int64_t quantity = wanted[row];
    const uint32_t here = rank[offer[row]];
    if (__builtin_expect(here != 0, 0)) {
      if (here == ONDOL_NONE) continue;
      quantity = ondol_share(&rationing[here], quantity);
      if (unserved != NULL && quantity < wanted[row]) {
        unserved->order[rest] = order;
        unserved->quantity[rest++] = wanted[row] - quantity;
      }
      if (quantity == 0) continue;
    }
    const ondol_fill served = {offer[row], order, quantity, price[offer[row]]};
    *fill++ = served;
  }
}

/* Turns what pieces want of an offer into what those before them want; returns what all want. */
static inline ondol_wide ondol_add_up_wanted(const ondol_wishes* wishes, uint32_t offer) {
  ondol_wide before = 0;
  for (uint32_t piece = 0; piece < wishes->pieces.count; ++piece) {
    ondol_sum* wanted = ondol_wanted_in(wishes, piece) + offer;
    const ondol_wide here = ondol_total(wanted);
    wanted->low = (uint64_t)before;
    wanted->high = (uint64_t)(before >> 64);
    before += here;
  }
  return before;
}

/* Turns counts by piece into the place where each begins; returns where the last ends. */
static inline uint32_t ondol_add_up_counts(uint32_t* counts, uint32_t pieces, uint32_t before) {
  for (uint32_t piece = 0; piece < pieces; ++piece) {
    const uint32_t here = counts[piece];
    counts[piece] = before;
    before += here;
  }
  return before;
}

/* Fills wishes in the order of their rows, at the offers' prices, and takes what is sold off `offer_left`. Where an
 * offer is short, all who wish for it share what is left in proportion, with a draw for each offer for the offset. What
 * they keep wanting goes to `unserved`, unless that is NULL. */
static inline void ondol_serve(const ondol_wishes* wishes, int64_t* offer_left, const uint64_t* draws,
                               ondol_unserved* unserved) {
  ondol_clearing* clearing = wishes->clearing;
  const ondol_host* host = clearing->host;
  const size_t offers = clearing->offer_count;
  const uint32_t pieces = wishes->pieces.count;
  ondol_serving serving = {wishes, NULL, NULL, NULL, 0, NULL, NULL, NULL, unserved};
  serving.rank = (uint32_t*)host->scratch(clearing, (offers + 1) * sizeof *serving.rank);
  serving.short_offer = (uint32_t*)host->scratch(clearing, (offers + 1) * sizeof *serving.short_offer);
  serving.rationing = (ondol_rationing*)host->scratch(clearing, (offers + 1) * sizeof *serving.rationing);
  serving.fills = (uint32_t*)host->scratch(clearing, (pieces + (size_t)1) * sizeof *serving.fills);
  serving.rests = (uint32_t*)host->scratch(clearing, (pieces + (size_t)1) * sizeof *serving.rests);
  for (uint32_t piece = 0; piece < pieces; ++piece) {
    const uint32_t rows = ondol_piece_start(&wishes->pieces, piece + 1) - ondol_piece_start(&wishes->pieces, piece);
    serving.fills[piece] = rows - (uint32_t)ondol_wanted_in(wishes, piece)[offers].low;
  }
  serving.rank[offers] = ONDOL_NONE;
  for (uint32_t offer = 0; offer < offers; ++offer) {
    const ondol_wide wanted = ondol_add_up_wanted(wishes, offer);
    const int64_t has = offer_left[offer];
    if (wanted <= has) {
      offer_left[offer] -= (int64_t)wanted;
      continue;
    }
    serving.rank[offer] = ++serving.short_count;
    serving.short_offer[serving.short_count] = offer;
    serving.rationing[serving.short_count] = ondol_ration(has, wanted, draws[offer]);
    offer_left[offer] = 0;
  }
  serving.in_piece =
      (ondol_rationing*)host->scratch(clearing, pieces * (serving.short_count + (size_t)1) * sizeof *serving.in_piece);
  if (serving.short_count > 0) host->parallel_for(clearing, pieces, ondol_count_served, &serving);
  const uint32_t rests = ondol_add_up_counts(serving.rests, pieces, 0);
  const uint32_t fills = ondol_add_up_counts(serving.fills, pieces, clearing->fill_count) - clearing->fill_count;
  if (unserved != NULL) {
    unserved->count = rests;
    unserved->order = (uint32_t*)host->scratch(clearing, (rests + (size_t)1) * sizeof *unserved->order);
    unserved->quantity = (int64_t*)host->scratch(clearing, (rests + (size_t)1) * sizeof *unserved->quantity);
  }
  if (fills == 0 && rests == 0) return;
  ondol_reserve_fills(clearing, fills);
  host->parallel_for(clearing, pieces, ondol_serve_piece, &serving);
  clearing->fill_count += fills;
}

/* The lowest limit with which a region's buyers can have an offer; INT64_MAX where they are barred. */
static inline int64_t ondol_lowest_limit(const ondol_clearing* clearing, uint32_t region, uint32_t offer) {
  const double cost = clearing->delivered_cost[(size_t)region * clearing->region_count + clearing->offer_region[offer]];
  return cost == 0.0 ? INT64_MAX : ondol_delivered(clearing->offer_price[offer], cost);
}

typedef struct ondol_naming {
  const ondol_wishes* wishes;
  const int64_t* lowest_limit; /* [region][offer]; NULL where that is more work than asking order by order */
} ondol_naming;

static inline void ondol_wish_as_named(void* context, uint32_t piece) {
  const ondol_naming* naming = (const ondol_naming*)context;
  const ondol_clearing* clearing = naming->wishes->clearing;
  const int64_t* lowest_limit = naming->lowest_limit;
  const uint32_t* named = clearing->order_offer;
  const uint16_t* region = clearing->order_region;
  const int64_t* limit = clearing->order_limit;
  const int one_region = clearing->region_count == 1;
  const ondol_wishing wishing = ondol_start_wishing(naming->wishes, piece);
  for (uint32_t order = wishing.row; order < wishing.end; ++order) {
    const uint32_t offer = named[order];
    int reached = 0;
    if (offer != ONDOL_NONE && lowest_limit == NULL) {
      reached = ondol_reaches(clearing, order, offer);
    } else if (offer != ONDOL_NONE) {
      const int64_t lowest = lowest_limit[(one_region ? 0 : (size_t)region[order] * wishing.none) + offer];
      reached = lowest <= limit[order] && lowest != INT64_MAX;
    }
    if (reached) {
      ondol_wish(&wishing, order, offer);
    } else {
      ondol_wish_nothing(&wishing, order);
    }
  }
}

/* Serves the orders that name an offer which they reach and whose price they can pay; returns how many others are left.
 */
static inline uint32_t ondol_serve_named(ondol_clearing* clearing, int64_t* offer_left, const uint64_t* draws) {
  const uint32_t offers = clearing->offer_count;
  const ondol_wishes wishes = ondol_no_wishes(clearing, clearing->order_count, NULL, clearing->order_quantity, NULL);
  ondol_naming naming = {&wishes, NULL};
  if ((uint64_t)offers * clearing->region_count <= clearing->order_count) {
    int64_t* lowest_limit =
        (int64_t*)clearing->host->scratch(clearing, (size_t)offers * clearing->region_count * sizeof *lowest_limit);
    for (uint32_t region = 0; region < clearing->region_count; ++region) {
      for (uint32_t offer = 0; offer < offers; ++offer)
        lowest_limit[(size_t)region * offers + offer] = ondol_lowest_limit(clearing, region, offer);
    }
    naming.lowest_limit = lowest_limit;
  }
  clearing->host->parallel_for(clearing, wishes.pieces.count, ondol_wish_as_named, &naming);
  uint32_t others = 0;
  for (uint32_t piece = 0; piece < wishes.pieces.count; ++piece)
    others += (uint32_t)ondol_wanted_in(&wishes, piece)[offers].low;
  ondol_serve(&wishes, offer_left, draws, NULL);
  return others;
}

/* Whether every buyer that is here pays every seller that is here its price, no more. */
static inline int ondol_one_price_for_all(ondol_clearing* clearing) {
  const uint32_t regions = clearing->region_count;
  int borders = 0;
  for (size_t i = 0; i < (size_t)regions * regions; ++i) borders |= clearing->delivered_cost[i] != 1.0;
  if (!borders) return 1;
  uint8_t* buys = (uint8_t*)clearing->host->scratch(clearing, regions);
  uint8_t* sells = (uint8_t*)clearing->host->scratch(clearing, regions);
  for (uint32_t i = 0; i < clearing->order_count; ++i) buys[clearing->order_region[i]] = 1;
  for (uint32_t i = 0; i < clearing->offer_count; ++i) sells[clearing->offer_region[i]] = 1;
  for (uint32_t b = 0; b < regions; ++b) {
    for (uint32_t s = 0; s < regions; ++s) {
      if (buys[b] && sells[s] && clearing->delivered_cost[(size_t)b * regions + s] != 1.0) return 0;
    }
  }
  return 1;
}

/* Whether all orders leave it open from whom they buy. */
static inline int ondol_nobody_is_named(const ondol_clearing* clearing) {
  uint32_t named = 0;
  for (uint32_t i = 0; i < clearing->order_count; ++i) named |= ~clearing->order_offer[i];
  for (uint32_t i = 0; i < clearing->order_count; ++i) named |= !clearing->order_open[i];
  return named == 0;
}

/* Says why a clearing failed; return its result from the mechanism. */
static inline int32_t ondol_fail(ondol_clearing* clearing, const char* message) {
  clearing->failure->row = ONDOL_NONE;
  (void)snprintf(clearing->failure->message, sizeof clearing->failure->message, "%s", message);
  return 1;
}

/* Exports one mechanism as a plugin of its own. */
#define ONDOL_MECHANISM_PLUGIN(mechanism, plugin_version)                                  \
  static const ondol_mechanism* const ondol_mechanisms[] = {&(mechanism)};                 \
  static const ondol_plugin ondol_this_plugin = {                                          \
      .size = sizeof(ondol_plugin),                                                        \
      .abi_major = ONDOL_ABI_MAJOR,                                                        \
      .abi_minor = ONDOL_ABI_MINOR,                                                        \
      .name = #mechanism,                                                                  \
      .version = plugin_version,                                                           \
      .mechanisms = ondol_mechanisms,                                                      \
      .mechanism_count = 1,                                                                \
  };                                                                                       \
  ONDOL_EXPORT const ondol_plugin* ondol_plugin_entry(const ondol_host_info* host);        \
  const ondol_plugin* ondol_plugin_entry(const ondol_host_info* host) {                    \
    return host != NULL && host->abi_major == ONDOL_ABI_MAJOR ? &ondol_this_plugin : NULL; \
  }

#ifdef __cplusplus
}
#endif

#endif
