// Situations, calls and comparisons for one rule.
#include "trial/rule_bench.hpp"

#include "acting/outbox.hpp"
#include "base/draws.hpp"
#include "base/floats.hpp"
#include "model/field_value.hpp"

#include <ondol/random.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

namespace ondol {

namespace {

constexpr std::uint32_t rows = 6;
constexpr std::uint32_t regions = 2;
constexpr std::uint32_t first_agent = 1000;
constexpr double units = 100;  // smallest units per unit, of money, goods and prices alike

// Numbers that follow one another from a seed.
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() { return mix(state_ += 0x9e3779b97f4a7c15ULL); }
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  template <class T, std::size_t N>
  T one_of(const T (&values)[N]) {
    return values[next() % N];
  }

 private:
  std::uint64_t state_;
};

// All memory that a rule can reach, in one block of named parts, so that a copy is a situation and a comparison finds
// whatever changed.
class Memory {
 public:
  std::size_t add(std::string name, std::size_t bytes) {
    constexpr std::size_t guard = 64;  // between parts, where strays land
    const std::size_t at = (bytes_.size() + guard + 63) / 64 * 64;
    parts_.push_back({std::move(name), at, bytes});
    bytes_.resize(at + bytes + guard);
    return at;
  }
  std::byte* at(std::size_t offset) { return bytes_.data() + offset; }
  template <class T>
  T* as(std::size_t offset) {
    return reinterpret_cast<T*>(bytes_.data() + offset);
  }
  const std::vector<std::byte>& bytes() const { return bytes_; }
  // The part that a byte lies in or before.
  std::string name_of(std::size_t offset) const {
    for (const Part& part : parts_) {
      if (offset < part.at) return "memory before " + part.name;
      if (offset < part.at + part.size) return part.name;
    }
    return "memory after " + parts_.back().name;
  }

 private:
  struct Part {
    std::string name;
    std::size_t at, size;
  };
  std::vector<std::byte> bytes_;
  std::vector<Part> parts_;
};

// Where in the memory the columns of one port lie; 0: it has none.
struct PortPlace {
  std::size_t stock = 0, available = 0;
  std::vector<std::size_t> columns;  // sold, revenue, demand, backlog, bought, spent, ordered, claims
  std::size_t offer_seller = 0, offer_region = 0, offer_price = 0, offer_quantity = 0;
  std::vector<std::size_t> offer_attributes;
  std::size_t market_params = 0, market_param_at = 0;
  std::size_t member_agent = 0, member_region = 0;
  std::vector<std::size_t> member_values;
  std::size_t first_link = 0, link_other = 0;
  std::vector<std::size_t> link_values;
  std::size_t history = 0, sums = 0, received = 0;
  double value = 0, last_price = 0, last_volume = 0;
  std::uint32_t offers = 0, members = 0;
  bool bound = true;
};

// One situation: memory as it is before the call.
struct Situation {
  Memory memory;
  std::size_t params = 0, traits = 0, state = 0, luck = 0, held = 0, available = 0;
  std::vector<std::size_t> books;  // income, assets, debts, equity, arrears
  std::vector<PortPlace> ports;
  std::uint64_t key = 0;
  std::int64_t tick = 0;
  bool ordinary = false;  // all fields at their defaults
  bool threads = false;   // called on several, too: they cost more than all the rest
};

// What a call left: memory, records in the order of rows, failure.
struct Outcome {
  std::vector<std::byte> memory;
  std::array<std::vector<std::byte>, ONDOL_OUT_COUNT> records;
  std::vector<ondol_contribution> contributions;
  std::int32_t status = 0;
  std::string message;
};

Outboxes& outboxes_of(ondol_chunk* chunk) { return *static_cast<Outboxes*>(chunk->host_data); }
void grow(ondol_chunk* chunk, std::uint32_t outbox) { outboxes_of(chunk).grow(outbox); }
void ignore(ondol_chunk*, std::uint32_t, const char*) {}
const ondol_host bench_host = {sizeof(ondol_host), 0, &grow, &ignore, nullptr, nullptr, &draw_rows};

// Ends of ranges that are there to catch runaways are no situations to come through.
constexpr double large = 100;
double clipped_minimum(const FieldDescription& field) { return std::max(field.minimum, -large); }
double clipped_maximum(const FieldDescription& field) {
  return std::max(clipped_minimum(field), std::min(field.maximum, large));
}

double ordinary_value(const FieldDescription& field) {
  if (!field.required) return field.initial;
  return std::clamp(1.0, field.minimum, field.maximum);
}

class Bench {
 public:
  Bench(const KindDescription& kind, const RuleDescription& rule, OtherThread& other, const Report& report)
      : kind_(kind), rule_(rule), other_(other), report_(report), undescribed_(undescribed_state(kind)) {}

  void run(int cases) {
    for (int i = 0; i < cases; ++i) try_situation(make_situation(static_cast<std::uint64_t>(i)));
    try_long_life(make_situation(0));
  }

 private:
  // ---- Situations
  double pick(const FieldDescription& field, Numbers& numbers, bool ordinary) {
    if (ordinary) return ordinary_value(field);
    switch (numbers.next() % 8) {
      case 0:
        return clipped_minimum(field);
      case 1:
        return clipped_maximum(field);
      case 2:
      case 3:
        return clipped_minimum(field) + numbers.uniform() * (clipped_maximum(field) - clipped_minimum(field));
      default:
        return ordinary_value(field);
    }
  }

  void fill_fields(Situation& made, std::size_t at, std::uint32_t stride, ondol_field_role role, std::uint32_t count,
                   Numbers& numbers, bool ordinary) {
    for (std::uint32_t row = 0; row < count; ++row) {
      for (const FieldDescription& field : kind_.fields) {
        if (field.role != role) continue;
        for (std::uint32_t i = 0; i < field.count; ++i) {
          double value = pick(field, numbers, ordinary);
          if (field.type == ONDOL_AGENT)
            value = ordinary || numbers.next() % 2 == 0 ? static_cast<double>(ONDOL_NONE) : first_agent + rows + 1.0;
          write_field_value(field, made.memory.at(at + std::size_t{row} * stride), i, value);
        }
      }
    }
  }

  std::size_t column(Situation& made, const std::string& name, Numbers& numbers,
                     std::initializer_list<double> choices) {
    const std::size_t at = made.memory.add(name, rows * sizeof(std::int64_t));
    for (std::uint32_t row = 0; row < rows; ++row)
      made.memory.as<std::int64_t>(at)[row] =
          static_cast<std::int64_t>(choices.begin()[numbers.next() % choices.size()] * units);
    return at;
  }

  Situation make_situation(std::uint64_t number) {
    Numbers numbers(number + 1);
    Situation made;
    made.ordinary = number % 4 == 0;
    made.threads = number % 8 == 1;
    made.key = numbers.next();
    const std::int64_t ticks[] = {0, 7, 11, 0, 120, 1000, 0, 5000, 100000};
    made.tick = ticks[number % std::size(ticks)];
    made.params = made.memory.add("the parameters", kind_.params_size);
    made.traits = made.memory.add("traits", std::size_t{rows} * kind_.traits_size);
    made.state = made.memory.add("state", std::size_t{rows} * kind_.state_size);
    fill_fields(made, made.params, kind_.params_size, ONDOL_PARAM, 1, numbers, made.ordinary || number % 2 == 0);
    fill_fields(made, made.traits, kind_.traits_size, ONDOL_TRAIT, rows, numbers, made.ordinary);
    fill_fields(made, made.state, kind_.state_size, ONDOL_STATE, rows, numbers, made.ordinary);
    made.luck = made.memory.add("luck", rows * sizeof(std::uint64_t));
    for (std::uint32_t row = 0; row < rows; ++row) made.memory.as<std::uint64_t>(made.luck)[row] = numbers.next();
    made.held = column(made, "money held", numbers, {0, 0.01, 1, 1e3, 1e9});
    made.available = made.memory.add("money available", rows * sizeof(std::int64_t));
    std::memcpy(made.memory.at(made.available), made.memory.at(made.held), rows * sizeof(std::int64_t));
    for (const char* name : {"income", "assets", "debts", "equity", "arrears"})
      made.books.push_back(column(made, name, numbers, {0, 1, 1e6}));
    for (const PortDescription& port : kind_.ports) made.ports.push_back(make_port(made, port, numbers));
    return made;
  }

  PortPlace make_port(Situation& made, const PortDescription& port, Numbers& numbers) {
    PortPlace place;
    place.bound = !port.optional || numbers.next() % 4 != 0;
    if (!place.bound) return place;
    const std::string of = " of port '" + port.name + "'";
    const bool trades = port.type == ONDOL_BUYS || port.type == ONDOL_SELLS;
    if (trades || port.type == ONDOL_HOLDS) {
      place.stock = column(made, "stock" + of, numbers, {0, 0.01, 1, 1e4});
      place.available = made.memory.add("available stock" + of, rows * sizeof(std::int64_t));
      std::memcpy(made.memory.at(place.available), made.memory.at(place.stock), rows * sizeof(std::int64_t));
    }
    const double prices[] = {0, 0.5, 1, 100};
    const double values[] = {0, 1, 0.1, 1e6};
    place.last_price = numbers.one_of(prices);
    place.last_volume = numbers.one_of(values);
    place.value = numbers.one_of(values);
    for (const char* name : {"sold", "revenue", "demand", "backlog", "bought", "spent", "ordered", "claims"})
      place.columns.push_back(column(made, name + of, numbers, {0, 1, 1e5}));
    if (trades) make_offers(made, place, port, numbers);
    if (port.type == ONDOL_PEERS || port.type == ONDOL_OBSERVES) make_members(made, place, port, numbers);
    if (port.type == ONDOL_OWNS || port.type == ONDOL_RELATES || port.listed) make_links(made, place, port, numbers);
    if (port.type == ONDOL_RECEIPTS) place.received = column(made, "receipts" + of, numbers, {0, 1, 1e5});
    if (port.type == ONDOL_READS) make_past(made, place, port, numbers);
    return place;
  }

  static void make_offers(Situation& made, PortPlace& place, const PortDescription& port, Numbers& numbers) {
    const std::uint32_t counts[] = {0, 1, 4};
    place.offers = numbers.one_of(counts);
    const std::size_t n = std::max(1U, place.offers);
    place.offer_seller = made.memory.add("sellers", n * sizeof(std::uint32_t));
    place.offer_region = made.memory.add("sellers' regions", n * sizeof(std::uint16_t));
    place.offer_price = made.memory.add("offered prices", n * sizeof(std::int64_t));
    place.offer_quantity = made.memory.add("offered quantities", n * sizeof(std::int64_t));
    for (std::size_t a = 0; a < port.attributes.size(); ++a)
      place.offer_attributes.push_back(made.memory.add("offers' attributes", n * sizeof(double)));
    // Each has as many elements as an offer can have attributes: that is what arrays of parameters are of.
    const std::size_t params = port.market_params.size();
    place.market_params = made.memory.add("market parameters", (params + 1) * ONDOL_MAX_ATTRIBUTES * sizeof(double));
    place.market_param_at = made.memory.add("market parameters", (params + 1) * sizeof(std::uint32_t));
    for (std::uint32_t i = 0; i <= params; ++i)
      made.memory.as<std::uint32_t>(place.market_param_at)[i] = i * ONDOL_MAX_ATTRIBUTES;
    const double weights[] = {0, 1, 4};
    for (std::size_t i = 0; i < params * ONDOL_MAX_ATTRIBUTES; ++i)
      made.memory.as<double>(place.market_params)[i] = numbers.one_of(weights);
    const std::int64_t prices[] = {0, 1, 150, 1000000};
    const double attributes[] = {0, 1, -3, 10};
    for (std::uint32_t i = 0; i < place.offers; ++i) {
      made.memory.as<std::uint32_t>(place.offer_seller)[i] = first_agent + 100 + i;
      made.memory.as<std::uint16_t>(place.offer_region)[i] = static_cast<std::uint16_t>(i % regions);
      made.memory.as<std::int64_t>(place.offer_price)[i] = numbers.one_of(prices);
      made.memory.as<std::int64_t>(place.offer_quantity)[i] = 1 + static_cast<std::int64_t>(numbers.next() % 100000);
      for (const std::size_t at : place.offer_attributes) made.memory.as<double>(at)[i] = numbers.one_of(attributes);
    }
  }

  static void make_members(Situation& made, PortPlace& place, const PortDescription& port, Numbers& numbers) {
    const std::uint32_t counts[] = {0, 1, rows + 3};
    place.members = numbers.one_of(counts);
    const std::size_t n = std::max(1U, place.members);
    place.member_agent = made.memory.add("members", n * sizeof(std::uint32_t));
    place.member_region = made.memory.add("members' regions", n * sizeof(std::uint16_t));
    for (std::size_t a = 0; a < port.attributes.size(); ++a)
      place.member_values.push_back(made.memory.add("what members disclose", n * sizeof(double)));
    const bool books = port.unit == "books";  // what only they may hold is less than nothing
    const double values[] = {0, 1, 1e6, books ? -1.0 : 1.0};
    for (std::uint32_t i = 0; i < place.members; ++i) {
      made.memory.as<std::uint32_t>(place.member_agent)[i] = first_agent + i;
      made.memory.as<std::uint16_t>(place.member_region)[i] = static_cast<std::uint16_t>(i % regions);
      for (const std::size_t at : place.member_values) made.memory.as<double>(at)[i] = numbers.one_of(values);
    }
  }

  // Past values of a signal, and what others told by it.
  static void make_past(Situation& made, PortPlace& place, const PortDescription& port, Numbers& numbers) {
    const double values[] = {0, 1, 0.1, 1e6};
    place.history = made.memory.add("past values", std::max(1U, port.lags) * sizeof(double));
    for (std::uint32_t lag = 0; lag < port.lags; ++lag)
      made.memory.as<double>(place.history)[lag] = numbers.one_of(values);
    place.sums = made.memory.add("what others told", rows * sizeof(ondol_sums));
    for (std::uint32_t row = 0; row < rows; ++row) {
      const auto count = static_cast<std::int64_t>(numbers.next() % 3);
      const double value = count == 0 ? 0 : numbers.one_of(values);
      made.memory.as<ondol_sums>(place.sums)[row] = {count, value * static_cast<double>(count), value, value};
    }
  }

  // Claims: amount, rate, term. Ties: the port's attributes, since, whether made here.
  static void make_links(Situation& made, PortPlace& place, const PortDescription& port, Numbers& numbers) {
    const std::uint32_t counts[] = {0, 1, 3};
    place.first_link = made.memory.add("where links begin", (rows + 1) * sizeof(std::uint32_t));
    std::uint32_t n = 0;
    for (std::uint32_t row = 0; row < rows; ++row) {
      made.memory.as<std::uint32_t>(place.first_link)[row] = n;
      n += numbers.one_of(counts);
    }
    made.memory.as<std::uint32_t>(place.first_link)[rows] = n;
    const bool ties = port.type == ONDOL_RELATES;
    const std::size_t values = ties ? port.attributes.size() + 2 : 3;
    place.link_other = made.memory.add("linked agents", std::max(1U, n) * sizeof(std::uint32_t));
    for (std::size_t value = 0; value < values; ++value)
      place.link_values.push_back(made.memory.add("numbers on links", std::max(1U, n) * sizeof(double)));
    const double amounts[] = {0.01, 1, 1e6}, rates[] = {0, 0.01}, terms[] = {0, 3}, numbers_on_ties[] = {0, 1, 100};
    for (std::uint32_t i = 0; i < n; ++i) {
      made.memory.as<std::uint32_t>(place.link_other)[i] = first_agent + rows + i;
      for (std::size_t value = 0; value < values; ++value) {
        double& number = made.memory.as<double>(place.link_values[value])[i];
        if (!ties) {
          number = value == 0 ? numbers.one_of(amounts) : value == 1 ? numbers.one_of(rates) : numbers.one_of(terms);
        } else {
          const bool own = value < port.attributes.size();
          number = own ? numbers.one_of(numbers_on_ties) : static_cast<double>(value == values - 1 && i % 2 == 0);
        }
      }
    }
  }

  // ---- Calls
  // Rows [first, first + count) of a situation, as the host would hand them over.
  struct Call {
    ondol_chunk chunk{};
    std::vector<ondol_port> ports;
    std::vector<ondol_offers> offers;
    std::vector<ondol_members> members;
    std::vector<ondol_links> links;
    std::vector<std::vector<const double*>> lists;
    std::vector<ondol_contribution> contributions;
    std::vector<double> cost = std::vector<double>(regions, 1.0), share = std::vector<double>(regions, 1.0);
    std::vector<std::uint16_t> attribute_index;
    std::array<std::int64_t, rows> zeros{};
    std::array<std::uint32_t, rows + 1> no_first_links{};
    ondol_failure failure{};
    Outboxes outboxes;
  };

  std::unique_ptr<Call> prepare(Situation& situation, std::uint32_t first, std::uint32_t count) const {
    auto call = std::make_unique<Call>();
    Memory& memory = situation.memory;
    const std::size_t n = kind_.ports.size();
    call->ports.resize(n);
    call->offers.resize(n);
    call->members.resize(n);
    call->links.resize(n);
    call->lists.resize(n);
    call->contributions.assign(n, {0, 0, 0});
    for (std::uint16_t i = 0; i < ONDOL_MAX_ATTRIBUTES; ++i) call->attribute_index.push_back(i);
    for (std::size_t i = 0; i < n; ++i) prepare_port(*call, situation, i, first);
    ondol_chunk& chunk = call->chunk;
    chunk.size = sizeof chunk;
    chunk.rows = count;
    chunk.first_agent = first_agent + first;
    chunk.region_count = regions;
    chunk.params = memory.at(situation.params);
    chunk.traits = memory.at(situation.traits + std::size_t{first} * kind_.traits_size);
    chunk.state = memory.at(situation.state + std::size_t{first} * kind_.state_size);
    chunk.luck = memory.as<std::uint64_t>(situation.luck) + first;
    chunk.now = {situation.key, situation.tick, 0, 0};
    chunk.rounds = 1;
    chunk.ticks_per_year = 12;
    chunk.money_units = units;
    chunk.money_held = memory.as<std::int64_t>(situation.held) + first;
    chunk.money_available = memory.as<std::int64_t>(situation.available) + first;
    const std::int64_t** books[] = {&chunk.income, &chunk.assets, &chunk.debts, &chunk.equity, &chunk.arrears};
    for (std::size_t i = 0; i < 5; ++i) *books[i] = memory.as<std::int64_t>(situation.books[i]) + first;
    chunk.ports = call->ports.data();
    chunk.port_count = static_cast<std::uint32_t>(n);
    chunk.port_stride = sizeof(ondol_port);
    chunk.outboxes = call->outboxes.heads();
    chunk.host = &bench_host;
    chunk.host_data = &call->outboxes;
    chunk.failure = &call->failure;
    chunk.purposes = kind_.purpose_texts.data();
    chunk.purpose_count = static_cast<std::uint32_t>(kind_.purpose_texts.size());
    call->failure.row = ONDOL_NONE;
    return call;
  }

  void prepare_port(Call& call, Situation& situation, std::size_t i, std::uint32_t first) const {
    const PortPlace& place = situation.ports[i];
    Memory& memory = situation.memory;
    ondol_port& port = call.ports[i];
    port.size = sizeof port;
    port.name = kind_.ports[i].text;
    port.type = kind_.ports[i].type;
    port.attribute_count = static_cast<std::uint32_t>(kind_.ports[i].attributes.size());
    port.market_param_count = static_cast<std::uint32_t>(kind_.ports[i].market_params.size());
    port.bound = place.bound;
    port.units = port.price_units = units;
    if (!place.bound) return prepare_nothing(call, i, port);
    port.deposit = 1;
    port.value = place.value;
    port.last_price = place.last_price;
    port.last_volume = place.last_volume;
    port.value_units = 1 / units;
    if (place.stock != 0) {
      port.stock = memory.as<std::int64_t>(place.stock) + first;
      port.available = memory.as<std::int64_t>(place.available) + first;
    }
    const std::int64_t** columns[] = {&port.sold,   &port.revenue, &port.demand,  &port.backlog,
                                      &port.bought, &port.spent,   &port.ordered, &port.claims};
    for (std::size_t c = 0; c < 8; ++c) *columns[c] = memory.as<std::int64_t>(place.columns[c]) + first;
    if (place.offer_seller != 0) {
      for (const std::size_t at : place.offer_attributes) call.lists[i].push_back(memory.as<double>(at));
      call.offers[i] = {sizeof(ondol_offers),
                        place.offers,
                        memory.as<std::uint32_t>(place.offer_seller),
                        memory.as<std::uint16_t>(place.offer_region),
                        memory.as<std::int64_t>(place.offer_price),
                        memory.as<std::int64_t>(place.offer_quantity),
                        call.lists[i].data()};
      port.offers = &call.offers[i];
      port.attribute_index = call.attribute_index.data();
      port.market_params = memory.as<double>(place.market_params);
      port.market_param_at = memory.as<std::uint32_t>(place.market_param_at);
      port.delivered_cost = call.cost.data();
      port.delivered_share = call.share.data();
    }
    if (place.member_agent != 0) {
      for (const std::size_t at : place.member_values) call.lists[i].push_back(memory.as<double>(at));
      call.members[i] = {sizeof(ondol_members),
                         place.members,
                         memory.as<std::uint32_t>(place.member_agent),
                         memory.as<std::uint16_t>(place.member_region),
                         call.lists[i].data(),
                         static_cast<std::uint32_t>(call.lists[i].size()),
                         0};
      port.members = &call.members[i];
    }
    port.value_factor = 1;
    port.history_count = kind_.ports[i].lags;
    if (place.history != 0) port.history = memory.as<double>(place.history);
    if (place.sums != 0) port.sums = memory.as<ondol_sums>(place.sums) + first;
    if (place.received != 0) port.received = memory.as<std::int64_t>(place.received) + first;
    if (place.link_other != 0) {
      for (const std::size_t at : place.link_values) call.lists[i].push_back(memory.as<double>(at));
      call.links[i] = {sizeof(ondol_links), static_cast<std::uint32_t>(place.link_values.size()),
                       memory.as<std::uint32_t>(place.link_other), call.lists[i].data()};
      port.links = &call.links[i];
      port.first_link = memory.as<std::uint32_t>(place.first_link) + first;
    }
    port.contribution = &call.contributions[i];
  }

  // As a world leaves it unbound.
  static void prepare_nothing(Call& call, std::size_t i, ondol_port& port) {
    port.stock = port.available = call.zeros.data();
    port.sold = port.revenue = port.demand = port.backlog = call.zeros.data();
    port.bought = port.spent = port.ordered = port.claims = call.zeros.data();
    call.offers[i].size = sizeof(ondol_offers);
    call.members[i].size = sizeof(ondol_members);
    port.offers = &call.offers[i];
    port.members = &call.members[i];
    call.links[i].size = sizeof(ondol_links);
    port.links = &call.links[i];
    port.first_link = call.no_first_links.data();
    port.contribution = &call.contributions[i];
  }

  // Calls the rule for rows [first, first + count) and adds what it leaves to an outcome.
  void call(Situation& situation, std::uint32_t first, std::uint32_t count, Outcome& outcome) const {
    const std::unique_ptr<Call> call = prepare(situation, first, count);
    const std::int32_t status = rule_.run(&call->chunk);
    if (restore_floats())
      report_("changes the floating-point environment", ": rounding, flushing to zero or traps",
              "put it back before returning: the rest of its chunk reckons with it");
    if (status != 0 && outcome.status == 0) {
      outcome.status = status;
      outcome.message = call->failure.message;
    }
    take<ondol_pay_record>(*call, ONDOL_OUT_PAY, first, outcome);
    take<ondol_stock_record>(*call, ONDOL_OUT_STOCK, first, outcome);
    take<ondol_offer_record>(*call, ONDOL_OUT_OFFER, first, outcome);
    take<ondol_order_record>(*call, ONDOL_OUT_ORDER, first, outcome);
    take<ondol_claim_record>(*call, ONDOL_OUT_CLAIM, first, outcome);
    take<ondol_levy_record>(*call, ONDOL_OUT_LEVY, first, outcome);
    take<ondol_life_record>(*call, ONDOL_OUT_LIFE, first, outcome);
    take<ondol_tie_record>(*call, ONDOL_OUT_TIE, first, outcome);
    take<ondol_sum_record>(*call, ONDOL_OUT_SUM, first, outcome);
    outcome.contributions.insert(outcome.contributions.end(), call->contributions.begin(), call->contributions.end());
    outcome.memory = situation.memory.bytes();
  }

  template <class Record>
  static void take(const Call& call, ondol_outbox_id id, std::uint32_t first, Outcome& outcome) {
    call.outboxes.for_each<Record>(id, [&](Record record) {
      record.row += first;
      const auto* bytes = reinterpret_cast<const std::byte*>(&record);
      outcome.records[id].insert(outcome.records[id].end(), bytes, bytes + sizeof record);
    });
  }

  // ---- What must hold
  void try_situation(const Situation& situation) {
    Situation whole = situation;
    Outcome first;
    call(whole, 0, rows, first);
    if (first.status != 0) {
      report_(
          "fails", ": " + first.message,
          "a rule must cope with every state in range, no money, no offers and no peers; it should do less, not fail");
      return;
    }
    check_strays(situation, whole, 0, rows);
    check_numbers(situation, whole);
    check_records(situation, whole, first);

    Situation again = situation;
    Outcome second;
    call(again, 0, rows, second);
    if (!same(first, second)) {
      report_(
          "does something else", " when called again with the same input",
          "keep nothing in statics or globals, and read no clock, file or random device; use State and self.uniform()");
      return;
    }
    try_undescribed(situation, first);
    Situation apart = situation;
    Outcome singly;
    for (std::uint32_t row = 0; row < rows; ++row) {
      const Situation before = apart;
      call(apart, row, 1, singly);
      check_strays(before, apart, row, 1);
    }
    if (!same(first, singly)) {
      report_("does something else", " when agents are called one by one",
              "an agent's rule must read and write its own row only; others are seen through members() and offers()");
      return;
    }
    if (!situation.threads) return;
    Situation backwards = situation;
    std::array<Outcome, rows> parts;
    for (std::uint32_t row = rows; row-- > 0;) {
      other_.run([&] { call(backwards, row, 1, parts[row]); });
    }
    Outcome joined;
    for (const Outcome& part : parts) {
      for (std::size_t id = 0; id < ONDOL_OUT_COUNT; ++id)
        joined.records[id].insert(joined.records[id].end(), part.records[id].begin(), part.records[id].end());
    }
    joined.memory = backwards.memory.bytes();
    if (!same(first, joined))
      report_(
          "does something else", " in another order or on other threads",
          "do not use thread-local storage, thread ids or statics; what an agent does may depend on its input only");
  }

  // Bytes of the state that no field describes are neither recorded nor kept: nothing may depend on them.
  void try_undescribed(const Situation& situation, const Outcome& first) {
    if (std::find(undescribed_.begin(), undescribed_.end(), true) == undescribed_.end()) return;
    Situation other = situation;
    each_undescribed(other, [](std::byte& byte) { byte = std::byte{1}; });
    Outcome second;
    call(other, 0, rows, second);
    Situation before = situation;
    const auto clear = [&](std::vector<std::byte>& memory) {
      each_undescribed(before, [&](std::byte& byte) {
        memory[static_cast<std::size_t>(&byte - before.memory.bytes().data())] = std::byte{0};
      });
    };
    Outcome expected = first;
    clear(expected.memory);
    clear(second.memory);
    if (!same(expected, second))
      report_("depends on bytes of State", " that no field describes",
              "describe every member of State: what is not described is neither recorded nor kept");
  }
  template <class Use>
  void each_undescribed(Situation& situation, Use&& use) const {
    for (std::uint32_t row = 0; row < rows; ++row) {
      for (std::uint32_t i = 0; i < kind_.state_size; ++i) {
        if (undescribed_[i]) use(*situation.memory.at(situation.state + std::size_t{row} * kind_.state_size + i));
      }
    }
  }

  // Lives the same life twice, over some hundred ticks that reach into the thousands.
  void try_long_life(const Situation& start) {
    if (live(start) != live(start))
      report_("does something else", " when the same agents live the same life again",
              "something outlives the calls: keep it in State");
  }
  std::vector<std::byte> live(Situation situation) {
    for (int i = 0; i < 600; ++i) {
      situation.tick = i * 7;
      std::memcpy(situation.memory.at(situation.available), situation.memory.at(situation.held),
                  rows * sizeof(std::int64_t));
      for (const PortPlace& port : situation.ports) {
        if (port.available != 0)
          std::memcpy(situation.memory.at(port.available), situation.memory.at(port.stock),
                      rows * sizeof(std::int64_t));
      }
      const std::unique_ptr<Call> call = prepare(situation, 0, rows);
      if (rule_.run(&call->chunk) != 0) break;
    }
    return situation.memory.bytes();
  }

  // Contributions are left out: sums of other groups round otherwise.
  static bool same(const Outcome& a, const Outcome& b) { return a.memory == b.memory && a.records == b.records; }

  // Bytes that changed outside what these rows may write.
  void check_strays(const Situation& before, const Situation& after, std::uint32_t first, std::uint32_t count) {
    std::vector<std::pair<std::size_t, std::size_t>> own;  // [from, to)
    const auto allow = [&](std::size_t at, std::size_t size) {
      own.emplace_back(at + first * size, at + (first + count) * size);
    };
    allow(before.state, kind_.state_size);
    allow(before.available, sizeof(std::int64_t));
    for (const PortPlace& port : before.ports) {
      if (port.available != 0) allow(port.available, sizeof(std::int64_t));
    }
    const std::vector<std::byte>& was = before.memory.bytes();
    const std::vector<std::byte>& is = after.memory.bytes();
    for (std::size_t i = 0; i < was.size(); ++i) {
      if (was[i] == is[i]) continue;
      if (std::any_of(own.begin(), own.end(), [i](const auto& part) { return i >= part.first && i < part.second; }))
        continue;
      const bool row = i >= before.state && i < before.state + std::size_t{rows} * kind_.state_size;
      report_("writes outside the agent's own row",
              fmt::format(": into {}", row ? "another agent's state" : before.memory.name_of(i)),
              "write the State& that the rule was given and nothing else; everything other is const for a reason");
      return;
    }
  }

  void check_numbers(const Situation& before, Situation& after) {
    for (std::uint32_t row = 0; row < rows; ++row) {
      for (const FieldDescription& field : kind_.fields) {
        if (field.role != ONDOL_STATE || field.type == ONDOL_AGENT) continue;
        for (std::uint32_t i = 0; i < field.count; ++i) {
          const double value =
              read_field_value(field, after.memory.at(after.state + std::size_t{row} * kind_.state_size), i);
          if (!std::isfinite(value)) {
            report_(fmt::format("leaves state '{}'", field.name), fmt::format(" at {}", value),
                    "guard divisions, logarithms and powers against zero and against what is not there yet");
          } else if (before.ordinary && (value < field.minimum || value > field.maximum)) {
            report_(fmt::format("leaves state '{}'", field.name),
                    fmt::format(" at {}, outside its range {} to {}", value, field.minimum, field.maximum),
                    "clip it in the rule, or declare the range that it really has");
          }
        }
      }
    }
  }

  template <class Record, class Use>
  static void each(const Outcome& outcome, ondol_outbox_id id, Use&& use) {
    const std::vector<std::byte>& bytes = outcome.records[id];
    for (std::size_t at = 0; at < bytes.size(); at += sizeof(Record)) {
      Record record;
      std::memcpy(&record, bytes.data() + at, sizeof record);
      use(record);
    }
  }

  // Whatever a rule books, it must have taken from what was available to it.
  void check_records(const Situation& before, Situation& after, const Outcome& outcome) {
    std::array<double, rows> booked{};
    std::vector<std::array<double, rows>> used(kind_.ports.size());
    bool known = true;
    const auto valid = [&](std::uint32_t row, std::size_t port, std::initializer_list<ondol_port_type> types) {
      known = known && row < rows && port < kind_.ports.size() && before.ports[port].bound &&
              std::find(types.begin(), types.end(), kind_.ports[port].type) != types.end();
      return known;
    };
    const auto book = [&](std::uint32_t row, std::int64_t amount) {
      known = known && row < rows && amount >= 0;
      if (known) booked[row] += static_cast<double>(amount);
    };
    each<ondol_pay_record>(outcome, ONDOL_OUT_PAY, [&](const ondol_pay_record& record) {
      known = known && record.purpose < kind_.purposes.size();
      book(record.row, record.owed != 0 ? 0 : record.amount);
    });
    each<ondol_stock_record>(outcome, ONDOL_OUT_STOCK, [&](const ondol_stock_record& record) {
      const auto goods = {ONDOL_BUYS, ONDOL_SELLS, ONDOL_HOLDS};
      known = known && record.quantity_in >= 0 && record.quantity_out >= 0;
      if (record.action != ONDOL_MAKE && valid(record.row, record.input, goods))
        used[record.input][record.row] += static_cast<double>(record.quantity_in);
      if (record.action == ONDOL_MAKE || record.action == ONDOL_TRANSFORM) valid(record.row, record.output, goods);
    });
    each<ondol_offer_record>(outcome, ONDOL_OUT_OFFER, [&](const ondol_offer_record& record) {
      valid(record.row, record.port, {ONDOL_SELLS});
      known = known && record.quantity >= 0 && record.price >= 0;
    });
    each<ondol_order_record>(outcome, ONDOL_OUT_ORDER, [&](const ondol_order_record& record) {
      valid(record.row, record.port, {ONDOL_BUYS});
      known = known && record.quantity > 0 && record.limit >= 0;
      book(record.row, record.money);
    });
    each<ondol_claim_record>(outcome, ONDOL_OUT_CLAIM, [&](const ondol_claim_record& record) {
      const bool as_holder = record.action >= ONDOL_FORGIVE;
      valid(record.row, record.port, {as_holder ? ONDOL_OWNS : ONDOL_ISSUES});
      if (as_holder) return;
      book(record.row, record.action == ONDOL_ISSUE_MONEY ? 0 : record.amount);
    });
    each<ondol_levy_record>(outcome, ONDOL_OUT_LEVY,
                            [&](const ondol_levy_record& record) { valid(record.row, record.port, {ONDOL_LEVIES}); });
    each<ondol_tie_record>(outcome, ONDOL_OUT_TIE, [&](const ondol_tie_record& record) {
      known = valid(record.row, record.port, {ONDOL_RELATES}) && record.action <= ONDOL_RELEASE &&
              record.value_count <= kind_.ports[record.port].attributes.size();
    });
    each<ondol_sum_record>(outcome, ONDOL_OUT_SUM,
                           [&](const ondol_sum_record& record) { valid(record.row, record.port, {ONDOL_WRITES}); });
    each<ondol_life_record>(outcome, ONDOL_OUT_LIFE, [&](const ondol_life_record& record) {
      if (record.action == ONDOL_FOUND) valid(record.row, record.port, {ONDOL_PEERS});
      book(record.row, record.money);
      if (record.action != ONDOL_ENDOW_GOOD) return;
      valid(record.row, record.port, {ONDOL_BUYS, ONDOL_SELLS, ONDOL_HOLDS});
      if (known) used[record.port][record.row] += static_cast<double>(record.quantity);
    });
    if (!known) {
      report_("writes a record", " with an unknown row, port or purpose, or a negative amount",
              "fill in records through ondol::Agent, or see abi.h for what each may hold");
      return;
    }
    for (std::uint32_t row = 0; row < rows; ++row) {
      const auto taken = [&](std::size_t at) { return taken_from(before, after, at, row); };
      check_taken("money", booked[row], taken(before.available), after.memory.as<std::int64_t>(after.available)[row]);
      for (std::size_t port = 0; port < kind_.ports.size(); ++port) {
        if (before.ports[port].available == 0) continue;
        check_taken("goods of port '" + kind_.ports[port].name + "'", used[port][row],
                    taken(before.ports[port].available),
                    after.memory.as<std::int64_t>(after.ports[port].available)[row]);
      }
    }
  }

  static double taken_from(const Situation& before, Situation& after, std::size_t at, std::uint32_t row) {
    std::int64_t was = 0;
    std::memcpy(&was, before.memory.bytes().data() + at + row * sizeof was, sizeof was);
    return static_cast<double>(was - after.memory.as<std::int64_t>(at)[row]);
  }

  void check_taken(const std::string& what, double booked, double taken, std::int64_t left) {
    if (left < 0) report_("takes more " + what, " than is available", "ask self.money() or self.available() first");
    if (taken < 0)
      report_("adds to its available " + what, "", "receipts arrive when the step settles; a rule only takes");
    if (booked > taken)
      report_("books " + what, " that it did not take from what is available",
              "take what a record books from money_available or available first, as ondol::Agent does");
  }

  const KindDescription& kind_;
  const RuleDescription& rule_;
  OtherThread& other_;
  const Report& report_;
  std::vector<bool> undescribed_;  // bytes of the state
};

}  // namespace

void bench_rule(const KindDescription& kind, const RuleDescription& rule, int cases, OtherThread& other,
                const Report& report) {
  Bench(kind, rule, other, report).run(cases);
}

}  // namespace ondol
