// What the ports of a population lead to.
#include "loading/ports.hpp"

#include "base/nearest.hpp"
#include "loading/populations.hpp"
#include "loading/values.hpp"
#include "model/field_value.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ondol {

namespace {

bool exists(const Reading& world, const PortDescription& port) {
  const auto has = [&](const auto& things) {
    return std::any_of(things.begin(), things.end(), [&](const auto& thing) { return thing.name == port.name; });
  };
  switch (port.type) {
    case ONDOL_BUYS:
    case ONDOL_SELLS:
      return has(world.model.markets);
    case ONDOL_HOLDS:
      return has(world.model.goods);
    case ONDOL_READS:
    case ONDOL_WRITES:
      return has(world.model.signals);
    case ONDOL_ISSUES:
    case ONDOL_OWNS:
      return has(world.model.instruments);
    case ONDOL_RELATES:
      return has(world.model.relations);
    case ONDOL_RECEIPTS:
      return true;
    case ONDOL_PEERS:
    case ONDOL_OBSERVES:
      return std::any_of(world.declared.begin(), world.declared.end(),
                         [&](const auto& d) { return d.group == port.name; });
    case ONDOL_LEVIES:
      return false;
  }
  return false;
}

// Units of a port per unit of what it is bound to.
double conversion(const Reading& world, const PortDescription& port, const Unit& bound, Unit& own, const Toml& at) {
  own = bound;
  if (port.unit.empty()) return 1;
  return at.guarded([&] {
    own = world.model.units.parse(port.unit);
    return world.model.units.convert({1, own, port.unit}, bound);
  });
}

Index add_account(PopulationModel& population, Index good) {
  for (Index a = 0; a < population.accounts.size(); ++a) {
    if (population.accounts[a].good == good) return a;
  }
  population.accounts.push_back({good, {}, 0});
  return static_cast<Index>(population.accounts.size() - 1);
}

void bind_good(Reading& world, PopulationModel& population, const PortDescription& port, PortModel& bound, Index good,
               const Toml& at) {
  const double factor = conversion(world, port, world.model.goods[good].unit, bound.unit, at);
  bound.target = good;
  bound.account = add_account(population, good);
  bound.units = world.model.goods[good].scale * factor;
}

// The one of that name, or that of the region where it is regional.
template <class Thing>
Index instance(const std::vector<Thing>& things, const std::string& name, Index r, const char* what, const Toml& at) {
  for (Index i = 0; i < things.size(); ++i) {
    if (things[i].name == name && (things[i].region == none || things[i].region == r)) return i;
  }
  return find_named(things, name, what, at);
}

void bind_attributes(const PortDescription& port, PortModel& bound, const std::vector<std::string>& attributes,
                     const std::string& of, const Toml& at) {
  for (const std::string& attribute : port.attributes) {
    const auto found = std::find(attributes.begin(), attributes.end(), attribute);
    if (found == attributes.end())
      at.fail(fmt::format("port '{}' needs attribute '{}', which {} does not have{}", port.name, attribute, of,
                          suggestion(attribute, attributes)));
    bound.attributes.push_back(static_cast<std::uint16_t>(found - attributes.begin()));
  }
}

// The parameters of the mechanism that the port's rules read, as the market has them.
void bind_market_params(const MarketModel& market, const PortDescription& port, PortModel& bound, const Toml& at) {
  bound.market_param_at.push_back(0);
  for (const std::string& name : port.market_params) {
    std::vector<std::string> known;
    const FieldDescription* found = nullptr;
    for (const FieldDescription& field : *market.mechanism_fields) {
      if (field.role != ONDOL_PARAM) continue;
      known.push_back(field.name);
      if (field.name == name) found = &field;
    }
    if (found == nullptr)
      at.fail(fmt::format("port '{}' reads parameter '{}', which mechanism '{}' of market '{}' does not have{}",
                          port.name, name, market.mechanism_name, market.name, suggestion(name, known)));
    for (std::uint32_t i = 0; i < found->count; ++i)
      bound.market_params.push_back(read_field_value(*found, market.params.data(), i));
    bound.market_param_at.push_back(static_cast<std::uint32_t>(bound.market_params.size()));
  }
}

void bind_market(Reading& world, PopulationModel& population, const PortDescription& port, PortModel& bound,
                 const std::string& name, const Toml& at) {
  const Index market = instance(world.model.markets, name, population.region, "market", at);
  const MarketModel& model = world.model.markets[market];
  double factor = 1;
  if (model.good != none) {
    bind_good(world, population, port, bound, model.good, at);
    factor = bound.units / world.model.goods[model.good].scale;
  } else {
    const InstrumentModel& instrument = world.model.instruments[model.instrument];
    bound.unit = world.model.units.parse(instrument.instrument_class == InstrumentClass::credit ? "money" : "1");
    bound.units = instrument.scale;
  }
  bound.target = market;
  bound.price_units = model.price_scale / factor;
  bind_attributes(port, bound, model.attributes, fmt::format("market '{}'", name), at);
  bind_market_params(model, port, bound, at);
}

void bind_signal(Reading& world, const PopulationModel& population, const PortDescription& port, PortModel& bound,
                 const std::string& name, const Toml& at) {
  bound.target = instance(world.model.signals, name, population.region, "signal", at);
  SignalModel& signal = world.model.signals[bound.target];
  bound.value_factor = 1 / conversion(world, port, signal.unit, bound.unit, at);
  bound.told = port.type == ONDOL_READS && signal.by_agent;
  signal.lags = std::max(signal.lags, port.lags);
  if (port.lags > 0 && signal.by_agent) at.fail("a signal that each agent has of its own keeps no past values");
  const bool reckoned = std::any_of(world.pending_statistics.begin(), world.pending_statistics.end(),
                                    [&](const auto& statistic) { return statistic.signal == bound.target; });
  if (reckoned && port.type == ONDOL_WRITES) at.fail(fmt::format("signal '{}' is a statistic; nobody writes it", name));
}

void bind_instrument(Reading& world, PortModel& bound, Index instrument) {
  bound.target = instrument;
  bound.units = world.model.instruments[instrument].scale;
  bound.unit = world.model.units.parse(
      world.model.instruments[instrument].instrument_class == InstrumentClass::residual ? "1" : "money");
}

void bind_claims(Reading& world, const PortDescription& port, PortModel& bound, const std::string& name,
                 const Toml& at) {
  bind_instrument(world, bound, find_named(world.model.instruments, name, "instrument", at));
  bound.lists_claims = port.type == ONDOL_OWNS || port.listed;
  if (bound.lists_claims && bound.target == 0) at.fail("money is held, not claimed; who holds it is not listed");
}

Index disclosed(const Reading& world, Index p, const std::string& record, const std::string& name, const Toml& at) {
  const KindDescription& kind = *world.model.kinds[world.model.populations[p].kind];
  for (Index f = 0; f < kind.fields.size(); ++f) {
    if (kind.fields[f].record == record && kind.fields[f].name == name && kind.fields[f].count == 1) return f;
  }
  at.fail(fmt::format("kind '{}' of population '{}' does not disclose '{}' in record '{}'", kind.name,
                      world.model.populations[p].name, name, record));
}

void bind_record(Reading& world, const PortDescription& port, PortModel& bound, const Toml& at) {
  ObservedRecord record;
  record.name = port.unit.empty() ? port.name : port.unit;
  record.populations = bound.populations;
  const std::vector<std::string> books = {"cash", "income", "assets", "debts", "equity", "arrears"};
  for (const std::string& name : port.attributes) {
    ObservedRecord::Column column;
    column.name = name;
    if (record.name == "books") {
      const auto found = std::find(books.begin(), books.end(), name);
      if (found == books.end())
        at.fail(fmt::format("record 'books' has no field '{}'{}", name, suggestion(name, books)));
      column.book = static_cast<int>(found - books.begin());
    } else {
      for (const Index p : record.populations) column.field.push_back(disclosed(world, p, record.name, name, at));
    }
    record.columns.push_back(std::move(column));
  }
  bound.record = static_cast<Index>(world.model.observed_records.size());
  world.model.observed_records.push_back(std::move(record));
}

void bind_levy(Reading& world, const PopulationModel& population, const PortDescription& port, PortModel& bound,
               const std::vector<std::string>& targets, const Toml& at) {
  LevyModel levy;
  levy.name = port.name;
  levy.region = population.region;
  levy.income = targets.size() == 1 && targets[0] == "income";
  bound.levies_income = levy.income;
  bound.levy = static_cast<Index>(world.model.levies.size());
  world.model.levies.push_back(levy);
  if (!levy.income) world.pending_levies.push_back({bound.levy, targets, at});
}

}  // namespace

bool port_leads_to_agents(const PortDescription& port) {
  return port.type == ONDOL_PEERS || port.type == ONDOL_OBSERVES;
}

PortModel bind_port(Reading& world, PopulationModel& population, const PortDescription& port, const Toml& ports) {
  PortModel bound;
  bound.type = port.type;
  std::optional<Toml> given;
  if (ports.has(port.name)) given = for_region(world, ports.at(port.name), population.region);
  const Toml at = given.value_or(ports);
  if (!given && !exists(world, port)) {
    if (!port.optional)
      ports.fail(fmt::format("population '{}' leaves port '{}' unbound ({})", population.name, port.name, port.doc));
    return bound;
  }
  if (!given && port.optional) return bound;
  bound.bound = true;
  if (port_leads_to_agents(port)) {
    const toml::value<std::string> own_name(port.name);
    bound.populations =
        populations_at(world, given.value_or(Toml(own_name, ports.key(), ports.file())), population.region);
    if (port.type == ONDOL_OBSERVES) bind_record(world, port, bound, at);
    return bound;
  }
  std::vector<std::string> targets;
  if (given) {
    for (const Toml& target : given->elements()) targets.push_back(target.as_text());
  } else {
    targets.push_back(port.name);
  }
  const bool many = port.type == ONDOL_LEVIES || port.type == ONDOL_RECEIPTS;
  if (!many && targets.size() != 1) at.fail(fmt::format("port '{}' leads to one thing", port.name));
  switch (port.type) {
    case ONDOL_BUYS:
    case ONDOL_SELLS:
      bind_market(world, population, port, bound, targets[0], at);
      break;
    case ONDOL_HOLDS:
      bind_good(world, population, port, bound, find_named(world.model.goods, targets[0], "good", at), at);
      break;
    case ONDOL_READS:
    case ONDOL_WRITES:
      bind_signal(world, population, port, bound, targets[0], at);
      break;
    case ONDOL_ISSUES:
    case ONDOL_OWNS:
      bind_claims(world, port, bound, targets[0], at);
      break;
    case ONDOL_RELATES:
      bound.target = find_named(world.model.relations, targets[0], "relation", at);
      bind_attributes(port, bound, world.model.relations[bound.target].attributes,
                      fmt::format("relation '{}'", targets[0]), at);
      break;
    case ONDOL_RECEIPTS:
      bound.levy = static_cast<Index>(world.model.levies.size());
      world.model.levies.push_back({port.name, none, false, {}});
      world.pending_levies.push_back({bound.levy, targets, at});
      break;
    case ONDOL_PEERS:
    case ONDOL_OBSERVES:
      break;  // above
    case ONDOL_LEVIES:
      bind_levy(world, population, port, bound, targets, at);
      break;
  }
  return bound;
}

void resolve_levies(Reading& world) {
  for (const auto& [index, targets, at] : world.pending_levies) {
    for (const std::string& target : targets) {
      bool found = false;
      for (Index i = 0; i < world.model.purposes.size(); ++i) {
        if (world.model.purposes[i].name != target) continue;
        world.model.levies[index].purposes.push_back(i);
        found = true;
      }
      if (!found)
        at.fail(fmt::format("nothing is paid for purpose '{}'{}", target,
                            suggestion(target, names_of(world.model.purposes))));
    }
  }
}

}  // namespace ondol
