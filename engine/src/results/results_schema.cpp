// The tables and views of a results file, and what documents them.
#include "results/results_schema.hpp"

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

bool has_agents(const ResultTable& table) { return table.columns[1].name == "agent"; }
std::string index_name(const ResultTable& table) { return table.view + "_by_agent"; }

// Of all that a table brings into the file, or into the session that writes it.
std::vector<std::pair<std::string, std::string>> names_of(const ResultTable& table) {
  std::vector<std::pair<std::string, std::string>> names = {
      {"view", table.view}, {"table", table.name}, {"table", table.name + "_rows"}};
  if (has_agents(table)) names.emplace_back("index", index_name(table));
  return names;
}

const std::vector<ResultColumn> date_columns = {{"date", "date", "first day of the tick; empty without a calendar"},
                                                {"tick", "1", "tick, from 0", true}};
const std::vector<ResultColumn> agent_columns = {{"agent", "text", "name of the agent"},
                                                 {"kind", "text", "its kind"},
                                                 {"population", "text", "its population"},
                                                 {"layer", "text", "its layer of the chain"},
                                                 {"region", "text", "its region"}};

void append(std::vector<ResultColumn>& columns, const std::vector<ResultColumn>& more) {
  columns.insert(columns.end(), more.begin(), more.end());
}

// A table of (tick, agent, values...), and its view with date and names.
ResultTable agent_table(const std::string& name, const std::string& doc, const std::vector<ResultColumn>& values) {
  ResultTable table;
  table.name = name + "_data";
  table.view = name;
  table.doc = doc;
  table.columns = {tick_column, agent_column};
  append(table.columns, values);
  append(table.view_columns, date_columns);
  append(table.view_columns, agent_columns);
  append(table.view_columns, values);
  const std::string list = name_list(values, 0, "d.");
  table.view_sql = fmt::format(
      "SELECT t.date, d.tick, a.name AS agent, a.kind, a.population, a.layer, a.region{}{} FROM {} d "
      "JOIN agent_list a ON a.id = d.agent JOIN tick_list t ON t.tick = d.tick",
      list.empty() ? "" : ", ", list, identifier(table.name));
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
  table.view_sql =
      "SELECT t.date, d.tick, a.name AS agent, a.kind, a.population, a.layer, a.region, g.name AS good, g.unit, "
      "d.quantity, "
      "d.reserved, d.book_value FROM holding_data d JOIN agent_list a ON a.id = d.agent JOIN tick_list t ON t.tick = "
      "d.tick "
      "JOIN good_list g ON g.id = d.good";
  return table;
}

ResultTable sale_table(const Model& model) {
  ResultTable table = agent_table("sale", "What sellers sold in a market in the tick.", {});
  const std::vector<ResultColumn> values = {{"quantity", "of the market", "sold"},
                                            {"revenue", money_unit(model), "taken for it"}};
  table.columns.push_back({"market", "1", "id in table market_list", true});
  append(table.columns, values);
  table.view_columns.push_back({"market", "text", "name of the market"});
  append(table.view_columns, values);
  table.view_sql =
      "SELECT t.date, d.tick, a.name AS agent, a.kind, a.population, a.layer, a.region, m.name AS market, d.quantity, "
      "d.revenue "
      "FROM sale_data d JOIN agent_list a ON a.id = d.agent JOIN tick_list t ON t.tick = d.tick JOIN market_list m ON "
      "m.id = d.market";
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
  table.view_sql = "SELECT t.date, d.tick, m.name AS market, m.region, m.layer, m.good, m.unit, " +
                   name_list(values, 0, "d.") +
                   " FROM market_data d JOIN market_list m ON m.id = d.market JOIN tick_list t ON t.tick = d.tick";
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
      "SELECT t.date, d.tick, fk.name AS from_kind, fr.name AS from_region, tk.name AS to_kind, tr.name AS to_region, "
      "p.name AS purpose, "
      "p.class, p.market, d.amount, d.quantity FROM flow_data d JOIN tick_list t ON t.tick = d.tick JOIN kind_list fk "
      "ON fk.id = d.from_kind "
      "JOIN region_list fr ON fr.id = d.from_region JOIN kind_list tk ON tk.id = d.to_kind JOIN region_list tr ON "
      "tr.id = d.to_region "
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
  table.view_sql =
      "SELECT t.date, d.tick, s.name AS signal, s.region, s.unit, d.value FROM signal_data d JOIN signal_list s ON "
      "s.id = d.signal JOIN tick_list t ON t.tick = d.tick";
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
  table.view_sql = "SELECT t.date, d.tick, g.name AS good, g.unit, " + name_list(values, 0, "d.") +
                   " FROM good_data d JOIN good_list g ON g.id = d.good JOIN tick_list t ON t.tick = d.tick";
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
  table.view_sql =
      "SELECT t.date, d.tick, l.population, l.kind, l.layer, l.region, l.table_name, l.item, l.column_name, l.unit, "
      "d.agents, d.sum, d.sum / d.agents AS mean, d.minimum, d.maximum FROM total_data d JOIN total_list l ON l.id = "
      "d.total JOIN tick_list t ON t.tick = d.tick";
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
      if (columns[c].optional) continue;
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
      {"run",
       "world TEXT, world_text TEXT, seed INTEGER, ticks_planned INTEGER, ticks INTEGER, status TEXT, message TEXT, "
       "fingerprint TEXT, ondol_version TEXT, started TEXT, seconds REAL",
       {{"world", "text", "name of the world"},
        {"world_text", "text", "the whole world file, with what it extends and overrides: it runs by itself"},
        {"seed", "1", "seed of all luck"},
        {"ticks_planned", "tick", "to run"},
        {"ticks", "tick", "recorded in this file so far"},
        {"status", "text", "running, complete, interrupted or failed"},
        {"message", "text", "why it did not complete"},
        {"fingerprint", "text", "hash of the complete state at the end"},
        {"ondol_version", "text", "version of the engine"},
        {"started", "date", "when the run began, UTC"},
        {"seconds", "s", "how long it took"}}},
      {"plugin",
       "name TEXT, version TEXT, path TEXT, hash TEXT, abi TEXT",
       {{"name", "text", "name of the plugin"},
        {"version", "text", "its version"},
        {"path", "text", "file it was loaded from"},
        {"hash", "text", "XXH3 hash of that file"},
        {"abi", "text", "ABI it was built for"}}},
      {"parameter",
       "population TEXT, name TEXT, component INTEGER, value REAL, unit TEXT, doc TEXT",
       {{"population", "text", "name of the population"},
        {"name", "text", "name of the parameter"},
        {"component", "1", "position in a list, from 0"},
        {"value", "of the parameter", "at the start"},
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
      {"profile",
       "part TEXT, name TEXT, calls INTEGER, seconds REAL",
       {{"part", "text",
         "step or phase (each divides the run), kind (within phase act), market (within clear), recorder"},
        {"name", "text", "of the step, phase, kind or market; of the recorder: copy, write (behind the run)"},
        {"calls", "1", "how often; of kinds: agents that acted"},
        {"seconds", "s", "by the clock; of kinds and markets, added up over threads. Empty without --profile"}}},
      {"event",
       "tick INTEGER, date TEXT, event TEXT",
       {{"tick", "1", "when it happens"},
        {"date", "date", "first day of that tick"},
        {"event", "text", "what changes to what"}}},
      {"tick_list",
       "tick INTEGER PRIMARY KEY, date TEXT",
       {{"tick", "1", "from 0"}, {"date", "date", "its first day; empty without a calendar"}}},
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
      {"signal_list",
       "id INTEGER PRIMARY KEY, name TEXT, region TEXT, unit TEXT, doc TEXT",
       {{"id", "1", "id of the signal"},
        {"name", "text", "its name"},
        {"region", "text", "its region; empty for a world signal"},
        {"unit", "text", "its unit"},
        {"doc", "text", "what it is"}}},
      {"population_list",
       "name TEXT, kind TEXT, layer TEXT, region TEXT, room INTEGER, tables TEXT, agents INTEGER, every "
       "INTEGER, totals INTEGER",
       {{"name", "text", "name of the population"},
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

std::string market_unit(const Model& model, const MarketModel& market) {
  if (market.good != none) return model.goods[market.good].unit.text();
  return model.instruments[market.instrument].instrument_class == InstrumentClass::credit ? model.currency : "1";
}

double market_scale(const Model& model, Index market) {
  const MarketModel& m = model.markets[market];
  return m.good != none ? model.goods[m.good].scale : model.instruments[m.instrument].scale;
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
    : tables{books_table(model), holding_table(model), market_table(model), sale_table(model),
             flow_table(model),  signal_table(),       good_table(),        total_table()} {
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
  std::vector<NameClash> clashes;
  for (std::size_t i = 0; i < schema.tables.size(); ++i) {
    const ResultTable& table = schema.tables[i];
    const auto clash = [&](const std::string& what, const std::string& name, const std::string& why,
                           const std::string& whose) {
      clashes.push_back({static_cast<Index>(i - Schema::first_kind),
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
      if (!free) clash("column", column.name, there_already(fmt::format("its column '{}'", other->second)), "state");
    }
  }
  return clashes;
}

std::string create_tables(const Model& model, const Schema& schema) {
  std::string sql;
  for (const Described& table : constant_tables()) sql += fmt::format("CREATE TABLE {} ({});\n", table.name, table.sql);
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
  std::string sql = fmt::format("CREATE INDEX {} ON agent_list (name);\n", agent_list_index);
  for (const ResultTable& table : schema.tables) {
    if (!has_agents(table)) continue;
    sql += fmt::format("CREATE INDEX {} ON {} (agent, tick);\n", identifier(index_name(table)), identifier(table.name));
  }
  return sql;
}

}  // namespace ondol
