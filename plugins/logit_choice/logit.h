/* What choosing one offer and spreading over all of them have in common. */
#ifndef LOGIT_H
#define LOGIT_H

#include <ondol/mechanism.h>

typedef struct Params {
  double price_weight;
  double home_weight;
  double attribute_weights[ONDOL_MAX_ATTRIBUTES];
  int64_t rounds;
  uint8_t spread;
} Params;

/* Utility of an offer for the buyers of a region. */
double logit_utility(const ondol_clearing* clearing, uint32_t region, uint32_t offer, int64_t delivered);

/* exp, of which every bit is the same on every processor. */
double logit_exp(double x);

static inline int names_nobody(const ondol_clearing* clearing, uint32_t order) {
  return clearing->order_offer[order] == ONDOL_NONE && clearing->order_open[order];
}

/* Whether what is offered and wanted adds up in the numbers that spreading reckons with. */
int logit_can_spread(const ondol_clearing* clearing, const int64_t* offer_left);

/* Spreads all orders that name nobody over what offers have left, as one lot. */
void logit_spread(ondol_clearing* clearing, const int64_t* offer_left);

#endif
