// Results that prove themselves: runs made again from their files, and where two of them part.
#include "support/shop.hpp"
#include "support/sql.hpp"
#include "support/worlds.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/experiment.hpp>
#include <ondol/engine/replay.hpp>
#include <ondol/engine/results.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

namespace ondol::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Replays : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        fs::path(testing::TempDir()) / "ondol_replay" / testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }

  // Few givers, so that it is quick.
  fs::path recorded(const std::string& name, const std::string& more = "", std::uint64_t seed = 1) const {
    WorldOptions options = with_fixtures();
    options.set = {"populations.givers.count=50"};
    const World world = World::parse(shop + more, folder_ / "shop.toml", options);
    RunOptions run_options;
    run_options.threads = 2;
    run_options.seed = seed;
    ondol::Run run(world, run_options);
    Results results(folder_ / name, run);
    try {
      while (run.ticks() < world.ticks()) {
        run.tick();
        results.record();
      }
      results.finish(RunStatus::complete);
    } catch (const Error& error) {
      results.finish(RunStatus::failed, error.what());
    }
    return folder_ / name;
  }

  static void change(const fs::path& file, const std::string& sql) {
    ASSERT_EQ(std::system(("sqlite3 '" + file.string() + "' \"" + sql + "\"").c_str()), 0);
  }

  fs::path folder_;
};

TEST_F(Replays, AResultsFileAloneIsEnoughToRunItAgain) {
  const fs::path file = recorded("a.db", "", 9);
  const Replay replay = verify(file);
  EXPECT_TRUE(replay.same());
  EXPECT_EQ(replay.ticks, 6);
  EXPECT_THAT(replay.again, SizeIs(32));
  EXPECT_THAT(replay.replaced, IsEmpty());
}

TEST_F(Replays, WhatWasTamperedWithShows) {
  const fs::path file = recorded("a.db");
  change(file, "UPDATE run_data SET seed = 2");
  EXPECT_FALSE(verify(file).same());
  change(file, "UPDATE run_data SET seed = 1; UPDATE plugin SET hash = 'x' WHERE name = 'toy'");
  const Replay replay = verify(file);
  EXPECT_TRUE(replay.same());
  ASSERT_THAT(replay.replaced, SizeIs(1));
  EXPECT_THAT(replay.replaced[0], HasSubstr("plugin toy"));
}

TEST_F(Replays, AFailureFailsAgain) {
  const fs::path file = recorded("a.db",
                                 "[goods.thing]\n[populations.bad]\nkind = \"culprit\"\nparams.fault = 1\n"
                                 "ports.others = \"bad\"\n");
  ASSERT_EQ(ask_one(file, "SELECT status FROM run"), "failed");
  const Replay replay = verify(file);
  EXPECT_TRUE(replay.same()) << replay.recorded << "\n" << replay.again;
  EXPECT_THAT(replay.again, HasSubstr("no idea what to do"));
}

TEST_F(Replays, OneRunOfAnExperimentIsMadeAgainWithFullResults) {
  std::ofstream(folder_ / "shop.toml") << shop;
  std::ofstream(folder_ / "e.toml") << R"(question = "?"
world = "shop.toml"
replicates = 3
reference = "plain"
[arms.plain]
set.populations.givers.count = 50
[arms.generous.set.populations.givers]
count = 50
params.gift = "4 USD"
[factors.length]
path = "ticks"
values = [2, 4]
[outcomes]
given = "SELECT SUM(given) FROM giver"
)";
  ExperimentOptions options;
  options.plugin_directories = with_fixtures().plugin_directories;
  run_experiment(folder_ / "e.toml", folder_ / "e.db", options);
  ReplayOptions replay_options;
  replay_options.plugin_directories = options.plugin_directories;
  const Replay replay = rerun(folder_ / "e.db", {"", "generous", 1, 2}, folder_ / "one.db", false, replay_options);
  EXPECT_TRUE(replay.same());
  EXPECT_EQ(ask(folder_ / "one.db", "SELECT status, ticks, seed FROM run").at(0), (Row{"complete", "4", "3"}));
  EXPECT_EQ(
      ask_one(folder_ / "one.db", "SELECT SUM(given) * 1.0 FROM giver"),
      ask_one(folder_ / "e.db", "SELECT value FROM outcome WHERE arm = 'generous' AND point = 1 AND replicate = 2"));
  try {
    rerun(folder_ / "e.db", {"", "generus", 1, 2}, folder_ / "two.db");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("no arm 'generus'"), HasSubstr("did you mean 'generous'")));
  }
}

TEST_F(Replays, EqualRunsDoNotPart) {
  const RunDifference difference = compare_runs(recorded("a.db"), recorded("b.db"));
  EXPECT_THAT(difference.causes, IsEmpty());
  EXPECT_THAT(difference.tables, IsEmpty());
}

TEST_F(Replays, RunsPartWhereTheirWorldsDo) {
  const RunDifference difference = compare_runs(
      recorded("a.db"),
      recorded("b.db", "[events.more]\ntick = 3\npopulation = \"givers\"\nparam = \"gift\"\nvalue = \"2 USD\"\n"));
  ASSERT_THAT(difference.causes, SizeIs(1));
  EXPECT_THAT(difference.causes[0], HasSubstr("world, first at line"));
  ASSERT_FALSE(difference.tables.empty());
  for (const TableDifference& d : difference.tables) EXPECT_GE(d.tick, 3) << d.table;
  const TableDifference& first = difference.tables.front();
  EXPECT_EQ(first.tick, 3);
  EXPECT_EQ(first.date, "2024-02-01");
  const auto agents = std::find_if(difference.tables.begin(), difference.tables.end(),
                                   [](const TableDifference& d) { return d.table == "books"; });
  ASSERT_NE(agents, difference.tables.end());
  EXPECT_THAT(agents->agent, HasSubstr("givers"));
  EXPECT_NE(agents->here, agents->there);
}

TEST_F(Replays, AnotherSeedIsNamed) {
  const RunDifference difference = compare_runs(recorded("a.db"), recorded("b.db", "", 2));
  ASSERT_FALSE(difference.causes.empty());
  EXPECT_EQ(difference.causes[0], "seed: 1 and 2");
  EXPECT_EQ(difference.tables.front().tick, 0);
}

TEST_F(Replays, RefuseWhatIsNoRun) {
  std::ofstream(folder_ / "none.db") << "";
  for (const auto& call :
       {+[](const fs::path& file) { verify(file); }, +[](const fs::path& file) { compare_runs(file, file); }}) {
    try {
      call(folder_ / "none.db");
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::output);
      EXPECT_THAT(error.what(), HasSubstr("is not the results file of a run"));
    }
  }
}

// A loan of 100 USD at 10 % a tick is made in tick 1 and repaid by 25 USD a tick from tick 2 on.
TEST_F(Replays, ATraceShowsClaimsBeforeAndAfter) {
  const World world = World::parse(R"(plugins = ["toy", "posted_offers"]
currency = "USD"
ticks = 5
schedule = ["finance", "trade", "close"]
regions.here.treasury = "state"
instruments.money.issuer = "state"
instruments.loan = { class = "credit", collect = "finance", rate = "rate", term = "term" }
[markets.loans]
instrument = "loan"
mechanism = "posted_offers"
step = "trade"
class = "financial"
attributes = ["rate", "term"]
[populations.state]
kind = "financier"
[populations.firm]
kind = "financier"
money = "50 USD"
params = { borrow = "100 USD", rate = 0.1, term = 4 }
ports = { debt = "loan", borrowing = "loans" }
[populations.bank]
kind = "financier"
money = "100 USD"
params.lend = "100 USD"
ports.lending = "loans"
)",
                                   folder_ / "loan.toml", with_fixtures());
  const fs::path file = folder_ / "loan.db";
  {
    ondol::Run run(world);
    Results results(file, run);
    while (run.ticks() < world.ticks()) {
      run.tick();
      results.record();
    }
    results.finish(RunStatus::complete);
  }
  const auto claims = [&](const std::string& agent, std::int64_t tick) {
    std::vector<std::vector<std::string>> lines;
    for (const TraceLine& line : claims_of(file, trace(file, agent, tick)).lines)
      lines.push_back({line.what, line.before, line.after});
    return lines;
  };
  using Lines = std::vector<std::vector<std::string>>;
  EXPECT_THAT(claims("bank", 0), IsEmpty());
  EXPECT_EQ(claims("bank", 1), (Lines{{"holds loan of firm", "0", "100"}}));
  EXPECT_EQ(claims("firm", 2), (Lines{{"owes loan to bank", "100", "75"}}));
}

}  // namespace
}  // namespace ondol::test
