/*
 * Contracts with lead time: orders queue with the seller they name, a deposit held, and are delivered when they are
 * due.
 *
 * An order is delivered at the price agreed when it was placed (its limit), whatever the seller lists now, once
 * `lead_time` ticks have passed and the seller has stock on offer. It is due as a whole, or evenly over `term` ticks:
 * with n ticks of them gone, of what is left
 *   due = left / (term - n),
 * rounded to whole units by lot, and all of it from the last tick on. What is missed is spread over the ticks that
 * remain.
 *
 * Where a seller is short, those placed first come first (`by_age`), or all who are due stand in one row. A row shares
 * what there is in proportion to
 *   left ^ (1 + size_priority),
 * nobody more than what is due; or one after the other in drawn order (`by_lot`). Orders that name nobody do not queue.
 */
#include <ondol/mechanism.h>

#include <sleef.h>

#include <math.h>
#include <stdlib.h>

typedef struct Params {
  int64_t lead_time;
  int64_t term;
  double size_priority;
  uint8_t by_age;
  uint8_t by_lot;
} Params;

enum { FOR_PARTS, FOR_TURNS, FOR_SHARES }; /* what is drawn; of shares, for the orders of every tick apart */

/* The seller's price that the buyer's agreed price comes to, tariffs off; never dearer than agreed. */
static int64_t agreed_price(const ondol_clearing* clearing, uint32_t order, double cost) {
  const int64_t limit = clearing->order_limit[order];
  if (cost == 1.0) return limit;
  int64_t price = (int64_t)floor((double)limit / cost);
  while (price > 0 && ondol_delivered(price, cost) > limit) --price;
  return price;
}

/* What is due of an order in this clearing. */
static int64_t due_of(const ondol_clearing* clearing, uint32_t order) {
  const Params* params = clearing->params;
  const uint32_t offer = clearing->order_offer[order];
  if (!clearing->order_open[order] || offer == ONDOL_NONE || ondol_cost(clearing, order, offer) == 0.0) return 0;
  const int64_t age = clearing->now.tick - clearing->order_tick[order] - params->lead_time;
  if (age < 0) return 0;
  const int64_t left = clearing->order_quantity[order];
  const int64_t ticks = params->term - age; /* that remain, this one too */
  if (ticks <= 1) return left;
  const uint64_t draw = ondol_draw(clearing, FOR_PARTS, clearing->order_luck[order], 0);
  return left / ticks + ((int64_t)(draw % (uint64_t)ticks) < left % ticks);
}

/* What one delivery is about. */
typedef struct Delivery {
  ondol_clearing* clearing;
  int64_t* offer_left;
  int64_t* due;       /* by order */
  ondol_wide* wanted; /* by offer, of the row */
  uint8_t* is_short;  /* by offer, for the row */
} Delivery;

static void fill(const Delivery* delivery, uint32_t order, int64_t quantity) {
  ondol_clearing* clearing = delivery->clearing;
  const uint32_t offer = clearing->order_offer[order];
  ondol_fill_order(clearing, offer, order, quantity, agreed_price(clearing, order, ondol_cost(clearing, order, offer)));
  delivery->offer_left[offer] -= quantity;
}

/* ---- A row of orders that one seller cannot serve */

typedef struct Place {
  uint32_t offer;
  uint32_t order;
  uint64_t draw;
  double weight;
} Place;

static int by_offer_then_order(const void* a, const void* b) {
  const Place* x = a;
  const Place* y = b;
  if (x->offer != y->offer) return x->offer < y->offer ? -1 : 1;
  return x->order < y->order ? -1 : x->order > y->order;
}

static int by_offer_then_draw(const void* a, const void* b) {
  const Place* x = a;
  const Place* y = b;
  if (x->offer != y->offer) return x->offer < y->offer ? -1 : 1;
  if (x->draw != y->draw) return x->draw < y->draw ? -1 : 1;
  return x->order < y->order ? -1 : x->order > y->order;
}

static void serve_one_by_one(const Delivery* delivery, const Place* row, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    const int64_t left = delivery->offer_left[row[i].offer];
    const int64_t due = delivery->due[row[i].order];
    fill(delivery, row[i].order, due < left ? due : left);
  }
}

/* In proportion to what is due of each, which nobody's share can exceed. */
static void serve_evenly(const Delivery* delivery, const Place* row, uint32_t count, uint64_t draw) {
  const uint32_t offer = row[0].offer;
  ondol_rationing rationing = ondol_ration(delivery->offer_left[offer], delivery->wanted[offer], draw);
  for (uint32_t i = 0; i < count; ++i)
    fill(delivery, row[i].order, ondol_share(&rationing, delivery->due[row[i].order]));
}

/* In proportion to weights: whoever's share is all that is due of it is served first, and the others share the rest. */
static void serve_by_weight(const Delivery* delivery, Place* row, uint32_t count, uint64_t draw) {
  const uint32_t offer = row[0].offer;
  for (int again = 1; again && count > 0;) {
    double weights = 0.0;
    for (uint32_t i = 0; i < count; ++i) weights += row[i].weight;
    const double each = (double)delivery->offer_left[offer] / weights;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; ++i) {
      if (row[i].weight * each >= (double)delivery->due[row[i].order]) {
        fill(delivery, row[i].order, delivery->due[row[i].order]);
      } else {
        row[kept++] = row[i];
      }
    }
    again = kept < count;
    count = kept;
  }
  double weights = 0.0;
  for (uint32_t i = 0; i < count; ++i) weights += row[i].weight;
  const int64_t total = delivery->offer_left[offer];
  const double offset = (double)(draw >> 11) * 0x1p-53;
  double reached = 0.0;
  int64_t given = 0;
  for (uint32_t i = 0; i < count; ++i) {
    reached += row[i].weight;
    int64_t until = i + 1 == count ? total : (int64_t)(reached / weights * (double)total + offset);
    if (until > total) until = total;
    int64_t part = until > given ? until - given : 0;
    if (part > delivery->due[row[i].order]) part = delivery->due[row[i].order];
    fill(delivery, row[i].order, part);
    given += part;
  }
}

/* The orders of [first, last) that want of offers which are short; `row` has room for all of them. */
static void share_short(const Delivery* delivery, uint32_t first, uint32_t last, Place* row, uint64_t purpose) {
  const ondol_clearing* clearing = delivery->clearing;
  const Params* params = clearing->params;
  uint32_t count = 0;
  for (uint32_t order = first; order < last; ++order) {
    const uint32_t offer = clearing->order_offer[order];
    if (delivery->due[order] == 0 || !delivery->is_short[offer]) continue;
    const double left = (double)clearing->order_quantity[order];
    const Place place = {
        offer, order, ondol_draw(clearing, FOR_TURNS, clearing->order_luck[order], 0),
        params->size_priority == 0.0 ? left : Sleef_cinz_powd1_u10purec(left, 1 + params->size_priority)};
    row[count++] = place;
  }
  qsort(row, count, sizeof *row, params->by_lot ? by_offer_then_draw : by_offer_then_order);
  for (uint32_t start = 0, end = 0; start < count; start = end) {
    while (end < count && row[end].offer == row[start].offer) ++end;
    const uint64_t draw = ondol_draw(clearing, purpose, clearing->offer_luck[row[start].offer], 0);
    if (params->by_lot) {
      serve_one_by_one(delivery, row + start, end - start);
    } else if (params->size_priority == 0.0 && params->term <= 1) {
      serve_evenly(delivery, row + start, end - start, draw);
    } else {
      serve_by_weight(delivery, row + start, end - start, draw);
    }
  }
}

/* Orders that stand in one row, [first, last). */
static void deliver(const Delivery* delivery, uint32_t first, uint32_t last, Place* row, uint64_t purpose) {
  const ondol_clearing* clearing = delivery->clearing;
  int some_short = 0;
  for (uint32_t order = first; order < last; ++order) {
    if (delivery->due[order] > 0) delivery->wanted[clearing->order_offer[order]] += delivery->due[order];
  }
  for (uint32_t order = first; order < last; ++order) {
    if (delivery->due[order] == 0) continue;
    const uint32_t offer = clearing->order_offer[order];
    delivery->is_short[offer] = delivery->wanted[offer] > delivery->offer_left[offer];
    some_short |= delivery->is_short[offer];
  }
  if (some_short) share_short(delivery, first, last, row, purpose);
  for (uint32_t order = first; order < last; ++order) {
    if (delivery->due[order] == 0) continue;
    const uint32_t offer = clearing->order_offer[order];
    delivery->wanted[offer] = 0;
    if (!delivery->is_short[offer]) fill(delivery, order, delivery->due[order]);
  }
}

static int32_t clear(ondol_clearing* clearing) {
  const Params* params = clearing->params;
  const size_t offers = clearing->offer_count;
  const size_t orders = clearing->order_count;
  if (offers == 0) return 0;
  const ondol_host* host = clearing->host;
  const Delivery delivery = {clearing, host->scratch(clearing, offers * sizeof(int64_t)),
                             host->scratch(clearing, (orders + 1) * sizeof(int64_t)),
                             host->scratch(clearing, offers * sizeof(ondol_wide)), host->scratch(clearing, offers)};
  Place* row = host->scratch(clearing, (orders + 1) * sizeof *row);
  for (uint32_t offer = 0; offer < offers; ++offer) delivery.offer_left[offer] = clearing->offer_quantity[offer];
  for (uint32_t order = 0; order < orders; ++order) delivery.due[order] = due_of(clearing, order);
  for (uint32_t first = 0, last = 0; first < orders; first = last) {
    const int64_t tick = clearing->order_tick[first];
    while (last < orders && (!params->by_age || clearing->order_tick[last] == tick)) ++last;
    deliver(&delivery, first, last, row, FOR_SHARES + (params->by_age ? (uint64_t)tick : 0));
  }
  return 0;
}

#define FIELD(field_name, field_unit, field_type, field_doc, start, low, high)                            \
  {                                                                                                       \
    .name = #field_name, .unit = field_unit, .doc = field_doc, .role = ONDOL_PARAM, .type = field_type,   \
    .offset = offsetof(Params, field_name), .count = 1, .initial = start, .minimum = low, .maximum = high \
  }

static const ondol_field fields[] = {
    FIELD(lead_time, "tick", ONDOL_I64, "Least time from order to delivery.", 1, 0, 1e6),
    FIELD(term, "tick", ONDOL_I64, "Time over which an order is delivered evenly, once it is due; 0: as a whole.", 0, 0,
          1e6),
    FIELD(size_priority, "1", ONDOL_F64,
          "A shortage is shared in proportion to what is left of orders, to this power more.", 0, -1, 10),
    FIELD(by_age, "1", ONDOL_BOOL, "Those placed first come first; else all who are due stand in one row.", 1, 0, 1),
    FIELD(by_lot, "1", ONDOL_BOOL, "A row is served in drawn order; else it shares.", 0, 0, 1),
};

static const ondol_mechanism contracts = {
    .size = sizeof(ondol_mechanism),
    .flags = ONDOL_MECHANISM_ORDERS_STAND,
    .params_size = sizeof(Params),
    .name = "contracts",
    .doc = "Orders queue with the seller they name, a deposit held, and are delivered at the agreed price when due.",
    .fields = fields,
    .field_count = sizeof fields / sizeof fields[0],
    .field_stride = sizeof(ondol_field),
    .clear = clear,
};

ONDOL_MECHANISM_PLUGIN(contracts, "0.2.0")
