/*
 * What market mechanisms written in C share: reach, exact shares of a short supply, draws, fills and failures.
 *
 * A mechanism is a pure function of its ondol_clearing: no statics, memory from host->scratch, integer arithmetic for
 * quantities, ties broken by draws and never by position.
 */
#ifndef ONDOL_MECHANISM_H
#define ONDOL_MECHANISM_H

#include <ondol/abi.h>

#include <math.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

__extension__ typedef __int128 ondol_wide;

/* Scrambles 64 bits one-to-one: the SplitMix64 finaliser (Steele, Lea, Flood 2014). Good enough to break ties and to
 * draw offsets; keyed by draw_key, which is of run, market, tick and round. */
static inline uint64_t ondol_mix(uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9u;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

/* A draw for one thing (a buyer's id, an offer's seller) in this clearing. */
static inline uint64_t ondol_draw(const ondol_clearing* clearing, uint64_t what) {
  return ondol_mix(clearing->draw_key + ondol_mix(what + 1));
}

/* Uniform on the open interval (0, 1). */
static inline double ondol_uniform(const ondol_clearing* clearing, uint64_t what) {
  return ((double)(ondol_draw(clearing, what) >> 11) + 0.5) * 0x1p-53;
}

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

static inline int64_t ondol_share(ondol_rationing* rationing, int64_t weight) {
  rationing->reached += weight;
  const int64_t until = (int64_t)((rationing->reached * rationing->total + rationing->offset) / rationing->weights);
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
