// The tables and views of a results file, and what documents them.
#include "results_schema.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace ondol {

namespace {

const ResultColumn tick_column = {"tick", "1", "tick, from 0", true};
const ResultColumn agent_column = {"agent", "1", "id in table agent_list", true};

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

std::string name_list(const std::vector<ResultColumn>& columns, std::size_t from, const std::string& prefix) {
  std::vector<std::string> names;
  for (std::size_t i = from; i < columns.size(); ++i) names.push_back(prefix + columns[i].name);
  return fmt::format("{}", fmt::join(names, ", "));
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
      list.empty() ? "" : ", ", list, table.name);
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

ResultTable kind_table(const Model& model, const KindDescription& kind) {
  std::vector<ResultColumn> values;
  for (const StateColumn& state : state_columns(model, kind)) values.push_back(state.column);
  return agent_table(kind.name, kind.doc, values);
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
  ResultTable table = agent_table("sale", "What sellers sold in a market's latest clearing of the tick.", {});
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
      {"trades", "1", "number of trades in the tick"},
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

// A table or view that is written once, or computed.
struct Described {
  const char* name;
  const char* sql;  // columns of a table, or SELECT of a view
  std::vector<ResultColumn> columns;
};

const std::vector<Described>& constant_tables() {
  static const std::vector<Described> tables = {
      {"run",
       "world TEXT, world_text TEXT, seed INTEGER, ticks_planned INTEGER, ticks INTEGER, status TEXT, message TEXT, "
       "fingerprint TEXT, ondol_version TEXT, started TEXT, seconds REAL",
       {{"world", "text", "name of the world"},
        {"world_text", "text", "the whole world file, with what it extends and overrides: it runs by itself"},
        {"seed", "1", "seed of all luck"},
        {"ticks_planned", "tick", "to run"},
        {"ticks", "tick", "recorded in this file"},
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
      {"column_doc",
       "table_name TEXT, column_name TEXT, unit TEXT, meaning TEXT",
       {{"table_name", "text", "table or view"},
        {"column_name", "text", "its column"},
        {"unit", "text", "unit of the column"},
        {"meaning", "text", "what it says"}}},
  };
  return tables;
}

const std::vector<Described>& question_views() {
  static const ResultColumn year = {"year", "date", "calendar year; empty without a calendar"};
  static const ResultColumn layer = {"layer", "text", "layer of the chain"};
  static const ResultColumn region = {"region", "text", "region"};
  static const std::vector<Described> views = {
      {"earnings",
       "SELECT date, tick, layer, region, COUNT(*) AS agents, SUM(revenue) AS revenue, SUM(costs) AS costs, "
       "SUM(income) AS income, SUM(cash) AS cash, SUM(debts) AS debts, SUM(equity) AS equity FROM books GROUP BY tick, "
       "layer, region",
       {{"date", "date", "first day of the tick"},
        {"tick", "1", "tick, from 0"},
        layer,
        region,
        {"agents", "1", "agents that live"},
        {"revenue", "currency", "received on current account"},
        {"costs", "currency", "paid on current account"},
        {"income", "currency", "profit: change of equity that owners neither paid in nor took out"},
        {"cash", "currency", "money held as the tick ended"},
        {"debts", "currency", "owed as the tick ended"},
        {"equity", "currency", "assets less debts as the tick ended"}}},
      {"earnings_by_year",
       "SELECT substr(date, 1, 4) AS year, layer, region, SUM(revenue) AS revenue, SUM(costs) AS costs, SUM(income) AS "
       "income FROM books GROUP BY year, layer, region",
       {year,
        layer,
        region,
        {"revenue", "currency", "received on current account in the year"},
        {"costs", "currency", "paid on current account in the year"},
        {"income", "currency", "profit of the year"}}},
      {"market_share",
       "SELECT substr(date, 1, 4) AS year, market, agent, region, SUM(revenue) AS revenue, SUM(revenue) / "
       "SUM(SUM(revenue)) OVER (PARTITION BY substr(date, 1, 4), market) AS share FROM sale GROUP BY year, market, "
       "agent",
       {year,
        {"market", "text", "market"},
        {"agent", "text", "seller"},
        region,
        {"revenue", "currency", "of the seller in the year"},
        {"share", "1", "of the market's revenue"}}},
      {"concentration",
       "SELECT year, market, SUM(share * share) AS hhi, COUNT(*) AS sellers FROM market_share GROUP BY year, market",
       {year,
        {"market", "text", "market"},
        {"hhi", "1", "Herfindahl-Hirschman index: sum of squared shares, 1 for a monopoly"},
        {"sellers", "1", "that sold anything"}}},
      {"spending",
       "SELECT substr(date, 1, 4) AS year, from_kind AS kind, from_region AS region, purpose, to_kind, to_region, "
       "SUM(amount) AS amount FROM flow GROUP BY year, from_kind, from_region, purpose, to_kind, to_region",
       {year,
        {"kind", "text", "kind of who paid"},
        region,
        {"purpose", "text", "what for"},
        {"to_kind", "text", "kind of who was paid"},
        {"to_region", "text", "region of who was paid"},
        {"amount", "currency", "paid in the year"}}},
      {"installed",
       "SELECT date, tick, region, layer, good, unit, SUM(quantity) AS quantity, SUM(book_value) AS book_value FROM "
       "holding GROUP BY tick, region, layer, good",
       {{"date", "date", "first day of the tick"},
        {"tick", "1", "tick, from 0"},
        region,
        layer,
        {"good", "text", "good"},
        {"unit", "text", "its unit"},
        {"quantity", "of the good", "held by the layer's agents as the tick ended"},
        {"book_value", "currency", "at cost"}}},
      {"price",
       "SELECT date, tick, market, region, price, unit FROM market",
       {{"date", "date", "first day of the tick"},
        {"tick", "1", "tick, from 0"},
        {"market", "text", "market"},
        region,
        {"price", "currency per unit", "volume-weighted over the tick"},
        {"unit", "text", "unit of the market's quantities"}}},
  };
  return views;
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

const RecordModel::KindChoice* record_choice(const Model& model, const std::string& kind) {
  for (const auto& choice : model.record.kinds) {
    if (choice.kind == kind) return &choice;
  }
  return nullptr;
}

std::vector<StateColumn> state_columns(const Model& model, const KindDescription& kind) {
  const RecordModel::KindChoice* choice = record_choice(model, kind.name);
  std::vector<StateColumn> columns;
  for (Index f = 0; f < kind.fields.size(); ++f) {
    const FieldDescription& field = kind.fields[f];
    if (field.role != ONDOL_STATE) continue;
    if (choice != nullptr && !choice->columns.empty() &&
        std::find(choice->columns.begin(), choice->columns.end(), field.name) == choice->columns.end())
      continue;
    const std::string unit = shown_unit(model, field.unit);
    const bool integer = field.type != ONDOL_F64;
    if (field.pipeline || field.count == 1) {
      columns.push_back({f, 0, field.pipeline, {field.name, unit, field.doc, integer}});
      continue;
    }
    for (std::uint32_t i = 0; i < field.count; ++i)
      columns.push_back({f, i, false, {fmt::format("{}_{}", field.name, i + 1), unit, field.doc, integer}});
  }
  return columns;
}

Schema::Schema(const Model& model)
    : books(books_table(model)),
      holding(holding_table(model)),
      market(market_table(model)),
      sale(sale_table(model)),
      flow(flow_table(model)),
      signal(signal_table()),
      good(good_table()) {
  for (const KindDescription* kind : model.kinds) kinds.push_back(kind_table(model, *kind));
}

std::vector<const ResultTable*> Schema::tables() const {
  std::vector<const ResultTable*> tables = {&books, &holding, &market, &sale, &flow, &signal, &good};
  for (const ResultTable& kind : kinds) tables.push_back(&kind);
  return tables;
}

std::string create_tables(const Model& model, const Schema& schema) {
  std::string sql;
  for (const Described& table : constant_tables()) sql += fmt::format("CREATE TABLE {} ({});\n", table.name, table.sql);
  for (const Described& table : constant_tables()) sql += document(table.name, table.columns);
  for (const ResultTable* table : schema.tables()) {
    std::vector<std::string> columns;
    for (const ResultColumn& column : table->columns)
      columns.push_back(fmt::format("\"{}\" {}", column.name, column.integer ? "INTEGER" : "REAL"));
    sql += fmt::format("CREATE TABLE {} ({});\n", table->name, fmt::join(columns, ", "));
    sql += document(table->name, table->columns);
    sql += document(table->view, table->view_columns);
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
  for (const ResultTable* table : schema.tables()) {
    sql += fmt::format("CREATE VIEW \"{}\" AS {};\n", table->view, table->view_sql);
  }
  for (const Described& view : question_views()) sql += fmt::format("CREATE VIEW {} AS {};\n", view.name, view.sql);
  return sql;
}

std::string create_indices(const Schema& schema) {
  std::string sql = "CREATE INDEX agent_list_by_name ON agent_list (name);\n";
  for (const ResultTable* table : schema.tables()) {
    if (table->columns[1].name != "agent") continue;
    sql += fmt::format("CREATE INDEX {}_by_agent ON {} (agent, tick);\n", table->view, table->name);
  }
  return sql;
}

}  // namespace ondol
