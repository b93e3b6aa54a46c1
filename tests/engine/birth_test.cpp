// The rule of birth: it runs once for each agent that is founded, right after it was, and for nobody else.
#include "support/worlds.hpp"

#include <ondol/engine/error.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <set>

namespace ondol {
namespace {

using namespace test;
using testing::HasSubstr;

std::string nursery(const std::string& parents, const std::string& rest = "") {
  return R"(
plugins = ["nursery"]
currency = "USD"
ticks = 9
schedule = ["live"]
regions.here = {}
instruments.money.issuer = "parents"
[signals.word]
unit = "1"
aggregate = "sum"
[populations.children]
kind = "child"
count = 1
room = 2000
ports = { parents = "parents", nest = "children", word = "word" }
[populations.parents]
kind = "parent"
money = "10000 USD"
ports = { nest = "children", tolls = "toll" }
)" + parents +
         rest;
}

std::string failure_of(const std::string& world) {
  try {
    ticked(world_of(world), 3);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Birth, RunsOnceWithAllThatWasHandedOver) {
  const auto run = ticked(world_of(nursery("params.children = 2\n")), 3);
  EXPECT_EQ(field(run, "children", 0, "begun"), 0) << "it was there at the start";
  EXPECT_EQ(field(run, "children", 0, "lived"), 3);
  for (const Index row : {1U, 2U}) {
    EXPECT_EQ(field(run, "children", row, "begun"), 1);
    EXPECT_EQ(field(run, "children", row, "begun_with"), 5);
    EXPECT_EQ(field(run, "children", row, "begun_gift"), row - 1);
    EXPECT_EQ(field(run, "children", row, "lived"), 2) << "from the next step on";
    EXPECT_EQ(money(run, "children", row), 4);
  }
  const auto first = ticked(run.world(), 1);
  EXPECT_EQ(money(first, "parents", 0), 10'000 - 10 + 2) << "what it paid was booked in the tick it began";
}

TEST(Birth, IsOfCohortsThatAnEventFoundsToo) {
  const auto run = ticked(world_of(nursery("params.children = 0\n", R"(
[events.more]
tick = 1
population = "children"
found = 3
)")),
                          2);
  EXPECT_EQ(field(run, "children", 0, "begun"), 0);
  for (const Index row : {1U, 2U, 3U}) {
    EXPECT_EQ(field(run, "children", row, "begun"), 1);
    EXPECT_EQ(field(run, "children", row, "lived"), 1) << "an event comes before the first step";
  }
}

TEST(Birth, FallsForEachByItsOwnLuckOnAnyNumberOfThreads) {
  const World world = world_of(nursery("params.children = 1700\n"));
  const auto run = ticked(world, 2);
  std::set<double> lucks;
  for (Index row = 1; row <= 1700; ++row) lucks.insert(field(run, "children", row, "luck"));
  EXPECT_EQ(lucks.size(), 1700U);
  EXPECT_EQ(field(run, "parents", 0, "tolls"), 1700);
  for (const int threads : {2, 3, 8}) EXPECT_EQ(ticked(world, 2, threads).fingerprint(), run.fingerprint()) << threads;
}

TEST(Birth, FoundsNobodyAndTellsNotAll) {
  EXPECT_THAT(failure_of(nursery("", "[populations.children.params]\nfounds = true\n")),
              HasSubstr("step 'birth': agent 'children#2' of kind 'child' (plugin 'nursery') founds an agent in its "
                        "own rule of birth"));
  EXPECT_THAT(failure_of(nursery("", "[populations.children.params]\ntells = true\n")),
              HasSubstr("contributes to signal 'word' in its rule of birth"));
}

TEST(Birth, IsNoStepOfASchedule) {
  std::string world = nursery("");
  world.replace(world.find("[\"live\"]"), 8, "[\"live\", \"birth\"]");
  EXPECT_THAT(failure_of(world), HasSubstr("step 'birth' cannot be scheduled"));
}

}  // namespace
}  // namespace ondol
