// Regions, currencies and units.
#include "loading/sections.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ondol {

namespace {

void define_unit(Reading& world, const std::string& name, const Toml& unit) {
  unit.guarded([&] {
    if (unit.is_text()) return world.model.units.define(name, unit.as_text());
    const bool prefixable = unit.boolean("prefixable", false);
    unit.finish();
    world.model.units.define(name, {}, prefixable);
  });
}

// A unit may build on others, in whatever order they are written: what cannot be defined yet waits for the rest.
void define_units(Reading& world, std::vector<std::pair<std::string, Toml>> waiting) {
  while (!waiting.empty()) {
    std::vector<std::pair<std::string, Toml>> still;
    for (auto& [name, unit] : waiting) {
      try {
        define_unit(world, name, unit);
      } catch (const Error&) {
        still.emplace_back(name, unit);
      }
    }
    if (still.size() == waiting.size()) return define_unit(world, still.front().first, still.front().second);
    waiting = std::move(still);
  }
}

}  // namespace

void read_regions(Reading& world) {
  Toml regions = world.root.at("regions");
  for (auto& [name, region] : regions.entries()) {
    RegionModel read{name, region.text("label", name), region.text("luck", name), none};
    if (region.has("treasury")) world.treasuries.emplace_back(name, region.at("treasury"));
    region.finish();
    world.model.regions.push_back(std::move(read));
  }
  if (world.model.regions.empty()) regions.fail("a world needs at least one region");
  std::sort(world.model.regions.begin(), world.model.regions.end(),
            [](const auto& a, const auto& b) { return a.luck < b.luck; });
  for (std::size_t i = 1; i < world.model.regions.size(); ++i) {
    if (world.model.regions[i].luck == world.model.regions[i - 1].luck)
      regions.fail(fmt::format("regions '{}' and '{}' have the same luck", world.model.regions[i - 1].name,
                               world.model.regions[i].name));
  }
}

void read_units(Reading& world) {
  if (world.model.currency != "money")
    world.root.guarded([&] { world.model.units.define_currency(world.model.currency, 1); });
  for (auto& [name, worth] : world.root.optional_table("currencies").entries()) {
    worth.guarded([&, &name = name, &worth = worth] {
      world.model.units.define_currency(name,
                                        world.model.units.read(worth.as_text(), world.model.units.parse("money")));
    });
  }
  define_units(world, world.root.optional_table("units").entries());
}

}  // namespace ondol
