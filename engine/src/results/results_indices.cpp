#include "results/results_indices.hpp"

#include "results/results_years.hpp"
#include "results/sqlite.hpp"

#include <fmt/format.h>

namespace ondol {

namespace {

const std::string agent_list_index = "agent_list_by_name";
const std::string agent_kind_index = "agent_list_by_kind";

// Of agents' tables they are many, so that those of a tick are found, too; in others those of a
// tick stand together and are few.
std::vector<std::string> index_columns(const ResultTable& table) {
  const std::string& whose = table.columns[1].name;
  if (whose == "total" || whose == "population") return {};
  if (table.view == "flow") return {"from_kind", "to_kind", "purpose"};
  if (whose != "agent") return {whose};
  if (table.view == "sale") return {"agent", "tick", "market"};
  if (table.view == "holding") return {"agent", "tick", "good"};
  return {"agent", "tick"};
}

std::string index_name(const ResultTable& table, const std::string& column) { return table.view + "_by_" + column; }

std::string index_name(const YearTable& table, std::size_t i) {
  const std::string& columns = table.indices[i];
  return table.name + "_by_" + columns.substr(0, columns.find(','));
}

}  // namespace

std::vector<std::string> index_names(const ResultTable& table) {
  std::vector<std::string> names;
  for (const std::string& column : index_columns(table)) names.push_back(index_name(table, column));
  return names;
}

std::vector<std::string> index_names() {
  std::vector<std::string> names = {agent_list_index, agent_kind_index};
  for (const YearTable& table : year_tables()) {
    for (std::size_t i = 0; i < table.indices.size(); ++i) names.push_back(index_name(table, i));
  }
  return names;
}

std::string create_indices(const Schema& schema) {
  std::string sql = fmt::format("CREATE INDEX {} ON agent_list (name);\nCREATE INDEX {} ON agent_list (kind);\n",
                                agent_list_index, agent_kind_index);
  for (const ResultTable& table : schema.tables) {
    for (const std::string& column : index_columns(table)) {
      sql += fmt::format("CREATE INDEX {} ON {} ({}{});\n", identifier(index_name(table, column)),
                         identifier(table.name), column, column == "tick" ? "" : ", tick");
    }
  }
  for (const YearTable& table : year_tables()) {
    for (std::size_t i = 0; i < table.indices.size(); ++i)
      sql += fmt::format("CREATE INDEX {} ON {} ({});\n", index_name(table, i), table.name, table.indices[i]);
  }
  return sql;
}

}  // namespace ondol
