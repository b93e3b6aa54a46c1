// What only shows in the whole: writers of signals, sellers of instruments.
#include "loading/sections.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace ondol {

void check_writers(const Reading& world) {
  for (Index s = 0; s < world.model.signals.size(); ++s) {
    if (world.model.signals[s].aggregate != Aggregate::single) continue;
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

}  // namespace ondol
