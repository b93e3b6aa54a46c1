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
#include "logit.h"

#include <sleef.h>

#include <math.h>
#include <string.h>

enum { FOR_SHARES, FOR_CHOICE }; /* what is drawn, in each round; spreading has its own */

/* Where draws that begin with certain bits lead. */
typedef struct Guide {
  uint64_t
      below; /* lesser draws lead to `here`, others to `next`; where they lead to more, the first place on the menu */
  uint32_t here; /* offers; ONDOL_NONE where draws lead to more than two */
  uint32_t next;
} Guide;

/* What the buyers of one region choose from: the offers in reach that have something left as a round begins. */
typedef struct Menu {
  double* weight_of;     /* by offer of the market, for all rounds; NULL where no buyer asks, 0 when out of reach */
  int64_t* delivered_of; /* by offer of the market: its delivered price */
  uint32_t count;        /* of the offers on it, in standing order */
  uint32_t* offer;
  double* weight;
  int64_t* delivered;
  int64_t dearest; /* the highest delivered price, above which no limit binds */
  double total;    /* of weights */
  double* until;   /* weights added up, with that of the offer itself; as shares of all where orders are split */
  Guide* guide;    /* by the first bits of a draw */
  unsigned guide_bits;
} Menu;

/* Who still wants something in a round. */
typedef struct Seekers {
  uint32_t count;
  const uint32_t* order; /* NULL: all orders, those that name an offer left out */
  const int64_t* quantity;
} Seekers;

typedef struct Book {
  ondol_clearing* clearing;
  const Params* params;
  int64_t* offer_left;
  uint64_t* draws; /* by offer, for its rationing in this round */
  Menu* menus;     /* by buyer's region */
  uint32_t round;
  Seekers seekers;
} Book;

double logit_utility(const ondol_clearing* clearing, uint32_t region, uint32_t offer, int64_t delivered) {
  const Params* params = clearing->params;
  double sum = params->home_weight * (clearing->offer_region[offer] == region);
  for (uint32_t a = 0; a < clearing->attribute_count; ++a) {
    sum += params->attribute_weights[a] * clearing->offer_attributes[a][offer];
  }
  /* A price below the smallest unit counts as half of one. */
  const double price = (delivered > 0 ? (double)delivered : 0.5) / clearing->price_units;
  return sum - params->price_weight * Sleef_cinz_logd1_u10purec(price);
}

double logit_exp(double x) { return Sleef_cinz_expd1_u10purec(x); }

/* ---- Menus */

static void weigh(Book* book, uint32_t region) {
  ondol_clearing* clearing = book->clearing;
  Menu* menu = &book->menus[region];
  double best = -INFINITY;
  for (uint32_t offer = 0; offer < clearing->offer_count; ++offer) {
    const double cost =
        clearing->delivered_cost[(size_t)region * clearing->region_count + clearing->offer_region[offer]];
    menu->delivered_of[offer] = cost == 0.0 ? INT64_MAX : ondol_delivered(clearing->offer_price[offer], cost);
    if (cost == 0.0) continue;
    menu->weight_of[offer] = logit_utility(clearing, region, offer, menu->delivered_of[offer]);
    if (menu->weight_of[offer] > best) best = menu->weight_of[offer];
  }
  for (uint32_t offer = 0; offer < clearing->offer_count; ++offer) {
    const int reached = menu->delivered_of[offer] != INT64_MAX;
    menu->weight_of[offer] = reached ? logit_exp(menu->weight_of[offer] - best) : 0.0;
  }
}

static void print_menu(Book* book, uint32_t region) {
  ondol_clearing* clearing = book->clearing;
  const ondol_host* host = clearing->host;
  const size_t offers = clearing->offer_count;
  Menu* menu = &book->menus[region];
  menu->weight_of = host->scratch(clearing, offers * sizeof(double));
  menu->delivered_of = host->scratch(clearing, offers * sizeof(int64_t));
  menu->offer = host->scratch(clearing, offers * sizeof(uint32_t));
  menu->weight = host->scratch(clearing, offers * sizeof(double));
  menu->delivered = host->scratch(clearing, offers * sizeof(int64_t));
  menu->until = host->scratch(clearing, offers * sizeof(double));
  /* Some eight places for each offer, but no more than there are orders to look them up. */
  while (menu->guide_bits < 24 && 1u << menu->guide_bits < 8 * offers && 1u << menu->guide_bits < clearing->order_count)
    ++menu->guide_bits;
  menu->guide = host->scratch(clearing, sizeof(Guide) << menu->guide_bits);
  weigh(book, region);
}

/* Where a draw of 53 bits falls on the weights of a menu. */
static double place(uint64_t bits, double total) { return ((double)(int64_t)bits + 0.5) * 0x1p-53 * total; }

/* A draw leads to the first offer up to which weights add up to more than its place. */
static uint32_t led_to(const Menu* menu, uint32_t at, uint64_t draw) {
  const double drawn = place(draw, menu->total);
  while (menu->until[at] <= drawn) ++at;
  return at;
}

/* The least draw that leads past a place on the menu; `least` does not, `most` does. */
static uint64_t least_past(const Menu* menu, uint32_t at, uint64_t least, uint64_t most) {
  while (most - least > 1) {
    const uint64_t middle = least + (most - least) / 2;
    if (place(middle, menu->total) < menu->until[at]) {
      least = middle;
    } else {
      most = middle;
    }
  }
  return most;
}

/* Places grow with the draw, so draws that begin with the same bits lead to neighbours. */
static void guide(Menu* menu) {
  const unsigned rest = 53 - menu->guide_bits;
  uint32_t from = 0;
  for (uint64_t first = 0; first < 1u << menu->guide_bits; ++first) {
    const uint64_t least = first << rest;
    const uint64_t most = least + (((uint64_t)1 << rest) - 1);
    from = led_to(menu, from, least);
    const uint32_t to = led_to(menu, from, most);
    Guide* guide = &menu->guide[first];
    guide->here = to > from + 1 ? ONDOL_NONE : menu->offer[from];
    guide->next = to > from + 1 ? ONDOL_NONE : menu->offer[to];
    guide->below = to > from + 1 ? from : to > from ? least_past(menu, from, least, most) : 0;
  }
}

static void update(Book* book, Menu* menu) {
  menu->count = 0;
  menu->total = 0.0;
  menu->dearest = INT64_MIN;
  for (uint32_t offer = 0; offer < book->clearing->offer_count; ++offer) {
    if (book->offer_left[offer] <= 0 || !(menu->weight_of[offer] > 0.0)) continue;
    const uint32_t at = menu->count++;
    menu->total += menu->weight_of[offer];
    menu->offer[at] = offer;
    menu->weight[at] = menu->weight_of[offer];
    menu->delivered[at] = menu->delivered_of[offer];
    menu->until[at] = menu->total;
    if (menu->delivered[at] > menu->dearest) menu->dearest = menu->delivered[at];
  }
  if (menu->count == 0) return;
  if (book->params->spread) {
    for (uint32_t at = 0; at < menu->count; ++at) menu->until[at] /= menu->total;
  } else {
    menu->until[menu->count - 1] = INFINITY; /* even a draw that is rounded up to the total leads to an offer */
    guide(menu);
  }
}

/* The weight with which an offer counts for an order: none above its limit. */
static double counted(const Menu* menu, uint32_t at, int64_t limit) {
  return menu->delivered[at] <= limit ? menu->weight[at] : 0.0;
}

static double counted_in_all(const Menu* menu, int64_t limit) {
  double total = 0.0;
  for (uint32_t at = 0; at < menu->count; ++at) total += counted(menu, at, limit);
  return total;
}

/* ---- Orders that each go to one offer */

static uint32_t choose_within(const Menu* menu, int64_t limit, uint64_t draw, uint32_t none) {
  const double drawn = place(draw, counted_in_all(menu, limit));
  double until = 0.0;
  uint32_t chosen = none;
  for (uint32_t at = 0; at < menu->count && until <= drawn; ++at) {
    if (menu->delivered[at] > limit) continue;
    chosen = menu->offer[at];
    until += menu->weight[at];
  }
  return chosen;
}

static uint32_t choose(const Menu* menu, uint64_t draw) {
  const Guide* guide = &menu->guide[draw >> (53 - menu->guide_bits)];
  const uint32_t offer = draw < guide->below ? guide->here : guide->next;
  return offer != ONDOL_NONE ? offer : menu->offer[led_to(menu, (uint32_t)guide->below, draw)];
}

/* Wishes under way, for their pieces. */
typedef struct Wishing {
  const Book* book;
  const ondol_wishes* wishes;
} Wishing;

enum { BLOCK = 256 };

/* The menu from which all of a block choose freely; NULL where they name an offer, differ in region or have low limits.
 */
static const Menu* menu_of_all(const Book* book, const uint32_t* orders, uint32_t first, uint32_t until) {
  const ondol_clearing* clearing = book->clearing;
  if (orders != NULL) return NULL;
  const uint16_t region = clearing->order_region[first];
  const Menu* menu = &book->menus[region];
  if (menu->count == 0) return NULL;
  uint32_t others = 0;
  for (uint32_t order = first; order < until; ++order) others |= ~clearing->order_offer[order];
  for (uint32_t order = first; order < until; ++order) others |= !clearing->order_open[order];
  for (uint32_t order = first; order < until; ++order) others |= clearing->order_region[order] ^ region;
  for (uint32_t order = first; order < until; ++order) others |= clearing->order_limit[order] < menu->dearest;
  return others == 0 ? menu : NULL;
}

static void choose_alone(const Book* book, const ondol_wishing* rows, uint32_t row, uint32_t order, uint64_t draw) {
  const ondol_clearing* clearing = book->clearing;
  const Menu* menu = &book->menus[clearing->order_region[order]];
  const int64_t limit = clearing->order_limit[order];
  uint32_t offer = rows->none;
  if (names_nobody(clearing, order) && menu->count > 0)
    offer = limit < menu->dearest ? choose_within(menu, limit, draw, rows->none) : choose(menu, draw);
  if (offer == rows->none) {
    ondol_wish_nothing(rows, row);
  } else {
    ondol_wish(rows, row, offer);
  }
}

static void choose_in_piece(void* context, uint32_t piece) {
  const Wishing* wishing = context;
  const Book* book = wishing->book;
  const uint32_t* orders = book->seekers.order;
  const ondol_wishing rows = ondol_start_wishing(wishing->wishes, piece);
  uint32_t until = 0;
  for (uint32_t first = rows.row; first < rows.end; first = until) {
    uint64_t draws[BLOCK];
    until = rows.end - first < BLOCK ? rows.end : first + BLOCK;
    const uint64_t* luck = book->clearing->order_luck + first;
    if (orders != NULL) {
      for (uint32_t row = first; row < until; ++row) draws[row - first] = book->clearing->order_luck[orders[row]];
      luck = draws;
    }
    ondol_draw_many(book->clearing, FOR_CHOICE, book->round, luck, until - first, draws);
    const Menu* menu = menu_of_all(book, orders, first, until);
    if (menu != NULL) {
      for (uint32_t row = first; row < until; ++row) ondol_wish(&rows, row, choose(menu, draws[row - first] >> 11));
      continue;
    }
    for (uint32_t row = first; row < until; ++row) {
      const uint32_t order = orders != NULL ? orders[row] : row;
      choose_alone(book, &rows, row, order, draws[row - first] >> 11);
    }
  }
}

static Seekers serve_chosen(Book* book, int again) {
  ondol_clearing* clearing = book->clearing;
  const Seekers* seekers = &book->seekers;
  const ondol_wishes wishes = ondol_no_wishes(clearing, seekers->count, seekers->order, seekers->quantity, NULL);
  Wishing wishing = {book, &wishes};
  clearing->host->parallel_for(clearing, wishes.pieces.count, choose_in_piece, &wishing);
  ondol_unserved unserved = {0, NULL, NULL};
  ondol_serve(&wishes, book->offer_left, book->draws, again ? &unserved : NULL);
  const Seekers left = {unserved.count, unserved.order, unserved.quantity};
  return left;
}

/* ---- Orders that are split over offers, pair by pair: where it is asked who bought from whom */

typedef struct Parts {
  uint32_t count, capacity;
  uint32_t* order;
  uint32_t* offer;
  int64_t* quantity;
} Parts;

static void grow(ondol_clearing* clearing, Parts* parts) {
  const ondol_host* host = clearing->host;
  const uint32_t capacity = parts->capacity == 0 ? 4096 : parts->capacity * 2;
  const Parts more = {parts->count, capacity, host->scratch(clearing, capacity * sizeof(uint32_t)),
                      host->scratch(clearing, capacity * sizeof(uint32_t)),
                      host->scratch(clearing, capacity * sizeof(int64_t))};
  if (parts->count > 0) {
    memcpy(more.order, parts->order, parts->count * sizeof(uint32_t));
    memcpy(more.offer, parts->offer, parts->count * sizeof(uint32_t));
    memcpy(more.quantity, parts->quantity, parts->count * sizeof(int64_t));
  }
  *parts = more;
}

/* Splits an order by shares: differences of cumulative floors with a drawn offset, so that parts add up and small
 * orders reach small offers in expectation. */
static void split(const Book* book, Parts* parts, uint32_t order, int64_t quantity, uint64_t draw) {
  const ondol_clearing* clearing = book->clearing;
  const Menu* menu = &book->menus[clearing->order_region[order]];
  const int64_t limit = clearing->order_limit[order];
  const int within = limit < menu->dearest;
  const double total = within ? counted_in_all(menu, limit) : 1.0;
  const double offset = place(draw >> 11, 1.0);
  double cumulative = 0.0;
  int64_t given = 0;
  for (uint32_t at = 0; at < menu->count && given < quantity; ++at) {
    if (within && menu->delivered[at] > limit) continue;
    cumulative += menu->weight[at];
    const double share = within ? cumulative / total : menu->until[at];
    int64_t until = (int64_t)(share * (double)quantity + offset); /* not negative, so this is its floor */
    if (until > quantity) until = quantity;
    if (until <= given) continue;
    parts->order[parts->count] = order;
    parts->offer[parts->count] = menu->offer[at];
    parts->quantity[parts->count++] = until - given;
    given = until;
  }
}

static void add_up_parts(void* context, uint32_t piece) {
  const ondol_wishes* wishes = context;
  const ondol_wishing rows = ondol_start_wishing(wishes, piece);
  for (uint32_t row = rows.row; row < rows.end; ++row) ondol_wish(&rows, row, rows.offer[row]);
}

static ondol_wishes split_all(Book* book) {
  ondol_clearing* clearing = book->clearing;
  const Seekers* seekers = &book->seekers;
  Parts parts = {0};
  grow(clearing, &parts);
  uint64_t* draws = clearing->host->scratch(clearing, (clearing->order_count + (size_t)1) * sizeof *draws);
  ondol_draw_many(clearing, FOR_CHOICE, book->round, clearing->order_luck, clearing->order_count, draws);
  for (uint32_t i = 0; i < seekers->count; ++i) {
    const uint32_t order = seekers->order != NULL ? seekers->order[i] : i;
    if (!names_nobody(clearing, order)) continue;
    while (parts.capacity - parts.count < clearing->offer_count) grow(clearing, &parts);
    split(book, &parts, order, seekers->quantity[i], draws[order]);
  }
  ondol_wishes wishes = ondol_no_wishes(clearing, parts.count, parts.order, parts.quantity, parts.offer);
  clearing->host->parallel_for(clearing, wishes.pieces.count, add_up_parts, &wishes);
  return wishes;
}

/* Those who still want something after fills from `first_fill` on, which are in the order of the seekers. */
static Seekers left_over(const Book* book, uint32_t first_fill) {
  ondol_clearing* clearing = book->clearing;
  const Seekers* seekers = &book->seekers;
  uint32_t* orders = clearing->host->scratch(clearing, (seekers->count + (size_t)1) * sizeof *orders);
  int64_t* quantities = clearing->host->scratch(clearing, (seekers->count + (size_t)1) * sizeof *quantities);
  uint32_t count = 0;
  uint32_t fill = first_fill;
  for (uint32_t i = 0; i < seekers->count; ++i) {
    const uint32_t order = seekers->order != NULL ? seekers->order[i] : i;
    int64_t left = seekers->quantity[i];
    for (; fill < clearing->fill_count && clearing->fills[fill].order == order; ++fill)
      left -= clearing->fills[fill].quantity;
    if (left == 0 || !names_nobody(clearing, order)) continue;
    orders[count] = order;
    quantities[count++] = left;
  }
  const Seekers again = {count, orders, quantities};
  return again;
}

static Seekers serve_split(Book* book, int again) {
  const uint32_t first_fill = book->clearing->fill_count;
  const ondol_wishes wishes = split_all(book);
  ondol_serve(&wishes, book->offer_left, book->draws, NULL);
  const Seekers nobody = {0, NULL, NULL};
  return again && wishes.pieces.rows > 0 ? left_over(book, first_fill) : nobody;
}

/* ---- Rounds */

/* Which regions have buyers that choose, and whether orders name an offer, by piece. */
typedef struct Survey {
  const ondol_clearing* clearing;
  ondol_pieces pieces;
  uint8_t* choosing; /* [piece][region], and whether any names at region_count */
} Survey;

static void survey_piece(void* context, uint32_t piece) {
  const Survey* survey = context;
  const ondol_clearing* clearing = survey->clearing;
  const uint32_t* named = clearing->order_offer;
  const uint8_t* open = clearing->order_open;
  const uint16_t* region = clearing->order_region;
  const uint32_t regions = clearing->region_count;
  uint8_t* choosing = survey->choosing + (size_t)piece * (regions + (size_t)1);
  const uint32_t start = ondol_piece_start(&survey->pieces, piece);
  const uint32_t end = ondol_piece_start(&survey->pieces, piece + 1);
  uint32_t names = 0;
  for (uint32_t order = start; order < end; ++order) names |= ~named[order];
  for (uint32_t order = start; order < end; ++order) names |= !open[order];
  choosing[regions] = names != 0;
  if (regions == 1) {
    choosing[0] = 1;
    return;
  }
  for (uint32_t order = start; order < end; ++order) {
    if (names == 0 || names_nobody(clearing, order)) choosing[region[order]] = 1;
  }
}

/* Whether some order names an offer, or one that is not there; prints menus where they are asked for. */
static int look_around(Book* book, int print) {
  ondol_clearing* clearing = book->clearing;
  const size_t columns = clearing->region_count + (size_t)1;
  Survey survey = {clearing, ondol_cut(clearing->order_count, clearing->region_count), NULL};
  survey.choosing = clearing->host->scratch(clearing, survey.pieces.count * columns);
  clearing->host->parallel_for(clearing, survey.pieces.count, survey_piece, &survey);
  int names = 0;
  for (uint32_t piece = 0; piece < survey.pieces.count; ++piece) {
    const uint8_t* choosing = survey.choosing + piece * columns;
    names |= choosing[clearing->region_count];
    for (uint32_t region = 0; region < clearing->region_count; ++region) {
      if (print && choosing[region] && book->menus[region].weight_of == NULL) print_menu(book, region);
    }
  }
  return names;
}

static void draw_shares(Book* book) {
  const ondol_clearing* clearing = book->clearing;
  ondol_draw_many(clearing, FOR_SHARES, book->round, clearing->offer_luck, clearing->offer_count, book->draws);
}

static int32_t clear(ondol_clearing* clearing) {
  const size_t offers = clearing->offer_count;
  if (offers == 0) return 0;
  const ondol_host* host = clearing->host;
  Book book = {.clearing = clearing,
               .params = clearing->params,
               .offer_left = host->scratch(clearing, offers * sizeof(int64_t)),
               .draws = host->scratch(clearing, offers * sizeof(uint64_t)),
               .menus = host->scratch(clearing, clearing->region_count * sizeof(Menu)),
               .seekers = {clearing->order_count, NULL, clearing->order_quantity}};
  for (uint32_t offer = 0; offer < offers; ++offer) book.offer_left[offer] = clearing->offer_quantity[offer];
  draw_shares(&book);
  const int lots = book.params->spread && logit_can_spread(clearing, book.offer_left);
  if (look_around(&book, !lots)) (void)ondol_serve_named(clearing, book.offer_left, book.draws);
  if (lots) {
    logit_spread(clearing, book.offer_left);
    return 0;
  }
  for (book.round = 1; book.round <= book.params->rounds && book.seekers.count > 0; ++book.round) {
    draw_shares(&book);
    for (uint32_t region = 0; region < clearing->region_count; ++region) {
      if (book.menus[region].weight_of != NULL) update(&book, &book.menus[region]);
    }
    const int again = book.round < book.params->rounds;
    book.seekers = book.params->spread ? serve_split(&book, again) : serve_chosen(&book, again);
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

ONDOL_MECHANISM_PLUGIN(logit_choice, "0.2.0")
