// What the sections of a world file share: names, choices, decimals, units.
#include "loading/reading.hpp"

#include <fmt/format.h>

namespace ondol {

Index region(const Reading& world, const std::string& name, const Toml& at) {
  return find_named(world.model.regions, name, "region", at);
}

Index purpose(Reading& world, const std::string& name, ondol_flow_class flow_class, Index market) {
  for (Index i = 0; i < world.model.purposes.size(); ++i) {
    const PurposeModel& known = world.model.purposes[i];
    if (known.name == name && known.flow_class == flow_class && known.market == market) return i;
  }
  world.model.purposes.push_back({name, flow_class, market});
  return static_cast<Index>(world.model.purposes.size() - 1);
}

int decimals(const Toml& table, const char* key, int standard) {
  const auto value = table.integer(key, standard);
  if (value < 0 || value > 12) table.at(key).fail(fmt::format("{} decimals, expected 0 to 12", value));
  return static_cast<int>(value);
}

Unit unit_at(const Reading& world, const Toml& table, const char* key, const std::string& standard) {
  const std::string text = table.text(key, standard);
  return table.guarded([&] { return world.model.units.parse(text); });
}

bool scope_is_region(const Toml& table) {
  return choice(table, "scope", "world", std::map<std::string, bool>{{"world", false}, {"region", true}});
}

}  // namespace ondol
