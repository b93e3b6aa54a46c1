#include "results/results_schema.hpp"

#include "results/results_agent_tables.hpp"
#include "results/results_closure.hpp"
#include "results/results_lists.hpp"
#include "results/results_market_tables.hpp"
#include "results/results_questions.hpp"
#include "results/results_relation_table.hpp"
#include "results/results_units.hpp"
#include "results/results_world_tables.hpp"
#include "results/results_years.hpp"
#include "results/sqlite.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ondol {

namespace {

// A good or market that rows are of: columns in its unit are.
struct Item {
  std::string name, unit;
  double scale = 1;
};

// In the order in which the recorder sums up.
void add_totals(const Model& model, Schema& schema, Index p) {
  const PopulationModel& population = model.populations[p];
  const RecordModel::Kind& choice = model.record.kinds[population.kind];
  if (!choice.totals_of(population)) return;
  const auto add = [&](std::size_t table, std::size_t first_column, double scale, const Item& item) {
    const std::vector<ResultColumn>& columns = schema.tables[table].columns;
    for (std::size_t c = first_column; c < columns.size(); ++c) {
      if (columns[c].is_agent) continue;
      const bool of_item = columns[c].unit.starts_with("of the ");
      schema.totals.push_back({p, schema.tables[table].view, item.name, columns[c].name,
                               of_item ? item.unit : columns[c].unit, of_item ? item.scale : scale});
    }
  };
  if (choice.books) add(Schema::books, 2, model.money_scale, {});
  for (const AccountModel& account : population.accounts) {
    const GoodModel& good = model.goods[account.good];
    if (choice.holding) add(Schema::holding, 3, model.money_scale, {good.name, good.unit.text(), good.scale});
  }
  for (const PortModel& port : population.ports) {
    if (!choice.sale || !sells(port)) continue;
    const MarketModel& market = model.markets[port.target];
    add(Schema::sale, 3, model.money_scale,
        {market.name, market_unit(model, market), market_scale(model, port.target)});
  }
  if (choice.state) add(Schema::first_kind + population.kind, 2, 1, {});
}

std::string document(const std::string& table, const std::vector<ResultColumn>& columns) {
  std::string sql;
  for (const ResultColumn& column : columns) {
    sql += fmt::format("INSERT INTO column_doc VALUES ({}, {}, {}, {});\n", quoted(table), quoted(column.name),
                       quoted(column.unit), quoted(column.doc));
  }
  return sql;
}

}  // namespace

std::vector<std::string> tables_that_grow(const Schema& schema) {
  std::vector<std::string> names = {"trait", "event", "parameter"};
  for (const YearTable& table : year_tables()) names.push_back(table.name);
  for (const ResultTable& table : schema.tables) names.push_back(table.name);
  return names;
}

bool sells(const PortModel& port) { return port.bound && port.type == ONDOL_SELLS; }

Schema::Schema(const Model& model)
    : tables{books_table(model), holding_table(model),  market_table(model),    sale_table(model),
             flow_table(model),  signal_table(),        good_table(),           instrument_table(),
             total_table(),      earnings_table(model), installed_table(model), relation_table(model),
             fill_table(model)} {
  for (Index kind = 0; kind < model.kinds.size(); ++kind) tables.push_back(kind_table(model, kind));
  for (Index p = 0; p < model.populations.size(); ++p) {
    first_total.push_back(totals.size());
    add_totals(model, *this, p);
  }
  first_total.push_back(totals.size());
}

std::string create_tables(const Model& model, const Schema& schema) {
  std::string sql;
  for (const Described& table : constant_tables()) sql += fmt::format("CREATE TABLE {} ({});\n", table.name, table.sql);
  for (const YearTable& table : year_tables())
    sql += fmt::format("INSERT INTO year_end VALUES ({}, 0);\n", quoted(table.name));
  for (const Described& table : constant_tables()) sql += document(table.name, table.columns);
  for (const ResultTable& table : schema.tables) {
    std::vector<std::string> columns;
    for (const ResultColumn& column : table.columns)
      columns.push_back(fmt::format("{} {}", identifier(column.name), column.integer ? "INTEGER" : "REAL"));
    sql += fmt::format("CREATE TABLE {} ({});\n", identifier(table.name), fmt::join(columns, ", "));
    sql += document(table.name, table.columns);
    sql += document(table.view, table.view_columns);
  }
  for (const Described& view : question_views()) {
    std::vector<ResultColumn> columns = view.columns;
    for (ResultColumn& column : columns) {
      if (column.unit.starts_with("currency")) column.unit.replace(0, 8, model.currency);
    }
    sql += document(view.name, columns);
  }
  return sql;
}

std::string create_views(const Schema& schema) {
  std::string sql;
  for (const ResultTable& table : schema.tables)
    sql += fmt::format("CREATE VIEW {} AS {};\n", identifier(table.view), table.view_sql);
  for (const Described& view : question_views()) sql += fmt::format("CREATE VIEW {} AS {};\n", view.name, view.sql);
  return sql;
}

}  // namespace ondol
