#include "results/results_tables.hpp"

#include "results/sqlite.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ondol {

void append(std::vector<ResultColumn>& columns, const std::vector<ResultColumn>& more) {
  columns.insert(columns.end(), more.begin(), more.end());
}

std::string name_list(const std::vector<ResultColumn>& columns, const std::string& prefix) {
  std::vector<std::string> names;
  for (const ResultColumn& column : columns) names.push_back(prefix + identifier(column.name));
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string sums_of(const std::vector<ResultColumn>& columns) {
  std::string list;
  for (const ResultColumn& column : columns) list += fmt::format(", SUM(d.{0}) AS {0}", column.name);
  return list;
}

}  // namespace ondol
