#include "results/results_years.hpp"

#include "results/results_schema.hpp"
#include "results/sqlite.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ondol {

const std::vector<YearTable>& year_tables() {
  static const std::vector<YearTable> tables = {
      {"sale_year",
       Schema::sale,
       "sale_data",
       "d.market, d.agent",
       "SUM(d.revenue) AS revenue",
       "",
       {"market, year", "agent, year", "year"}},
      // In the ticks in which those are recorded whose `every` it is; 1: in all.
      {"market_year",
       Schema::market,
       "market_data",
       "d.market, e.every",
       "SUM(d.value) AS value",
       " JOIN (SELECT every FROM population_list UNION SELECT 1) e ON d.tick % e.every = 0 OR t.is_end",
       {"market, year, every"}},
      {"flow_year",
       Schema::flow,
       "flow_data",
       "d.from_kind, d.from_region, d.to_kind, d.to_region, d.purpose",
       "SUM(d.amount) AS amount",
       "",
       {"from_kind, from_region", "to_kind, to_region", "purpose", "year"}},
  };
  return tables;
}

std::string sums_of_rest(const YearTable& table, const std::string& last_row) {
  return fmt::format(
      "SELECT t.year, {0}, {1} FROM {2} d JOIN tick_list t ON t.tick = d.tick{3} WHERE d.rowid > (SELECT last_row FROM "
      "year_end WHERE table_name = {4}) AND d.rowid <= {5} GROUP BY t.year, {0}",
      table.keys, table.sum, table.data, table.joins, quoted(table.name), last_row);
}

std::string year_under_way(const std::string& year_table) {
  const auto& tables = year_tables();
  const auto table =
      std::find_if(tables.begin(), tables.end(), [&](const YearTable& t) { return t.name == year_table; });
  return fmt::format("({})", sums_of_rest(*table, fmt::format("(SELECT MAX(rowid) FROM {})", table->data)));
}

}  // namespace ondol
