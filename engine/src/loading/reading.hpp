// A world file while it is read: the document, what stands so far, and what only the rest can settle.
#pragma once

#include "base/nearest.hpp"
#include "loading/toml_document.hpp"
#include "model/model.hpp"

#include <ondol/engine/world.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ondol {

inline constexpr Index most_agents = 1U << 31U;
inline constexpr double unbounded = std::numeric_limits<double>::infinity();

struct Reading {
  // One table of `populations`, and the populations made of it.
  struct Declared {
    std::string group;
    std::vector<Index> populations;
    Toml table;  // laid over its templates
  };
  // A levy on purposes, which are complete only once every population is read.
  struct PendingLevy {
    Index levy;
    std::vector<std::string> targets;
    Toml at;
  };

  Reading(const toml::table& document, const std::filesystem::path& file, const WorldOptions& said)
      : root(document, "", file.string()), path(file), options(said) {}

  Toml root;
  std::filesystem::path path;
  const WorldOptions& options;
  Model model;
  std::vector<std::pair<std::string, Toml>> treasuries;  // by region
  std::optional<Toml> money_issuer;
  std::vector<Declared> declared;
  std::vector<PendingLevy> pending_levies;
};

template <class Named>
std::vector<std::string> names_of(const std::vector<Named>& things) {
  std::vector<std::string> names;
  for (const auto& thing : things) names.push_back(thing.name);
  return names;
}

template <class Named>
Index find_named(const std::vector<Named>& things, const std::string& name, const char* what, const Toml& at) {
  for (Index i = 0; i < things.size(); ++i) {
    if (things[i].name == name) return i;
  }
  at.fail(fmt::format("there is no {} '{}'{}", what, name, suggestion(name, names_of(things))));
}

Index region(const Reading& world, const std::string& name, const Toml& at);
// The purpose of that name, class and market, which is added where it is new.
Index purpose(Reading& world, const std::string& name, ondol_flow_class flow_class, Index market = none);

int decimals(const Toml& table, const char* key, int standard);
Unit unit_at(const Reading& world, const Toml& table, const char* key, const std::string& standard = "1");
bool scope_is_region(const Toml& table);

template <class Value>
Value choice(const Toml& table, const char* key, const std::string& standard,
             const std::map<std::string, Value>& choices) {
  const std::string chosen = table.text(key, standard);
  if (const auto found = choices.find(chosen); found != choices.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [name, value] : choices) names.push_back(name);
  table.at(key).fail(fmt::format("'{}'{}", chosen, suggestion(chosen, names)));
}

}  // namespace ondol
