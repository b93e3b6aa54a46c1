// Ticks before the first that counts.
#include "support/sql.hpp"
#include "support/worlds.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/results.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ondol::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Four who give to one another, by luck.
World givers(const std::string& more) {
  return world_of(R"(
plugins = ["toy", "posted_offers"]
currency = "USD"
ticks = 20
start = "2023-01"
schedule = ["make", "trade", "eat", "finance", "give"]
regions.here = {}
signals.total = { unit = "USD", aggregate = "sum", initial = "7 USD" }
instruments.money.issuer = "bank"
populations.bank.kind = "financier"
[populations.givers]
kind = "giver"
count = 4
money = "1000 USD"
ports = { others = "givers", total = "total" }
)" + more);
}

const std::string dearer = R"(
[events.dearer]
tick = 1
population = "givers"
param = "gift"
value = "3 USD"
)";

std::string burning(const std::string& more = "") { return "[burn_in]\nticks = 6\n" + more; }

std::string refusal(const std::string& burn_in) {
  try {
    givers("[burn_in]\n" + burn_in);
    return "loads";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(BurnIn, LeavesTheWorldWhereAsManyTicksWould) {
  const auto burnt = ticked(givers(burning()), 3);
  EXPECT_EQ(burnt.ticks(), 3);
  EXPECT_EQ(burnt.fingerprint(), ticked(givers(""), 9).fingerprint());
}

TEST(BurnIn, EventsKeepTheirDates) {
  EXPECT_EQ(ticked(givers(burning() + dearer), 1).fingerprint(), ticked(givers(burning()), 1).fingerprint());
  EXPECT_NE(ticked(givers(burning() + dearer), 2).fingerprint(), ticked(givers(burning()), 2).fingerprint());
}

TEST(BurnIn, ResultsBeginWithTickZeroAndFullBooks) {
  const auto path = std::filesystem::path(testing::TempDir()) / "burn_in.db";
  ResultsOptions options;
  options.overwrite = true;
  auto run = ticked(givers(burning()), 0);
  Results results(path, run, options);
  for (int i = 0; i < 2; ++i) {
    run.tick();
    results.record();
  }
  results.finish(RunStatus::complete, "");
  EXPECT_THAT(ask(path, "SELECT DISTINCT tick FROM books ORDER BY tick"), ElementsAre(Row{"0"}, Row{"1"}));
  EXPECT_EQ(ask_one(path, "SELECT date FROM books WHERE tick = 0"), "2023-01-01");
  EXPECT_EQ(ask_one(path, "SELECT min(given) FROM giver WHERE tick = 0"), "7");
  EXPECT_EQ(ask_one(path, "SELECT sum(cash) FROM books WHERE tick = 0"), "4000.0");
  EXPECT_THAT(ask(path, "SELECT tick FROM books GROUP BY tick HAVING sum(revenue) <> sum(costs)"), IsEmpty());
}

TEST(BurnIn, PutsBackWhatIsHeldOrRestored) {
  const auto given = [](const std::string& kept) {
    return field(ticked(givers(burning(kept)), 0), "givers", 3, "given");
  };
  EXPECT_EQ(given(""), 6);
  EXPECT_EQ(given("hold = [{ population = \"givers\", state = \"given\" }]"), 0);
  EXPECT_EQ(given("restore = [{ population = { kind = \"giver\" }, state = [\"given\", \"noise\"] }]"), 0);
  EXPECT_EQ(ticked(givers(burning("restore = [{ signal = \"total\" }]")), 0).state().signals.at(0), 7);
}

TEST(BurnIn, IsTheSameOnAnyNumberOfThreads) {
  const World world = givers(burning("hold = [{ population = \"givers\", state = \"noise\" }]"));
  const auto fingerprint = ticked(world, 2, 1).fingerprint();
  for (const int threads : {2, 3, 8}) EXPECT_EQ(ticked(world, 2, threads).fingerprint(), fingerprint) << threads;
}

TEST(BurnIn, WhatItCannotKeepIsRefusedWithItsPlace) {
  EXPECT_THAT(refusal("ticks = 0\n"), HasSubstr("`ticks` is 0"));
  EXPECT_THAT(refusal("ticks = 2\nhold = [{ population = \"givers\", state = \"nois\" }]\n"),
              HasSubstr("did you mean 'noise'"));
  EXPECT_THAT(refusal("ticks = 2\nhold = [{ signal = \"totl\" }]\n"), HasSubstr("did you mean 'total'"));
  EXPECT_THAT(refusal("ticks = 2\nhold = [\"total\"]\n"), HasSubstr("expected a table"));
  EXPECT_THAT(refusal("ticks = 2\nheld = []\n"), HasSubstr("did you mean 'hold'"));
}

}  // namespace
}  // namespace ondol::test
