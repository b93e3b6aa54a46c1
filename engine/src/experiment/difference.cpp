// Where two runs part: both files read row by row, in the order in which the runs wrote them.
#include "experiment/run_record.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/replay.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace ondol {

namespace {

// Of rows by tick: their first column says which.
std::vector<std::string> tables_by_tick(Database& database) {
  std::vector<std::string> names;
  Query query(
      database,
      "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.cid = 0 AND c.name = 'tick' WHERE "
      "m.type = 'table' AND m.name LIKE '%\\_data' ESCAPE '\\' ORDER BY m.rowid");
  while (query.next()) names.push_back(query.text(0));
  return names;
}

std::string named(Database& database, const std::string& what, std::int64_t key) {
  Query query(database, fmt::format("{} = {}", what, key));
  return query.next() ? query.text(0) : "";
}

class FilePair {
 public:
  FilePair(const std::filesystem::path& here, const std::filesystem::path& there)
      : here_(here, Database::Opening::to_read), there_(there, Database::Opening::to_read) {}

  std::vector<TableDifference> differences() {
    std::vector<TableDifference> found;
    const std::vector<std::string> others = tables_by_tick(there_);
    for (const std::string& table : tables_by_tick(here_)) {
      if (std::find(others.begin(), others.end(), table) != others.end()) compare(table, found);
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const TableDifference& a, const TableDifference& b) { return a.tick < b.tick; });
    return found;
  }

 private:
  void compare(const std::string& table, std::vector<TableDifference>& found) {
    const std::string sql = fmt::format("SELECT * FROM {} ORDER BY rowid", identifier(table));
    Query here(here_, sql), there(there_, sql);
    for (;;) {
      const bool more = here.next(), more_there = there.next();
      if (!more && !more_there) return;
      if (!more || !more_there) return found.push_back(missing(table, more ? here : there, more));
      for (int column = 0; column < std::min(here.columns(), there.columns()); ++column) {
        if (!equal(here, there, column)) return found.push_back(difference(table, here, there, column));
      }
    }
  }

  // Numbers, to the bit.
  static bool equal(const Query& here, const Query& there, int column) {
    return here.is_null(column) == there.is_null(column) && here.number(column) == there.number(column) &&
           here.whole(column) == there.whole(column);
  }

  static std::string number(const Query& query, int column) {
    return query.is_null(column) ? "nothing" : fmt::format("{}", query.number(column));
  }

  // A row whose tick or agent differs is one that the other file does not have.
  TableDifference difference(const std::string& table, const Query& here, const Query& there, int column) {
    const bool is_key = column == 0 || here.name(column) == "agent";
    if (!is_key) {
      TableDifference d = at(table, here, here_);
      d.column = here.name(column);
      d.here = number(here, column);
      d.there = number(there, column);
      return d;
    }
    const bool first_is_here =
        here.whole(0) != there.whole(0) ? here.whole(0) < there.whole(0) : here.number(column) < there.number(column);
    return missing(table, first_is_here ? here : there, first_is_here);
  }

  TableDifference missing(const std::string& table, const Query& row, bool is_here) {
    TableDifference d = at(table, row, is_here ? here_ : there_);
    d.here = is_here ? "a row" : "no such row";
    d.there = is_here ? "no such row" : "a row";
    return d;
  }

  static TableDifference at(const std::string& table, const Query& row, Database& database) {
    TableDifference d;
    d.table = table.substr(0, table.size() - std::string("_data").size());
    d.tick = row.whole(0);
    d.date = named(database, "SELECT date FROM tick_list WHERE tick", d.tick);
    if (row.columns() > 1 && row.name(1) == "agent")
      d.agent = named(database, "SELECT name FROM agent_list WHERE id", row.whole(1));
    return d;
  }

  Database here_, there_;
};

std::vector<std::string> causes_of(const RunRecord& here, const RunRecord& there) {
  std::vector<std::string> causes;
  if (here.seed != there.seed) causes.push_back(fmt::format("seed: {} and {}", here.seed, there.seed));
  if (here.world_text != there.world_text) {
    const std::vector<std::string> mine = lines_of(here.world_text), others = lines_of(there.world_text);
    const auto [a, b] = std::mismatch(mine.begin(), mine.end(), others.begin(), others.end());
    causes.push_back(fmt::format("world, first at line {}: {} and {}", a - mine.begin() + 1,
                                 a == mine.end() ? "(end)" : *a, b == others.end() ? "(end)" : *b));
  }
  if (here.engine != there.engine) causes.push_back(fmt::format("engine: {} and {}", here.engine, there.engine));
  for (const RecordedPlugin& plugin : here.plugins) {
    for (const RecordedPlugin& other : there.plugins) {
      if (plugin.name == other.name && plugin.hash != other.hash)
        causes.push_back(
            fmt::format("plugin {}: {} and {}, files that differ", plugin.name, plugin.version, other.version));
    }
  }
  if (here.ticks != there.ticks) causes.push_back(fmt::format("ticks: {} and {}", here.ticks, there.ticks));
  return causes;
}

}  // namespace

RunDifference compare_runs(const std::filesystem::path& here, const std::filesystem::path& there) {
  RunDifference difference;
  difference.causes = causes_of(run_record_of(here), run_record_of(there));
  difference.tables = FilePair(here, there).differences();
  return difference;
}

}  // namespace ondol
