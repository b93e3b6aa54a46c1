#include "results/results_world_tables.hpp"

namespace ondol {

ResultTable flow_table(const Model& model) {
  ResultTable table;
  table.name = "flow_data";
  table.view = "flow";
  table.doc =
      "Money that went from the agents of one kind and region to those of another, by purpose. Purpose 'default' is "
      "what was written off: no money moved.";
  table.columns = {tick_column,
                   {"from_kind", "1", "id in table kind_list", true},
                   {"from_region", "1", "id in table region_list", true},
                   {"to_kind", "1", "id in table kind_list", true},
                   {"to_region", "1", "id in table region_list", true},
                   {"purpose", "1", "id in table purpose_list", true},
                   {"amount", model.currency, "paid in the tick"},
                   {"quantity", "of the good", "traded for it; 0 where no good changed hands"}};
  append(table.view_columns, date_columns);
  append(table.view_columns, {{"from_kind", "text", "kind of who paid"},
                              {"from_region", "text", "region of who paid"},
                              {"to_kind", "text", "kind of who was paid"},
                              {"to_region", "text", "region of who was paid"},
                              {"purpose", "text", "what for"},
                              {"class", "text", "current, capital or financial"},
                              {"market", "text", "market of the trade; empty for other payments"},
                              {"amount", model.currency, "paid in the tick"},
                              {"quantity", "of the good", "traded for it; 0 where no good changed hands"}});
  table.view_sql =
      select_dates +
      ", fk.name AS from_kind, fr.name AS from_region, tk.name AS to_kind, tr.name AS to_region, p.name AS "
      "purpose, p.class, p.market, d.amount, d.quantity FROM flow_data" +
      join_dates +
      " LEFT JOIN kind_list fk ON fk.id = d.from_kind LEFT JOIN region_list fr ON fr.id = d.from_region "
      "LEFT JOIN kind_list tk ON tk.id = d.to_kind LEFT JOIN region_list tr ON tr.id = d.to_region LEFT "
      "JOIN purpose_list p ON p.id = d.purpose";
  return table;
}

ResultTable signal_table() {
  ResultTable table;
  table.name = "signal_data";
  table.view = "signal";
  table.doc = "Signals as the tick ended.";
  table.columns = {
      tick_column, {"signal", "1", "id in table signal_list", true}, {"value", "of the signal", "its value"}};
  append(table.view_columns, date_columns);
  append(table.view_columns, {{"signal", "text", "name of the signal"},
                              {"region", "text", "its region; empty for a world signal"},
                              {"unit", "text", "its unit"},
                              {"value", "of the signal", "its value"}});
  table.view_sql = select_dates + ", s.name AS signal, s.region, s.unit, d.value FROM signal_data" + join_dates +
                   " LEFT JOIN signal_list s ON s.id = d.signal";
  return table;
}

ResultTable good_table() {
  ResultTable table;
  table.name = "good_data";
  table.view = "good";
  table.doc =
      "How the world's total of every good changed in the tick: stock = stock before + made - used - scrapped - "
      "expired - lost.";
  const std::vector<ResultColumn> values = {
      {"made", "of the good", "brought into being"},
      {"used", "of the good", "used up"},
      {"scrapped", "of the good", "worn out or thrown away"},
      {"expired", "of the good", "not used before the tick ended, of goods that last a tick"},
      {"lost", "of the good", "lost on the way from seller to buyer"},
      {"traded", "of the good", "sent by sellers"},
      {"stock", "of the good", "held by all as the tick ended"}};
  table.columns = {tick_column, {"good", "1", "id in table good_list", true}};
  append(table.columns, values);
  append(table.view_columns, date_columns);
  append(table.view_columns, {{"good", "text", "name of the good"}, {"unit", "text", "its unit"}});
  append(table.view_columns, values);
  table.view_sql = select_dates + ", g.name AS good, g.unit, " + name_list(values, "d.") + " FROM good_data" +
                   join_dates + " LEFT JOIN good_list g ON g.id = d.good";
  return table;
}

ResultTable total_table() {
  ResultTable table;
  table.name = "total_data";
  table.view = "total";
  table.doc = "Columns of the agents' tables summed up over all living agents of a population.";
  const std::vector<ResultColumn> of_agents = {{"agents", "1", "living agents of the population", true},
                                               {"sum", "of the column", "over them"}};
  const std::vector<ResultColumn> extremes = {{"minimum", "of the column", "the least of them; empty without agents"},
                                              {"maximum", "of the column", "the most of them; empty without agents"}};
  table.columns = {tick_column, {"total", "1", "id in table total_list", true}};
  append(table.columns, of_agents);
  append(table.columns, extremes);
  append(table.view_columns, date_columns);
  append(table.view_columns, {{"population", "text", "name of the population"},
                              {"kind", "text", "its kind"},
                              {"layer", "text", "its layer of the chain"},
                              {"region", "text", "its region"},
                              {"table_name", "text", "table that the column is of: a kind's, books, holding or sale"},
                              {"item", "text", "good held, or market sold in; empty for others"},
                              {"column_name", "text", "column"},
                              {"unit", "text", "its unit"}});
  append(table.view_columns, of_agents);
  table.view_columns.push_back({"mean", "of the column", "sum by agents; empty without agents"});
  append(table.view_columns, extremes);
  table.view_sql = select_dates +
                   ", l.population, l.kind, l.layer, l.region, l.table_name, l.item, l.column_name, l.unit, d.agents, "
                   "d.sum, CAST(d.sum / d.agents AS REAL) AS mean, d.minimum, d.maximum FROM total_data" +
                   join_dates + " LEFT JOIN total_list l ON l.id = d.total";
  return table;
}

ResultTable earnings_table(const Model& model) {
  const std::string unit = model.currency;
  ResultTable table;
  table.name = "earnings_data";
  table.view = "earnings";
  table.doc = "What the agents of a layer and region earned in the tick, and have.";
  const std::vector<ResultColumn> values = {
      {"agents", "1", "agents that live", true},
      {"revenue", unit, "received on current account"},
      {"costs", unit, "paid on current account"},
      {"income", unit, "profit: change of equity that owners neither paid in nor took out"},
      {"cash", unit, "money held as the tick ended"},
      {"debts", unit, "owed as the tick ended"},
      {"equity", unit, "assets less debts as the tick ended"}};
  table.columns = {tick_column, {"population", "1", "id in table population_list", true}};
  append(table.columns, values);
  append(table.view_columns, date_columns);
  append(table.view_columns, {{"layer", "text", "layer of the chain"}, {"region", "text", "region"}});
  append(table.view_columns, values);
  table.view_sql = select_dates + ", p.layer, p.region" + sums_of(values) + " FROM earnings_data" + join_dates +
                   " LEFT JOIN population_list p ON p.id = d.population GROUP BY t.date, t.year, t.month, d.tick, "
                   "p.layer, p.region";
  return table;
}

ResultTable installed_table(const Model& model) {
  ResultTable table;
  table.name = "installed_data";
  table.view = "installed";
  table.doc = "Goods that the agents of a layer and region held as the tick ended.";
  const std::vector<ResultColumn> values = {{"quantity", "of the good", "held"},
                                            {"book_value", model.currency, "at cost"}};
  table.columns = {tick_column,
                   {"population", "1", "id in table population_list", true},
                   {"good", "1", "id in table good_list", true}};
  append(table.columns, values);
  append(table.view_columns, date_columns);
  append(table.view_columns, {{"region", "text", "region"},
                              {"layer", "text", "layer of the chain"},
                              {"good", "text", "good"},
                              {"unit", "text", "its unit"}});
  append(table.view_columns, values);
  table.view_sql = select_dates + ", p.region, p.layer, g.name AS good, g.unit" + sums_of(values) +
                   " FROM installed_data" + join_dates +
                   " LEFT JOIN population_list p ON p.id = d.population LEFT JOIN good_list g ON g.id = d.good GROUP "
                   "BY t.date, t.year, t.month, d.tick, p.region, p.layer, g.name, g.unit";
  return table;
}

}  // namespace ondol
