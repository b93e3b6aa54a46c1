// Ticks before the first date.
#include "base/nearest.hpp"
#include "loading/populations.hpp"
#include "loading/sections.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace ondol {

namespace {

constexpr std::int64_t most_ticks = 1'000'000;

Index state_named(const KindDescription& kind, const Toml& at) {
  std::vector<std::string> names;
  for (Index f = 0; f < kind.fields.size(); ++f) {
    if (kind.fields[f].role != ONDOL_STATE) continue;
    if (kind.fields[f].name == at.as_text()) return f;
    names.push_back(kind.fields[f].name);
  }
  at.fail(fmt::format("kind '{}' has no state '{}'{}", kind.name, at.as_text(), suggestion(at.as_text(), names)));
}

void read_signal(const Reading& world, const Toml& at, std::vector<BurnInModel::Kept>& kept) {
  std::vector<std::string> names;
  bool found = false;
  for (Index s = 0; s < world.model.signals.size(); ++s) {
    const SignalModel& signal = world.model.signals[s];
    names.push_back(signal.name);
    if (signal.name != at.as_text()) continue;
    if (signal.by_agent || !signal.statistic.populations.empty())
      at.fail(fmt::format("signal '{}' is reckoned from what agents do", signal.name));
    kept.push_back({none, none, s});
    found = true;
  }
  if (!found) at.fail(fmt::format("there is no signal '{}'{}", at.as_text(), suggestion(at.as_text(), names)));
}

std::vector<BurnInModel::Kept> read_kept(const Reading& world, const Toml& table, const char* key) {
  std::vector<BurnInModel::Kept> kept;
  if (!table.has(key)) return kept;
  for (const Toml& one : table.at(key).elements()) {
    if (one.has("signal") == one.has("population"))
      one.fail("expected { population = ..., state = ... } or { signal = ... }");
    if (one.has("signal")) {
      read_signal(world, one.at("signal"), kept);
    } else {
      for (const Index p : all_populations_at(world, one.at("population"))) {
        const KindDescription& kind = *world.model.kinds[world.model.populations[p].kind];
        for (const Toml& state : one.at("state").elements()) kept.push_back({p, state_named(kind, state), none});
      }
    }
    one.finish();
  }
  return kept;
}

}  // namespace

void read_burn_in(Reading& world) {
  if (!world.root.has("burn_in")) return;
  const Toml table = world.root.at("burn_in");
  BurnInModel& burn_in = world.model.burn_in;
  burn_in.ticks = table.integer("ticks", 0);
  if (burn_in.ticks < 1 || burn_in.ticks > most_ticks)
    (table.has("ticks") ? table.at("ticks") : table)
        .fail(fmt::format("`ticks` is {}, expected 1 to {}", burn_in.ticks, most_ticks));
  burn_in.held = read_kept(world, table, "hold");
  burn_in.restored = read_kept(world, table, "restore");
  table.finish();
}

}  // namespace ondol
