#include "results/results_agent_tables.hpp"

#include "results/results_units.hpp"
#include "results/sqlite.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ondol {

namespace {

const ResultColumn agent_column = {"agent", "1", "id in table agent_list", true};

const std::vector<ResultColumn> agent_columns = {{"agent_id", "1", "id of the agent, in agent_list", true},
                                                 {"agent", "text", "name of the agent; several may have one name"},
                                                 {"kind", "text", "its kind"},
                                                 {"population", "text", "its population"},
                                                 {"layer", "text", "its layer of the chain"},
                                                 {"region", "text", "its region"}};

const std::string select_agents =
    select_dates + ", d.agent AS agent_id, a.name AS agent, a.kind, a.population, a.layer, a.region";
const std::string join_agents = join_dates + " LEFT JOIN agent_list a ON a.id = d.agent";

// A table of (tick, agent, values...), and its view with date and names. Agents among the values have names there, and
// ids of their own.
ResultTable agent_table(const std::string& name, const std::string& doc, const std::vector<ResultColumn>& values) {
  ResultTable table;
  table.name = name + "_data";
  table.view = name;
  table.doc = doc;
  table.columns = {tick_column, agent_column};
  append(table.columns, values);
  append(table.view_columns, date_columns);
  append(table.view_columns, agent_columns);
  std::string shown = select_agents;
  std::string from = " FROM " + identifier(table.name) + join_agents;
  for (const ResultColumn& value : values) {
    const std::string column = "d." + identifier(value.name);
    if (!value.is_agent) {
      shown += ", " + column;
      table.view_columns.push_back(value);
      continue;
    }
    const std::string id = value.name + "_id";
    const std::string other = identifier("agent of " + value.name);
    shown += fmt::format(", {} AS {}, {}.name AS {}", column, identifier(id), other, identifier(value.name));
    from += fmt::format(" LEFT JOIN agent_list {} ON {}.id = {}", other, other, column);
    table.view_columns.push_back({id, "1", value.doc + " Id of that agent.", true});
    table.view_columns.push_back({value.name, "text", value.doc + " Its name, where it is in agent_list."});
  }
  table.view_sql = shown + from;
  return table;
}

}  // namespace

std::vector<StateColumn> state_columns(const Model& model, Index kind) {
  const std::vector<std::string>& chosen = model.record.kinds[kind].columns;
  const std::vector<FieldDescription>& fields = model.kinds[kind]->fields;
  std::vector<StateColumn> columns;
  for (Index f = 0; f < fields.size(); ++f) {
    const FieldDescription& field = fields[f];
    if (field.role != ONDOL_STATE) continue;
    if (!chosen.empty() && std::find(chosen.begin(), chosen.end(), field.name) == chosen.end()) continue;
    const bool whole = field.pipeline || field.count == 1;
    for (std::uint32_t i = 0; i < (whole ? 1 : field.count); ++i) {
      const std::string name = whole ? field.name : fmt::format("{}_{}", field.name, i + 1);
      columns.push_back(
          {f,
           i,
           field.pipeline,
           {name, shown_unit(model, field.unit), field.doc, field.type != ONDOL_F64, field.type == ONDOL_AGENT}});
    }
  }
  return columns;
}

ResultTable books_table(const Model& model) {
  const std::string unit = model.currency;
  return agent_table(
      "books", "Every agent's money and balance sheet as the tick ended.",
      {{"cash", unit, "money held"},
       {"revenue", unit, "received on current account in the tick"},
       {"costs", unit, "paid on current account in the tick"},
       {"capital_received", unit, "received on capital account in the tick, as grants; sales are revenue"},
       {"capital_paid", unit, "paid on capital account in the tick"},
       {"financial_received", unit, "received on financial account in the tick"},
       {"financial_paid", unit, "paid on financial account in the tick"},
       {"income", unit, "change of equity in the tick that owners neither paid in nor took out"},
       {"assets", unit, "money, claims, arrears due to it, goods at book value"},
       {"debts", unit, "money and credit it has issued, arrears it owes"},
       {"equity", unit, "assets less debts"},
       {"arrears", unit, "due from it and unpaid"}});
}

ResultTable holding_table(const Model& model) {
  ResultTable table = agent_table("holding", "Goods that agents held as the tick ended.", {});
  const std::vector<ResultColumn> values = {{"quantity", "of the good", "held"},
                                            {"reserved", "of the good", "part of it that its offer reserves"},
                                            {"book_value", model.currency, "at cost"}};
  table.columns.push_back({"good", "1", "id in table good_list", true});
  append(table.columns, values);
  table.view_columns.push_back({"good", "text", "name of the good"});
  table.view_columns.push_back({"unit", "text", "its unit"});
  append(table.view_columns, values);
  table.view_sql = select_agents + ", g.name AS good, g.unit, d.quantity, d.reserved, d.book_value FROM holding_data" +
                   join_agents + " LEFT JOIN good_list g ON g.id = d.good";
  return table;
}

ResultTable sale_table(const Model& model) {
  ResultTable table = agent_table("sale", "What sellers sold in a market in the tick.", {});
  const std::vector<ResultColumn> values = {{"quantity", "of the market", "sold"},
                                            {"revenue", model.currency, "taken for it"}};
  table.columns.push_back({"market", "1", "id in table market_list", true});
  append(table.columns, values);
  append(table.view_columns,
         {{"market", "text", "name of the market"}, {"market_region", "text", "its region; empty for a world market"}});
  append(table.view_columns, values);
  table.view_sql = select_agents +
                   ", m.name AS market, m.region AS market_region, d.quantity, d.revenue FROM sale_data" + join_agents +
                   " LEFT JOIN market_list m ON m.id = d.market";
  return table;
}

ResultTable kind_table(const Model& model, Index kind) {
  std::vector<ResultColumn> values;
  for (const StateColumn& state : state_columns(model, kind)) values.push_back(state.column);
  return agent_table(model.kinds[kind]->name, model.kinds[kind]->doc, values);
}

}  // namespace ondol
