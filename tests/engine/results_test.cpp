// Results files: what a person asks of them, and that recording changes nothing.
#include "support/shop.hpp"
#include "support/sql.hpp"
#include "support/worlds.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/results.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace ondol::test {
namespace {

using testing::HasSubstr;

std::filesystem::path file_named(const std::string& name) {
  return std::filesystem::path(testing::TempDir()) / ("results_" + name + ".db");
}

// Records a whole run and returns its fingerprint.
std::string record(const World& world, const std::filesystem::path& file, int threads = 1) {
  ondol::Run run(world, {threads, {}});
  Results results(file, run, {true});
  while (run.ticks() < world.ticks()) {
    run.tick();
    results.record();
  }
  results.finish(RunStatus::complete);
  return run.fingerprint();
}

TEST(Results, AnswerInPlainNamesAndDates) {
  const auto file = file_named("plain");
  record(world_of(shop), file);
  EXPECT_EQ(ask(file, "SELECT date, cash, revenue, income FROM books WHERE agent = 'Big Maker' LIMIT 2"),
            (std::vector<Row>{{"2023-11", "20.0", "20.0", "20.0"}, {"2023-12", "40.0", "20.0", "20.0"}}));
  EXPECT_EQ(ask(file, "SELECT sum(revenue) FROM earnings_by_year WHERE layer = 'makers' GROUP BY year"),
            (std::vector<Row>{{"40.0"}, {"80.0"}}));
  EXPECT_EQ(ask_one(file, "SELECT price FROM price WHERE market = 'wares' AND tick = 3"), "2.0");
  EXPECT_EQ(ask_one(file, "SELECT hhi FROM concentration WHERE year = '2024'"), "1.0");
  EXPECT_EQ(
      ask(file,
          "SELECT from_kind, to_kind, purpose, market, amount, quantity FROM flow WHERE tick = 0 AND market != ''"),
      (std::vector<Row>{{"eater", "maker", "wares", "wares", "20.0", "10.0"}}));
  EXPECT_EQ(ask_one(file, "SELECT bought FROM eater WHERE agent = 'eaters#1' AND tick = 0"), "2.5");
}

TEST(Results, TellHowTheRunEndedAndHowToRepeatIt) {
  const auto file = file_named("repeat");
  const std::string fingerprint = record(world_of(shop), file);
  EXPECT_EQ(ask(file, "SELECT status, ticks, fingerprint FROM run"),
            (std::vector<Row>{{"complete", "6", fingerprint}}));
  EXPECT_EQ(record(world_of(ask_one(file, "SELECT world_text FROM run")), file_named("again")), fingerprint);
}

TEST(Results, EveryColumnOfEveryTableAndViewIsDocumented) {
  const auto file = file_named("documented");
  record(world_of(shop), file);
  const auto missing =
      ask(file,
          "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type IN ('table', 'view') "
          "AND m.name NOT LIKE 'sqlite_%' AND NOT EXISTS (SELECT 1 FROM column_doc d WHERE d.table_name = m.name "
          "AND d.column_name = c.name AND d.meaning != '' AND d.unit != '')");
  for (const Row& row : missing) ADD_FAILURE() << row[0] << "." << row[1];
  EXPECT_EQ(ask(file,
                "SELECT d.table_name, d.column_name FROM column_doc d WHERE NOT EXISTS (SELECT 1 FROM "
                "pragma_table_info(d.table_name) c WHERE c.name = d.column_name)"),
            std::vector<Row>{});
}

std::string everything(const std::filesystem::path& file) {
  std::string all;
  for (const Row& table : ask(file,
                              "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('run', 'plugin', "
                              "'sqlite_stat1') ORDER BY name")) {
    for (const Row& row : ask(file, "SELECT * FROM " + table[0])) {
      for (const std::string& value : row) all += value + "|";
    }
  }
  return all;
}

TEST(Results, HoldTheSameRowsForAnyNumberOfThreads) {
  const World world = world_of(shop);
  record(world, file_named("one"), 1);
  const std::string expected = everything(file_named("one"));
  for (const int threads : {2, 3, 8}) {
    record(world, file_named("many"), threads);
    EXPECT_EQ(everything(file_named("many")) == expected, true) << threads;
  }
}

TEST(Results, RecordingMoreOrLessChangesNoFingerprint) {
  const std::string fingerprint = ticked(world_of(shop), 6).fingerprint();
  EXPECT_EQ(record(world_of(shop), file_named("all")), fingerprint);
  const auto file = file_named("little");
  const std::string little = shop +
                             "[record]\nevery = 2\n[record.kinds.giver]\nsample = 3\ncolumns = "
                             "[\"given\"]\n[record.kinds.eater]\nrows = false\n";
  EXPECT_EQ(record(world_of(little), file), fingerprint);
  EXPECT_EQ(ask_one(file, "SELECT count(*) FROM giver"), "9");
  EXPECT_EQ(ask_one(file, "SELECT count(*) FROM eater"), "0");
  EXPECT_EQ(ask_one(file, "SELECT count(*) FROM pragma_table_info('giver') WHERE name = 'noise'"), "0");
}

TEST(Results, NeverOverwriteUnasked) {
  const auto file = file_named("precious");
  std::ofstream(file) << "precious";
  const World world = world_of(shop);
  const ondol::Run run(world);
  EXPECT_THROW(Results(file, run), Error);
  std::string kept;
  std::ifstream(file) >> kept;
  EXPECT_EQ(kept, "precious");
}

TEST(Results, SayWhereTheyCannotBeWritten) {
  const World world = world_of(shop);
  const ondol::Run run(world);
  try {
    Results results("/nowhere/at/all.db", run);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::output);
    EXPECT_THAT(error.what(), HasSubstr("/nowhere/at"));
  }
}

TEST(Results, OfARunThatNobodyFinishedAreMarkedFailedAndKept) {
  const auto file = file_named("unfinished");
  {
    ondol::Run run(world_of(shop));
    Results results(file, run, {true});
    run.tick();
    results.record();
  }
  EXPECT_EQ(ask(file, "SELECT status, ticks FROM run"), (std::vector<Row>{{"failed", "1"}}));
  EXPECT_EQ(ask_one(file, "SELECT cash FROM books WHERE agent = 'Big Maker'"), "20.0");
}

TEST(Results, EndAsOnePlainFile) {
  const auto file = file_named("one_file");
  record(world_of(shop), file);
  EXPECT_FALSE(std::filesystem::exists(file.string() + "-wal"));
  EXPECT_FALSE(std::filesystem::exists(file.string() + "-shm"));
}

}  // namespace
}  // namespace ondol::test
