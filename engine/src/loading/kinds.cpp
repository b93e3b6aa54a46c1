// Kinds and mechanisms of the loaded plugins, by the names that a world may use for them.
#include "loading/kinds.hpp"

#include "base/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

namespace ondol {

namespace {

bool goes_by(const KindDescription& kind, const std::string& name) {
  return kind.name == name || kind.plugin + "/" + kind.name == name;
}

}  // namespace

void tell_kinds_apart(Reading& world) {
  std::map<std::string, int> kinds;
  for (const PluginLibrary& plugin : world.model.plugins) {
    for (const auto& kind : plugin.kinds) ++kinds[kind->name];
  }
  for (PluginLibrary& plugin : world.model.plugins) {
    for (auto& kind : plugin.kinds) {
      if (kinds[kind->name] == 1) continue;
      auto renamed = std::make_shared<KindDescription>(*kind);
      renamed->name = plugin.name + "/" + kind->name;
      kind = std::move(renamed);
    }
  }
}

const MechanismDescription& find_mechanism(const Reading& world, const Toml& at) {
  std::vector<std::string> names;
  for (const PluginLibrary& plugin : world.model.plugins) {
    for (const auto& mechanism : plugin.mechanisms) {
      if (mechanism->name == at.as_text()) return *mechanism;
      names.push_back(mechanism->name);
    }
  }
  at.fail(fmt::format("no loaded plugin has a mechanism '{}'{}", at.as_text(), suggestion(at.as_text(), names)));
}

const KindDescription* find_kind(const Reading& world, const Toml& at) {
  const std::string name = at.as_text();
  std::vector<std::string> names, of_that_name;
  for (const PluginLibrary& plugin : world.model.plugins) {
    for (const auto& kind : plugin.kinds) {
      if (goes_by(*kind, name)) return kind.get();
      names.push_back(kind->name);
      if (kind->name == plugin.name + "/" + name) of_that_name.push_back(kind->name);
    }
  }
  if (!of_that_name.empty())
    at.fail(fmt::format("more than one plugin has a kind '{}'; write '{}'", name, fmt::join(of_that_name, "' or '")));
  at.fail(fmt::format("no loaded plugin has a kind '{}'{}", name, suggestion(name, names)));
}

const char* section_of(ondol_field_role role) {
  return role == ONDOL_PARAM ? "params" : role == ONDOL_TRAIT ? "traits" : "state";
}

Index kind_in_use(const Reading& world, const std::string& name, const Toml& at) {
  std::vector<std::string> names;
  for (const KindDescription* kind : world.model.kinds) {
    if (goes_by(*kind, name)) return static_cast<Index>(names.size());
    names.push_back(kind->name);
  }
  at.fail(fmt::format("there is no kind '{}' in this world{}", name, suggestion(name, names)));
}

}  // namespace ondol
