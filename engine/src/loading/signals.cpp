// Signals: one entry per region where regional.
#include "loading/sections.hpp"
#include "loading/values.hpp"

#include <map>

namespace ondol {

void read_signals(Reading& world) {
  for (auto& [name, signal] : world.root.optional_table("signals").entries()) {
    SignalModel read;
    read.name = name;
    read.doc = signal.text("doc", "");
    read.unit = unit_at(world, signal, "unit");
    const bool statistic = signal.has("statistic");
    if (statistic && signal.has("aggregate"))
      signal.at("aggregate").fail("agents do not contribute to a statistic; its own `aggregate` says what it is");
    read.aggregate = choice(signal, "aggregate", "single",
                            std::map<std::string, Aggregate>{{"single", Aggregate::single},
                                                             {"sum", Aggregate::sum},
                                                             {"mean", Aggregate::mean},
                                                             {"maximum", Aggregate::maximum}});
    enum class Scope { world, region, agent };
    const Scope scope = choice(
        signal, "scope", "world",
        std::map<std::string, Scope>{{"world", Scope::world}, {"region", Scope::region}, {"agent", Scope::agent}});
    read.by_agent = scope == Scope::agent;
    if (read.by_agent && (signal.has("aggregate") || signal.has("initial") || statistic))
      signal.fail(
          "each agent has count, sum, minimum and maximum of a signal of its own: it takes no `aggregate`, "
          "`initial` or `statistic`");
    const bool regional = scope == Scope::region;
    for (Index r = 0; r < (regional ? world.model.regions.size() : 1); ++r) {
      read.region = regional ? r : none;
      read.initial = signal.has("initial") ? number_for(world, signal.at("initial"), read.unit, read.region) : 0;
      if (statistic)
        world.pending_statistics.push_back({static_cast<Index>(world.model.signals.size()), signal.at("statistic")});
      world.model.signals.push_back(read);
    }
    signal.finish();
  }
}

}  // namespace ondol
