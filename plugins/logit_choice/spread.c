/*
 * Spreading as one lot: the buyers of a region are alike but for their limits, so what each offer sells follows from
 * sums over them, and so does what a unit of each costs; who bought from whom is not asked.
 *
 * Of a region's offers in standing order - by delivered price, where limits bind - a buyer reaches the first k. With
 *   W_k = sum of weights of the first k,    D_k = what those with reach k want,
 * offer j is wanted as
 *   w_j * A_j,    A_j = sum over k > j of D_k / W_k.
 * These are rounded to whole units by cumulative floors with a drawn offset; since everybody's demand lies within the
 * first k, no prefix of offers sells less than those who reach no further want. So whole units can be handed out such
 * that nobody gets an offer beyond its reach, and, walking from the dearest offer to the cheapest, all who are in reach
 * take it in proportion to what they still need: of
 *   N_j = units of offers up to j, less those of buyers who reach no further than j
 * offer j is the part f_j = sold_j / N_j. What a unit of a buyer with reach k is made of is then the recursion
 *   E_j = f_j * p_j + (1 - f_j) * E_(j-1)
 * at j = k - 1: for the price, and for the part of every seller's region.
 */
#include "logit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Buyers of a region with the same reach. */
typedef struct Class {
  uint32_t reach;    /* of the ladder's offers, the first so many */
  uint32_t in_stock; /* the same, up to the last that has something left in this round */
  uint32_t count;    /* of orders */
  uint32_t first;    /* among the orders by class */
  int64_t wanted;    /* in all */
  int64_t left, got; /* of it */
  double per_weight; /* what is left, by the weight it is spread over */
  ondol_takers* takers;
} Class;

/* The offers in reach of a region's buyers. */
typedef struct Ladder {
  uint32_t count;
  uint32_t* offer;
  int64_t* delivered;
  double* utility;
  double* weight;  /* 0 where nothing is left */
  double* until;   /* [count + 1]: weights of those before */
  double* pull;    /* A */
  int64_t* wanted; /* in this round, then what is sold of it */
  int64_t* sold;   /* in all rounds */
  double best;     /* utility that has weight 1 */
  int sorted;      /* by delivered price */
  int short_here;  /* of some offer, in this round, less is left than wanted */
  uint32_t class_count;
  Class* classes; /* by reach */
} Ladder;

typedef struct Spread {
  ondol_clearing* clearing;
  const Params* params;
  int64_t* offer_left;
  Ladder* ladders;            /* by buyer's region; count 0 where nobody asks or nothing is in reach */
  uint32_t* class_of;         /* by order; ONDOL_NONE: does not take part */
  uint32_t* by_class;         /* orders, class by class of region by region */
  ondol_wide* wanted;         /* by offer, in this round */
  ondol_rationing* rationing; /* by offer that is short */
} Spread;

/* What is drawn: purposes beyond those of choosing. */
typedef enum Purpose { OFFSET = 16, SHORTAGE, REMAINDER, PARTS, WORTH } Purpose;

static double fraction(uint64_t draw) { return (double)(draw >> 11) * 0x1p-53; }

int logit_can_spread(const ondol_clearing* clearing, const int64_t* offer_left) {
  ondol_wide offered = 0;
  ondol_wide wanted = 0;
  for (uint32_t offer = 0; offer < clearing->offer_count; ++offer) offered += offer_left[offer];
  for (uint32_t order = 0; order < clearing->order_count; ++order) wanted += clearing->order_quantity[order];
  /* Doubles count whole units up to 2^53. */
  return !clearing->pairs && offered < (ondol_wide)1 << 62 && wanted < (ondol_wide)1 << 53;
}

/* ---- Ladders */

typedef struct Rung {
  int64_t delivered;
  uint32_t offer;
} Rung;

static int cheapest_first(const void* a, const void* b) {
  const Rung* x = a;
  const Rung* y = b;
  if (x->delivered != y->delivered) return x->delivered < y->delivered ? -1 : 1;
  return x->offer < y->offer ? -1 : x->offer > y->offer;
}

static void* of_offers(Spread* spread, size_t bytes) {
  return spread->clearing->host->scratch(spread->clearing, (spread->clearing->offer_count + (size_t)1) * bytes);
}

static void put_up(Spread* spread, uint32_t region, int64_t lowest_limit) {
  ondol_clearing* clearing = spread->clearing;
  Ladder* ladder = &spread->ladders[region];
  Rung* rungs = of_offers(spread, sizeof *rungs);
  int64_t dearest = INT64_MIN;
  for (uint32_t offer = 0; offer < clearing->offer_count; ++offer) {
    const double cost =
        clearing->delivered_cost[(size_t)region * clearing->region_count + clearing->offer_region[offer]];
    if (cost == 0.0 || spread->offer_left[offer] <= 0) continue;
    const Rung rung = {ondol_delivered(clearing->offer_price[offer], cost), offer};
    if (rung.delivered > dearest) dearest = rung.delivered;
    rungs[ladder->count++] = rung;
  }
  ladder->sorted = dearest > lowest_limit;
  if (ladder->sorted) qsort(rungs, ladder->count, sizeof *rungs, cheapest_first);
  ladder->offer = of_offers(spread, sizeof(uint32_t));
  ladder->delivered = of_offers(spread, sizeof(int64_t));
  ladder->utility = of_offers(spread, sizeof(double));
  ladder->weight = of_offers(spread, sizeof(double));
  ladder->until = of_offers(spread, sizeof(double));
  ladder->pull = of_offers(spread, sizeof(double));
  ladder->wanted = of_offers(spread, sizeof(int64_t));
  ladder->sold = of_offers(spread, sizeof(int64_t));
  ladder->best = INFINITY;
  for (uint32_t at = 0; at < ladder->count; ++at) {
    ladder->offer[at] = rungs[at].offer;
    ladder->delivered[at] = rungs[at].delivered;
    ladder->utility[at] = logit_utility(clearing, region, rungs[at].offer, rungs[at].delivered);
  }
}

/* How many offers of a ladder a limit reaches. */
static uint32_t reach_of(const Ladder* ladder, int64_t limit) {
  if (!ladder->sorted) return ladder->count;
  uint32_t low = 0;
  uint32_t high = ladder->count;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (ladder->delivered[middle] <= limit) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/* Classes of a region are numbered by reach, as far as there are orders with it. */
static void make_classes(Spread* spread, uint32_t region, uint32_t* orders_of) {
  Ladder* ladder = &spread->ladders[region];
  for (uint32_t reach = 1; reach <= ladder->count; ++reach) ladder->class_count += orders_of[reach] > 0;
  ladder->classes =
      spread->clearing->host->scratch(spread->clearing, (ladder->class_count + (size_t)1) * sizeof *ladder->classes);
  uint32_t made = 0;
  for (uint32_t reach = 1; reach <= ladder->count; ++reach) {
    if (orders_of[reach] == 0) continue;
    ladder->classes[made].reach = reach;
    ladder->classes[made].count = orders_of[reach];
    orders_of[reach] = made++;
  }
}

static void classify(Spread* spread) {
  ondol_clearing* clearing = spread->clearing;
  const ondol_host* host = clearing->host;
  const uint32_t regions = clearing->region_count;
  int64_t* lowest_limit = host->scratch(clearing, regions * sizeof *lowest_limit);
  uint32_t** orders_of = host->scratch(clearing, regions * sizeof *orders_of);
  spread->class_of = host->scratch(clearing, (clearing->order_count + (size_t)1) * sizeof *spread->class_of);
  spread->by_class = host->scratch(clearing, (clearing->order_count + (size_t)1) * sizeof *spread->by_class);
  for (uint32_t region = 0; region < regions; ++region) lowest_limit[region] = INT64_MAX;
  for (uint32_t order = 0; order < clearing->order_count; ++order) {
    int64_t* lowest = &lowest_limit[clearing->order_region[order]];
    if (names_nobody(clearing, order) && clearing->order_limit[order] < *lowest) *lowest = clearing->order_limit[order];
  }
  for (uint32_t region = 0; region < regions; ++region) {
    if (lowest_limit[region] == INT64_MAX) continue;
    put_up(spread, region, lowest_limit[region]);
    orders_of[region] = of_offers(spread, sizeof(uint32_t));
  }
  for (uint32_t order = 0; order < clearing->order_count; ++order) {
    const uint32_t region = clearing->order_region[order];
    spread->class_of[order] = ONDOL_NONE;
    if (!names_nobody(clearing, order) || spread->ladders[region].count == 0) continue;
    const uint32_t reach = reach_of(&spread->ladders[region], clearing->order_limit[order]);
    if (reach == 0) continue;
    spread->class_of[order] = reach;
    ++orders_of[region][reach];
  }
  uint32_t first = 0;
  for (uint32_t region = 0; region < regions; ++region) {
    Ladder* ladder = &spread->ladders[region];
    if (ladder->count == 0) continue;
    make_classes(spread, region, orders_of[region]);
    for (uint32_t c = 0; c < ladder->class_count; ++c) {
      ladder->classes[c].first = first;
      first += ladder->classes[c].count;
      ladder->classes[c].count = 0;
    }
  }
  for (uint32_t order = 0; order < clearing->order_count; ++order) {
    if (spread->class_of[order] == ONDOL_NONE) continue;
    const uint32_t region = clearing->order_region[order];
    Class* class = &spread->ladders[region].classes[orders_of[region][spread->class_of[order]]];
    spread->by_class[class->first + class->count++] = order;
    class->wanted += clearing->order_quantity[order];
    class->left = class->wanted;
  }
}

/* ---- A round */

/* Weights against the best offer that has something left; reckoned anew where what was best has sold out and the others
 * weigh next to nothing. */
static void weigh(Spread* spread, Ladder* ladder) {
  double best = -INFINITY;
  for (uint32_t at = 0; at < ladder->count; ++at) {
    if (spread->offer_left[ladder->offer[at]] > 0 && ladder->utility[at] > best) best = ladder->utility[at];
  }
  const int anew = !(ladder->best - best < 30);
  if (anew) ladder->best = best;
  ladder->until[0] = 0.0;
  for (uint32_t at = 0; at < ladder->count; ++at) {
    if (spread->offer_left[ladder->offer[at]] <= 0) {
      ladder->weight[at] = 0.0;
    } else if (anew) {
      /* Next to nothing, and yet something, for those who reach nothing better. */
      const double weight = logit_exp(ladder->utility[at] - best);
      ladder->weight[at] = weight > 1e-200 ? weight : 1e-200;
    }
    ladder->until[at + 1] = ladder->until[at] + ladder->weight[at];
  }
}

/* What each offer is wanted of, in whole units; returns the sum. */
static int64_t want(Spread* spread, uint32_t region, uint32_t round) {
  Ladder* ladder = &spread->ladders[region];
  weigh(spread, ladder);
  uint32_t in_stock = 0;
  uint32_t at = 0;
  int64_t total = 0;
  for (uint32_t c = 0; c < ladder->class_count; ++c) {
    Class* class = &ladder->classes[c];
    for (; at < class->reach; ++at) {
      if (ladder->weight[at] > 0.0) in_stock = at + 1;
    }
    class->in_stock = in_stock;
    class->per_weight = in_stock > 0 ? (double)class->left / ladder->until[in_stock] : 0.0;
    if (in_stock > 0) total += class->left;
  }
  double pull = 0.0;
  uint32_t c = ladder->class_count;
  for (at = ladder->count; at-- > 0;) {
    while (c > 0 && ladder->classes[c - 1].in_stock > at) pull += ladder->classes[--c].per_weight;
    ladder->pull[at] = pull;
  }
  const double offset = fraction(ondol_draw(spread->clearing, OFFSET, region, round));
  double reached = 0.0;
  int64_t given = 0;
  int64_t least = 0; /* of those who reach no further */
  c = 0;
  while (c < ladder->class_count && ladder->classes[c].in_stock == 0) ++c;
  for (at = 0; at < ladder->count; ++at) {
    ladder->wanted[at] = 0;
    if (ladder->weight[at] == 0.0) continue;
    reached += ladder->weight[at] * ladder->pull[at];
    while (c < ladder->class_count && ladder->classes[c].in_stock <= at + 1) least += ladder->classes[c++].left;
    int64_t until = (int64_t)(reached + offset);
    if (until < least) until = least;
    if (until > total || c == ladder->class_count) until = total;
    ladder->wanted[at] = until - given;
    given = until;
    spread->wanted[ladder->offer[at]] += ladder->wanted[at];
  }
  return total;
}

/* Regions share what is short in proportion to what they want of it. */
static void ration(Spread* spread, uint32_t round) {
  ondol_clearing* clearing = spread->clearing;
  for (uint32_t offer = 0; offer < clearing->offer_count; ++offer) {
    if (spread->wanted[offer] <= spread->offer_left[offer]) continue;
    spread->rationing[offer] = ondol_ration(spread->offer_left[offer], spread->wanted[offer],
                                            ondol_draw(clearing, SHORTAGE, clearing->offer_luck[offer], round));
  }
  for (uint32_t region = 0; region < clearing->region_count; ++region) {
    Ladder* ladder = &spread->ladders[region];
    ladder->short_here = 0;
    for (uint32_t at = 0; at < ladder->count; ++at) {
      const uint32_t offer = ladder->offer[at];
      if (ladder->wanted[at] == 0 || spread->wanted[offer] <= spread->offer_left[offer]) continue;
      ladder->wanted[at] = ondol_share(&spread->rationing[offer], ladder->wanted[at]);
      ladder->short_here = 1;
    }
  }
}

/* What the classes of a region get of what is sold to it. */
static void serve(Spread* spread, uint32_t region, uint32_t round) {
  Ladder* ladder = &spread->ladders[region];
  const double offset = fraction(ondol_draw(spread->clearing, REMAINDER, region, round));
  double by_pull = 0.0; /* what is sold of offers before, by the pull on each */
  double reached = 0.0;
  int64_t sold = 0;
  int64_t given = 0;
  uint32_t at = 0;
  for (uint32_t c = 0; c < ladder->class_count; ++c) {
    Class* class = &ladder->classes[c];
    for (; at < class->in_stock; ++at) {
      sold += ladder->wanted[at];
      if (ladder->wanted[at] > 0) by_pull += (double)ladder->wanted[at] / ladder->pull[at];
    }
    int64_t part = class->in_stock > 0 ? class->left : 0;
    if (ladder->short_here) {
      reached += class->per_weight * by_pull;
      int64_t until = (int64_t)(reached + offset);
      if (until > sold || c + 1 == ladder->class_count) until = sold;
      part = until > given ? until - given : 0;
      if (part > class->left) part = class->left;
    }
    given += part;
    class->got += part;
    class->left -= part;
  }
  /* What is left over by rounding is not sold: of the dearest, so that nobody's offers are missed. */
  for (uint32_t last = ladder->count; sold > given && last-- > 0;) {
    const int64_t back = sold - given < ladder->wanted[last] ? sold - given : ladder->wanted[last];
    ladder->wanted[last] -= back;
    sold -= back;
  }
  for (at = 0; at < ladder->count; ++at) {
    ladder->sold[at] += ladder->wanted[at];
    spread->offer_left[ladder->offer[at]] -= ladder->wanted[at];
  }
}

static int64_t go_round(Spread* spread, uint32_t round) {
  ondol_clearing* clearing = spread->clearing;
  memset(spread->wanted, 0, clearing->offer_count * sizeof *spread->wanted);
  int64_t wanted = 0;
  for (uint32_t region = 0; region < clearing->region_count; ++region) {
    if (spread->ladders[region].class_count > 0) wanted += want(spread, region, round);
  }
  if (wanted == 0) return 0;
  ration(spread, round);
  for (uint32_t region = 0; region < clearing->region_count; ++region) {
    if (spread->ladders[region].class_count > 0) serve(spread, region, round);
  }
  return wanted;
}

/* ---- The lot */

/* What a unit of each class of a region is made of. */
static void make_up(Spread* spread, uint32_t region, double* part, double* worth) {
  const ondol_clearing* clearing = spread->clearing;
  const uint32_t regions = clearing->region_count;
  Ladder* ladder = &spread->ladders[region];
  memset(part, 0, regions * sizeof *part);
  memset(worth, 0, regions * sizeof *worth);
  int64_t units = 0; /* N */
  uint32_t c = 0;
  for (uint32_t at = 0; at < ladder->count; ++at) {
    units += ladder->sold[at];
    if (ladder->sold[at] > 0) {
      const double share = (double)ladder->sold[at] / (double)units;
      for (uint32_t s = 0; s < regions; ++s) {
        part[s] *= 1.0 - share;
        worth[s] *= 1.0 - share;
      }
      const uint32_t s = clearing->offer_region[ladder->offer[at]];
      part[s] += share;
      worth[s] += share * (double)clearing->offer_price[ladder->offer[at]];
    }
    for (; c < ladder->class_count && ladder->classes[c].reach == at + 1; ++c) {
      const Class* class = &ladder->classes[c];
      units -= class->got;
      if (class->got == 0) continue;
      double* parts = (double*)class->takers->part;
      double* prices = (double*)class->takers->price;
      for (uint32_t s = 0; s < regions; ++s) {
        parts[s] = part[s];
        prices[s] = part[s] > 0.0 ? worth[s] / part[s] : 0.0;
      }
    }
  }
}

/* The orders of a class share what it got in proportion. */
static ondol_take* hand_out(Spread* spread, const Class* class, ondol_take* take) {
  const ondol_clearing* clearing = spread->clearing;
  ondol_rationing rationing = ondol_ration(class->got, class->wanted, class->takers->luck);
  class->takers->takes = take;
  for (uint32_t i = 0; i < class->count; ++i) {
    const uint32_t order = spread->by_class[class->first + i];
    const ondol_take part = {order, 0, ondol_share(&rationing, clearing->order_quantity[order])};
    if (part.quantity > 0) *take++ = part;
  }
  class->takers->take_count = (uint32_t)(take - class->takers->takes);
  return take;
}

static ondol_give* list_gives(Spread* spread, uint32_t* count) {
  ondol_clearing* clearing = spread->clearing;
  ondol_give* gives = of_offers(spread, sizeof *gives);
  int64_t* sold = of_offers(spread, sizeof *sold);
  for (uint32_t region = 0; region < clearing->region_count; ++region) {
    const Ladder* ladder = &spread->ladders[region];
    for (uint32_t at = 0; at < ladder->count; ++at) sold[ladder->offer[at]] += ladder->sold[at];
  }
  for (uint32_t offer = 0; offer < clearing->offer_count; ++offer) {
    const ondol_give give = {offer, 0, sold[offer], clearing->offer_price[offer]};
    if (give.quantity > 0) gives[(*count)++] = give;
  }
  return gives;
}

static void propose(Spread* spread) {
  ondol_clearing* clearing = spread->clearing;
  const ondol_host* host = clearing->host;
  const size_t regions = clearing->region_count;
  uint32_t classes = 0;
  for (uint32_t region = 0; region < regions; ++region) classes += spread->ladders[region].class_count;
  ondol_lot* lot = host->scratch(clearing, sizeof *lot);
  ondol_takers* takers = host->scratch(clearing, (classes + (size_t)1) * sizeof *takers);
  double* makeup = host->scratch(clearing, (classes + (size_t)1) * 2 * regions * sizeof *makeup);
  ondol_take* take = host->scratch(clearing, (clearing->order_count + (size_t)1) * sizeof *take);
  for (uint32_t region = 0; region < regions; ++region) {
    Ladder* ladder = &spread->ladders[region];
    for (uint32_t c = 0; c < ladder->class_count; ++c) {
      Class* class = &ladder->classes[c];
      if (class->got == 0) continue;
      class->takers = &takers[lot->takers_count];
      class->takers->part = makeup + 2 * regions * (1 + (size_t)lot->takers_count);
      class->takers->price = class->takers->part + regions;
      class->takers->luck = ondol_draw(clearing, PARTS, (uint64_t)region << 32 | class->reach, 0);
      take = hand_out(spread, class, take);
      ++lot->takers_count;
    }
    if (ladder->class_count > 0) make_up(spread, region, makeup, makeup + regions);
  }
  if (lot->takers_count == 0) return;
  lot->takers = takers;
  lot->gives = list_gives(spread, &lot->give_count);
  lot->luck = ondol_draw(clearing, WORTH, 0, 0);
  clearing->lots = lot;
  clearing->lot_count = 1;
}

void logit_spread(ondol_clearing* clearing, const int64_t* offer_left) {
  const ondol_host* host = clearing->host;
  Spread spread = {.clearing = clearing, .params = clearing->params};
  spread.ladders = host->scratch(clearing, clearing->region_count * sizeof *spread.ladders);
  spread.offer_left = of_offers(&spread, sizeof *spread.offer_left);
  spread.wanted = of_offers(&spread, sizeof *spread.wanted);
  spread.rationing = of_offers(&spread, sizeof *spread.rationing);
  memcpy(spread.offer_left, offer_left, clearing->offer_count * sizeof *offer_left);
  classify(&spread);
  for (uint32_t round = 1; round <= spread.params->rounds; ++round) {
    if (go_round(&spread, round) == 0) break;
  }
  propose(&spread);
}
