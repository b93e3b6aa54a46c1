// The schedule: steps of a tick in order, and which of them run in rounds.
#include "loading/sections.hpp"

#include <ondol/random.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace ondol {

namespace {

void add_step(Reading& world, const Toml& step) {
  const std::string name = step.as_text();
  if (name == ONDOL_BIRTH)
    step.fail(fmt::format("step '{}' cannot be scheduled: it comes by itself as agents are founded", name));
  for (const StepModel& known : world.model.steps) {
    if (known.name == name) step.fail(fmt::format("step '{}' is scheduled twice", name));
  }
  world.model.steps.push_back({name, name_hash(name), static_cast<Index>(world.model.groups.size()), {}});
}

}  // namespace

void add_birth_step(Reading& world) {
  const auto is_of_birth = [](const RuleDescription& rule) { return rule.step == ONDOL_BIRTH; };
  for (const KindDescription* kind : world.model.kinds) {
    if (world.model.birth_step != none || std::none_of(kind->rules.begin(), kind->rules.end(), is_of_birth)) continue;
    world.model.birth_step = static_cast<Index>(world.model.steps.size());
    world.model.steps.push_back({ONDOL_BIRTH, name_hash(ONDOL_BIRTH), none, {}});
  }
}

void read_schedule(Reading& world) {
  for (const Toml& entry : world.root.at("schedule").elements()) {
    StepGroup group{static_cast<Index>(world.model.steps.size()), 0, 1};
    if (entry.is_table()) {
      Toml repeated = entry;
      const auto rounds = repeated.integer("repeat", 1);
      if (rounds < 1 || rounds > 100'000)
        repeated.at("repeat").fail(fmt::format("{} rounds, expected 1 to 100000", rounds));
      group.rounds = static_cast<std::uint32_t>(rounds);
      for (const Toml& step : repeated.at("steps").elements()) add_step(world, step);
      repeated.finish();
    } else {
      add_step(world, entry);
    }
    group.count = static_cast<Index>(world.model.steps.size()) - group.first;
    world.model.groups.push_back(group);
  }
  if (world.model.steps.empty()) world.root.at("schedule").fail("a world needs at least one step");
}

}  // namespace ondol
