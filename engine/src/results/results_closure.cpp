// That nothing is lost or invented, as readers can ask it: what is held and issued of instruments, and the matrix of
// transactions (Godley and Lavoie 2007).
#include "results/results_closure.hpp"

#include <fmt/format.h>

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
// Joins the names of a sector's region and kind, whose columns begin with `prefix`.
std::string names_of_sector(const std::string& prefix, const std::string& region, const std::string& kind) {
  return fmt::format(" LEFT JOIN region_list {1} ON {1}.id = {0}region LEFT JOIN kind_list {2} ON {2}.id = {0}kind",
                     prefix, region, kind);
}

Described transaction_flow_view() {
  const std::string dates = "SELECT t.date, t.year, t.month, d.tick, r.name AS region, ";
  const auto seen_from = [&](const std::string& sector, const std::string& other, const std::string& account,
                             const std::string& value) {
    return dates + "p.name AS flow, k.name AS sector, " + account + " AS account, ck.name AS counterpart, " +
           "cr.name AS counterpart_region, " + value +
           " AS value FROM flow_data d JOIN tick_list t ON t.tick = d.tick " +
           "JOIN purpose_list p ON p.id = d.purpose" + names_of_sector(sector, "r", "k") +
           names_of_sector(other, "cr", "ck") +
           " WHERE NOT (p.class = 'capital' AND p.market = '' AND p.name IN ('default', 'delivery'))";
  };
  return {
      "transaction_flow",
      seen_from("d.from_", "d.to_", "p.class", "-d.amount") + " UNION ALL " +
          seen_from("d.to_", "d.from_",
                    "CASE WHEN p.class = 'capital' AND p.market <> '' THEN 'current' ELSE p.class END", "d.amount") +
          " UNION ALL " + dates +
          "'change of money', k.name, 'money', '', '', -d.change FROM instrument_data d JOIN tick_list t ON t.tick = "
          "d.tick" +
          names_of_sector("d.", "r", "k") + " WHERE d.instrument = 0 AND d.change <> 0",
      {{"date", "date", "first day of the tick; empty without a calendar"},
       {"year", "1", "its year"},
       {"month", "1", "its month"},
       {"tick", "1", "tick, from 0"},
       {"region", "text", "region of the sector"},
       {"flow", "text",
        "what was paid for; 'change of money': what the sector held less what it had issued, with a minus"},
       {"sector", "text", "kind of the agents that paid or were paid"},
       {"account", "text", "of the sector: current, capital, financial; money for its change"},
       {"counterpart", "text", "kind of those who were paid, or paid"},
       {"counterpart_region", "text", "their region"},
       {"value", "currency", "received; with a minus: paid"}}};
}

}  // namespace ondol
