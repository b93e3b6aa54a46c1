#include "results/results_market_tables.hpp"

namespace ondol {

ResultTable market_table(const Model& model) {
  ResultTable table;
  table.name = "market_data";
  table.view = "market";
  table.doc = "Every market in every tick.";
  const std::vector<ResultColumn> values = {
      {"price", model.currency + " per unit", "volume-weighted over the tick, or the last known price"},
      {"volume", "of the market", "traded in the tick"},
      {"value", model.currency, "paid for it, before tariffs"},
      {"ordered", "of the market", "ordered in the tick, filled or not"},
      {"trades", "1", "number of fills in the tick; of lots, one for every order that took"},
      {"offered", "of the market", "left in standing offers as the tick ended"},
      {"backlog", "of the market", "left in standing orders as the tick ended"}};
  table.columns = {tick_column, {"market", "1", "id in table market_list", true}};
  append(table.columns, values);
  append(table.view_columns, date_columns);
  append(table.view_columns, {{"market", "text", "name of the market"},
                              {"region", "text", "its region; empty for a world market"},
                              {"layer", "text", "its layer of the chain"},
                              {"good", "text", "what is traded"},
                              {"unit", "text", "the unit of its quantities"}});
  append(table.view_columns, values);
  table.view_sql = select_dates + ", m.name AS market, m.region, m.layer, m.good, m.unit, " + name_list(values, "d.") +
                   " FROM market_data" + join_dates + " LEFT JOIN market_list m ON m.id = d.market";
  return table;
}

ResultTable fill_table(const Model& model) {
  ResultTable table;
  table.name = "fill_data";
  table.view = "fill";
  table.doc = "Who bought from whom, in the markets of which the world file records it.";
  const std::vector<ResultColumn> values = {{"price", model.currency + " per unit", "before tariffs"},
                                            {"quantity", "of the market", "sent by the seller"},
                                            {"round", "1", "pass through the market's step in the tick, from 0", true}};
  table.columns = {tick_column,
                   {"market", "1", "id in table market_list", true},
                   {"buyer", "1", "id of the agent", true},
                   {"seller", "1", "id of the agent", true}};
  append(table.columns, values);
  append(table.view_columns, date_columns);
  append(table.view_columns, {{"market", "text", "name of the market"},
                              {"region", "text", "its region; empty for a world market"},
                              {"buyer_id", "1", "id of the agent"},
                              {"buyer", "text", "its name; empty where no rows are recorded of it"},
                              {"seller_id", "1", "id of the agent"},
                              {"seller", "text", "its name; empty where no rows are recorded of it"}});
  append(table.view_columns, values);
  table.view_sql =
      select_dates +
      ", m.name AS market, m.region, d.buyer AS buyer_id, b.name AS buyer, d.seller AS seller_id, s.name AS seller, " +
      name_list(values, "d.") + " FROM fill_data" + join_dates +
      " LEFT JOIN market_list m ON m.id = d.market LEFT JOIN agent_list b ON b.id = d.buyer LEFT JOIN "
      "agent_list s ON s.id = d.seller";
  return table;
}

}  // namespace ondol
