// Recording: a run with everything written, beside the fastest way to write the same rows, and without recording.
#include "case.hpp"

#include <ondol/engine/results.hpp>

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>

namespace ondol::bench {
namespace {

std::string recorded(std::int64_t agents) {
  return fmt::format(R"(plugins = ["bench_agents"]
ticks = 1000000
schedule = ["act"]
regions.here = {{}}
[populations.recorded]
kind = "recorded"
count = {}
)",
                     agents);
}

// Rows of (tick, agent, six numbers) bound and stepped one by one, in batches of a hundred thousand.
void write_rows(const std::filesystem::path& path, std::int64_t agents, std::int64_t ticks) {
  std::filesystem::remove(path);
  sqlite3* database = nullptr;
  sqlite3_open(path.c_str(), &database);
  sqlite3_exec(database,
               "PRAGMA page_size = 32768; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
               "CREATE TABLE r (tick INTEGER, agent INTEGER, a REAL, b REAL, c REAL, d REAL, e REAL, f REAL)",
               nullptr, nullptr, nullptr);
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(database, "INSERT INTO r VALUES (?, ?, ?, ?, ?, ?, ?, ?)", -1, &insert, nullptr);
  for (std::int64_t tick = 0; tick < ticks; ++tick) {
    sqlite3_exec(database, "BEGIN", nullptr, nullptr, nullptr);
    for (std::int64_t agent = 0; agent < agents; ++agent) {
      sqlite3_bind_int64(insert, 1, tick);
      sqlite3_bind_int64(insert, 2, agent);
      for (int column = 3; column <= 8; ++column)
        sqlite3_bind_double(insert, column, 1.25 * static_cast<double>(tick * column + agent));
      sqlite3_step(insert);
      sqlite3_reset(insert);
    }
    sqlite3_exec(database, "COMMIT", nullptr, nullptr, nullptr);
  }
  sqlite3_finalize(insert);
  sqlite3_close(database);
}

void record_run(const std::filesystem::path& path, std::int64_t agents, std::int64_t ticks, bool recording) {
  const auto run = run_of(recorded(agents), 1);
  if (!recording) {
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

}  // namespace

void add_recording() {
  constexpr std::int64_t agents = 100'000;
  constexpr std::int64_t ticks = 20;
  const std::filesystem::path folder = std::filesystem::temp_directory_path();
  const auto process = std::to_string(getpid());
  add_limit({"recording", agents * ticks, 1},
            [=] { write_rows(folder / ("ondol_bench_limit_" + process + ".db"), agents, ticks); });
  add_engine({"recording", agents * ticks, 1},
             [=] { record_run(folder / ("ondol_bench_" + process + ".db"), agents, ticks, true); });
  add_engine({"recording off", agents * ticks, 1}, [=] { record_run({}, agents, ticks, false); });
}

}  // namespace ondol::bench
