/*
 * Logit choice: buyers spread over differentiated offers by multinomial logit (McFadden 1974; Anderson, de Palma and
 * Thisse 1992).
 *
 * The weight of offer j for a buyer of region r is exp(u_rj) with
 *   u_rj = sum_a weight_a * attribute_aj + home_weight * [region of j is r] - price_weight * ln(delivered price),
 * over the offers it can reach at or below its limit. With `spread`, each order is split over offers by their shares;
 * without, it goes to one offer drawn by them. What a sold-out offer cannot fill is spread again over the others,
 * `rounds` times at most. Orders that name an offer are served by it alone, before the others.
 */
#include <ondol/mechanism.h>

#include <sleef.h>

#include <math.h>

typedef struct Params {
  double price_weight;
  double home_weight;
  double attribute_weights[ONDOL_MAX_ATTRIBUTES];
  int64_t rounds;
  uint8_t spread;
} Params;

/* What one region sees: weights of all offers, and the dearest delivered price, above which no limit binds. */
typedef struct View {
  double* weight; /* by offer; 0 when out of reach */
  int64_t* delivered;
  int64_t dearest;
} View;

typedef struct Book {
  ondol_clearing* clearing;
  const Params* params;
  int64_t* offer_left;
  int64_t* order_left;
  View* views;        /* by buyer's region; weight NULL until it is asked for */
  ondol_wide* wanted; /* by offer, in one round */
  ondol_rationing* rationing;
  ondol_fill* wishes; /* of one round: what orders want from offers */
  uint32_t wish_count, wish_capacity;
} Book;

static double utility(const Book* book, uint32_t region, uint32_t offer, int64_t delivered) {
  const ondol_clearing* clearing = book->clearing;
  const Params* params = book->params;
  double sum = params->home_weight * (clearing->offer_region[offer] == region);
  for (uint32_t a = 0; a < clearing->attribute_count; ++a) {
    sum += params->attribute_weights[a] * clearing->offer_attributes[a][offer];
  }
  /* A price below the smallest unit counts as half of one. */
  const double price = (delivered > 0 ? (double)delivered : 0.5) / clearing->price_units;
  return sum - params->price_weight * Sleef_cinz_logd1_u10purec(price);
}

static const View* view_of(Book* book, uint32_t region) {
  View* view = &book->views[region];
  if (view->weight != NULL) return view;
  ondol_clearing* clearing = book->clearing;
  view->weight = clearing->host->scratch(clearing, (clearing->offer_count + (size_t)1) * sizeof *view->weight);
  view->delivered = clearing->host->scratch(clearing, (clearing->offer_count + (size_t)1) * sizeof *view->delivered);
  double best = -INFINITY;
  for (uint32_t offer = 0; offer < clearing->offer_count; ++offer) {
    const double cost =
        clearing->delivered_cost[(size_t)region * clearing->region_count + clearing->offer_region[offer]];
    view->delivered[offer] = cost == 0.0 ? INT64_MAX : ondol_delivered(clearing->offer_price[offer], cost);
    if (cost == 0.0) continue;
    if (view->delivered[offer] > view->dearest) view->dearest = view->delivered[offer];
    view->weight[offer] = utility(book, region, offer, view->delivered[offer]);
    if (view->weight[offer] > best) best = view->weight[offer];
  }
  for (uint32_t offer = 0; offer < clearing->offer_count; ++offer) {
    const int reached = view->delivered[offer] != INT64_MAX;
    view->weight[offer] = reached ? Sleef_cinz_expd1_u10purec(view->weight[offer] - best) : 0.0;
  }
  return view;
}

static int eligible(const Book* book, const View* view, uint32_t order, uint32_t offer) {
  return book->offer_left[offer] > 0 && view->weight[offer] > 0.0 &&
         view->delivered[offer] <= book->clearing->order_limit[order];
}

static int wish(Book* book, uint32_t offer, uint32_t order, int64_t quantity) {
  if (quantity <= 0) return 0;
  if (book->wish_count == book->wish_capacity) {
    const uint32_t capacity = book->wish_capacity == 0 ? 4096 : book->wish_capacity * 2;
    ondol_fill* more = book->clearing->host->scratch(book->clearing, capacity * sizeof *more);
    for (uint32_t i = 0; i < book->wish_count; ++i) more[i] = book->wishes[i];
    book->wishes = more;
    book->wish_capacity = capacity;
  }
  const ondol_fill wanted = {offer, order, quantity, book->clearing->offer_price[offer]};
  book->wishes[book->wish_count++] = wanted;
  book->wanted[offer] += quantity;
  return 1;
}

static uint64_t draw_of(const Book* book, uint32_t order, uint32_t round) {
  const uint64_t buyer = book->clearing->order_buyer[order];
  return ondol_draw(book->clearing, buyer << 24 ^ (uint64_t)order << 4 ^ round);
}

/* Splits what is left of an order by shares: differences of cumulative floors with a drawn offset, so that parts add up
 * and small orders reach small offers in expectation. */
static void split(Book* book, const View* view, uint32_t order, uint32_t round, double total) {
  const int64_t left = book->order_left[order];
  const double offset = ((double)(draw_of(book, order, round) >> 11) + 0.5) * 0x1p-53;
  double cumulative = 0.0;
  int64_t given = 0;
  for (uint32_t offer = 0; offer < book->clearing->offer_count && given < left; ++offer) {
    if (!eligible(book, view, order, offer)) continue;
    cumulative += view->weight[offer];
    int64_t until = (int64_t)floor(cumulative / total * (double)left + offset);
    if (until > left) until = left;
    if (wish(book, offer, order, until - given)) given = until;
  }
}

static void choose_one(Book* book, const View* view, uint32_t order, uint32_t round, double total) {
  const double drawn = ((double)(draw_of(book, order, round) >> 11) + 0.5) * 0x1p-53 * total;
  double cumulative = 0.0;
  uint32_t chosen = ONDOL_NONE;
  for (uint32_t offer = 0; offer < book->clearing->offer_count && cumulative <= drawn; ++offer) {
    if (!eligible(book, view, order, offer)) continue;
    chosen = offer;
    cumulative += view->weight[offer];
  }
  if (chosen != ONDOL_NONE) (void)wish(book, chosen, order, book->order_left[order]);
}

static void wish_freely(Book* book, uint32_t order, uint32_t round) {
  const ondol_clearing* clearing = book->clearing;
  const View* view = view_of(book, clearing->order_region[order]);
  double total = 0.0;
  for (uint32_t offer = 0; offer < clearing->offer_count; ++offer) {
    if (eligible(book, view, order, offer)) total += view->weight[offer];
  }
  if (!(total > 0.0)) return;
  if (book->params->spread) {
    split(book, view, order, round, total);
  } else {
    choose_one(book, view, order, round, total);
  }
}

/* Fills the wishes of a round; a short offer is shared in proportion to what is wanted of it. */
static void serve(Book* book, uint32_t round) {
  ondol_clearing* clearing = book->clearing;
  for (uint32_t offer = 0; offer < clearing->offer_count; ++offer) {
    const int64_t has = book->offer_left[offer];
    const int64_t total = book->wanted[offer] < has ? (int64_t)book->wanted[offer] : has;
    const uint64_t what = (uint64_t)clearing->offer_seller[offer] << 4 ^ round;
    book->rationing[offer] = ondol_ration(total, book->wanted[offer], ondol_draw(clearing, what));
    book->offer_left[offer] -= total;
    book->wanted[offer] = 0;
  }
  for (uint32_t i = 0; i < book->wish_count; ++i) {
    const ondol_fill wanted = book->wishes[i];
    const int64_t quantity = ondol_share(&book->rationing[wanted.offer], wanted.quantity);
    ondol_fill_order(clearing, wanted.offer, wanted.order, quantity, wanted.price);
    book->order_left[wanted.order] -= quantity;
  }
  book->wish_count = 0;
}

static int named(const ondol_clearing* clearing, uint32_t order) {
  return clearing->order_offer[order] != ONDOL_NONE || !clearing->order_open[order];
}

static void serve_named(Book* book) {
  ondol_clearing* clearing = book->clearing;
  for (uint32_t order = 0; order < clearing->order_count; ++order) {
    const uint32_t offer = clearing->order_offer[order];
    if (offer == ONDOL_NONE || !clearing->order_open[order] || !ondol_reaches(clearing, order, offer)) continue;
    (void)wish(book, offer, order, book->order_left[order]);
  }
  serve(book, 0);
}

static int32_t clear(ondol_clearing* clearing) {
  const size_t offers = clearing->offer_count;
  if (offers == 0) return 0;
  const ondol_host* host = clearing->host;
  Book book = {.clearing = clearing,
               .params = clearing->params,
               .offer_left = host->scratch(clearing, offers * sizeof(int64_t)),
               .order_left = host->scratch(clearing, (clearing->order_count + (size_t)1) * sizeof(int64_t)),
               .views = host->scratch(clearing, clearing->region_count * sizeof(View)),
               .wanted = host->scratch(clearing, offers * sizeof(ondol_wide)),
               .rationing = host->scratch(clearing, offers * sizeof(ondol_rationing))};
  for (uint32_t offer = 0; offer < offers; ++offer) book.offer_left[offer] = clearing->offer_quantity[offer];
  for (uint32_t order = 0; order < clearing->order_count; ++order) {
    book.order_left[order] = clearing->order_quantity[order];
  }
  serve_named(&book);
  for (int64_t round = 1; round <= book.params->rounds; ++round) {
    for (uint32_t order = 0; order < clearing->order_count; ++order) {
      if (!named(clearing, order) && book.order_left[order] > 0) wish_freely(&book, order, (uint32_t)round);
    }
    if (book.wish_count == 0) break;
    serve(&book, (uint32_t)round);
  }
  return 0;
}

#define FIELD(field_name, field_type, field_doc, field_count, start, low, high)                                     \
  {                                                                                                                 \
    .name = #field_name, .unit = "1", .doc = field_doc, .role = ONDOL_PARAM, .type = field_type,                    \
    .offset = offsetof(Params, field_name), .count = field_count, .initial = start, .minimum = low, .maximum = high \
  }

static const ondol_field fields[] = {
    FIELD(price_weight, ONDOL_F64, "Weight of the log of the delivered price: the price elasticity.", 1, 1, 0, 100),
    FIELD(home_weight, ONDOL_F64, "Weight of an offer from the buyer's own region.", 1, 0, -100, 100),
    FIELD(attribute_weights, ONDOL_F64, "Weights of the market's attributes, in their order.", ONDOL_MAX_ATTRIBUTES, 0,
          -1000, 1000),
    FIELD(rounds, ONDOL_I64, "Times that unmet demand is spread over what is left.", 1, 4, 1, 15),
    FIELD(spread, ONDOL_BOOL, "Split orders by shares; else each goes to one offer drawn by them.", 1, 1, 0, 1),
};

static const ondol_mechanism logit_choice = {
    .size = sizeof(ondol_mechanism),
    .params_size = sizeof(Params),
    .name = "logit_choice",
    .doc = "Buyers spread over differentiated offers by multinomial logit; unmet demand is spread again.",
    .fields = fields,
    .field_count = sizeof fields / sizeof fields[0],
    .field_stride = sizeof(ondol_field),
    .clear = clear,
};

ONDOL_MECHANISM_PLUGIN(logit_choice, "0.1.0")
