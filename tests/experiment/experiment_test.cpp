// Experiments: a file in, tables out; the same tables whatever was killed, parted or done before.
#include "results/sqlite.hpp"
#include "support/shop.hpp"
#include "support/sql.hpp"

#include <ondol/engine/decision.hpp>
#include <ondol/engine/error.hpp>
#include <ondol/engine/experiment.hpp>
#include <ondol/engine/explanation.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace ondol::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string gifts = R"(question = "Do people give more often where a gift is smaller?"
world = "shop.toml"
reference = "plain"
primary = "given"
replicates = 6
[arms.plain]
set.populations.givers.count = 40
[arms.same]
set.populations.givers.count = 40
[arms.generous]
set.populations.givers.count = 40
set.populations.givers.params.gift = "4 USD"
[outcomes.given]
sql = "SELECT SUM(given) FROM giver WHERE tick = 5"
[outcomes]
luck = "SELECT SUM(noise) FROM giver"
[series]
total = "SELECT tick, value FROM signal WHERE signal = 'total'"
)";

class Experiments : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / "ondol_experiment" /
              testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    write("shop.toml", shop);
    write("gifts.toml", gifts);
  }

  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }

  static std::string replaced(std::string text, const std::string& what, const std::string& with) {
    return text.replace(text.find(what), what.size(), with);
  }

  ExperimentReport run(const std::string& results, ExperimentOptions options = {},
                       const std::string& file = "gifts.toml") const {
    options.plugin_directories = {std::filesystem::path(ONDOL_BUILD_DIR) / "tests" / "plugins",
                                  std::filesystem::path(ONDOL_BUILD_DIR) / "plugins"};
    if (options.threads == 0) options.threads = 2;
    return run_experiment(folder_ / file, folder_ / results, options);
  }

  std::vector<Row> asked(const std::string& results, const std::string& sql) const {
    return ask(folder_ / results, sql);
  }

  // All that an experiment says, row by row as the file has them, but for times by the clock.
  std::vector<Row> tables(const std::string& results) const {
    std::vector<Row> all;
    for (const char* table : {"experiment", "arm", "scenario", "factor", "outcome_list", "series_list", "design",
                              "world", "plan", "run", "outcome_value", "series_value"}) {
      all.push_back({table});
      for (Row& row : asked(results, std::string("SELECT * FROM ") + table)) all.push_back(std::move(row));
    }
    return all;
  }

  std::string refusal(const std::string& text) const {
    write("wrong.toml", text);
    try {
      run("wrong.db", {}, "wrong.toml");
    } catch (const Error& error) {
      EXPECT_FALSE(std::filesystem::exists(folder_ / "wrong.db")) << "nothing is written before all is right";
      return error.what();
    }
    return "";
  }

  std::filesystem::path folder_;
};

TEST_F(Experiments, AreDoneOnceAndAnswerInSql) {
  const ExperimentReport first = run("a.db");
  EXPECT_EQ(first.settled, 18);
  EXPECT_EQ(first.run, 12) << "equal worlds of one seed are one run";
  EXPECT_EQ(first.failed, 0);
  EXPECT_EQ(asked("a.db", "SELECT COUNT(*) FROM outcome").at(0).at(0), "36");
  EXPECT_EQ(asked("a.db", "SELECT COUNT(*), COUNT(DISTINCT at) FROM series").at(0), (Row{"108", "6"}));
  // The toy's givers give while they have what they give: small gifts last longer.
  const auto given = asked("a.db", "SELECT arm, AVG(value) FROM outcome WHERE outcome = 'given' GROUP BY arm");
  EXPECT_LT(std::stod(given.at(0).at(1)), std::stod(given.at(1).at(1)));
  const std::vector<Row> before = tables("a.db");
  EXPECT_EQ(run("a.db").run, 0);
  EXPECT_EQ(tables("a.db"), before);
}

TEST_F(Experiments, AnArmEqualToTheReferenceDiffersByNothing) {
  run("a.db");
  EXPECT_THAT(asked("a.db",
                    "SELECT * FROM outcome a JOIN outcome b USING (scenario, point, replicate, outcome) WHERE a.arm = "
                    "'plain' AND b.arm = 'same' AND (a.value <> b.value OR a.value IS NULL)"),
              IsEmpty());
  EXPECT_EQ(
      asked("a.db", "SELECT COUNT(DISTINCT value) FROM outcome WHERE outcome = 'luck' AND arm = 'plain'").at(0).at(0),
      "6")
      << "replicates have luck of their own";
  EXPECT_EQ(asked("a.db", "SELECT COUNT(DISTINCT seed) FROM outcome").at(0).at(0), "6") << "and share it between arms";
}

TEST_F(Experiments, HaveTheSameTablesOnAnyNumberOfThreads) {
  ExperimentOptions serial;
  serial.threads = 1;
  run("a.db", serial);
  ExperimentOptions many;
  many.threads = 5;
  run("b.db", many);
  EXPECT_EQ(tables("a.db"), tables("b.db"));
}

TEST_F(Experiments, PartsInAnyOrderMergeIntoWhatOneProcessWrites) {
  run("whole.db");
  for (const int count : {1, 2, 7}) {
    std::vector<std::filesystem::path> parts;
    std::int64_t runs = 0;
    for (int i = 1; i <= count; ++i) {
      ExperimentOptions options;
      options.part = {i, count};
      parts.push_back(folder_ / ("part" + std::to_string(i) + ".db"));
      std::filesystem::remove(parts.back());
      runs += run(parts.back().filename().string(), options).run;
    }
    EXPECT_EQ(runs, 12) << "no run is done twice";
    for (int turn = 0; turn < 2; ++turn) {
      merge_experiments(parts, folder_ / "merged.db", true);
      EXPECT_EQ(tables("merged.db"), tables("whole.db")) << count << " parts";
      EXPECT_EQ(run("merged.db").run, 0);
      std::rotate(parts.begin(), parts.begin() + count / 2, parts.end());
      std::reverse(parts.begin(), parts.end());
    }
  }
}

// A part that was lost is done by other parts of another number.
TEST_F(Experiments, TheNumberOfPartsMayChange) {
  run("whole.db");
  std::vector<std::filesystem::path> parts;
  const auto part = [&](int index, int count) {
    ExperimentOptions options;
    options.part = {index, count};
    parts.push_back(folder_ / (std::to_string(index) + "of" + std::to_string(count) + ".db"));
    run(parts.back().filename().string(), options);
  };
  part(2, 7);
  part(1, 2);
  for (int i = 1; i <= 3; ++i) part(i, 3);
  merge_experiments(parts, folder_ / "merged.db");
  EXPECT_EQ(tables("merged.db"), tables("whole.db"));
  merge_experiments({parts[0], parts[1]}, folder_ / "some.db");
  run("some.db");
  EXPECT_EQ(tables("some.db"), tables("whole.db")) << "and one process does what parts left";
}

TEST_F(Experiments, PartsOfDifferentExperimentsAreNotMerged) {
  run("a.db");
  write("gifts.toml", replaced(gifts, "replicates = 6", "replicates = 5"));
  run("b.db");
  try {
    merge_experiments({folder_ / "a.db", folder_ / "b.db"}, folder_ / "both.db");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("b.db"), HasSubstr("says something else")));
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "both.db"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "both.db.part"));
}

TEST_F(Experiments, GoOnWithMoreReplicatesAndArmsAndMarkTheChange) {
  run("a.db");
  write("gifts.toml", replaced(gifts, "replicates = 6", "replicates = 8") +
                          "[arms.modest.set.populations.givers]\ncount = 40\nparams.gift = \"0.5 USD\"\n");
  const ExperimentReport report = run("a.db");
  EXPECT_EQ(report.run, 2 * 2 + 8);
  EXPECT_TRUE(report.changed);
  EXPECT_EQ(asked("a.db", "SELECT version, runs_before FROM experiment"), (std::vector<Row>{{"1", "0"}, {"2", "12"}}));
  write("gifts.toml", gifts + "# A remark changes nothing.\n");
  run("b.db");
  write("gifts.toml", gifts);
  EXPECT_FALSE(run("b.db").changed);
}

TEST_F(Experiments, AFailingRunIsRecordedAndTheOthersGoOn) {
  write("gifts.toml", gifts + R"([arms.broken.set.populations.bad]
kind = "culprit"
params.fault = 1
ports.others = "bad"
[arms.broken.set.goods.thing]
)");
  const ExperimentReport report = run("a.db");
  EXPECT_EQ(report.settled, 24);
  EXPECT_EQ(report.failed, 6);
  const auto failures = asked("a.db", "SELECT arm, message FROM failure");
  ASSERT_EQ(failures.size(), 6U);
  EXPECT_EQ(failures[0][0], "broken");
  EXPECT_THAT(failures[0][1], HasSubstr("no idea what to do"));
  EXPECT_EQ(run("a.db").run, 0) << "a failure is an answer, too";
  ExperimentOptions again;
  again.retry = true;
  EXPECT_EQ(run("a.db", again).run, 6);
}

// A sanitizer has handlers of its own, which say it otherwise.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

TEST_F(Experiments, WhatAPluginBreaksItBreaksForOneRun) {
  std::string arms;
  for (const std::string deed : {"null_pointer", "endless", "exits", "exits_at_once", "frees"})
    arms += "[arms." + deed + ".set.populations.culprits]\nkind = \"hostile/" + deed +
            "\"\nports = { peers = \"culprits\", all = \"culprits\", ware = \"wares\" }\n";
  write("gifts.toml", replaced(replaced(gifts, "world = \"shop.toml\"", "world = \"open.toml\""), "replicates = 6",
                               "replicates = 2") +
                          arms);
  write("open.toml", "extends = \"shop.toml\"\nplugins = [\"toy\", \"posted_offers\", \"hostile\"]\n");
  ExperimentOptions options;
  options.patience = 0.5;
  const ExperimentReport report = run("a.db", options);
  EXPECT_EQ(report.settled, 16);
  EXPECT_EQ(report.failed, 10);
  EXPECT_EQ(alarm(0), 0U) << "nothing waits to end the process";
  const auto why = [&](const std::string& arm) {
    const auto rows = asked("a.db", "SELECT message FROM failure WHERE arm = '" + arm + "'");
    EXPECT_EQ(rows.size(), 2U) << arm;
    return rows.empty() ? "" : rows[0][0];
  };
  EXPECT_THAT(why("null_pointer"), sanitized ? HasSubstr("the run ") : HasSubstr("crashes (Segmentation fault)"));
  EXPECT_THAT(why("endless"), AllOf(HasSubstr("tick 0 (2023-11), in step 'make': agent 'culprits' of kind 'endless'"),
                                    HasSubstr("has not returned for 0.5 s")));
  EXPECT_THAT(why("exits"), HasSubstr("calls exit(0)"));
  EXPECT_THAT(why("exits_at_once"), HasSubstr("the run ends the process"));
  EXPECT_EQ(asked("a.db", "SELECT arm, COUNT(*) FROM outcome WHERE outcome = 'given' GROUP BY arm"),
            (std::vector<Row>{{"generous", "2"}, {"plain", "2"}, {"same", "2"}}));
}

TEST_F(Experiments, AWorldThatIsWrongAtAPointFailsThere) {
  write("gifts.toml", gifts + "[factors.f]\npath = \"populations.eaters.count\"\nvalues = [3, 4, -1]\n");
  const ExperimentReport report = run("a.db");
  EXPECT_EQ(report.settled, 54);
  EXPECT_EQ(report.failed, 12);
  EXPECT_THAT(asked("a.db", "SELECT message FROM failure WHERE point = 2").at(0).at(0),
              AllOf(HasSubstr("factors f = -1"), HasSubstr("count")));
  EXPECT_EQ(run("a.db").run, 0);
}

// ---- The common past

// Arms that part by dated events only, one of them never; two differ in more.
const std::string futures = R"([arms.plain]
[arms.early.set.events.more]
tick = 2
population = "givers"
param = "gift"
value = "4 USD"
[arms.late.set.events.more]
tick = 4
population = "givers"
param = "gift"
value = "4 USD"
[arms.later.set.events]
more = { tick = 4, population = "givers", param = "gift", value = "4 USD" }
less = { tick = 5, population = "givers", param = "gift", value = "2 USD" }
[arms.joined.set.events.more]
tick = 4
population = "eaters"
found = 2
[arms.renamed]
set.name = "another"
[arms.other]
set.populations.eaters.count = 3
[arms.other_late.set]
populations.eaters.count = 3
events.more = { tick = 3, population = "eaters", leave = 1 }
)";
const std::string futures_asked = R"([outcomes]
given = "SELECT SUM(given) FROM giver WHERE tick = 5"
sold = "SELECT SUM(revenue) FROM sale"
sold_by_year = "SELECT MAX(revenue) FROM sale_year"
sales_by_year = "SELECT COUNT(*) FROM sale_year"
born = "SELECT SUM(born) + COUNT(died) FROM agent_list"
changed = "SELECT SUM(value) FROM parameter WHERE tick > 0"
ticks = "SELECT ticks FROM run"
rows = "SELECT COUNT(*) FROM books"
[series]
total = "SELECT tick, value FROM signal WHERE signal = 'total'"
luck = "SELECT tick, SUM(noise) FROM giver GROUP BY tick"
)";

class CommonPast : public Experiments {
 protected:
  void SetUp() override {
    Experiments::SetUp();
    write("town.toml", "extends = \"shop.toml\"\nregions.here.treasury = \"bank\"\n");
  }

  std::string file(const std::string& world, const std::string& arms) const {
    return "question = \"Which?\"\nworld = \"" + world + "\"\nprimary = \"given\"\nreplicates = 2\n" +
           (arms.find("[arms.plain]") == std::string::npos || arms.find("[arms.early") == std::string::npos
                ? ""
                : "reference = \"plain\"\n") +
           arms + futures_asked;
  }

  // What each run came to.
  std::vector<Row> answers(const std::string& results) const {
    return asked(results,
                 "SELECT a.name, p.replicate, r.ticks, r.status, r.message, r.fingerprint, (SELECT GROUP_CONCAT(value) "
                 "FROM outcome_value v WHERE v.run = r.id), (SELECT GROUP_CONCAT(at || ':' || value) FROM series_value "
                 "v WHERE v.run = r.id) FROM plan p JOIN arm a ON a.position = p.arm JOIN run r ON r.id = p.run ORDER "
                 "BY 1, 2");
  }

  // Arm by arm, each in an experiment of its own, in which there is nothing to share.
  std::vector<Row> alone(const std::string& world) const {
    std::vector<Row> all;
    for (std::size_t at = 0; at < futures.size();) {
      std::size_t next = futures.find("[arms.", at + 1);
      const auto name = [&](std::size_t from) {
        return futures.substr(from + 6, futures.find_first_of(".]", from + 6) - from - 6);
      };
      next = std::min(next, futures.size());
      write("alone.toml", file(world, futures.substr(at, next - at)));
      const std::string results = name(at) + ".db";
      run(results, {}, "alone.toml");
      for (Row& row : answers(results)) all.push_back(std::move(row));
      at = next;
    }
    std::sort(all.begin(), all.end());
    return all;
  }
};

TEST_F(CommonPast, IsRunOnceAndChangesNoBit) {
  const std::vector<Row> expected = alone("town.toml");
  write("gifts.toml", file("town.toml", futures));
  for (const int threads : {1, 2, 3, 8}) {
    ExperimentOptions options;
    options.threads = threads;
    const std::string results = std::to_string(threads) + ".db";
    const ExperimentReport report = run(results, options);
    EXPECT_EQ(report.failed, 0);
    EXPECT_EQ(report.run, 16);
    // Of 8 arms of 6 ticks: early goes on from 2, late from 4, later from late's 5, joined from 4, renamed from 5;
    // other_late from other's 3.
    EXPECT_EQ(report.ticks, 2 * (6 + 4 + 2 + 1 + 2 + 1 + 6 + 3));
    EXPECT_EQ(answers(results), expected) << threads;
  }
}

// What is recorded of the past is the past of every arm: years that ended, rows that are not recorded every tick, ticks
// before the first.
TEST_F(CommonPast, IsTheSameWithRecordingByChoiceAndBurnIn) {
  write("long.toml", "extends = \"town.toml\"\n[record]\nevery = 2\nagents = 3\n[burn_in]\nticks = 3\n");
  write("gifts.toml", file("long.toml", futures));
  const ExperimentReport report = run("a.db");
  EXPECT_EQ(report.failed, 0);
  EXPECT_EQ(report.ticks, 2 * (6 + 4 + 2 + 1 + 2 + 1 + 6 + 3));
  EXPECT_EQ(answers("a.db"), alone("long.toml"));
}

TEST_F(CommonPast, IsMadeAgainWhereItsRunIsThereAlready) {
  write("gifts.toml", file("town.toml", futures));
  run("whole.db");
  write("gifts.toml", file("town.toml", futures.substr(0, futures.find("[arms.later"))));
  run("a.db");
  write("gifts.toml", file("town.toml", futures));
  const ExperimentReport report = run("a.db");
  EXPECT_EQ(report.run, 10);
  EXPECT_EQ(answers("a.db"), answers("whole.db"));
}

// Whoever waits for a past that is never left runs from the start, and fails as it does.
TEST_F(CommonPast, FailsForAllWhoseItIs) {
  const std::string broken = R"([populations.bad]
kind = "culprit"
ports.others = "bad"
[goods.thing]
[events.wrong]
tick = 3
population = "bad"
param = "fault"
value = 1
)";
  write("bad.toml", "extends = \"town.toml\"\n" + broken);
  write("gifts.toml", file("bad.toml", futures));
  const ExperimentReport report = run("a.db");
  EXPECT_EQ(report.failed, 16);
  EXPECT_EQ(answers("a.db"), alone("bad.toml"));
}

TEST_F(Experiments, ScenariosAreCrossedWithArmsAndFactorsWithBoth) {
  write("gifts.toml", gifts + R"([scenarios.poor]
[scenarios.rich]
set.populations.givers.money = "100 USD"
[factors.length]
path = "ticks"
values = [2, 4]
[factors.appetite]
path = "populations.eaters.params.appetite"
low = 1
high = 3
levels = 3
unit = "piece"
)");
  run("a.db");
  EXPECT_EQ(asked("a.db", "SELECT COUNT(*) FROM plan").at(0).at(0), std::to_string(2 * 3 * 6 * 6));
  EXPECT_EQ(
      asked("a.db", "SELECT setting, COUNT(*) FROM design GROUP BY setting"),
      (std::vector<Row>{{"\"1 piece\"", "2"}, {"\"2 piece\"", "2"}, {"\"3 piece\"", "2"}, {"2", "3"}, {"4", "3"}}));
  EXPECT_EQ(asked("a.db",
                  "SELECT DISTINCT value, ticks FROM plan p JOIN run r ON r.id = p.run JOIN design d ON d.point = "
                  "p.point AND d.factor = 1 ORDER BY 1"),
            (std::vector<Row>{{"0.0", "2"}, {"1.0", "4"}}));
}

TEST_F(Experiments, AreDecidedByDrawsAndScenariosAreNone) {
  const std::string two = replaced(gifts, "replicates = 6", "replicates = 2");
  write("gifts.toml", two +
                          "[scenarios.poor]\n[scenarios.rich]\nset.populations.givers.money = \"100 USD\"\n"
                          "[scenarios.richer]\nset.populations.givers.money = \"200 USD\"\n");
  run("a.db");
  decide(folder_ / "a.db");
  EXPECT_EQ(asked("a.db", "SELECT DISTINCT units, unit FROM verdict"), (std::vector<Row>{{"2", "replicates"}}));
  write("gifts.toml", two +
                          "[factors.length]\npath = \"ticks\"\nvalues = [2, 3, 4]\n[scenarios.poor]\n[scenarios.rich]\n"
                          "set.populations.givers.money = \"100 USD\"\n");
  run("b.db");
  decide(folder_ / "b.db");
  EXPECT_EQ(asked("b.db", "SELECT DISTINCT units, unit FROM verdict"), (std::vector<Row>{{"3", "points"}}));
}

TEST_F(Experiments, ArmsAndScenariosCanBeFilesLaidOverOneAnother) {
  write("rich.toml", "[populations.givers]\nmoney = \"100 USD\"\n");
  write("generous.toml", "[populations.givers.params]\ngift = \"4 USD\"\n");
  std::string crossed = replaced(gifts, "set.populations.givers.params.gift = \"4 USD\"", "over = \"generous.toml\"");
  write("gifts.toml", crossed + "[scenarios.poor]\n[scenarios.rich]\nover = [\"rich.toml\"]\n");
  run("a.db");
  EXPECT_EQ(asked("a.db",
                  "SELECT s.name, a.name, text LIKE '%100 USD%', text LIKE '%4 USD%' FROM world w JOIN arm a ON "
                  "a.position = w.arm JOIN scenario s ON s.position = w.scenario WHERE a.name <> 'same'"),
            (std::vector<Row>{{"poor", "generous", "0", "1"},
                              {"poor", "plain", "0", "0"},
                              {"rich", "generous", "1", "1"},
                              {"rich", "plain", "1", "0"}}));
}

TEST_F(Experiments, DesignsFillTheSpaceOfFactorsEvenly) {
  const std::string factors = R"([factors.gift]
path = "populations.givers.params.gift"
low = 1
high = 3
unit = "USD"
[factors.money]
path = ["populations.givers.money"]
low = 1
high = 100
scale = "log"
unit = "USD"
[design]
points = 16
)";
  for (const std::string method : {"latin hypercube", "sobol"}) {
    write("gifts.toml",
          replaced(gifts, "replicates = 6", "replicates = 1\nticks = 1") + factors + "method = \"" + method + "\"\n");
    std::filesystem::remove(folder_ / "a.db");
    run("a.db");
    // One point in each sixteenth of the way.
    EXPECT_EQ(asked("a.db",
                    "SELECT COUNT(DISTINCT CAST((value - 1) * 8 AS INTEGER)), MIN(value) >= 1, MAX(value) <= 3 "
                    "FROM design WHERE factor = 0")
                  .at(0),
              (Row{"16", "1", "1"}))
        << method;
    EXPECT_EQ(asked("a.db", "SELECT SUM(value < 10) FROM design WHERE factor = 1").at(0).at(0), "8") << method;
  }
}

TEST_F(Experiments, VaryAllThatTheWorldAssumes) {
  const std::string few = replaced(gifts, "replicates = 6", "replicates = 1\nticks = 1");
  const std::string all = "[design]\nmethod = \"latin hypercube\"\npoints = 16\nassumptions = true\n";
  write("shop.toml", shop + "[constants]\nbasket = { value = 3, status = \"assumed\", low = 2, high = 8 }\n");
  write("gifts.toml", few + all);
  run("a.db");
  EXPECT_EQ(asked("a.db", "SELECT name, paths, unit FROM factor ORDER BY name"),
            (std::vector<Row>{{"constants.basket", "constants.basket", ""},
                              {"kinds.giver.params.gift", "kinds.giver.params.gift", "money"}}));
  // As likely below what the world says as above it, and evenly on either side: 1 within 0.5 to 4.
  EXPECT_EQ(
      asked("a.db",
            "SELECT SUM(value < 0.75), SUM(value < 1), SUM(value < 2.5), SUM(value BETWEEN 0.5 AND 4) FROM design "
            "JOIN factor ON position = factor WHERE name = 'kinds.giver.params.gift'")
          .at(0),
      (Row{"4", "8", "12", "16"}));
  // An arm that says itself what is assumed elsewhere keeps it.
  EXPECT_EQ(asked("a.db", "SELECT COUNT(DISTINCT run) FROM outcome WHERE arm = 'generous'").at(0).at(0), "16");
  const Explanation explanation = explain(folder_ / "a.db", "generous > plain", "luck");
  EXPECT_TRUE(explanation.can_tell_factors) << "sixteen points, two factors";
  write("gifts.toml", few + all + "except = [\"constants\"]\n");
  run("b.db");
  EXPECT_EQ(asked("b.db", "SELECT name FROM factor"), (std::vector<Row>{{"kinds.giver.params.gift"}}));
  write("gifts.toml",
        few + all + "[factors.g]\npath = \"kinds.giver.params.gift\"\nlow = 1\nhigh = 2\nunit = \"USD\"\n");
  run("c.db");
  EXPECT_EQ(asked("c.db", "SELECT name FROM factor ORDER BY name"), (std::vector<Row>{{"constants.basket"}, {"g"}}))
      << "a factor of the experiment's own takes the place of the assumption";
  EXPECT_THAT(refusal(few + all + "except = [\"kinds.givr\"]\n"),
              AllOf(HasSubstr("wrong.toml:"), HasSubstr("design.except"), HasSubstr("did you mean 'kinds.giver'")));
  EXPECT_THAT(refusal(few + all + "except = [\"constants\", \"kinds\"]\n"), HasSubstr("assumes nothing with a range"));
  EXPECT_THAT(refusal(few + "[design]\nassumptions = true\n"), HasSubstr("a grid over all that is assumed"));
}

TEST_F(Experiments, StopWhereTheirRuleIsContent) {
  write("gifts.toml", replaced(gifts, "replicates = 6", "replicates = 60") + "[stop]\nwidth = \"5 %\"\nat_least = 4\n");
  const ExperimentReport report = run("a.db");
  EXPECT_TRUE(report.stopped);
  EXPECT_LT(report.replicates, 60);
  EXPECT_EQ(run("a.db").run, 0) << "the same rule stops at the same place";
  write("gifts.toml", replaced(gifts, "replicates = 6", "replicates = 60") + "[stop]\nwidth = 1e-9\nat_least = 4\n");
  EXPECT_FALSE(run("a.db").stopped);
}

TEST_F(Experiments, SayWhatIsWrongBeforeAnythingRuns) {
  EXPECT_THAT(
      refusal(replaced(gifts, "reference = \"plain\"", "reference = \"plian\"")),
      AllOf(HasSubstr("wrong.toml:3:13: reference: there is no arm 'plian'"), HasSubstr("did you mean 'plain'")));
  EXPECT_THAT(refusal(replaced(gifts, "primary", "primari")), HasSubstr("`primary` is missing"));
  EXPECT_THAT(refusal(replaced(gifts, "params.gift", "params.gif")),
              AllOf(HasSubstr("arms.generous"), HasSubstr("gif")));
  EXPECT_THAT(refusal(replaced(gifts, "SELECT SUM(given)", "SELECT SUM(givn)")),
              AllOf(HasSubstr("wrong.toml:"), HasSubstr("outcomes.given"), HasSubstr("no such column: givn")));
  EXPECT_THAT(refusal(replaced(gifts, "SELECT SUM(given)", "SELECT 1, SUM(given)")),
              HasSubstr("2 columns, expected one"));
  EXPECT_THAT(refusal(replaced(gifts, "replicates = 6", "replicates = 0")), HasSubstr("`replicates` is 0, expected 1"));
  EXPECT_THAT(refusal(gifts + "[stop]\nwidth = \"5\"\n"), HasSubstr("stop.width: '5', expected a share"));
  EXPECT_THAT(refusal(gifts + "[factors.f]\npath = \"ticks\"\nlow = 2\nhigh = 1\n"), HasSubstr("is not above `low`"));
  EXPECT_THAT(refusal(gifts + "[arm.extra]\n"), AllOf(HasSubstr("unknown key"), HasSubstr("did you mean 'arms'")));
}

TEST_F(Experiments, RefuseAFileThatIsNoExperimentsResults) {
  write("a.db", "");
  std::filesystem::remove(folder_ / "a.db");
  ASSERT_EQ(std::system(("sqlite3 '" + (folder_ / "a.db").string() + "' 'CREATE TABLE t (a)'").c_str()), 0);
  try {
    run("a.db");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::output);
    EXPECT_THAT(error.what(), HasSubstr("is not the results file of an experiment"));
  }
}

// ---- The command

class ExperimentCommand : public Experiments {
 protected:
  pid_t start(const std::vector<std::string>& arguments,
              const std::vector<std::pair<std::string, std::string>>& environment = {}) const {
    const pid_t child = fork();
    if (child != 0) return child;
    if (chdir(folder_.c_str()) != 0) _exit(127);
    setenv("ONDOL_PLUGIN_PATH", (std::string(ONDOL_BUILD_DIR) + "/tests/plugins").c_str(), 1);
    for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
    std::vector<std::string> words = {std::string(ONDOL_BUILD_DIR) + "/ondol"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    execv(pointers[0], pointers.data());
    _exit(127);
  }

  static int end_of(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
};

TEST_F(ExperimentCommand, KilledAtTwentyMomentsAndContinuedHasTheSameTables) {
  using Clock = std::chrono::steady_clock;
  write("gifts.toml", replaced(gifts, "replicates = 6", "replicates = 80"));
  const auto begun = Clock::now();
  ASSERT_EQ(end_of(start({"experiment", "gifts.toml", "-o", "whole.db", "-q"})), 0);
  const double whole = std::chrono::duration<double>(Clock::now() - begun).count();
  std::mt19937_64 moments(14);
  std::vector<Row> done;  // with the time each took: none is done again
  for (int kills = 0; kills < 20; ++kills) {
    const pid_t child = start({"experiment", "gifts.toml", "-o", "killed.db", "-q"});
    std::this_thread::sleep_for(std::chrono::duration<double>(whole / 12 * static_cast<double>(moments()) * 0x1p-64));
    kill(child, SIGKILL);
    end_of(child);
    if (!std::filesystem::exists(folder_ / "killed.db")) continue;
    // What a kill left half done is undone by whoever may write next.
    Database(folder_ / "killed.db", Database::Opening::existing).execute("BEGIN IMMEDIATE; ROLLBACK");
    if (asked("killed.db", "SELECT * FROM sqlite_master WHERE name = 'run_time'").empty()) continue;
    const auto now = asked("killed.db", "SELECT * FROM run_time");
    EXPECT_TRUE(std::includes(now.begin(), now.end(), done.begin(), done.end())) << "after " << kills + 1 << " kills";
    done = now;
  }
  EXPECT_FALSE(done.empty());
  ASSERT_EQ(end_of(start({"experiment", "gifts.toml", "-o", "killed.db", "-q"})), 0);
  const auto now = asked("killed.db", "SELECT * FROM run_time");
  EXPECT_TRUE(std::includes(now.begin(), now.end(), done.begin(), done.end()));
  EXPECT_EQ(tables("killed.db"), tables("whole.db"));
}

TEST_F(ExperimentCommand, UnderOpenMpiAndGnuParallelIsAsInOneProcess) {
  const auto run_here = [&](const std::string& command) {
    const std::string there = "cd '" + folder_.string() + "' && export ONDOL_PLUGIN_PATH='" + ONDOL_BUILD_DIR +
                              "/tests/plugins' PATH='" + ONDOL_BUILD_DIR + "':\"$PATH\" && ";
    return std::system((there + command).c_str());
  };
  for (const char* program : {"mpirun", "parallel"}) {
    if (run_here(std::string("command -v ") + program + " >/dev/null") != 0)
      GTEST_SKIP() << program << " is not installed: setup.sh names its package";
  }
  ASSERT_EQ(run_here("ondol experiment gifts.toml -o whole.db -q"), 0);
  ASSERT_EQ(
      run_here("mpirun --allow-run-as-root --oversubscribe -n 3 ondol experiment gifts.toml -o mpi.db --threads 1 "
               "-q && ondol merge mpi.*-of-3.db -o mpi.db"),
      0);
  EXPECT_EQ(tables("mpi.db"), tables("whole.db"));
  ASSERT_EQ(run_here("parallel --will-cite -j2 ondol experiment gifts.toml -o parallel.db --threads 1 -q --part {}/4 "
                     "::: $(seq 4) && ondol merge parallel.*-of-4.db -o parallel.db"),
            0);
  EXPECT_EQ(tables("parallel.db"), tables("whole.db"));
}

TEST_F(ExperimentCommand, TakesItsPartFromWhatStartedIt) {
  using Environment = std::vector<std::pair<std::string, std::string>>;
  const std::vector<Environment> starts = {
      {{"SLURM_ARRAY_TASK_ID", "4"},
       {"SLURM_ARRAY_TASK_COUNT", "3"},
       {"SLURM_ARRAY_TASK_MIN", "0"},
       {"SLURM_ARRAY_TASK_STEP", "2"}},
      {{"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "3"}},
      {{"PMI_RANK", "0"}, {"PMI_SIZE", "3"}},
  };
  const std::vector<std::string> files = {"a.3-of-3.db", "a.2-of-3.db", "a.1-of-3.db"};
  for (std::size_t i = 0; i < starts.size(); ++i) {
    EXPECT_EQ(end_of(start({"experiment", "gifts.toml", "-o", "a.db", "-q"}, starts[i])), 0);
    EXPECT_TRUE(std::filesystem::exists(folder_ / files[i])) << files[i];
  }
  EXPECT_EQ(end_of(start({"merge", files[0], files[1], files[2], "-o", "a.db"})), 0);
  EXPECT_EQ(end_of(start({"experiment", "gifts.toml", "-o", "b.db", "-q", "--threads", "1"})), 0);
  EXPECT_EQ(tables("a.db"), tables("b.db"));
  EXPECT_EQ(end_of(start({"experiment", "gifts.toml", "--part", "3/2", "-q"})), 2);
  EXPECT_EQ(end_of(start({"merge", files[0], "-o", "a.db"})), 6);
}

}  // namespace
}  // namespace ondol::test
