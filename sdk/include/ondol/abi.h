/*
 * The whole boundary between an Ondol host and its plugins: C11, one exported entry, plain structs.
 *
 * Rules of this file
 * - A plugin exports one function, ONDOL_ENTRY_NAME, of type ondol_entry_fn. The host refuses another draft.
 * - Structs that are passed by pointer start with `size` (bytes the writer knew) and only grow at their end. Structs
 *   that stand in arrays either carry a stride beside the array (descriptions, ports) or are frozen (records, fills); a
 *   new fact about a frozen record becomes a parallel array. Later features are extensions, asked for by string id.
 * - Strings are UTF-8, zero-terminated and owned by the plugin for as long as it is loaded.
 * - A plugin keeps no mutable statics: everything that outlives a call lives in state the host owns.
 * - Quantities, prices and money cross as int64 in the smallest units of their good, market and currency. Ports carry
 *   the factors from the plugin's own units.
 * - A rule or a clearing returns 0, or non-zero after filling in `failure`. It never throws across the boundary.
 */
#ifndef ONDOL_ABI_H
#define ONDOL_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* While the major is 0 the ABI is a draft: MINOR grows with any change, and host and plugin must have the same. */
#define ONDOL_ABI_MAJOR 0
#define ONDOL_ABI_MINOR 13
#define ONDOL_ENTRY_NAME "ondol_plugin_entry"

/* No agent, no offer, no port. */
#define ONDOL_NONE UINT32_MAX

/* Attributes that one offer can carry. */
#define ONDOL_MAX_ATTRIBUTES 6

#if defined(_WIN32)
#define ONDOL_EXPORT __declspec(dllexport)
#else
#define ONDOL_EXPORT __attribute__((visibility("default")))
#endif

/* ---- Description: what a plugin offers, in plain data ------------------------------------------------------------ */

typedef enum ondol_field_role { ONDOL_PARAM = 0, ONDOL_TRAIT = 1, ONDOL_STATE = 2 } ondol_field_role;

typedef enum ondol_field_type {
  ONDOL_F64 = 0,
  ONDOL_I64 = 1,
  ONDOL_I32 = 2,
  ONDOL_BOOL = 3,  /* one byte, 0 or 1 */
  ONDOL_AGENT = 4, /* uint32 agent id, ONDOL_NONE for nobody */
} ondol_field_type;

enum {
  ONDOL_FIELD_REQUIRED = 1u, /* no default: the world file must give it */
  ONDOL_FIELD_PIPELINE = 2u, /* an array of amounts under way by ticks left; recorded as its total */
  ONDOL_FIELD_ASSUMED = 4u,  /* nobody has measured the default */
};

/* One parameter, trait or state field of a kind, or one parameter or state field of a mechanism. */
typedef struct ondol_field {
  const char* name;
  const char* unit; /* unit expression; "1" is dimensionless, "money" the accounting currency, "{port}" a port's unit */
  const char* doc;  /* one line */
  const char* record; /* the record under which the field is disclosed to other agents, or NULL (state only) */
  uint32_t role;      /* ondol_field_role */
  uint32_t type;      /* ondol_field_type */
  uint32_t offset;    /* bytes from the start of its struct */
  uint32_t count;     /* 1, or the length of a fixed array */
  uint32_t flags;
  uint32_t reserved;
  double initial; /* default in `unit` */
  double minimum; /* inclusive */
  double maximum; /* inclusive */
  double low,
      high; /* of what is assumed: where the truth is believed to lie, around the default; both 0: nobody says */
} ondol_field;

typedef enum ondol_port_type {
  ONDOL_BUYS = 0,      /* a market it may order in; its good gets an account */
  ONDOL_SELLS = 1,     /* a market it may offer in; its good gets an account */
  ONDOL_HOLDS = 2,     /* a good it keeps an account of */
  ONDOL_READS = 3,     /* a signal it reads */
  ONDOL_WRITES = 4,    /* a signal it sets or contributes to */
  ONDOL_ISSUES = 5,    /* an instrument it may create and retire */
  ONDOL_PEERS = 6,     /* populations it pays to or founds members of */
  ONDOL_OBSERVES = 7,  /* a record that other agents disclose */
  ONDOL_LEVIES = 8,    /* a base on which it may levy: "income", or the receipts of a purpose */
  ONDOL_OWNS = 9,      /* an instrument whose claims on others it goes over */
  ONDOL_RELATES = 10,  /* a relation whose ties it goes over, makes and ends */
  ONDOL_RECEIPTS = 11, /* purposes for which it asks what it received */
} ondol_port_type;

enum {
  ONDOL_PORT_OPTIONAL = 1u,
  ONDOL_PORT_LISTED = 2u, /* ISSUES: its rules go over the claims on it, one by one */
};

typedef struct ondol_port_spec {
  const char* name;
  const char*
      unit; /* of quantity (BUYS, SELLS, HOLDS) or value (READS, WRITES); NULL takes the bound thing's own unit */
  const char* doc;
  uint32_t type; /* ondol_port_type */
  uint32_t flags;
  const char* const* attributes; /* SELLS: offers carry; BUYS: the rule reads; OBSERVES: fields of the record; RELATES:
                                    numbers on ties; in order */
  uint32_t attribute_count;
  uint32_t lags;                    /* READS: past ticks whose values it reads, too */
  const char* handle;               /* what rules call it, where that is not its name; or NULL */
  const char* const* market_params; /* BUYS, SELLS: parameters of the market's mechanism that the rule reads */
  uint32_t market_param_count;
  uint32_t reserved;
} ondol_port_spec;

typedef enum ondol_flow_class { ONDOL_CURRENT = 0, ONDOL_CAPITAL = 1, ONDOL_FINANCIAL = 2 } ondol_flow_class;

/* What a payment is for. */
typedef struct ondol_purpose {
  const char* name;
  const char* doc;
  uint32_t flow_class; /* ondol_flow_class */
  uint32_t reserved;
  const char* handle; /* what rules call it, where that is not its name; or NULL */
} ondol_purpose;

struct ondol_chunk;
struct ondol_clearing;
struct ondol_failure;

typedef int32_t (*ondol_rule_fn)(struct ondol_chunk* chunk);
typedef int32_t (*ondol_clear_fn)(struct ondol_clearing* clearing);

/* The step of a rule for agents that were just founded; it is in no schedule. */
#define ONDOL_BIRTH "birth"

/* What a kind does in one step. */
typedef struct ondol_rule {
  const char* step;
  const char* doc;
  ondol_rule_fn run; /* called once per chunk, from any thread, for different chunks at once */
} ondol_rule;

/* A kind of agent. */
typedef struct ondol_kind {
  uint32_t size;
  uint32_t params_size;
  uint32_t traits_size;
  uint32_t state_size;
  const char* name;
  const char* doc;
  const ondol_field* fields;
  const ondol_port_spec* ports; /* a port's index is its position here */
  const ondol_purpose* purposes;
  const ondol_rule* rules;
  uint32_t field_count, field_stride;
  uint32_t port_count, port_stride;
  uint32_t purpose_count, purpose_stride;
  uint32_t rule_count, rule_stride;
} ondol_kind;

enum {
  ONDOL_MECHANISM_ORDERS_STAND = 1u, /* unfilled orders queue as the seller's backlog, a deposit held; others lapse */
  ONDOL_MECHANISM_BOOK = 2u, /* an order book: bids stand as offers do, and an agent may have both at several levels */
};

/* A way to match a market's offers with its orders. */
typedef struct ondol_mechanism {
  uint32_t size;
  uint32_t flags;
  uint32_t params_size;
  uint32_t state_size; /* the market's own memory; host-owned, zero at the start unless fields say otherwise */
  const char* name;
  const char* doc;
  const ondol_field* fields;
  uint32_t field_count, field_stride;
  ondol_clear_fn clear; /* called by one thread per market; may use the host's parallel_for */
} ondol_mechanism;

/* What the entry returns. */
typedef struct ondol_plugin {
  uint32_t size;
  uint16_t abi_major;
  uint16_t abi_minor;
  const char* name;
  const char* version;
  const ondol_kind* const* kinds;
  const ondol_mechanism* const* mechanisms;
  uint32_t kind_count;
  uint32_t mechanism_count;
  const void* (*extension)(const char* id); /* NULL, or answers NULL to an id it does not know */
} ondol_plugin;

/* What the host tells the entry. */
typedef struct ondol_host_info {
  uint32_t size;
  uint16_t abi_major;
  uint16_t abi_minor;
  const char* version;
  const void* (*extension)(const char* id);
  struct ondol_failure* failure; /* where the entry says why it returns NULL */
} ondol_host_info;

typedef const ondol_plugin* (*ondol_entry_fn)(const ondol_host_info* host);

/* ---- Acting: what a rule sees and writes ------------------------------------------------------------------------- */

/* When chance falls: of it, every draw is made (ondol/luck.h). Made by the host alone. */
typedef struct ondol_moment {
  uint64_t key; /* of the run's seed, the step and the round, and of the market in a clearing */
  int64_t tick;
  uint32_t round; /* of a repeated group of steps, from 0 */
  uint32_t reserved;
} ondol_moment;

/* Where a rule or a clearing says why it failed. A rule should keep `row` at the one it works on, so that the host can
 * name an agent whose rule does not return. */
typedef struct ondol_failure {
  uint32_t row; /* of the chunk; ONDOL_NONE when no single agent is to blame */
  char message[508];
} ondol_failure;

/* Standing offers of one market as the step began, ordered by seller. Frozen for the step. */
typedef struct ondol_offers {
  uint32_t size;
  uint32_t count;
  const uint32_t* seller;
  const uint16_t* region;
  const int64_t* price;            /* the seller's price, before tariffs */
  const int64_t* quantity;         /* left */
  const double* const* attributes; /* [attribute of the market][offer] */
} ondol_offers;

/* Members that a PEERS or OBSERVES port leads to, ordered by agent id, alive as the step began. */
typedef struct ondol_members {
  uint32_t size;
  uint32_t count;
  const uint32_t* agent;
  const uint16_t* region;
  const double* const* values; /* OBSERVES: [field of the port][member], in the fields' units; else NULL */
  uint32_t value_count;        /* fields of the port */
  uint32_t reserved;
} ondol_members;

/* What links agents with others, by agent, oldest first, as the step began: claims of an instrument, or ties of a
 * relation. */
typedef struct ondol_links {
  uint32_t size;
  uint32_t value_count;
  const uint32_t* other; /* [link]: the agent at the other end */
  const double* const*
      values; /* [value][link]; claims: amount, rate, term; ties: the port's attributes, since, 1 if it was made here */
} ondol_links;

/* What a chunk contributes to a signal; reduced chunk by chunk in order. */
typedef struct ondol_contribution {
  double sum;
  double maximum;
  int64_t count;
} ondol_contribution;

/* What others told one agent by a signal that each agent has of its own. */
typedef struct ondol_sums {
  int64_t count;
  double sum;
  double minimum; /* 0 of none, as are the others */
  double maximum;
} ondol_sums;

/* One port as bound for this chunk. Arrays of rows start at the chunk's first row. Pointers that its type has no use
 * for are NULL. An unbound port reads as nothing: zeros, no offers, no members. */
typedef struct ondol_port {
  uint32_t size;
  uint32_t bound;     /* 0: an optional port that the world leaves unbound */
  double units;       /* smallest quantity units per unit of the port */
  double price_units; /* smallest price units per money per unit of the port */
  double deposit;     /* BUYS: the share of an order's worth that it reserves */
  double value;       /* READS, WRITES: the signal as the step began */
  double
      last_price; /* BUYS, SELLS: volume-weighted price of the latest clearing with trade, money per unit of the port */
  double last_volume; /* BUYS, SELLS: quantity traded in the latest clearing, units of the port */
  double value_units; /* worth in smallest money units of one smallest quantity unit at one smallest price unit */
  /* Accounts of the good, one per row. */
  const int64_t* stock; /* held as the step began, less what rules of this step took */
  int64_t* available;   /* the part of it not reserved; a rule subtracts what it takes */
  /* Latest clearing of the market, one per row. */
  const int64_t* sold;    /* quantity */
  const int64_t* revenue; /* money */
  const int64_t* demand;  /* quantity ordered from it by name, filled or not */
  const int64_t* backlog; /* quantity of standing orders that name it */
  const int64_t* bought;  /* quantity that arrived */
  const int64_t* spent;   /* money, tariffs included */
  const int64_t* ordered; /* quantity of its own standing orders not delivered yet */
  const ondol_offers* offers;
  const uint16_t* attribute_index; /* position of the port's attributes among the market's */
  const double* delivered_cost;    /* [seller's region]: buyer's money per seller's money, tariff included; 0: barred */
  const double* delivered_share;   /* [seller's region]: what arrives of one unit sent */
  const ondol_members* members;
  ondol_contribution* contribution;
  const int64_t* claims; /* ISSUES: outstanding of what it issued, per row, money (money, credit) or units (residual) */
  const char*
      name;      /* the very text that the description gave for rules: a handle with another one is not of this port */
  uint32_t type; /* ondol_port_type */
  uint32_t attribute_count;   /* of the port */
  const ondol_links* links;   /* OWNS, RELATES, ISSUES if listed; else NULL */
  const uint32_t* first_link; /* per row and one past the last: where a row's links begin */
  const double* history;      /* READS: the signal as past ticks ended, the last one first, [lags]; in its own unit */
  double value_factor;        /* READS, WRITES: the port's units per unit of the signal */
  uint32_t history_count;
  uint32_t reserved;
  const ondol_sums* sums;  /* READS of a signal that each agent has of its own, per row, in its own unit; else NULL */
  const int64_t* received; /* RECEIPTS: per row, in the last tick, money */
  /* BUYS, SELLS: the elements of the parameters that the port reads, one after the other, in their fields' units, and
   * [parameter] where each begins, and then where the last ends. */
  const double* market_params;
  const uint32_t* market_param_at;
  uint32_t market_param_count;
  uint32_t reserved2;
  const int64_t* line; /* ISSUES: what may still be drawn of lines of the instrument, per row, money; part of what is
                          available */
} ondol_port;

/* Frozen records that rules append to outboxes. `row` is the row in the chunk. */
typedef enum ondol_pay_action {
  ONDOL_PAY = 0,  /* from the agent to `payee` at once */
  ONDOL_OWE = 1,  /* becomes a due, collected in settle as far as money goes, then arrears */
  ONDOL_BILL = 2, /* becomes a due of `payee` to the agent */
} ondol_pay_action;

typedef struct ondol_pay_record {
  uint32_t row;
  uint32_t payee;
  int64_t amount;
  uint16_t purpose; /* index in the kind's purposes */
  uint16_t owed;    /* ondol_pay_action */
  uint32_t reserved;
} ondol_pay_record;

typedef enum ondol_stock_action {
  ONDOL_MAKE = 0,      /* quantity_out of port `output` comes into being at no book value */
  ONDOL_USE = 1,       /* quantity_in of port `input` is used up */
  ONDOL_SCRAP = 2,     /* quantity_in of port `input` is worn out or thrown away */
  ONDOL_TRANSFORM = 3, /* quantity_in of `input` becomes quantity_out of `output`, which takes over its book value */
  ONDOL_DELIVER = 4,   /* quantity_in of port `input` goes to agent `to`, with its book value */
} ondol_stock_action;

typedef struct ondol_stock_record {
  uint32_t row;
  uint16_t action; /* ondol_stock_action */
  uint16_t reserved;
  uint16_t input;
  uint16_t output;
  uint32_t to; /* of DELIVER */
  int64_t quantity_in;
  int64_t quantity_out;
} ondol_stock_record;

/* Replaces the agent's offer at the level in the port's market; quantity 0 withdraws it. */
typedef struct ondol_offer_record {
  uint32_t row;
  uint16_t port;
  uint16_t level; /* 0, but in an order book */
  int64_t quantity;
  int64_t price;
  double attributes[ONDOL_MAX_ATTRIBUTES]; /* in the order of the port's own attributes */
} ondol_offer_record;

typedef struct ondol_order_record {
  uint32_t row;
  uint16_t port;
  uint16_t reserved;
  uint32_t seller; /* agent id, or ONDOL_NONE for any */
  uint32_t reserved2;
  int64_t quantity;
  int64_t limit; /* highest delivered price, tariffs included */
  int64_t money; /* what the rule took from its available money for it */
} ondol_order_record;

/* Replaces the agent's standing bid at the level in the port's market, an order book; quantity 0 withdraws it. Money is
 * reserved as the step settles, as far as it goes. */
typedef struct ondol_bid_record {
  uint32_t row;
  uint16_t port;
  uint16_t level;
  int64_t quantity;
  int64_t limit;
} ondol_bid_record;

/* Cancels standing orders in the port's market: of a BUYS port those it placed, of a SELLS port those that name it. */
typedef struct ondol_cancel_record {
  uint32_t row;
  uint16_t port;
  uint16_t reserved;
  uint32_t other; /* the seller they name, or their buyer; ONDOL_NONE: all */
  uint32_t reserved2;
} ondol_cancel_record;

typedef enum ondol_claim_action {
  ONDOL_ISSUE_MONEY = 0,  /* amount of new money into its own account */
  ONDOL_RETIRE_MONEY = 1, /* amount of money out of its own account */
  ONDOL_REPAY = 2,        /* pays back up to amount of its credit, oldest first */
  ONDOL_DISTRIBUTE = 3,   /* pays amount to the holders of its residual instrument, pro rata */
  /* By the holder of credit, through OWNS, of all claims on `other`: */
  ONDOL_FORGIVE = 4,    /* writes off up to amount, oldest first */
  ONDOL_RESET_RATE = 5, /* they bear `rate` per tick from now on */
  ONDOL_SEIZE = 6,      /* takes their collateral, where `other` is in arrears to the agent */
  ONDOL_GRANT = 7,      /* `other` may draw credit up to `amount`, at `rate` per tick; in place of any line before */
} ondol_claim_action;

typedef struct ondol_claim_record {
  uint32_t row;
  uint16_t port; /* ISSUES, OWNS */
  uint16_t action;
  int64_t amount;
  uint16_t purpose; /* of DISTRIBUTE */
  uint16_t reserved;
  uint32_t other; /* of FORGIVE, RESET_RATE, SEIZE, GRANT */
  double rate;    /* of RESET_RATE, GRANT */
} ondol_claim_record;

typedef struct ondol_levy_record {
  uint32_t row;
  uint16_t port; /* LEVIES */
  uint16_t purpose;
  double rate; /* of the base booked since the last levy on it */
} ondol_levy_record;

typedef enum ondol_tie_action {
  ONDOL_BIND = 0,    /* ties the agent to another, or changes the numbers on the tie there is */
  ONDOL_RELEASE = 1, /* ends the tie, whoever made it */
} ondol_tie_action;

typedef struct ondol_tie_record {
  uint32_t row;
  uint16_t port; /* RELATES */
  uint16_t action;
  uint32_t other;
  uint32_t value_count;                /* of BIND; numbers beyond them stay what they are, at first 0 */
  double values[ONDOL_MAX_ATTRIBUTES]; /* in the order of the port's own attributes */
} ondol_tie_record;

/* Tells another agent a number, by a signal that each agent has of its own. */
typedef struct ondol_sum_record {
  uint32_t row;
  uint16_t port; /* WRITES */
  uint16_t reserved;
  uint32_t to;
  uint32_t reserved2;
  double value; /* in the port's unit */
} ondol_sum_record;

typedef enum ondol_life_action {
  ONDOL_FOUND = 0,
  ONDOL_EXIT = 1,
  ONDOL_ENDOW_FIELD = 2, /* the agent that the row founded last starts with `value` in a trait or state `field` */
  ONDOL_ENDOW_GOOD = 3,  /* it gets `quantity` of port `port` of its founder, at book value */
} ondol_life_action;

typedef struct ondol_life_record {
  uint32_t row;
  uint16_t action;
  uint16_t port; /* FOUND: PEERS port of the population to join; ENDOW_GOOD: whose account it comes from */
  int64_t money; /* FOUND: what the founder pays in */
  uint16_t purpose;
  uint16_t reserved;
  uint32_t reserved2;
  const char* field; /* ENDOW_FIELD: its name in the newborn's kind */
  double value;      /* in the field's unit */
  int64_t quantity;  /* ENDOW_GOOD: what the founder took from its available goods */
} ondol_life_record;

typedef enum ondol_outbox_id {
  ONDOL_OUT_PAY = 0,
  ONDOL_OUT_STOCK = 1,
  ONDOL_OUT_OFFER = 2,
  ONDOL_OUT_ORDER = 3,
  ONDOL_OUT_CLAIM = 4,
  ONDOL_OUT_LEVY = 5,
  ONDOL_OUT_LIFE = 6,
  ONDOL_OUT_TIE = 7,
  ONDOL_OUT_SUM = 8,
  ONDOL_OUT_BID = 9,
  ONDOL_OUT_CANCEL = 10,
  ONDOL_OUT_COUNT = 11,
} ondol_outbox_id;

/* A segment to append records to; when next == end, ask the host for the next one with `grow`. Each outbox starts empty
 * (next == end), so a chunk that writes nothing costs nothing. */
typedef struct ondol_outbox {
  char* next;
  char* end;
} ondol_outbox;

/* What `draw` of the host fills in for each row. */
typedef enum ondol_draw_type {
  ONDOL_DRAW_BITS = 0,    /* uint64_t: 64 random bits */
  ONDOL_DRAW_UNIFORM = 1, /* double: uniform on the open interval (0, 1) */
  ONDOL_DRAW_NORMAL = 2,  /* double: standard normal */
} ondol_draw_type;

/* Services of the host during a call. Thread-safe for different chunks. */
typedef struct ondol_host {
  uint32_t size;
  uint32_t reserved;
  void (*grow)(struct ondol_chunk* chunk, uint32_t outbox);
  void (*log)(struct ondol_chunk* chunk, uint32_t row, const char* message);
  /* For clearings: zeroed memory, 64-byte aligned, valid until what the clearing proposed is booked. */
  void* (*scratch)(struct ondol_clearing* clearing, size_t bytes);
  /* For clearings: runs body(context, i) for i in [0, count) on the host's threads; returns when all are done. */
  void (*parallel_for)(struct ondol_clearing* clearing, uint32_t count, void (*body)(void* context, uint32_t i),
                       void* context);
  /* The draws of index `index` for `count` lucks, as ondol/luck.h makes them one by one. `values` may be the lucks
   * themselves. For rules, a purpose is the FNV-1a hash of its name; a mechanism numbers its own. */
  void (*draw)(const ondol_moment* now, uint64_t purpose, uint32_t what, uint32_t index, const uint64_t* luck,
               uint32_t count, void* values);
} ondol_host;

/* One call's worth of agents: rows of one population, ids ascending. */
typedef struct ondol_chunk {
  uint32_t size;
  uint32_t rows;
  uint32_t first_agent; /* id of row 0 */
  uint16_t region;
  uint16_t region_count;
  const uint32_t* agent; /* id of each row; NULL when they follow one another from first_agent on */
  const uint8_t* alive;  /* per row; NULL when all live */
  const void* params;
  const void* traits; /* rows of traits_size */
  void* state;        /* rows of state_size */
  const uint64_t* luck;
  ondol_moment now;
  uint32_t rounds; /* in which the group of steps runs */
  uint32_t reserved;
  double ticks_per_year;
  /* Money, one account per row, smallest units. */
  double money_units; /* smallest units per money */
  const int64_t* money_held;
  int64_t* money_available; /* lines of credit that may be drawn included; a rule subtracts what it takes */
  /* Books as of the end of the last tick, one per row, smallest money units. */
  const int64_t* income;
  const int64_t* assets;
  const int64_t* debts;
  const int64_t* equity;
  const int64_t* arrears; /* overdue from it, as of the last settle */
  const ondol_port* ports;
  uint32_t port_count, port_stride;
  ondol_outbox* outboxes; /* [ONDOL_OUT_COUNT] */
  const ondol_host* host;
  void* host_data;
  ondol_failure* failure;
  const char* const* purposes; /* of the kind, the very texts that the description gave for rules */
  uint32_t purpose_count;
  uint32_t reserved2;
} ondol_chunk;

/* ---- Clearing: what a mechanism sees and writes ------------------------------------------------------------------ */

/* One trade proposed by a mechanism. The host checks it against stock, reservation and reach, and alone books it. */
typedef struct ondol_fill {
  uint32_t offer;
  uint32_t order;
  int64_t quantity;
  int64_t price; /* the seller's, before tariffs */
} ondol_fill;

/* A lot: what many orders take of what many offers give, without saying who bought from whom. Booked in as many steps
 * as there are orders and offers in it, to the last unit: the offers' prices are paid, and takers pay alike by the
 * unit. All of it is memory of the clearing (host->scratch). */
typedef struct ondol_give {
  uint32_t offer;
  uint32_t reserved;
  int64_t quantity;
  int64_t price; /* the seller's, before tariffs */
} ondol_give;

typedef struct ondol_take {
  uint32_t order; /* names nobody */
  uint32_t reserved;
  int64_t quantity;
} ondol_take;

/* Orders of buyers of one region, ascending, whose units are made up alike. */
typedef struct ondol_takers {
  const ondol_take* takes;
  const double* part;  /* [seller's region]: how much of a unit comes from there; they add up to 1 */
  const double* price; /* [seller's region]: what that part costs on average by the unit, before tariffs */
  uint64_t luck;       /* drawn bits, for remainders */
  uint32_t take_count;
  uint32_t reserved;
} ondol_takers;

/* What is taken adds up to what is given: quantities exactly; by the seller's region, quantities and worth as far as
 * doubles go. */
typedef struct ondol_lot {
  const ondol_give* gives;
  const ondol_takers* takers;
  uint64_t luck; /* drawn bits, for remainders */
  uint32_t give_count;
  uint32_t takers_count;
} ondol_lot;

typedef struct ondol_clearing {
  uint32_t size;
  uint32_t region_count;
  uint32_t offer_count;
  uint32_t order_count;
  /* Standing offers, ordered by seller. */
  const uint32_t* offer_seller;
  const uint16_t* offer_region;
  const int64_t* offer_price;
  const int64_t* offer_quantity;
  const uint64_t* offer_luck;            /* the seller's */
  const double* const* offer_attributes; /* [attribute of the market][offer] */
  /* Orders, standing ones first, oldest first; then this step's by agent. */
  const uint32_t* order_buyer;
  const uint16_t* order_region;
  const int64_t* order_limit; /* highest delivered price */
  const int64_t* order_quantity;
  const uint32_t* order_offer; /* index of the offer it names; ONDOL_NONE for any offer */
  const uint8_t* order_open;   /* 0: it names a seller that has no offer now, so it cannot fill */
  const int64_t* order_tick;   /* when it was placed */
  const uint64_t* order_luck;  /* the buyer's; told apart where it places several */
  /* [buyer's region * region_count + seller's region]: buyer's money per seller's money; 0: barred. */
  const double* delivered_cost;
  const void* params;
  void* state;
  ondol_moment now;
  double price_units;    /* smallest price units per money per unit of the good */
  double quantity_units; /* smallest quantity units per unit of the good */
  uint32_t attribute_count;
  uint32_t fill_capacity;
  uint32_t fill_count; /* written by the mechanism */
  uint32_t pairs;      /* 1: who bought from whom has to be known, so there may be fills only and no lots */
  ondol_fill* fills;   /* room for fill_capacity fills; ask grow_fills for more */
  void (*grow_fills)(struct ondol_clearing* clearing); /* at least doubles the room; keeps what is there */
  const ondol_host* host;
  void* host_data;
  ondol_failure* failure;
  const ondol_lot* lots; /* written by the mechanism; booked after the fills */
  uint32_t lot_count;
  /* In an order book; else NULL. Whose turn is first: its upper half counts the clearings of the market before the
   * quote was posted, so that those posted since the last have `clearings` there; its lower half is drawn as it is
   * posted. */
  uint32_t clearings;
  const uint64_t* offer_turn;
  const uint64_t* order_turn;
} ondol_clearing;

/* ---- Layout lock: a change here is a new ABI --------------------------------------------------------------------- */

#ifdef __cplusplus
#define ONDOL_LAYOUT(type, bytes) static_assert(sizeof(type) == (bytes), #type " changed its layout")
#define ONDOL_OFFSET(type, field, bytes) static_assert(offsetof(type, field) == (bytes), #type "." #field " moved")
#else
#define ONDOL_LAYOUT(type, bytes) _Static_assert(sizeof(type) == (bytes), #type " changed its layout")
#define ONDOL_OFFSET(type, field, bytes) _Static_assert(offsetof(type, field) == (bytes), #type "." #field " moved")
#endif

ONDOL_LAYOUT(ondol_pay_record, 24);
ONDOL_LAYOUT(ondol_stock_record, 32);
ONDOL_LAYOUT(ondol_offer_record, 72);
ONDOL_LAYOUT(ondol_order_record, 40);
ONDOL_LAYOUT(ondol_bid_record, 24);
ONDOL_LAYOUT(ondol_cancel_record, 16);
ONDOL_LAYOUT(ondol_claim_record, 32);
ONDOL_LAYOUT(ondol_levy_record, 16);
ONDOL_LAYOUT(ondol_life_record, 48);
ONDOL_LAYOUT(ondol_tie_record, 64);
ONDOL_LAYOUT(ondol_sum_record, 24);
ONDOL_LAYOUT(ondol_sums, 32);
ONDOL_LAYOUT(ondol_fill, 24);
ONDOL_LAYOUT(ondol_give, 24);
ONDOL_LAYOUT(ondol_take, 16);
ONDOL_LAYOUT(ondol_takers, 40);
ONDOL_LAYOUT(ondol_lot, 32);
ONDOL_LAYOUT(ondol_contribution, 24);
ONDOL_LAYOUT(ondol_failure, 512);
ONDOL_OFFSET(ondol_field, initial, 56);
ONDOL_OFFSET(ondol_port_spec, attributes, 32);
ONDOL_OFFSET(ondol_kind, field_count, 64);
ONDOL_OFFSET(ondol_mechanism, clear, 48);
ONDOL_OFFSET(ondol_plugin, extension, 48);
ONDOL_OFFSET(ondol_port, members, 168);
ONDOL_OFFSET(ondol_port, attribute_count, 204);
ONDOL_OFFSET(ondol_port, market_param_count, 280);
ONDOL_OFFSET(ondol_chunk, failure, 208);
ONDOL_OFFSET(ondol_clearing, failure, 240);

#undef ONDOL_LAYOUT
#undef ONDOL_OFFSET

#ifdef __cplusplus
}
#endif

#endif
