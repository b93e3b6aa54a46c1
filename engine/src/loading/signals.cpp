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
    read.aggregate = choice(signal, "aggregate", "single",
                            std::map<std::string, Aggregate>{{"single", Aggregate::single},
                                                             {"sum", Aggregate::sum},
                                                             {"mean", Aggregate::mean},
                                                             {"maximum", Aggregate::maximum}});
    const bool regional = scope_is_region(signal);
    for (Index r = 0; r < (regional ? world.model.regions.size() : 1); ++r) {
      read.region = regional ? r : none;
      read.initial = signal.has("initial") ? number_for(world, signal.at("initial"), read.unit, read.region) : 0;
      world.model.signals.push_back(read);
    }
    signal.finish();
  }
}

}  // namespace ondol
