// That nothing is lost or invented, as readers can ask it: what is held and issued of instruments, and the matrix of
// transactions (Godley and Lavoie 2007).
#include "results/results_closure.hpp"

namespace ondol {

ResultTable instrument_table() {
  ResultTable table;
  table.name = "instrument_data";
  table.view = "instrument";
  table.doc = "What the agents of a kind and region held and had issued of an instrument, money among them.";
  const std::vector<ResultColumn> values = {
      {"held", "of the instrument", "held by them as the tick ended"},
      {"issued", "of the instrument", "issued by them and not taken back as the tick ended"},
      {"change", "of the instrument", "of what they held less what they had issued, since the tick before"}};
  table.columns = {tick_column,
                   {"instrument", "1", "id in table instrument_list", true},
                   {"kind", "1", "id in table kind_list", true},
                   {"region", "1", "id in table region_list", true}};
  append(table.columns, values);
  append(table.view_columns, date_columns);
  append(table.view_columns, {{"instrument", "text", "its name: money, or what the world declares"},
                              {"unit", "text", "its unit"},
                              {"kind", "text", "kind of the agents"},
                              {"region", "text", "their region"}});
  append(table.view_columns, values);
  table.view_sql = select_dates + ", i.name AS instrument, i.unit, k.name AS kind, r.name AS region, " +
                   name_list(values, "d.") + " FROM instrument_data" + join_dates +
                   " LEFT JOIN instrument_list i ON i.id = d.instrument LEFT JOIN kind_list k ON k.id = d.kind LEFT "
                   "JOIN region_list r ON r.id = d.region";
  return table;
}

// Without what changes hands and is no money: claims written off, and goods left or seized. What a buyer pays on
// capital account for goods or services, their seller has earned.
Described transaction_flow_view() {
  const std::string moved =
      "FROM flow_data f JOIN purpose_list p ON p.id = f.purpose WHERE NOT (p.class = 'capital' AND p.market = '' AND "
      "p.name IN ('default', 'delivery'))";
  return {
      "transaction_flow",
      "SELECT t.date, t.year, t.month, d.tick, r.name AS region, d.flow, k.name AS sector, d.account, SUM(d.value) AS "
      "value FROM (SELECT f.tick, f.from_region AS region, f.from_kind AS kind, p.name AS flow, p.class AS account, "
      "-f.amount AS value " +
          moved +
          " UNION ALL SELECT f.tick, f.to_region, f.to_kind, p.name, CASE WHEN p.class = 'capital' AND p.market <> '' "
          "THEN 'current' ELSE p.class END, f.amount " +
          moved +
          " UNION ALL SELECT tick, region, kind, 'change of money', 'money', -change FROM instrument_data WHERE "
          "instrument = 0 AND change <> 0) d LEFT JOIN tick_list t ON t.tick = d.tick LEFT JOIN region_list r ON r.id "
          "= d.region LEFT JOIN kind_list k ON k.id = d.kind GROUP BY d.tick, d.region, d.flow, d.kind, d.account",
      {{"date", "date", "first day of the tick; empty without a calendar"},
       {"year", "1", "its year"},
       {"month", "1", "its month"},
       {"tick", "1", "tick, from 0"},
       {"region", "text", "region of the sector"},
       {"flow", "text",
        "what was paid for; 'change of money': what the sector held less what it had issued, with a minus"},
       {"sector", "text", "kind of the agents that paid or were paid"},
       {"account", "text", "of the sector: current, capital, financial; money for its change"},
       {"value", "currency", "received, less paid"}}};
}

}  // namespace ondol
