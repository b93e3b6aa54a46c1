// Tiny worlds in, numbers out: what tests of the engine share.
#pragma once

#include "model/field_value.hpp"
#include "state/state.hpp"

#include <ondol/engine/run.hpp>
#include <ondol/engine/world.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>

namespace ondol::test {

inline WorldOptions with_fixtures() {
  WorldOptions options;
  options.plugin_directories = {std::filesystem::path(ONDOL_BUILD_DIR) / "tests" / "plugins",
                                std::filesystem::path(ONDOL_BUILD_DIR) / "plugins"};
  return options;
}

inline World world_of(const std::string& text, WorldOptions options = with_fixtures()) {
  return World::parse(text, "test.toml", options);
}

inline Index population_named(const Run& run, const std::string& name) {
  const Model& model = run.world().model();
  for (Index p = 0; p < model.populations.size(); ++p) {
    if (model.populations[p].name == name) return p;
  }
  throw std::runtime_error("no population " + name);
}

inline const PopulationState& state_of(const Run& run, const std::string& population) {
  return run.state().populations[population_named(run, population)];
}

// A state field of one agent.
inline double field(const Run& run, const std::string& population, Index row, const std::string& name) {
  const Model& model = run.world().model();
  const Index p = population_named(run, population);
  const KindDescription& kind = *model.kinds[model.populations[p].kind];
  for (const FieldDescription& field : kind.fields) {
    if (field.name != name || field.role != ONDOL_STATE) continue;
    return read_field_value(field, run.state().populations[p].state.data() + std::size_t{row} * kind.state_size, 0);
  }
  throw std::runtime_error("no field " + name);
}

// In the currency.
inline double money(const Run& run, const std::string& population, Index row) {
  return static_cast<double>(state_of(run, population).money_held[row]) / run.world().model().money_scale;
}

inline Run ticked(const World& world, int ticks, int threads = 1, std::optional<std::uint64_t> seed = {}) {
  RunOptions options;
  options.threads = threads;
  options.seed = seed;
  Run run(world, options);
  for (int i = 0; i < ticks; ++i) run.tick();
  return run;
}

}  // namespace ondol::test
