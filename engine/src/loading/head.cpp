// The head of a world file: its name, currency, time, seed and plugins.
#include "loading/kinds.hpp"
#include "loading/sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ondol {

namespace {

PluginLibrary plugin_named(const Reading& world, const Toml& name,
                           const std::vector<std::filesystem::path>& directories) {
  const std::string plugin = name.as_text();
  const auto own = std::find_if(world.options.own_plugins.begin(), world.options.own_plugins.end(),
                                [&](const ondol_plugin* known) { return plugin == known->name; });
  if (own != world.options.own_plugins.end()) return load_plugin(**own);
  try {
    return load_plugin(plugin, directories, world.options.patience);
  } catch (const Error& error) {
    throw Error(error.code(), fmt::format("{}: {}", name.where(), error.what()));
  }
}

// Each once: what a caller names may be where plugins are looked for anyway.
std::vector<std::filesystem::path> plugin_directories(const WorldOptions& options) {
  std::vector<std::filesystem::path> directories;
  const auto add = [&](const std::filesystem::path& directory) {
    const auto same = [&](const std::filesystem::path& other) {
      return std::filesystem::absolute(other).lexically_normal() ==
             std::filesystem::absolute(directory).lexically_normal();
    };
    if (std::none_of(directories.begin(), directories.end(), same)) directories.push_back(directory);
  };
  for (const auto& directory : options.plugin_directories) add(directory);
  for (const auto& directory : default_plugin_directories()) add(directory);
  return directories;
}

constexpr std::int64_t most_ticks = 10'000'000;

// Who loads the world may say how long it is to run; else it says so itself.
void read_length(Reading& world) {
  const Toml& root = world.root;
  if (root.has("ticks")) world.model.ticks = root.integer("ticks", 0);
  if (root.has("until")) {
    const Toml until = root.at("until");
    if (root.has("ticks")) until.fail("says how long to run, and so does `ticks`; one of them is enough");
    if (!world.model.calendar) until.fail("a world without a `start` date has no dates; give `ticks`");
    world.model.ticks = until.guarded([&] { return world.model.calendar->tick_of(until.as_text()); }) + 1;
  }
  const bool says = root.has("ticks") || root.has("until");
  if (!says && !world.options.ticks)
    root.fail("does not say how long to run; give `ticks`, or a `start` and an `until`");
  if (says && (world.model.ticks < 1 || world.model.ticks > most_ticks))
    root.at(root.has("until") ? "until" : "ticks")
        .fail(fmt::format("{} ticks, expected 1 to {}", world.model.ticks, most_ticks));
  if (!world.options.ticks) return;
  world.model.ticks = *world.options.ticks;
  if (world.model.ticks < 1 || world.model.ticks > most_ticks)
    throw Error(ErrorCode::usage, fmt::format("{} ticks to run, expected 1 to {}", world.model.ticks, most_ticks));
}

}  // namespace

void read_head(Reading& world) {
  world.model.name = world.root.text("name", world.path.stem().string());
  world.model.doc = world.root.text("doc", "");
  world.model.path = world.path.string();
  world.model.currency = world.root.text("currency", "money");
  world.model.money_decimals = decimals(world.root, "money_decimals", 2);
  world.model.money_scale = std::pow(10.0, world.model.money_decimals);
  const std::int64_t seed = world.root.integer("seed", 1);
  if (seed < 0) world.root.at("seed").fail(fmt::format("{} is not a whole number from 0 to 2^63 - 1", seed));
  world.model.seed = static_cast<std::uint64_t>(seed);
  if (world.root.has("start")) {
    const Toml start = world.root.at("start");
    world.model.calendar = start.guarded([&] { return Calendar(start.as_text(), world.root.text("tick", "1 month")); });
    world.model.units.set_tick(world.model.calendar->tick_seconds());
    world.model.ticks_per_year = 8766.0 / world.model.calendar->tick_hours();
  }
  read_length(world);
  const std::vector<std::filesystem::path> directories = plugin_directories(world.options);
  for (const Toml& name : world.root.at("plugins").elements()) {
    const std::string plugin = name.as_text();
    if (plugin.find('/') != std::string::npos)
      name.fail(fmt::format("'{}' is a path; a plugin is named and searched for", plugin));
    world.model.plugins.push_back(plugin_named(world, name, directories));
    const PluginLibrary& last = world.model.plugins.back();
    if (std::any_of(world.model.plugins.begin(), world.model.plugins.end() - 1,
                    [&](const auto& p) { return p.name == last.name; }))
      name.fail(fmt::format("plugin '{}' is in the list already", last.name));
    for (const std::string& remark : last.remarks)
      world.model.warnings.push_back(fmt::format("{}: plugin '{}' {}", name.where(), last.name, remark));
  }
  tell_kinds_apart(world);
  world.model.tariff_purpose = purpose(world, "tariff", ONDOL_CURRENT);
  world.model.bequest_purpose = purpose(world, "bequest", ONDOL_CAPITAL);
  world.model.delivery_purpose = purpose(world, "delivery", ONDOL_CAPITAL);
  world.model.default_purpose = purpose(world, "default", ONDOL_CAPITAL);
  world.model.founding_purpose = purpose(world, "founding", ONDOL_FINANCIAL);
  world.model.forfeit_purpose = purpose(world, "forfeit", ONDOL_CURRENT);
}

}  // namespace ondol
