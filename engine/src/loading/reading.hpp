// A world file while it is read: the document, what stands so far, and what only the rest can settle.
#pragma once

#include "base/nearest.hpp"
#include "loading/data.hpp"
#include "loading/toml_document.hpp"
#include "model/model.hpp"

#include <ondol/engine/world.hpp>

#include <fmt/format.h>

#include <deque>
#include <filesystem>
#include <limits>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ondol {

inline constexpr Index most_agents = 1U << 31U;
inline constexpr double unbounded = std::numeric_limits<double>::infinity();

// Where the value that is being read counts: expressions in it may ask for the region's constants, for what the row at
// hand says, and, inside a sum, for a member's values.
struct Scope {
  Index region = none;
  const DataTable* table = nullptr;
  const DataRow* row = nullptr;
  Index member = none;  // population
};

// What is remembered of values as they are read.
struct Evaluation {
  Scope scope;
  std::vector<std::string> chain;                               // of constants and fields under evaluation
  std::map<std::pair<std::string, Index>, Quantity> constants;  // by region
  std::set<std::string> used;                                   // constants
  std::uint64_t steps = 0;
  std::map<const void*, Toml> notes;                        // of values with a source beside them
  std::set<const void*> cells;                              // values that tables of data hold, and are recorded there
  std::set<std::pair<const void*, std::string>> recorded;   // inputs
  std::map<const void*, std::vector<std::string>> results;  // of expressions
  std::vector<InputModel> inputs;
};

struct Reading {
  // One table of `populations`, and the populations made of it.
  struct Declared {
    std::string group;
    std::vector<Index> populations;
    Toml table;                       // laid over its templates
    std::vector<Toml> tables = {};    // by population: the same, laid over its row of data
    const DataTable* data = nullptr;  // whose rows the populations are
    std::vector<const DataRow*> rows = {};
  };
  // A statistic over populations, which are read after signals.
  struct PendingStatistic {
    Index signal;
    Toml at;
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
  std::vector<PendingStatistic> pending_statistics;
  std::vector<Toml> standards;  // by kind: what the world says of all its populations
  std::list<DataTable> data;
  std::deque<toml::table> made;  // documents made of rows of data
  std::set<std::string> used_templates;
  mutable Evaluation evaluation;  // reading a value changes nothing else
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
