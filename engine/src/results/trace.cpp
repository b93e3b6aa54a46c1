// What stands behind an agent's numbers in a tick, asked of a results file.
#include "base/nearest.hpp"
#include "results/sqlite.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/trace.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace ondol {

namespace {

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorCode::usage, what); }

bool is_whole(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<std::string> names_of_agents(Database& file) {
  std::vector<std::string> names;
  for (Query query(file, "SELECT DISTINCT name FROM agent_list"); query.next();) names.push_back(query.text(0));
  return names;
}

void find_agent(Database& file, const std::string& agent, Trace& trace) {
  const std::string which = is_whole(agent) ? "id = " + agent : "name = " + quoted(agent);
  Query query(file, "SELECT id, name, kind, population, region FROM agent_list WHERE " + which + " ORDER BY id");
  if (!query.next()) refuse(fmt::format("no agent '{}'{}", agent, suggestion(agent, names_of_agents(file))));
  trace.agent_id = query.whole(0);
  trace.agent = query.text(1);
  trace.kind = query.text(2);
  trace.population = query.text(3);
  trace.region = query.text(4);
  if (query.next())
    refuse(fmt::format("several agents are called '{}': say an id, {} or {} for example", agent, trace.agent_id,
                       query.whole(0)));
}

void find_tick(Database& file, std::int64_t tick, Trace& trace) {
  trace.tick = tick;
  Query query(file, fmt::format("SELECT date FROM tick_list WHERE tick = {}", tick));
  if (query.next()) {
    trace.date = query.text(0);
    return;
  }
  Query all(file, "SELECT min(tick), max(tick) FROM tick_list");
  all.next();
  refuse(fmt::format("tick {} was not recorded; expected {} to {}", tick, all.whole(0), all.whole(1)));
}

class Asking {
 public:
  Asking(Database& file, Trace& trace) : file_(file), trace_(trace) {}

  // A view of agents that has a row for it in the tick and the one before: columns after its place in the world.
  void state(const std::string& name, const std::string& view) {
    if (!exists(view)) return;
    std::map<std::string, std::string> units;
    for (Query query(file_, "SELECT column_name, unit FROM column_doc WHERE table_name = " + quoted(view));
         query.next();)
      units[query.text(0)] = query.text(1);
    const auto row = [&](std::int64_t tick) {
      return Query(file_, fmt::format("SELECT * FROM {} WHERE agent_id = {} AND tick = {}", identifier(view),
                                      trace_.agent_id, tick));
    };
    Query now = row(trace_.tick), before = row(trace_.tick - 1);
    if (!now.next()) return;
    const bool was = before.next();
    int first = 0;
    while (first < now.columns() && now.name(first) != "region") ++first;
    TraceSection section{name, {}};
    for (int column = first + 1; column < now.columns(); ++column) {
      section.lines.push_back(
          {now.name(column), was ? before.text(column) : "", now.text(column), units[now.name(column)], ""});
    }
    add(std::move(section));
  }

  // A question whose columns are what, before, after, unit, note.
  void ask(const std::string& name, const std::string& view, const std::string& question) {
    if (!exists(view)) return;
    TraceSection section{name, {}};
    for (Query query(file_, question); query.next();) {
      section.lines.push_back({query.text(0), query.text(1), query.text(2), query.text(3), query.text(4)});
    }
    add(std::move(section));
  }

 private:
  bool exists(const std::string& view) {
    return Query(file_, "SELECT 1 FROM sqlite_master WHERE name = " + quoted(view)).next();
  }
  void add(TraceSection section) {
    if (!section.lines.empty()) trace_.sections.push_back(std::move(section));
  }

  Database& file_;
  Trace& trace_;
};

}  // namespace

Trace trace(const std::filesystem::path& results, const std::string& agent, std::int64_t tick) {
  Database file(results, Database::Opening::to_read);
  Trace trace;
  find_agent(file, agent, trace);
  find_tick(file, tick, trace);
  Asking asking(file, trace);
  const std::int64_t id = trace.agent_id;
  asking.state("books", "books");
  asking.ask("sold", "sale",
             fmt::format("SELECT market || ifnull(' in ' || nullif(market_region, ''), ''), '', revenue, (SELECT unit "
                         "FROM column_doc WHERE table_name = 'sale' AND column_name = 'revenue'), 'for a quantity of ' "
                         "|| quantity FROM sale WHERE agent_id = {} AND tick = {}",
                         id, tick));
  asking.ask(
      "traded", "fill",
      fmt::format("SELECT market || CASE WHEN buyer_id = {0} THEN ' from ' || seller ELSE ' to ' || buyer END, '', "
                  "quantity, '', 'at a price of ' || price FROM fill WHERE (buyer_id = {0} OR seller_id = {0}) AND "
                  "tick = {1}",
                  id, tick));
  asking.ask(
      "holds", "holding",
      fmt::format("SELECT n.good, b.quantity, n.quantity, n.unit, 'at a book value of ' || n.book_value FROM holding n "
                  "LEFT JOIN holding b ON b.agent_id = n.agent_id AND b.good = n.good AND b.tick = n.tick - 1 WHERE "
                  "n.agent_id = {} AND n.tick = {}",
                  id, tick));
  asking.state("state", trace.kind);
  const std::string peers = fmt::format(
      "(SELECT count(*) FROM agent_list WHERE kind = {0} AND region = {1} AND born <= {2} AND (died IS NULL OR died >= "
      "{2}))",
      ondol::quoted(trace.kind), ondol::quoted(trace.region), tick);
  const auto flows = [&](const std::string& name, const char* own, const char* other, const char* towards) {
    asking.ask(
        name, "flow",
        fmt::format("SELECT purpose || ' {0} ' || {2}_kind || ' in ' || {2}_region, '', amount, (SELECT unit FROM "
                    "column_doc WHERE table_name = 'flow' AND column_name = 'amount'), 'by ' || {3} || ' agents' "
                    "FROM flow WHERE {1}_kind = {4} AND {1}_region = {5} AND tick = {6} AND amount <> 0",
                    towards, own, other, peers, ondol::quoted(trace.kind), ondol::quoted(trace.region), tick));
  };
  flows("paid by all of its kind in its region", "from", "to", "to");
  flows("received by all of its kind in its region", "to", "from", "from");
  asking.ask("trait", "trait", fmt::format("SELECT name, '', value, unit, doc FROM trait WHERE agent_id = {}", id));
  asking.ask(
      "parameter", "parameter",
      fmt::format("SELECT name || CASE WHEN max(component) OVER (PARTITION BY name) > 0 THEN '[' || component || ']' "
                  "ELSE '' END, '', value, unit, doc FROM (SELECT *, max(tick) OVER (PARTITION BY name, component) AS "
                  "latest FROM parameter WHERE population = {} AND tick <= {}) WHERE tick = latest",
                  ondol::quoted(trace.population), tick));
  const std::string own = trace.population.substr(trace.population.find_last_of('.') + 1);
  asking.ask("input", "input",
             fmt::format("SELECT name, '', value, unit, ifnull(nullif(status, '') || ', ' || ifnull(nullif(source, "
                         "''), 'no source'), '') || ifnull(' (' || file || ':' || line || ')', "
                         "'') FROM input WHERE name LIKE '%.{0}' OR name LIKE 'populations.{1}.%' OR "
                         "name LIKE 'kinds.{2}.%'",
                         own, trace.population, trace.kind));
  return trace;
}

}  // namespace ondol
