// Runs that stopped and go on: their results are those of a run that never did.
#include "support/sql.hpp"
#include "support/worlds.hpp"

#include <ondol/engine/checkpoint.hpp>
#include <ondol/engine/error.hpp>
#include <ondol/engine/results.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace ondol::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string hive(int life = 4, const std::string& more = "") {
  return fmt::format(R"(plugins = ["hive"]
currency = "coin"
money_decimals = 0
ticks = 41
start = "2023-04"
schedule = ["lay", "live"]
regions.here.treasury = "queens"
instruments.money.issuer = "queens"
record.every = 3
[populations.queens]
kind = "queen"
count = 2
money = "1000000 coin"
params = {{ brood = 20, dowry = "10 coin" }}
ports.bees = "bees"
[populations.bees]
kind = "bee"
count = 3
traits.size = {{ uniform = [0, 1] }}
params.life = {}
[events.more]
tick = 17
population = "queens"
param = "brood"
value = 5
{})",
                     life, more);
}

class Resume : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / "ondol_resume" /
              testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }

  static void tick_to(ondol::Run& run, Results& results, std::int64_t last) {
    while (run.ticks() < last) {
      run.tick();
      results.record();
    }
  }

  static ResultsOptions every(std::int64_t ticks, bool go_on = false) {
    ResultsOptions options;
    options.checkpoint = ticks;
    options.go_on = go_on;
    return options;
  }

  std::filesystem::path whole(const World& world) const {
    const std::filesystem::path path = folder_ / "whole.db";
    std::filesystem::remove(path);
    ondol::Run run(world);
    Results results(path, run);
    tick_to(run, results, world.ticks());
    results.finish(RunStatus::complete);
    return path;
  }

  // Goes so far, and stops without a word, or says that it was interrupted.
  std::filesystem::path stopped(const World& world, std::int64_t ticks, bool interrupted = false) const {
    const std::filesystem::path path = folder_ / "stopped.db";
    std::filesystem::remove(path);
    ondol::Run run(world);
    Results results(path, run, every(5));
    tick_to(run, results, ticks);
    if (interrupted) results.finish(RunStatus::interrupted, "somebody came");
    return path;
  }

  static void go_on(const std::filesystem::path& path, int threads = 1) {
    const StoppedRun stopped = stopped_run(path, with_fixtures().plugin_directories);
    RunOptions options;
    options.threads = threads;
    ondol::Run run(stopped.snapshot.world(), stopped.snapshot, options);
    Results results(path, run, every(stopped.every, true));
    tick_to(run, results, stopped.planned);
    results.finish(RunStatus::complete);
  }

  std::filesystem::path folder_;
};

// Tables of which some row is not the same in both, by number and value. Not what clocks and processes say.
std::vector<std::string> tables_that_differ(const std::filesystem::path& here, const std::filesystem::path& there) {
  std::vector<std::string> differ;
  const auto rows = [](const std::filesystem::path& file, const std::string& table) {
    return table == "run_data" ? ask(file,
                                     "SELECT world, world_text, seed, ticks_planned, first_tick, ticks, status, "
                                     "message, fingerprint, ondol_version FROM run_data")
                               : ask(file, fmt::format("SELECT rowid, * FROM \"{}\" ORDER BY rowid", table));
  };
  for (const Row& table : ask(here,
                              "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' "
                              "AND name NOT LIKE 'checkpoint%'")) {
    if (rows(here, table[0]) != rows(there, table[0])) differ.push_back(table[0]);
  }
  if (ask(here, "SELECT name, sql FROM sqlite_master ORDER BY name") !=
      ask(there, "SELECT name, sql FROM sqlite_master ORDER BY name"))
    differ.push_back("schema");
  return differ;
}

TEST_F(Resume, ResultsAreThoseOfARunThatNeverStopped) {
  const World world = world_of(hive());
  const auto expected = whole(world);
  for (const int ticks : {0, 3, 5, 19, 23, 40, 41}) {
    for (const bool interrupted : {false, true}) {
      const auto path = stopped(world, ticks, interrupted);
      EXPECT_EQ(ask_one(path, "SELECT MAX(tick) FROM checkpoint"), std::to_string(interrupted ? ticks : ticks / 5 * 5));
      go_on(path, 1 + ticks % 3);
      EXPECT_THAT(tables_that_differ(path, expected), IsEmpty()) << "from " << ticks;
    }
  }
}

TEST_F(Resume, OfEveryKindOfWorldOnAnyNumberOfThreads) {
  for (const auto& [file, ticks, stop] :
       {std::tuple("hello.toml", 48, 29), std::tuple("korea/korea-small.toml", 24, 13),
        std::tuple("lengnick.toml", 30, 17), std::tuple("platform-race.toml", 24, 11),
        std::tuple("zero_intelligence.toml", 20, 12)}) {
    WorldOptions options = with_fixtures();
    options.ticks = ticks;
    const World world = World::load(std::filesystem::path(ONDOL_SOURCE_DIR) / "worlds" / file, options);
    const auto expected = whole(world);
    for (const int threads : {1, 2, 3, 8}) {
      const auto path = stopped(world, stop);
      go_on(path, threads);
      EXPECT_THAT(tables_that_differ(path, expected), IsEmpty()) << file << " on " << threads;
    }
  }
}

TEST_F(Resume, AsOftenAsOneLikes) {
  const World world = world_of(hive());
  const auto expected = whole(world);
  const auto path = stopped(world, 12);
  for (const int ticks : {14, 21, 22, 37}) {
    const StoppedRun stopped = stopped_run(path, with_fixtures().plugin_directories);
    ondol::Run run(stopped.snapshot.world(), stopped.snapshot);
    Results results(path, run, every(5, true));
    tick_to(run, results, ticks);
  }
  go_on(path);
  EXPECT_THAT(tables_that_differ(path, expected), IsEmpty());
}

TEST_F(Resume, FurtherThanItWasToRun) {
  const auto expected = whole(world_of(hive()).lasting(60));
  const World world = world_of(hive());
  const auto path = stopped(world, 41, true);
  const StoppedRun stopped = stopped_run(path, with_fixtures().plugin_directories);
  ondol::Run run(stopped.snapshot.world().lasting(60), stopped.snapshot);
  Results results(path, run, every(5, true));
  tick_to(run, results, 60);
  results.finish(RunStatus::complete);
  EXPECT_THAT(tables_that_differ(path, expected), IsEmpty());
}

// ---- Branches

TEST_F(Resume, ABranchHasTheRowsOfItsFutureAndAllWhoEverLived) {
  const World future = world_of(hive(4,
                                     "[events.fewer]\ntick = 20\npopulation = \"queens\"\nparam = \"brood\"\n"
                                     "value = 1\n"));
  const auto expected = whole(future);
  const auto past = stopped(world_of(hive()), 20, true);
  const auto path = folder_ / "branch.db";
  const StoppedRun stopped = stopped_run(past, with_fixtures().plugin_directories);
  ondol::Run run(future, stopped.snapshot);
  {
    Results results(path, run, every(5));
    tick_to(run, results, future.ticks());
    results.finish(RunStatus::complete);
  }
  EXPECT_THAT(ask(path, "SELECT first_tick, ticks FROM run"), ElementsAre(Row{"20", "41"}));
  for (const char* rows : {"SELECT * FROM agent_list ORDER BY id", "SELECT fingerprint FROM run"})
    EXPECT_EQ(ask(path, rows), ask(expected, rows));
  for (const char* table : {"bee_data", "books_data", "flow_data", "good_data", "event", "signal_data", "tick_list"}) {
    const std::string rows = fmt::format("SELECT * FROM {} WHERE tick >= 20 ORDER BY rowid", table);
    EXPECT_EQ(ask(path, rows), ask(expected, rows)) << table;
  }
  // It can stop and go on like any other.
  const auto again = folder_ / "again.db";
  {
    ondol::Run half(future, stopped.snapshot);
    Results results(again, half, every(5));
    tick_to(half, results, 28);
  }
  go_on(again);
  EXPECT_THAT(tables_that_differ(again, path), IsEmpty());
}

// ---- Refusals

std::pair<ErrorCode, std::string> refusal(const std::filesystem::path& path) {
  try {
    const StoppedRun stopped = stopped_run(path, with_fixtures().plugin_directories);
    const ondol::Run run(stopped.snapshot.world(), stopped.snapshot);
    return {ErrorCode::internal, "goes on"};
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
}

void change(const std::filesystem::path& path, const std::string& sql) {
  sqlite3* database = nullptr;
  sqlite3_open(path.c_str(), &database);
  char* failure = nullptr;
  sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &failure);
  const std::string message = failure == nullptr ? "" : failure;
  sqlite3_free(failure);
  sqlite3_close(database);
  EXPECT_EQ(message, "");
}

TEST_F(Resume, RefusesWhatTheCheckpointIsNotOf) {
  const struct {
    std::string change, what;
    ErrorCode code;
  } cases[] = {
      {"UPDATE run_data SET seed = 9", "seed 1, and the file of one with seed 9", ErrorCode::output},
      {"UPDATE run_data SET world_text = replace(world_text, 'life = 4', 'life = 5')", "of another world",
       ErrorCode::world},
      {"UPDATE checkpoint SET state = substr(state, 1, length(state) - 9)", "cut off", ErrorCode::output},
      {"UPDATE checkpoint SET state = substr(state, 1, 2000) || x'00' || substr(state, 2002)", "damaged",
       ErrorCode::output},
      {"UPDATE checkpoint SET state = x'0123'", "cut off", ErrorCode::output},
      {"UPDATE checkpoint SET tick = 3", "of another tick", ErrorCode::output},
      {"DELETE FROM checkpoint", "without --checkpoint", ErrorCode::output},
      {"PRAGMA application_id = 7", "is not the results file of a run", ErrorCode::output},
  };
  for (const auto& each : cases) {
    const auto path = stopped(world_of(hive()), 12, true);
    EXPECT_EQ(refusal(path).second, "goes on");
    change(path, each.change);
    const auto refused = refusal(path);
    EXPECT_EQ(refused.first, each.code) << each.change;
    EXPECT_THAT(refused.second, HasSubstr(each.what));
    EXPECT_THAT(refused.second, HasSubstr("stopped.db"));
  }
}

TEST_F(Resume, TwoDoNotGoOnWithOneFile) {
  const auto path = stopped(world_of(hive()), 12);
  const StoppedRun stopped = stopped_run(path, with_fixtures().plugin_directories);
  ondol::Run run(stopped.snapshot.world(), stopped.snapshot);
  ondol::Run other(stopped.snapshot.world(), stopped.snapshot);
  Results results(path, run, every(5, true));
  try {
    Results twice(path, other, every(5, true));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::output);
    EXPECT_THAT(error.what(), HasSubstr("a run is writing it"));
  }
}

TEST_F(Resume, AFileLeftInTheMakingGetsItsName) {
  const auto path = stopped(world_of(hive()), 0);
  std::filesystem::rename(path, path.string() + ".part");
  EXPECT_EQ(results_to_go_on_with(path), path);
  EXPECT_EQ(results_to_go_on_with(path), path) << "which it keeps";
  std::filesystem::copy(path, path.string() + ".part");
  EXPECT_THROW(results_to_go_on_with(path.string() + ".part"), Error) << "the name is taken";
  std::filesystem::remove(path);
  EXPECT_EQ(results_to_go_on_with(path.string() + ".part"), path);
  go_on(path);
  EXPECT_THAT(tables_that_differ(path, whole(world_of(hive()))), IsEmpty());
}

TEST_F(Resume, ARunThatHadNotBegunIsToBeRunAgain) {
  const auto path = folder_ / "new.db";
  EXPECT_THROW(results_to_go_on_with(path), Error);
  std::ofstream(path.string() + ".part");
  try {
    results_to_go_on_with(path);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::output);
    EXPECT_THAT(error.what(), HasSubstr("run it again"));
  }
  EXPECT_TRUE(std::filesystem::exists(path.string() + ".part"));
}

}  // namespace
}  // namespace ondol::test
