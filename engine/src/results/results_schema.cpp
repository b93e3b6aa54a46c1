// The tables and views of a results file, and what documents them.
#include "results/results_schema.hpp"

#include "results/results_closure.hpp"
#include "results/results_years.hpp"
#include "results/sqlite.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <utility>

namespace ondol {

namespace {

const ResultColumn tick_column = {"tick", "1", "tick, from 0", true};
const ResultColumn agent_column = {"agent", "1", "id in table agent_list", true};

std::string name_list(const std::vector<ResultColumn>& columns, std::size_t from, const std::string& prefix) {
  std::vector<std::string> names;
  for (std::size_t i = from; i < columns.size(); ++i) names.push_back(prefix + identifier(columns[i].name));
  return fmt::format("{}", fmt::join(names, ", "));
}

// As SQLite compares names.
std::string without_capitals(std::string name) {
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return name;
}

std::string there_already(const std::string& what) { return what + " is there already (capitals count for nothing)"; }

const std::string agent_list_index = "agent_list_by_name";
const std::string agent_kind_index = "agent_list_by_kind";

// What rows are found by. Of agents' tables they are many, so that those of a tick are found, too; in others those of a
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

// Of all that a table brings into the file, or into the session that writes it.
std::vector<std::pair<std::string, std::string>> names_of(const ResultTable& table) {
  std::vector<std::pair<std::string, std::string>> names = {
      {"view", table.view}, {"table", table.name}, {"table", table.name + "_rows"}};
  for (const std::string& column : index_columns(table)) names.emplace_back("index", index_name(table, column));
  return names;
}

const std::vector<ResultColumn> date_columns = {{"date", "date", "first day of the tick; empty without a calendar"},
                                                {"year", "1", "its year", true},
                                                {"month", "1", "its month, from 1", true},
                                                {"tick", "1", "tick, from 0", true}};
const std::vector<ResultColumn> agent_columns = {{"agent_id", "1", "id of the agent, in agent_list", true},
                                                 {"agent", "text", "name of the agent; several may have one name"},
                                                 {"kind", "text", "its kind"},
                                                 {"population", "text", "its population"},
                                                 {"layer", "text", "its layer of the chain"},
                                                 {"region", "text", "its region"}};

std::string sums_of(const std::vector<ResultColumn>& columns) {
  std::string list;
  for (const ResultColumn& column : columns) list += fmt::format(", SUM(d.{0}) AS {0}", column.name);
  return list;
}

// What every view starts with. Joins are such that SQLite leaves out those of which a question uses no column, and
// begins with the one that a question narrows down.
const std::string select_dates = "SELECT t.date, t.year, t.month, d.tick";
const std::string select_agents =
    select_dates + ", d.agent AS agent_id, a.name AS agent, a.kind, a.population, a.layer, a.region";
const std::string join_dates = " d LEFT JOIN tick_list t ON t.tick = d.tick";
const std::string join_agents = join_dates + " LEFT JOIN agent_list a ON a.id = d.agent";

void append(std::vector<ResultColumn>& columns, const std::vector<ResultColumn>& more) {
  columns.insert(columns.end(), more.begin(), more.end());
}

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

std::string money_unit(const Model& model) { return model.currency; }

// Units as world files write them; `money` is the world's currency.
std::string shown_unit(const Model& model, std::string unit) {
  const std::string money = "money";
  for (std::size_t at = unit.find(money); at != std::string::npos; at = unit.find(money, at + 1)) {
    unit.replace(at, money.size(), model.currency);
  }
  return unit;
}

ResultTable kind_table(const Model& model, Index kind) {
  std::vector<ResultColumn> values;
  for (const StateColumn& state : state_columns(model, kind)) values.push_back(state.column);
  return agent_table(model.kinds[kind]->name, model.kinds[kind]->doc, values);
}

ResultTable books_table(const Model& model) {
  const std::string unit = money_unit(model);
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
                                            {"book_value", money_unit(model), "at cost"}};
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
                                            {"revenue", money_unit(model), "taken for it"}};
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

ResultTable market_table(const Model& model) {
  ResultTable table;
  table.name = "market_data";
  table.view = "market";
  table.doc = "Every market in every tick.";
  const std::vector<ResultColumn> values = {
      {"price", money_unit(model) + " per unit", "volume-weighted over the tick, or the last known price"},
      {"volume", "of the market", "traded in the tick"},
      {"value", money_unit(model), "paid for it, before tariffs"},
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
  table.view_sql = select_dates + ", m.name AS market, m.region, m.layer, m.good, m.unit, " +
                   name_list(values, 0, "d.") + " FROM market_data" + join_dates +
                   " LEFT JOIN market_list m ON m.id = d.market";
  return table;
}

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
                   {"amount", money_unit(model), "paid in the tick"},
                   {"quantity", "of the good", "traded for it; 0 where no good changed hands"}};
  append(table.view_columns, date_columns);
  append(table.view_columns, {{"from_kind", "text", "kind of who paid"},
                              {"from_region", "text", "region of who paid"},
                              {"to_kind", "text", "kind of who was paid"},
                              {"to_region", "text", "region of who was paid"},
                              {"purpose", "text", "what for"},
                              {"class", "text", "current, capital or financial"},
                              {"market", "text", "market of the trade; empty for other payments"},
                              {"amount", money_unit(model), "paid in the tick"},
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
  table.view_sql = select_dates + ", g.name AS good, g.unit, " + name_list(values, 0, "d.") + " FROM good_data" +
                   join_dates + " LEFT JOIN good_list g ON g.id = d.good";
  return table;
}

ResultTable relation_table(const Model& model) {
  ResultTable table;
  table.name = "relation_data";
  table.view = "relation";
  table.doc = "Who was tied to whom as the tick ended, of the relations that are recorded.";
  std::vector<ResultColumn> values = {{"since", "tick", "in which the tie was made", true}};
  for (const std::string& name : tie_columns(model)) {
    std::string unit;
    for (const Index r : model.record.relations) {
      const RelationModel& relation = model.relations[r];
      for (std::size_t i = 0; i < relation.attributes.size(); ++i) {
        if (relation.attributes[i] != name) continue;
        const std::string of_this = shown_unit(model, relation.units[i].text());
        unit = unit.empty() || unit == of_this ? of_this : "of the relation";
      }
    }
    values.push_back({name, unit, "number on the tie; empty of relations that have none of that name"});
  }
  table.columns = {tick_column,
                   {"relation", "1", "id in table relation_list", true},
                   {"from_agent", "1", "id in table agent_list", true},
                   {"to_agent", "1", "id in table agent_list", true}};
  append(table.columns, values);
  append(table.view_columns, date_columns);
  append(table.view_columns, {{"relation", "text", "name of the relation"},
                              {"from_agent_id", "1", "id of the agent that made the tie", true},
                              {"from_agent", "text", "its name, where it is in agent_list"},
                              {"to_agent_id", "1", "id of the other agent", true},
                              {"to_agent", "text", "its name, where it is in agent_list"}});
  append(table.view_columns, values);
  table.view_sql = select_dates +
                   ", r.name AS relation, d.from_agent AS from_agent_id, f.name AS from_agent, d.to_agent AS "
                   "to_agent_id, t2.name AS to_agent, " +
                   name_list(values, 0, "d.") + " FROM relation_data" + join_dates +
                   " LEFT JOIN relation_list r ON r.id = d.relation LEFT JOIN agent_list f ON f.id = d.from_agent "
                   "LEFT JOIN agent_list t2 ON t2.id = d.to_agent";
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
  const std::string unit = money_unit(model);
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
                                            {"book_value", money_unit(model), "at cost"}};
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

ResultTable fill_table(const Model& model) {
  ResultTable table;
  table.name = "fill_data";
  table.view = "fill";
  table.doc = "Who bought from whom, in the markets of which the world file records it.";
  const std::vector<ResultColumn> values = {{"price", money_unit(model) + " per unit", "before tariffs"},
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
      name_list(values, 0, "d.") + " FROM fill_data" + join_dates +
      " LEFT JOIN market_list m ON m.id = d.market LEFT JOIN agent_list b ON b.id = d.buyer LEFT JOIN "
      "agent_list s ON s.id = d.seller";
  return table;
}

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

const std::vector<Described>& constant_tables() {
  static const std::vector<Described> tables = {
      {"run_data",
       "world TEXT, world_text TEXT, seed INTEGER, ticks_planned INTEGER, first_tick INTEGER, ticks INTEGER, status "
       "TEXT, message TEXT, "
       "fingerprint TEXT, ondol_version TEXT, started TEXT, seconds REAL, process INTEGER, host TEXT, heartbeat TEXT",
       {{"world", "text", "name of the world"},
        {"world_text", "text", "the whole world file, with what it extends and overrides: it runs by itself"},
        {"seed", "1", "seed of all luck"},
        {"ticks_planned", "tick", "to run"},
        {"first_tick", "tick", "of which there are rows: 0, or where the run went on from another's state"},
        {"ticks", "tick", "done and recorded so far, with those before the first of this file"},
        {"status", "text", "running, complete, interrupted or failed, as the run last said; view run knows lost ones"},
        {"message", "text", "why it did not complete"},
        {"fingerprint", "text", "hash of the complete state at the end"},
        {"ondol_version", "text", "version of the engine"},
        {"started", "date", "when the run began, UTC"},
        {"seconds", "s", "how long it took"},
        {"process", "1", "id of the process that writes the file, or wrote it"},
        {"host", "text", "the computer on which it runs"},
        {"heartbeat", "date", "when it last said that it is alive, UTC"}}},
      {"plugin",
       "name TEXT, version TEXT, path TEXT, hash TEXT, abi TEXT",
       {{"name", "text", "name of the plugin"},
        {"version", "text", "its version"},
        {"path", "text", "file it was loaded from"},
        {"hash", "text", "XXH3 hash of that file"},
        {"abi", "text", "ABI it was built for"}}},
      {"parameter",
       "tick INTEGER, population TEXT, name TEXT, component INTEGER, value REAL, unit TEXT, doc TEXT",
       {{"tick", "1", "from when on; 0 as the run starts"},
        {"population", "text", "name of the population"},
        {"name", "text", "name of the parameter"},
        {"component", "1", "position in a list, from 0"},
        {"value", "of the parameter", "from that tick on"},
        {"unit", "text", "its unit"},
        {"doc", "text", "what it is"}}},
      {"input",
       "name TEXT, value REAL, unit TEXT, source TEXT, status TEXT, low REAL, high REAL, file TEXT, line INTEGER",
       {{"name", "text", "the way to the number in the world file, or in a table of data"},
        {"value", "of the input", "that the world was given"},
        {"unit", "text", "its unit"},
        {"source", "text", "as stated beside it; of what is derived, the expression; empty where none is stated"},
        {"status", "text", "sourced, estimated, assumed, derived; empty where none is stated"},
        {"low", "of the input", "least that it may be; empty where none is stated"},
        {"high", "of the input", "most that it may be; empty where none is stated"},
        {"file", "text", "file that says it, or the option"},
        {"line", "1", "in that file; empty where it has none"}}},
      {"setting",
       "path TEXT, value TEXT, unit TEXT, value_before TEXT, file TEXT, line INTEGER",
       {{"path", "text", "the way to the value in the world file"},
        {"value", "text", "that was laid over the world, as written; rows stand in the order in which they were"},
        {"unit", "text", "of the number in it; empty where none is written"},
        {"value_before", "text", "what was said until then, as written; empty where nothing was"},
        {"file", "text", "file that says it, or the option"},
        {"line", "1", "in that file; empty for an option"}}},
      {"world_file",
       "name TEXT, text TEXT",
       {{"name", "text", "file that the world was read from, or a table of its data"},
        {"text", "text", "as it stood when the run began, comments included"}}},
      {"chart",
       "name TEXT, chapter TEXT, title TEXT, doc TEXT, draw TEXT, sql TEXT",
       {{"name", "text", "name of a chart that the world declares"},
        {"chapter", "text", "of the report"},
        {"title", "text", "its heading"},
        {"doc", "text", "a sentence on what it shows"},
        {"draw", "text", "form, and which columns are what in it"},
        {"sql", "text", "the question whose rows it draws"}}},
      {"trait",
       "agent_id INTEGER, name TEXT, component INTEGER, value REAL, unit TEXT, doc TEXT",
       {{"agent_id", "1", "id of the agent, in agent_list"},
        {"name", "text", "name of the trait"},
        {"component", "1", "position in a list, from 0"},
        {"value", "of the trait", "what the agent has of it for life"},
        {"unit", "text", "its unit"},
        {"doc", "text", "what it is"}}},
      {"profile",
       "part TEXT, name TEXT, calls INTEGER, seconds REAL",
       {{"part", "text",
         "step or phase (each divides the run), kind (within phase act), market (within clear), recorder"},
        {"name", "text", "of the step, phase, kind or market; of the recorder: copy, write (behind the run)"},
        {"calls", "1", "how often; of kinds: agents that acted"},
        {"seconds", "s", "by the clock; of kinds and markets, added up over threads. Empty without --profile"}}},
      {"event",
       "tick INTEGER, what TEXT, population TEXT, field TEXT, value_before REAL, value_after REAL, unit TEXT, source "
       "TEXT, event TEXT",
       {{"tick", "1", "when it happened, as the tick began"},
        {"what", "text",
         "parameter, signal, members (how many a population has), reach cost (what a buyer pays per money the seller "
         "gets; 0: barred) or reach share "
         "(what arrives of what is sent)"},
        {"population", "text", "of the parameter or members; empty for others"},
        {"field", "text", "parameter, signal, or market with the regions of buyer and seller; empty for members"},
        {"value_before", "of the field", "what it was"},
        {"value_after", "of the field", "what it became"},
        {"unit", "text", "its unit"},
        {"source", "text", "where the number comes from, as the world file says, or its place there"},
        {"event", "text", "the same as a sentence"}}},
      {"step",
       "position INTEGER, name TEXT, repeat INTEGER, what TEXT, whose TEXT",
       {{"position", "1", "in the schedule of a tick, from 0"},
        {"name", "text", "its name"},
        {"repeat", "1", "how often it runs in a tick"},
        {"what", "text", "what happens in it: rule, market, claims (which fall due); empty where nothing does"},
        {"whose", "text", "the population with the rule, the market, the instrument of the claims"}}},
      {"tick_list",
       "tick INTEGER PRIMARY KEY, date TEXT, year INTEGER, month INTEGER, is_end INTEGER",
       {{"tick", "1", "from 0"},
        {"date", "date", "its first day; empty without a calendar"},
        {"year", "1", "the year of that day"},
        {"month", "1", "its month, from 1"},
        {"is_end", "1", "1 where the run ended after it, and so all that is recorded is recorded of it; else 0"}}},
      {"agent_list",
       "id INTEGER PRIMARY KEY, name TEXT, kind TEXT, population TEXT, layer TEXT, region TEXT, born INTEGER, died "
       "INTEGER, founder INTEGER",
       {{"id", "1", "id of the agent"},
        {"name", "text", "its name"},
        {"kind", "text", "its kind"},
        {"population", "text", "its population"},
        {"layer", "text", "its layer of the chain"},
        {"region", "text", "its region"},
        {"born", "1", "tick in which it entered"},
        {"died", "1", "tick in which it left; empty while it lives"},
        {"founder", "1", "id of the agent that founded it; empty for the first ones"}}},
      {"checkpoint",
       "part INTEGER PRIMARY KEY, tick INTEGER, every INTEGER, state BLOB",
       {{"part", "1", "from 0; large states are in several"},
        {"tick", "1", "ticks done: the run can go on from there"},
        {"every", "tick", "from one to the next, in whose place it comes"},
        {"state", "bytes", "the complete state; for the engine only"}}},
      {"checkpoint_end",
       "table_name TEXT, last_row INTEGER, added_up INTEGER",
       {{"table_name", "text", "table that grows as the run goes on"},
        {"last_row", "1", "of the rows that were there at the checkpoint"},
        {"added_up", "1", "what table year_end said of it then; empty where it says nothing of the table"}}},
      {"sale_year",
       "year INTEGER, market INTEGER, agent INTEGER, revenue REAL",
       {{"year", "1", "a year that is over, or the part of it that was run; empty without a calendar"},
        {"market", "1", "id in table market_list"},
        {"agent", "1", "id in table agent_list"},
        {"revenue", "currency", "of its rows of table sale_data in the year"}}},
      {"market_year",
       "year INTEGER, market INTEGER, every INTEGER, value REAL",
       {{"year", "1", "a year that is over, or the part of it that was run; empty without a calendar"},
        {"market", "1", "id in table market_list"},
        {"every", "tick", "in one tick in how many, and in the last"},
        {"value", "currency", "paid in the market in those ticks of the year"}}},
      {"flow_year",
       "year INTEGER, from_kind INTEGER, from_region INTEGER, to_kind INTEGER, to_region INTEGER, purpose INTEGER, "
       "amount REAL",
       {{"year", "1", "a year that is over, or the part of it that was run; empty without a calendar"},
        {"from_kind", "1", "id in table kind_list"},
        {"from_region", "1", "id in table region_list"},
        {"to_kind", "1", "id in table kind_list"},
        {"to_region", "1", "id in table region_list"},
        {"purpose", "1", "id in table purpose_list"},
        {"amount", "currency", "of its rows of table flow_data in the year"}}},
      {"year_end",
       "table_name TEXT, last_row INTEGER",
       {{"table_name", "text", "table of years"},
        {"last_row", "1", "row of the table it adds up, up to which it goes"}}},
      {"kind_list",
       "id INTEGER PRIMARY KEY, name TEXT, plugin TEXT, doc TEXT",
       {{"id", "1", "id of the kind"},
        {"name", "text", "its name"},
        {"plugin", "text", "its plugin"},
        {"doc", "text", "what it is"}}},
      {"region_list",
       "id INTEGER PRIMARY KEY, name TEXT, label TEXT",
       {{"id", "1", "id of the region"}, {"name", "text", "its name"}, {"label", "text", "for people"}}},
      {"good_list",
       "id INTEGER PRIMARY KEY, name TEXT, unit TEXT, doc TEXT",
       {{"id", "1", "id of the good"},
        {"name", "text", "its name"},
        {"unit", "text", "its unit"},
        {"doc", "text", "what it is"}}},
      {"instrument_list",
       "id INTEGER PRIMARY KEY, name TEXT, unit TEXT, doc TEXT",
       {{"id", "1", "id of the instrument; 0: money"},
        {"name", "text", "its name"},
        {"unit", "text", "its unit"},
        {"doc", "text", "what it is"}}},
      {"market_list",
       "id INTEGER PRIMARY KEY, name TEXT, region TEXT, layer TEXT, good TEXT, unit TEXT, mechanism TEXT",
       {{"id", "1", "id of the market"},
        {"name", "text", "its name"},
        {"region", "text", "its region; empty for a world market"},
        {"layer", "text", "its layer of the chain"},
        {"good", "text", "what is traded"},
        {"unit", "text", "the unit of its quantities"},
        {"mechanism", "text", "how it clears"}}},
      {"purpose_list",
       "id INTEGER PRIMARY KEY, name TEXT, class TEXT, market TEXT",
       {{"id", "1", "id of the purpose"},
        {"name", "text", "what payments are for"},
        {"class", "text", "current, capital or financial"},
        {"market", "text", "market whose trades it is of; empty for others"}}},
      {"relation_list",
       "id INTEGER PRIMARY KEY, name TEXT, doc TEXT",
       {{"id", "1", "id of the relation"}, {"name", "text", "its name"}, {"doc", "text", "what it is"}}},
      {"signal_list",
       "id INTEGER PRIMARY KEY, name TEXT, region TEXT, unit TEXT, doc TEXT",
       {{"id", "1", "id of the signal"},
        {"name", "text", "its name"},
        {"region", "text", "its region; empty for a world signal"},
        {"unit", "text", "its unit"},
        {"doc", "text", "what it is"}}},
      {"population_list",
       "id INTEGER PRIMARY KEY, name TEXT, kind TEXT, layer TEXT, region TEXT, room INTEGER, tables TEXT, agents "
       "INTEGER, every INTEGER, totals INTEGER",
       {{"id", "1", "id of the population"},
        {"name", "text", "name of the population"},
        {"kind", "text", "its kind"},
        {"layer", "text", "its layer of the chain"},
        {"region", "text", "its region"},
        {"room", "1", "how many of its agents may live at once; empty: any number"},
        {"tables", "text", "tables of agents in which it is recorded"},
        {"agents", "1", "of how many agents, the first ones, rows are recorded; empty: of all"},
        {"every", "tick", "of one tick in how many, from tick 0 on"},
        {"totals", "1", "1 where columns are summed up over all its agents in every tick, in view total; else 0"}}},
      {"total_list",
       "id INTEGER PRIMARY KEY, population TEXT, kind TEXT, layer TEXT, region TEXT, table_name TEXT, item TEXT, "
       "column_name TEXT, unit TEXT",
       {{"id", "1", "id of the total"},
        {"population", "text", "name of the population"},
        {"kind", "text", "its kind"},
        {"layer", "text", "its layer of the chain"},
        {"region", "text", "its region"},
        {"table_name", "text", "table that the column is of: a kind's, books, holding or sale"},
        {"item", "text", "good held, or market sold in; empty for others"},
        {"column_name", "text", "column that is summed up"},
        {"unit", "text", "its unit"}}},
      {"column_doc",
       "table_name TEXT, column_name TEXT, unit TEXT, meaning TEXT",
       {{"table_name", "text", "table or view"},
        {"column_name", "text", "its column"},
        {"unit", "text", "unit of the column"},
        {"meaning", "text", "what it says"}}},
  };
  return tables;
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

std::string instrument_unit(const Model& model, Index instrument) {
  return model.instruments[instrument].instrument_class == InstrumentClass::residual ? "1" : model.currency;
}

std::string market_unit(const Model& model, const MarketModel& market) {
  return market.good != none ? model.goods[market.good].unit.text() : instrument_unit(model, market.instrument);
}

double market_scale(const Model& model, Index market) {
  const MarketModel& m = model.markets[market];
  return m.good != none ? model.goods[m.good].scale : model.instruments[m.instrument].scale;
}

std::vector<std::string> tables_that_grow(const Schema& schema) {
  std::vector<std::string> names = {"trait", "event", "parameter"};
  for (const YearTable& table : year_tables()) names.push_back(table.name);
  for (const ResultTable& table : schema.tables) names.push_back(table.name);
  return names;
}

std::vector<std::string> tie_columns(const Model& model) {
  std::vector<std::string> names;
  for (const Index relation : model.record.relations) {
    for (const std::string& name : model.relations[relation].attributes) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

bool sells(const PortModel& port) { return port.bound && port.type == ONDOL_SELLS; }

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

std::vector<NameClash> name_clashes(const Model& model) {
  const Schema schema(model);
  std::map<std::string, std::string> taken;  // by what
  const auto take = [&taken](const std::string& what, const std::string& name) {
    return taken.emplace(without_capitals(name), fmt::format("{} '{}'", what, name));
  };
  for (const Described& table : constant_tables()) take("table", table.name);
  for (const Described& view : question_views()) take("view", view.name);
  take("index", agent_list_index);
  take("index", agent_kind_index);
  for (const YearTable& table : year_tables()) {
    for (std::size_t i = 0; i < table.indices.size(); ++i) take("index", index_name(table, i));
  }
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
