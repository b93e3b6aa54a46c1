// What a world is once loaded: everything constant that runs share, with names resolved to positions.
#pragma once

#include <ondol/abi.h>
#include <ondol/engine/calendar.hpp>
#include <ondol/engine/plugins.hpp>
#include <ondol/engine/units.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ondol {

using Index = std::uint32_t;
inline constexpr Index none = ONDOL_NONE;

// Bytes of a Params, Traits or State struct, aligned for any field.
using Bytes = std::vector<std::byte>;

// A number as it is drawn once per agent when it enters; a constant is the usual case. In the unit of what it fills.
struct Distribution {
  enum class Shape { constant, uniform, normal, lognormal, pareto, exponential, list };
  Shape shape = Shape::constant;
  double a = 0;  // constant: value; uniform: low; normal: mean; lognormal: median; pareto: minimum; exponential: mean
  double b = 0;  // uniform: high; normal: deviation; lognormal: sigma of the log; pareto: exponent
  double minimum = 0;  // draws are clipped to these bounds (those of the field, or narrower ones of the world file)
  double maximum = 0;
  std::vector<double> list;  // list: the value of agent i is list[i % size]
};

// How one component of a trait or state field starts.
struct FieldStart {
  Index field = 0;  // among the kind's fields
  Index component = 0;
  Distribution value;
  std::uint64_t draw = 0;  // hash of what is drawn ("trait.yield"), so that fields draw apart
};

struct RegionModel {
  std::string name;
  std::string label;
  // What it is to chance: regions are ordered by it and their agents' luck follows it, so renaming regions renames
  // results and changes nothing else. The name unless the world file says otherwise.
  std::string luck;
  Index treasury = none;  // population whose first living member receives the region's tariffs
};

struct GoodModel {
  std::string name;
  std::string doc;
  Unit unit;
  int decimals = 0;
  double scale = 1;         // smallest units per unit: 10^decimals
  bool lasts_tick = false;  // expires as the tick ends
};

enum class InstrumentClass { money, credit, residual };

struct InstrumentModel {
  std::string name;
  std::string doc;
  InstrumentClass instrument_class = InstrumentClass::money;
  int decimals = 0;  // money and credit: those of the currency; residual: of its units
  double scale = 1;
  Index issuer = none;  // money: population that has issued what agents hold at the start
  // Credit: interest and instalments fall due as this step settles; the offer it was sold by sets rate and term.
  Index collect_step = none;   // none: nothing falls due by itself
  Index collateral = none;     // good
  std::string rate_attribute;  // interest per tick, of what is outstanding
  std::string term_attribute;  // ticks over which equal instalments repay it; 0 repays never by itself
  Index interest_purpose = none;
  Index principal_purpose = none;
};

// Who a payment is for, as flows are counted by. A market's trades have a purpose of their own, whose name may be
// shared.
struct PurposeModel {
  std::string name;
  ondol_flow_class flow_class = ONDOL_CURRENT;
  Index market = none;  // index in markets, for trades
};

enum class Aggregate { single, sum, mean, maximum };

// A number reckoned over agents, of which a signal is the result.
struct Statistic {
  enum class Aggregate { count, sum, mean, minimum, maximum, quantile };
  // What is read of an agent: a book, or a state field of its kind.
  struct Number {
    int book = -1;    // as in ObservedRecord; -1: a field
    Index field = 0;  // among its kind's fields
    double factor = 1;
  };
  Aggregate aggregate = Aggregate::mean;
  double quantile = 0.5;
  std::vector<Index> populations;  // none: no statistic
  std::vector<Number> of, weight;  // by population; weight empty: all weigh the same
};

// One signal, or one region's part of a regional one.
struct SignalModel {
  std::string name;
  std::string doc;
  Unit unit;
  Aggregate aggregate = Aggregate::single;
  Index region = none;  // none: the world's
  double initial = 0;
  bool by_agent = false;   // each agent has one of its own: sums of what others told it
  std::uint32_t lags = 0;  // past ticks that some port reads
  Statistic statistic;
};

struct Reach {
  double cost = 1;   // buyer's money per seller's money, tariff included; 0: barred
  double share = 1;  // of what is sent, what arrives
};

// One market, or one region's part of a regional one.
struct MarketModel {
  std::string name;   // as declared
  std::string label;  // name, or name.REGION
  std::string doc;
  std::string layer;        // of the value chain, for results
  std::uint64_t hash = 0;   // of name and region's luck: the root of its draws
  Index region = none;      // none: one market for the world
  Index good = none;        // what is traded: a good, or
  Index instrument = none;  // an instrument, issued by the seller
  const ondol_mechanism* mechanism = nullptr;
  const std::vector<FieldDescription>* mechanism_fields = nullptr;
  std::string mechanism_name;
  std::string mechanism_plugin;
  bool mechanism_watched = false;  // see MechanismDescription
  bool orders_stand = false;
  bool book = false;  // bids stand, quotes have levels
  Bytes params;       // of the mechanism
  Bytes state;        // as it starts
  int price_decimals = 0;
  double price_scale = 1;       // smallest price units per money per unit
  double deposit = 1;           // share of an order's worth held until it fills
  double forfeit = 0;           // share of what a cancelled order holds that its seller keeps
  std::int64_t order_life = 0;  // ticks after which a standing order lapses; 0: never
  double reference_price = 0;   // last price until the first trade, money per unit
  Index purpose = none;
  Index step = 0;  // that clears it
  std::vector<std::string> attributes;
  std::vector<Reach> reach;  // [buyer's region * regions + seller's region]
  bool pairs = false;        // it is asked who bought from whom
  bool records_fills = false;
};

// Whether it has to be known who bought from whom: then it is asked for, or a claim or a due names both.
inline bool needs_pairs(const MarketModel& market) {
  return market.pairs || market.instrument != none || market.orders_stand;
}

struct StepModel {
  std::string name;
  std::uint64_t hash = 0;      // of the name
  Index group = 0;             // none: of no tick, as the step of birth
  std::vector<Index> markets;  // that it clears, in order
};

// Consecutive steps that run `rounds` times in a tick.
struct StepGroup {
  Index first = 0;
  Index count = 0;
  std::uint32_t rounds = 1;
};

// A relation that agents make and end.
struct RelationModel {
  std::string name;
  std::string doc;
  std::vector<std::string> attributes;  // numbers on each tie
  std::vector<Unit> units;              // of attributes
};

// What a port of one population leads to.
struct PortModel {
  bool bound = false;
  ondol_port_type type = ONDOL_BUYS;
  Index target = none;      // market (BUYS, SELLS), good (HOLDS), signal, instrument, relation; unused for the others
  Index account = none;     // index among the population's accounts, for ports with a good
  Unit unit;                // the port's own
  double units = 1;         // smallest units of what is bound, per unit of the port
  double price_units = 1;   // smallest price units per money per unit of the port
  double value_factor = 1;  // signals: the port's units per unit of the signal
  // Market ports, RELATES: position of each of the port's attributes in the market or relation.
  std::vector<std::uint16_t> attributes;
  std::vector<double> market_params;           // the elements of those that it reads, one after the other
  std::vector<std::uint32_t> market_param_at;  // where each begins, and where the last ends
  bool told = false;                           // READS: of a signal that each agent has of its own
  bool lists_claims = false;                   // OWNS; ISSUES where rules go over claims on them
  std::vector<Index> populations;              // PEERS, OBSERVES: who it leads to, in order
  Index record = none;                         // OBSERVES: index in Model::observed_records
  // LEVIES, and RECEIPTS as to purposes
  bool levies_income = false;
  std::vector<Index> levied_purposes;  // otherwise: receipts of these count
  Index levy = none;                   // index in Model::levies
};

// A base that some population levies on, kept per agent of its region from one levy to the next; or purposes that some
// population asks for, of no region.
struct LevyModel {
  std::string name;
  Index region = none;
  bool income = false;
  std::vector<Index> purposes;
};

// A set of disclosed fields that some port observes: which members, and where each field comes from.
struct ObservedRecord {
  std::string name;  // "books", or as kinds disclose
  std::vector<Index> populations;
  struct Column {
    std::string name;
    std::vector<Index> field;  // per population: index among its kind's fields; unused for books
    int book = -1;             // books: 0 cash, 1 income, 2 assets, 3 debts, 4 equity, 5 arrears
  };
  std::vector<Column> columns;
};

// An account of a good that every agent of a population has.
struct AccountModel {
  Index good = none;
  Distribution quantity;  // at the start, units of the good
  double unit_value = 0;  // book value at the start, money per unit
};

struct PopulationModel {
  std::string name;   // "firms.KR" where one declaration made several
  std::string group;  // as declared
  std::string label;  // for people
  std::string layer;  // of the value chain, for results
  std::string where;  // file, line and key that say its kind, for messages
  Index kind = 0;
  Index region = 0;
  Index count = 0;         // at the start
  Index room = none;       // most that may live at once, at least count; none: any number
  Index first_agent = 0;   // ids follow one another from here on, as agents are born
  std::uint64_t hash = 0;  // of group and region's luck: the root of its members' luck
  Bytes params;
  std::vector<FieldStart> traits;
  std::vector<FieldStart> state;
  Distribution money;
  std::vector<AccountModel> accounts;  // by good, each good once
  std::vector<PortModel> ports;        // one per port of the kind
  std::vector<Index> purposes;         // one per purpose of the kind: index in Model::purposes
};

// Ids are given out to populations by the page, in their order: so the population of an agent is looked up at once, ids
// in the order of populations and rows ascend, and nobody's id depends on who else is born.
inline constexpr unsigned id_page_bits = 16;
inline constexpr Index id_pages = Index{1} << (32 - id_page_bits);

// Claims that exist at the start: every agent of the issuing population owes `amount` to one of the holders, taken in
// turn.
struct ClaimStart {
  Index instrument = 0;
  Index issuer = 0;       // population
  Index holder = 0;       // population
  Distribution amount;    // money or units
  double unit_value = 0;  // residual: book value at the start, money per unit
  double rate = 0;        // credit: per tick
  double term = 0;        // credit: ticks
};

// Ties that exist at the start: every agent of one population is tied to `count` others of another.
struct TieStart {
  Index relation = 0;
  Index from = 0, to = 0;            // populations
  Index count = 1;                   // by each of `from`
  bool drawn = false;                // whom, by luck; else in turn, around the population
  std::vector<Distribution> values;  // by attribute
};

// A dated change, applied as its tick begins.
struct Event {
  enum class Target { param, signal, reach, found, leave };
  std::string name;  // as the world file has it
  std::int64_t tick = 0;
  std::int64_t order = 0;  // among events of one tick
  Target target = Target::param;
  Index index = 0;  // population, signal or market
  Index field = 0;  // param: among the kind's fields
  Index component = 0;
  Index buyer_region = 0, seller_region = 0;  // reach
  Index count = 0;                            // found, leave: members; none: all
  double value = 0;                           // param, signal
  Reach reach;
  std::string text;    // for people: what changes to what
  std::string source;  // where its number comes from: as the world file says, else its place in the file
};

// Ticks before the first that is recorded, in which no event happens.
struct BurnInModel {
  // A state of a population, or a signal.
  struct Kept {
    Index population = none, field = none;
    Index signal = none;
  };
  std::int64_t ticks = 0;
  std::vector<Kept> held;      // as at the start after every tick
  std::vector<Kept> restored;  // as at the start when the last is over
};

// What a run writes to its results file: markets, flows, signals, goods and totals in every tick, and of agents what is
// chosen by kind.
struct RecordModel {
  struct Kind {
    std::int64_t every = 1;  // ticks
    // At most so many agents of a population, the first ones; else all of them, unless it begins with very many.
    std::optional<Index> agents;
    std::optional<bool> totals;  // over all agents of a population; else where not all are recorded in all ticks
    bool books = true, holding = true, sale = true, state = true;  // tables
    std::vector<std::string> columns;                              // of the state; empty: all

    static constexpr Index very_many = 10'000;
    static constexpr Index sample = 1'000;  // of so many
    // none: all.
    Index agents_of(const PopulationModel& population) const {
      return agents.value_or(population.count > very_many ? sample : none);
    }
    bool whole(const PopulationModel& population) const {
      return every == 1 && agents_of(population) >= (population.room != none ? population.room : population.count);
    }
    bool totals_of(const PopulationModel& population) const { return totals.value_or(!whole(population)); }
  };
  bool index = true;             // by agent, made as the run ends
  bool instruments = true;       // what is held and issued, by kind and region
  std::vector<Kind> kinds;       // by Model::kinds
  std::vector<Index> relations;  // of which all ties are written
  std::int64_t every = 1;        // of ties: ticks
};

// A number that the world was given, and where it came from.
struct InputModel {
  std::string name;  // the way to it in the world file
  double value = 0;
  std::string unit;
  std::string source, status;  // as stated beside it; derived by an expression: its text, and "derived"
  std::optional<double> low, high;
  std::string file;
  std::int64_t line = 0;
  bool whole = false;  // takes whole numbers only
};

// A picture that a report on a run of this world has.
struct ChartModel {
  std::string name;
  std::string chapter, title, doc;
  std::string draw;  // a form, and which column is what in it: "lines x=year y=income by=region"
  std::string sql;   // the question whose rows are drawn
};

// A question that a world gives a name in its results.
struct ViewModel {
  struct Column {
    std::string name, unit, doc;
  };
  std::string name, doc;
  std::string sql;
  std::vector<Column> columns;
  std::string where;  // it is declared
};

// A value that was laid over a world, by a file that extends it or by an option.
struct SettingModel {
  std::string path;           // the way to it in the world file
  std::string value, before;  // as world files write it; before: empty where nothing was said
  std::string file;           // that says it, or the option
  std::int64_t line = 0;      // 0: of an option
};

// A file that the world was read from, as it stands.
struct WorldFileModel {
  std::string name;  // as messages have it
  std::string text;
};

struct Model {
  std::string name;
  std::string doc;
  std::string path;      // of the world file
  std::string text;      // resolved world, as TOML that loads by itself: what a results file keeps
  std::string resolved;  // the same for people: every value with the place it came from
  std::string currency;  // of account
  int money_decimals = 2;
  double money_scale = 100;
  UnitTable units;
  std::optional<Calendar> calendar;
  double ticks_per_year = 1;
  std::int64_t ticks = 0;  // to run
  std::uint64_t seed = 1;

  std::vector<PluginLibrary> plugins;
  std::vector<const KindDescription*> kinds;  // those in use, in order of first use
  std::vector<RegionModel> regions;
  std::vector<GoodModel> goods;
  std::vector<InstrumentModel> instruments;  // instrument 0 is money
  std::vector<PurposeModel> purposes;
  std::vector<SignalModel> signals;
  std::vector<MarketModel> markets;
  std::vector<StepModel> steps;
  Index birth_step = none;  // in which who was founded begins, where some kind has a rule for that
  std::vector<StepGroup> groups;
  std::vector<PopulationModel> populations;
  std::vector<ClaimStart> claims;
  std::vector<LevyModel> levies;
  std::vector<RelationModel> relations;
  std::vector<TieStart> ties;
  std::vector<ObservedRecord> observed_records;
  std::vector<Event> events;  // by tick, order and name
  BurnInModel burn_in;
  RecordModel record;
  std::vector<ChartModel> charts;      // in the order in which they are written
  std::vector<ViewModel> views;        // by name
  std::vector<WorldFileModel> files;   // in the order in which they were read
  std::vector<SettingModel> settings;  // in the order in which they were laid over
  std::vector<InputModel> inputs;      // in the order in which they were read
  std::vector<std::string> warnings;   // what loads and will hardly be meant, each with its place
  Index agents = 0;                    // at the start
  double least_memory = 0;             // bytes that they take at least

  // Built-in purposes, always present.
  Index tariff_purpose = none;
  Index bequest_purpose = none;   // what an agent leaves as it exits
  Index delivery_purpose = none;  // goods that change hands outside markets
  Index default_purpose = none;   // claims written off
  Index founding_purpose = none;
  Index forfeit_purpose = none;  // deposits of orders that their buyers cancel

  // Decimals of a market's quantities and prices less those of money, for trade_value.
  int value_exponent(Index market) const {
    const MarketModel& m = markets[market];
    const int decimals = m.good != none ? goods[m.good].decimals : instruments[m.instrument].decimals;
    return decimals + m.price_decimals - money_decimals;
  }
  // The population an agent id belongs to.
  Index population_of(Index agent) const {
    Index low = 0;
    Index high = static_cast<Index>(populations.size());
    while (high - low > 1) {
      const Index middle = (low + high) / 2;
      (populations[middle].first_agent <= agent ? low : high) = middle;
    }
    return low;
  }
  // "firms.KR#3"; the only one that a population begins with goes by its label, or its population's name.
  std::string agent_name(Index agent) const {
    const PopulationModel& population = populations[population_of(agent)];
    if (population.count == 1 && agent == population.first_agent)
      return population.label != population.group ? population.label : population.name;
    return population.name + "#" + std::to_string(agent - population.first_agent + 1);
  }
  // As messages name it.
  std::string who(Index agent) const {
    const KindDescription& kind = *kinds[populations[population_of(agent)].kind];
    return "agent '" + agent_name(agent) + "' of kind '" + kind.name + "' (plugin '" + kind.plugin + "')";
  }
};

}  // namespace ondol
