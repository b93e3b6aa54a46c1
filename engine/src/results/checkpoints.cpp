#include "results/checkpoints.hpp"

#include "results/results_file.hpp"
#include "results/results_years.hpp"

#include <ondol/engine/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace ondol {

namespace {

// SQLite's values are of at most a gigabyte; states may be larger.
constexpr std::size_t part_size = std::size_t{64} << 20U;

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& why) {
  throw Error(ErrorCode::output, fmt::format("{}: {}", path.string(), why));
}

std::vector<std::pair<std::string, std::int64_t>> ends(Database& database) {
  std::vector<std::pair<std::string, std::int64_t>> ends;
  Query query(database, "SELECT table_name, last_row FROM checkpoint_end");
  while (query.next()) ends.emplace_back(query.text(0), query.whole(1));
  return ends;
}

// Made once the run has ended; rows come faster without.
void drop_indices(Database& database) {
  std::vector<std::string> names;
  {
    Query query(database, "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL");
    while (query.next()) names.push_back(query.text(0));
  }
  for (const std::string& name : names) database.execute("DROP INDEX " + identifier(name));
}

// What was recorded in later ticks, and as the run ended.
void remove_later(Database& database, std::int64_t tick) {
  for (const auto& [table, last] : ends(database)) {
    database.execute(fmt::format("DELETE FROM {} WHERE rowid > {}", identifier(table), last));
  }
  database.execute(
      fmt::format("DELETE FROM tick_list WHERE tick >= {0}; UPDATE tick_list SET is_end = 0 WHERE is_end; "
                  "DELETE FROM agent_list WHERE born >= {0} OR {0} = 0; "
                  "UPDATE agent_list SET died = NULL WHERE died >= {0}; DELETE FROM profile; "
                  "UPDATE year_end SET last_row = (SELECT added_up FROM checkpoint_end c WHERE c.table_name = "
                  "year_end.table_name)",
                  tick));
}

}  // namespace

void write_checkpoint(Database& database, const Schema& schema, std::int64_t tick, std::int64_t every,
                      std::span<const std::byte> state) {
  database.execute("DELETE FROM checkpoint; DELETE FROM checkpoint_end");
  Statement insert(database, "INSERT INTO checkpoint VALUES (?, ?, ?, ?)");
  for (std::size_t part = 0, at = 0; at < state.size(); ++part, at += part_size) {
    insert.bind(1, static_cast<std::int64_t>(part)).bind(2, tick).bind(3, every);
    insert.bind(4, state.subspan(at, std::min(part_size, state.size() - at))).run();
  }
  for (const std::string& table : tables_that_grow(schema))
    database.execute(fmt::format(
        "INSERT INTO checkpoint_end SELECT {0}, COALESCE(MAX(rowid), 0), (SELECT last_row FROM year_end WHERE "
        "table_name = {0}) FROM {1}",
        quoted(table), identifier(table)));
}

Checkpoint checkpoint_in(Database& database, const std::filesystem::path& path) {
  Checkpoint checkpoint;
  {
    Query query(database, "SELECT tick, every, state FROM checkpoint ORDER BY part");
    while (query.next()) {
      checkpoint.tick = query.whole(0);
      checkpoint.every = query.whole(1);
      const std::span<const std::byte> part = query.blob(2);
      checkpoint.state.insert(checkpoint.state.end(), part.begin(), part.end());
    }
  }
  if (checkpoint.state.empty()) refuse(path, "has no state to go on from: its run was begun without --checkpoint");
  return checkpoint;
}

void take_up(Database& database, const std::filesystem::path& path, std::int64_t tick, std::int64_t ticks_planned) {
  database.execute("BEGIN IMMEDIATE");
  refuse_live_writer(database, path);
  {
    Query now(database, "SELECT tick FROM checkpoint LIMIT 1");
    if (!now.next() || now.whole(0) != tick) refuse(path, "another process has gone on with it meanwhile");
  }
  remove_later(database, tick);
  drop_indices(database);
  Statement run(database,
                fmt::format("UPDATE run_data SET status = 'running', message = NULL, fingerprint = NULL, seconds = "
                            "NULL, started = {0}, heartbeat = {0}, ticks = ?, ticks_planned = ?, process = ?, host = ?",
                            sql_now));
  const Writer writer = Writer::here();
  run.bind(1, tick).bind(2, ticks_planned).bind(3, writer.process).bind(4, writer.host).run();
  database.execute("COMMIT");
}

}  // namespace ondol
