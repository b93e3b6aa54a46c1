#include "results/results_names.hpp"

#include "results/results_indices.hpp"
#include "results/results_lists.hpp"
#include "results/results_questions.hpp"
#include "results/results_schema.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>

namespace ondol {

namespace {

// As SQLite compares names.
std::string without_capitals(std::string name) {
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return name;
}

std::string there_already(const std::string& what) { return what + " is there already (capitals count for nothing)"; }

// Of all that a table brings into the file, or into the session that writes it.
std::vector<std::pair<std::string, std::string>> names_of(const ResultTable& table) {
  std::vector<std::pair<std::string, std::string>> names = {
      {"view", table.view}, {"table", table.name}, {"table", table.name + "_rows"}};
  for (const std::string& index : index_names(table)) names.emplace_back("index", index);
  return names;
}

}  // namespace

std::vector<NameClash> name_clashes(const Model& model) {
  const Schema schema(model);
  std::map<std::string, std::string> taken;  // by what
  const auto take = [&taken](const std::string& what, const std::string& name) {
    return taken.emplace(without_capitals(name), fmt::format("{} '{}'", what, name));
  };
  for (const Described& table : constant_tables()) take("table", table.name);
  for (const Described& view : question_views()) take("view", view.name);
  for (const std::string& index : index_names()) take("index", index);
  std::vector<NameClash> clashes;
  for (std::size_t i = 0; i < schema.tables.size(); ++i) {
    const ResultTable& table = schema.tables[i];
    const auto clash = [&](const std::string& what, const std::string& name, const std::string& why,
                           const std::string& whose) {
      clashes.push_back({i < Schema::first_kind ? none : static_cast<Index>(i - Schema::first_kind),
                         fmt::format("cannot have {} '{}' in results: {}", what, name, why),
                         fmt::format("give the {} another name", whose)});
    };
    if (without_capitals(table.view).starts_with("sqlite_"))
      clash("view", table.view, "SQLite keeps names that begin with 'sqlite_' for itself", "kind");
    for (const auto& [what, name] : names_of(table)) {
      if (const auto [other, free] = take(what, name); !free) {
        clash(what, name, there_already(other->second), "kind");
        break;
      }
    }
    std::map<std::string, std::string> columns;
    for (const ResultColumn& column : table.view_columns) {
      const auto [other, free] = columns.emplace(without_capitals(column.name), column.name);
      if (!free)
        clash("column", column.name, there_already(fmt::format("its column '{}'", other->second)),
              i < Schema::first_kind ? "attribute" : "state");
    }
  }
  return clashes;
}

}  // namespace ondol
