// Recording: a run with its agents' numbers written, beside the fastest way to write the same rows, and not recording.
#include "case.hpp"

#include <ondol/engine/results.hpp>

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <filesystem>
#include <numeric>
#include <string>
#include <system_error>
#include <vector>

namespace ondol::bench {
namespace {

// Only the kind's own table, as the limit writes it.
std::string recorded(std::int64_t agents, const std::string& record) {
  return fmt::format(R"(plugins = ["bench_agents"]
ticks = 1000000
schedule = ["act"]
regions.here = {{}}
record = {{ {} }}
[populations.recorded]
kind = "recorded"
count = {}
)",
                     record, agents);
}
const std::string own_table = R"(agents = "all", tables = ["state"], index = false)";
const std::string everything = R"(agents = "all")";

// ---- The limit: a virtual table over plain columns, and nothing else

struct Numbers {
  std::int64_t tick = 0;
  std::vector<std::int64_t> agent;
  std::array<std::vector<double>, 6> columns;

  explicit Numbers(std::size_t agents) : agent(agents) {
    std::iota(agent.begin(), agent.end(), 0);
    for (auto& column : columns) column.resize(agents);
  }
  // What the rule of kind `recorded` does.
  void change() {
    auto& [a, b, c, d, e, f] = columns;
    for (std::size_t i = 0; i < agent.size(); ++i) {
      a[i] += 1.25;
      b[i] += a[i];
      c[i] = 0.5 * b[i];
      d[i] = c[i] - a[i];
      e[i] = static_cast<double>(agent[i]);
      f[i] = d[i] * 0.125;
    }
  }
};

struct NumbersTable {
  sqlite3_vtab base;
  const Numbers* numbers;
};

struct NumbersCursor {
  sqlite3_vtab_cursor base;
  const Numbers* numbers;
  std::size_t row;
};

NumbersCursor* at(sqlite3_vtab_cursor* cursor) { return reinterpret_cast<NumbersCursor*>(cursor); }

sqlite3_module numbers_module() {
  sqlite3_module module{};
  module.xConnect = [](sqlite3* database, void* numbers, int, const char* const*, sqlite3_vtab** table, char**) {
    *table = &(new NumbersTable{{}, static_cast<const Numbers*>(numbers)})->base;
    return sqlite3_declare_vtab(database, "CREATE TABLE n (tick, agent, a, b, c, d, e, f)");
  };
  module.xDisconnect = [](sqlite3_vtab* table) {
    delete reinterpret_cast<NumbersTable*>(table);
    return SQLITE_OK;
  };
  module.xBestIndex = [](sqlite3_vtab*, sqlite3_index_info*) { return SQLITE_OK; };
  module.xOpen = [](sqlite3_vtab* table, sqlite3_vtab_cursor** cursor) {
    *cursor = &(new NumbersCursor{{}, reinterpret_cast<NumbersTable*>(table)->numbers, 0})->base;
    return SQLITE_OK;
  };
  module.xClose = [](sqlite3_vtab_cursor* cursor) {
    delete at(cursor);
    return SQLITE_OK;
  };
  module.xFilter = [](sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value**) {
    at(cursor)->row = 0;
    return SQLITE_OK;
  };
  module.xNext = [](sqlite3_vtab_cursor* cursor) {
    ++at(cursor)->row;
    return SQLITE_OK;
  };
  module.xEof = [](sqlite3_vtab_cursor* cursor) {
    return at(cursor)->row == at(cursor)->numbers->agent.size() ? 1 : 0;
  };
  module.xColumn = [](sqlite3_vtab_cursor* cursor, sqlite3_context* result, int column) {
    const Numbers& numbers = *at(cursor)->numbers;
    if (column == 0) {
      sqlite3_result_int64(result, numbers.tick);
    } else if (column == 1) {
      sqlite3_result_int64(result, numbers.agent[at(cursor)->row]);
    } else {
      sqlite3_result_double(result, numbers.columns[static_cast<std::size_t>(column - 2)][at(cursor)->row]);
    }
    return SQLITE_OK;
  };
  module.xRowid = [](sqlite3_vtab_cursor* cursor, sqlite3_int64* id) {
    *id = static_cast<sqlite3_int64>(at(cursor)->row);
    return SQLITE_OK;
  };
  return module;
}

void check(int result) {
  if (result != SQLITE_OK && result != SQLITE_DONE) differ(sqlite3_errstr(result));
}

void write_rows(const std::filesystem::path& path, std::int64_t agents, std::int64_t ticks) {
  static const sqlite3_module module = numbers_module();
  std::filesystem::remove(path);
  Numbers numbers(static_cast<std::size_t>(agents));
  sqlite3* database = nullptr;
  constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  check(sqlite3_open_v2(path.c_str(), &database, flags, nullptr));
  check(sqlite3_create_module_v2(database, "numbers", &module, &numbers, nullptr));
  check(sqlite3_exec(database,
                     "PRAGMA page_size = 32768; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                     "CREATE TABLE r (tick INTEGER, agent INTEGER, a REAL, b REAL, c REAL, d REAL, e REAL, f REAL)",
                     nullptr, nullptr, nullptr));
  sqlite3_stmt* insert = nullptr;
  check(sqlite3_prepare_v3(database, "INSERT INTO r SELECT * FROM numbers", -1, SQLITE_PREPARE_PERSISTENT, &insert,
                           nullptr));
  for (numbers.tick = 0; numbers.tick < ticks; ++numbers.tick) {
    numbers.change();
    check(sqlite3_step(insert));  // a transaction of its own
    check(sqlite3_reset(insert));
  }
  check(sqlite3_finalize(insert));
  check(sqlite3_close(database));
}

// ---- The engine

void record_run(const std::filesystem::path& path, std::int64_t agents, std::int64_t ticks, const std::string& record) {
  const auto run = run_of(recorded(agents, record), 1);
  if (path.empty()) {
    for (std::int64_t tick = 0; tick < ticks; ++tick) run->tick();
    return;
  }
  ResultsOptions options;
  options.overwrite = true;
  Results results(path, *run, options);
  for (std::int64_t tick = 0; tick < ticks; ++tick) {
    run->tick();
    results.record();
  }
  results.finish(RunStatus::complete);
}

void compare(const std::filesystem::path& engine, const std::filesystem::path& limit) {
  write_rows(limit, 1000, 3);
  record_run(engine, 1000, 3, own_table);
  sqlite3* database = nullptr;
  check(sqlite3_open(engine.c_str(), &database));
  const std::string question = fmt::format(
      "ATTACH '{}' AS l; CREATE TEMP TABLE same (yes CHECK (yes));"
      "INSERT INTO same SELECT count(*) = 3000 FROM recorded_data;"
      "INSERT INTO same SELECT NOT EXISTS (SELECT * FROM l.r EXCEPT SELECT * FROM recorded_data);",
      limit.string());
  if (sqlite3_exec(database, question.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) differ("recorded rows");
  check(sqlite3_close(database));
}

// Gone when the program ends.
struct Folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / fmt::format("ondol_bench_{}", getpid());
  Folder() { std::filesystem::create_directory(path); }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

}  // namespace

void add_recording(bool large) {
  constexpr std::int64_t agents = 100'000;
  const std::int64_t ticks = large ? 100 : 20;
  static const Folder folder;
  const auto limit_file = folder.path / "limit.db";
  const auto engine_file = folder.path / "engine.db";
  compare(engine_file, limit_file);
  const Case written{"recording", agents * ticks, 1};
  const Case computed{"recording off", agents * ticks, 1};
  add_limit(written, [=] { write_rows(limit_file, agents, ticks); });
  add_engine(written, [=] { record_run(engine_file, agents, ticks, own_table); });
  add_engine(computed, [=] { record_run({}, agents, ticks, own_table); });
  add_slower("recording behind the run", written, computed);
  add_engine({"recording, books and indices", 2 * agents * ticks, 1},
             [=] { record_run(engine_file, agents, ticks, everything); });
}

}  // namespace ondol::bench
