// What only shows in the whole: writers of signals, sellers of instruments, and what will hardly be meant.
#include "loading/sections.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <set>

namespace ondol {

void check_writers(const Reading& world) {
  for (Index s = 0; s < world.model.signals.size(); ++s) {
    if (world.model.signals[s].aggregate != Aggregate::single || world.model.signals[s].by_agent) continue;
    Index writers = 0;
    std::vector<std::string> names;
    for (const PopulationModel& population : world.model.populations) {
      for (const PortModel& port : population.ports) {
        if (!port.bound || port.type != ONDOL_WRITES || port.target != s) continue;
        writers += population.count;
        names.push_back(population.name);
      }
    }
    if (writers > 1)
      world.root.at("signals")
          .at(world.model.signals[s].name)
          .fail(fmt::format("signal '{}' has {} writers ({}), expected one; or declare `aggregate` \"sum\", \"mean\" "
                            "or \"maximum\"",
                            world.model.signals[s].name, writers, fmt::join(names, ", ")));
  }
}

void check_markets(const Reading& world) {
  for (Index m = 0; m < world.model.markets.size(); ++m) {
    const MarketModel& market = world.model.markets[m];
    for (const PopulationModel& population : world.model.populations) {
      const KindDescription& kind = *world.model.kinds[population.kind];
      for (const PortModel& port : population.ports) {
        if (!port.bound || port.type != ONDOL_SELLS || port.target != m || market.instrument == none) continue;
        const bool may = std::any_of(population.ports.begin(), population.ports.end(), [&](const PortModel& other) {
          return other.bound && other.type == ONDOL_ISSUES && other.target == market.instrument;
        });
        if (!may)
          world.root.at("populations")
              .at(population.group)
              .fail(fmt::format(
                  "kind '{}' sells in market '{}' but no ISSUES port of population '{}' is bound to instrument '{}'",
                  kind.name, market.label, population.name, world.model.instruments[market.instrument].name));
      }
    }
  }
}

namespace {

void warn(Reading& world, const std::string& where, const std::string& what) {
  world.model.warnings.push_back(where + ": " + what);
}

// Where a population is declared.
std::string place_of(const Reading& world, const PopulationModel& population) {
  return world.root.at("populations").at(population.group).where();
}

bool has_port(const PopulationModel& population, ondol_port_type type, Index target) {
  return std::any_of(population.ports.begin(), population.ports.end(),
                     [&](const PortModel& port) { return port.bound && port.type == type && port.target == target; });
}

void warn_of_markets(Reading& world) {
  for (Index m = 0; m < world.model.markets.size(); ++m) {
    const MarketModel& market = world.model.markets[m];
    const auto any = [&](ondol_port_type type) {
      return std::any_of(world.model.populations.begin(), world.model.populations.end(),
                         [&](const PopulationModel& population) { return has_port(population, type, m); });
    };
    const bool sold = any(ONDOL_SELLS);
    const bool bought = any(ONDOL_BUYS);
    if (sold && bought) continue;
    warn(world, world.root.at("markets").at(market.name).where(),
         fmt::format("nobody {} in market '{}'",
                     sold     ? "buys"
                     : bought ? "sells"
                              : "buys or sells",
                     market.label));
  }
}

// Shares that no claim gives anybody, where others' are given.
void warn_of_owners(Reading& world) {
  for (Index i = 0; i < world.model.instruments.size(); ++i) {
    if (world.model.instruments[i].instrument_class != InstrumentClass::residual) continue;
    std::set<Index> owned;
    for (const ClaimStart& claim : world.model.claims) {
      if (claim.instrument == i) owned.insert(claim.issuer);
    }
    for (Index p = 0; p < world.model.populations.size() && !owned.empty(); ++p) {
      const PopulationModel& population = world.model.populations[p];
      if (population.count > 0 && has_port(population, ONDOL_ISSUES, i) && !owned.contains(p))
        warn(world, place_of(world, population),
             fmt::format("nobody owns population '{}': it issues '{}', and no claim gives any of it to a holder",
                         population.name, world.model.instruments[i].name));
    }
  }
}

// Those whom a port of a population leads to.
std::set<Index> seen_by(const PopulationModel& population) {
  std::set<Index> seen;
  for (const PortModel& port : population.ports) seen.insert(port.populations.begin(), port.populations.end());
  return seen;
}

// Who asks for credit is seen by those who give it, where these look at anybody who asks for it.
void warn_of_lenders(Reading& world) {
  const std::vector<PopulationModel>& populations = world.model.populations;
  for (Index i = 1; i < world.model.instruments.size(); ++i) {
    if (world.model.instruments[i].instrument_class != InstrumentClass::credit) continue;
    std::vector<Index> borrowers;
    std::set<Index> seen;
    for (Index p = 0; p < populations.size(); ++p) {
      if (has_port(populations[p], ONDOL_ISSUES, i)) borrowers.push_back(p);
      const bool lends =
          std::any_of(populations[p].ports.begin(), populations[p].ports.end(), [&](const PortModel& port) {
            return port.bound && port.type == ONDOL_BUYS && world.model.markets[port.target].instrument == i;
          });
      if (lends) seen.merge(seen_by(populations[p]));
    }
    const bool any = std::any_of(borrowers.begin(), borrowers.end(), [&](Index p) { return seen.contains(p); });
    for (const Index p : borrowers) {
      if (any && !seen.contains(p) && populations[p].count > 0)
        warn(
            world, populations[p].where,
            fmt::format("no lender sees population '{}': it issues '{}', and no port of those who buy that leads to it",
                        populations[p].name, world.model.instruments[i].name));
    }
  }
}

void warn_of_steps(Reading& world) {
  std::set<std::string> used;
  for (const KindDescription* kind : world.model.kinds) {
    for (const RuleDescription& rule : kind->rules) used.insert(rule.step);
  }
  for (const InstrumentModel& instrument : world.model.instruments) {
    if (instrument.collect_step != none) used.insert(world.model.steps[instrument.collect_step].name);
  }
  for (const StepModel& step : world.model.steps) {
    if (step.markets.empty() && !used.contains(step.name))
      warn(world, world.root.at("schedule").where(), fmt::format("nothing happens in step '{}'", step.name));
  }
}

void add_names(const std::string& text, std::set<std::string>& names) {
  std::string name;
  const auto end = [&] {
    if (name.empty()) return;
    names.insert(name);
    names.insert(name.substr(1));  // without a prefix
    name.clear();
  };
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (static_cast<unsigned char>(c) & 0x80U) != 0) {
      name += c;
    } else {
      end();
    }
  }
  end();
}

void add_names_below(const Toml& at, std::set<std::string>& names) {
  if (at.is_text()) return add_names(at.as_text(), names);
  if (at.is_table()) {
    for (const auto& [key, value] : at.entries()) add_names_below(value, names);
  } else if (at.is_array()) {
    for (const Toml& element : at.elements()) add_names_below(element, names);
  }
}

void warn_of_units(Reading& world) {
  std::set<std::string> names;
  add_names_below(world.root, names);
  for (const KindDescription* kind : world.model.kinds) {
    for (const FieldDescription& field : kind->fields) add_names(field.unit, names);
    for (const PortDescription& port : kind->ports) add_names(port.unit, names);
  }
  for (const auto& [name, at] : world.root.optional_table("units").entries()) {
    if (!names.contains(name)) warn(world, at.where(), fmt::format("nothing is measured in unit '{}'", name));
  }
}

void warn_of_unused(Reading& world) {
  for (const auto& [name, at] : world.root.optional_table("templates").entries()) {
    if (!world.used_templates.contains(name)) warn(world, at.where(), fmt::format("nothing uses template '{}'", name));
  }
  for (const auto& [name, at] : world.root.optional_table("constants").entries()) {
    if (!world.evaluation.used.contains(name)) warn(world, at.where(), fmt::format("nothing uses constant '{}'", name));
  }
  const std::set<std::string> notes = {"name", "source", "status", "low", "high", "year", "region", "doc", "note"};
  for (const DataTable& table : world.data) {
    for (Index c = 0; c < table.columns.size() && !table.one_number_a_row; ++c) {
      if (!table.used[c] && !notes.contains(table.columns[c].name))
        warn(world, table.at.at("columns").where(),
             fmt::format("nothing uses column '{}' of data '{}'", table.columns[c].name, table.name));
    }
  }
}

void warn_of_events(Reading& world) {
  std::set<std::string> said;
  for (const Event& event : world.model.events) {
    if (event.tick >= world.model.ticks && !world.options.ticks && said.insert(event.name).second)
      warn(world, world.root.at("events").at(event.name).where(),
           fmt::format("event '{}' would happen in tick {}, after the last", event.name, event.tick));
  }
}

}  // namespace

void warn_of_loose_ends(Reading& world) {
  warn_of_markets(world);
  warn_of_owners(world);
  warn_of_lenders(world);
  warn_of_steps(world);
  warn_of_units(world);
  warn_of_unused(world);
  warn_of_events(world);
}

}  // namespace ondol
