// Regions, currencies and units.
#include "loading/sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

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

// The units of this world that a definition names, with a prefix or without.
std::vector<std::string> units_in(const std::string& definition, const std::map<std::string, Toml>& units) {
  std::vector<std::string> named;
  const auto continues = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (static_cast<unsigned char>(c) & 0x80U) != 0;
  };
  for (std::size_t i = 0; i < definition.size();) {
    const std::size_t start = i;
    while (i < definition.size() && continues(definition[i])) ++i;
    const std::string name = definition.substr(start, i - start);
    if (units.contains(name)) {
      named.push_back(name);
    } else if (name.size() > 1 && units.contains(name.substr(1))) {
      named.push_back(name.substr(1));
    }
    if (i == start) ++i;
  }
  return named;
}

// A unit may build on others, in whatever order they are written: those first.
void define_units(Reading& world, const std::map<std::string, Toml>& units) {
  std::set<std::string> defined, under_way;
  std::vector<std::string> stack;
  for (const auto& [first, at_first] : units) {
    stack.push_back(first);
    while (!stack.empty()) {
      const std::string name = stack.back();
      const Toml& at = units.at(name);
      if (defined.contains(name)) {
        stack.pop_back();
        continue;
      }
      std::vector<std::string> needed;
      if (at.is_text() && under_way.insert(name).second) {
        for (const std::string& other : units_in(at.as_text(), units)) {
          if (under_way.contains(other) && !defined.contains(other))
            at.fail(fmt::format("units '{}' and '{}' lead to one another", name, other));
          if (!defined.contains(other)) needed.push_back(other);
        }
      }
      if (!needed.empty()) {
        stack.insert(stack.end(), needed.begin(), needed.end());
        continue;
      }
      define_unit(world, name, at);
      defined.insert(name);
      stack.pop_back();
    }
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
  const auto units = world.root.optional_table("units").entries();
  define_units(world, {units.begin(), units.end()});
}

}  // namespace ondol
