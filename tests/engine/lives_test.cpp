// Agents are born and leave: who they are stays, where they are does not, and it costs what lives.
#include "support/sql.hpp"
#include "support/worlds.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/results.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <set>

namespace ondol::test {
namespace {

using testing::HasSubstr;

// Queens lay so many bees a tick, which live for some.
std::string hive(int brood, int life, const std::string& bees = "", const std::string& more = "") {
  return fmt::format(R"(plugins = ["hive"]
name = "hive"
currency = "coin"
money_decimals = 0
ticks = 1000
schedule = ["lay", "live"]
regions.here.treasury = "queens"
instruments.money.issuer = "queens"
[populations.queens]
kind = "queen"
count = 2
money = "1000000 coin"
params = {{ brood = {}, dowry = "10 coin" }}
ports.bees = "bees"
[populations.bees]
kind = "bee"
count = 3
traits.size = {{ uniform = [0, 1] }}
params.life = {}
{}
{}
)",
                     brood, life, bees, more);
}

std::string refusal(const std::string& world, int ticks) {
  try {
    ticked(world_of(world), ticks);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::run);
    return error.what();
  }
}

TEST(Lives, RoomIsALimitAndChangesNothingElse) {
  const std::string expected = ticked(world_of(hive(3, 4)), 50).fingerprint();
  EXPECT_EQ(ticked(world_of(hive(3, 4, "room = 100000")), 50).fingerprint(), expected);
  // Six a tick live for six: 30 and those of the step.
  EXPECT_EQ(ticked(world_of(hive(3, 4, "room = 36")), 50).fingerprint(), expected);
  EXPECT_THAT(refusal(hive(3, 4, "room = 20"), 50), HasSubstr("of which 20 live, as many as its `room` allows"));
}

TEST(Lives, AreTheSameOnAnyNumberOfThreads) {
  const World world = world_of(hive(400, 3));
  const std::string expected = ticked(world, 20, 1).fingerprint();
  for (const int threads : {2, 3, 8}) EXPECT_EQ(ticked(world, 20, threads).fingerprint(), expected) << threads;
}

TEST(Lives, IdsAreNeverUsedAgainAndRowsAre) {
  ondol::Run run(world_of(hive(10, 3)));
  std::set<Index> seen;
  Index newest = 0;
  for (int tick = 0; tick < 200; ++tick) {
    run.tick();
    const PopulationState& bees = state_of(run, "bees");
    for (Index row = 0; row < bees.size; ++row) {
      const Index agent = bees.agent(row);
      EXPECT_EQ(bees.row(agent), row);
      if (row > 0) {
        EXPECT_LT(bees.agent(row - 1), agent);
      }
      if (bees.born[row] != tick || tick == 0) continue;
      EXPECT_GT(agent, newest) << "of a newborn";
      EXPECT_TRUE(seen.insert(agent).second);
    }
    newest = bees.agent(bees.size - 1);
    EXPECT_LE(bees.size, 2 * bees.living + 20);
    EXPECT_EQ(bees.ever, 3U + 20 * (static_cast<Index>(tick) + 1));
  }
  EXPECT_EQ(state_of(run, "bees").living, 60U) << "twenty of each of three ages";
  EXPECT_EQ(state_of(run, "bees").row(state_of(run, "bees").first_agent), none) << "the first is gone";
}

TEST(Lives, WhoIsBornIsWhoItWouldBeWhateverRowItTakes) {
  // The same queens lay, whether bees die or not: the same sizes in the same order.
  const auto immortal = ticked(world_of(hive(2, 1000)), 40);
  const auto mortal = ticked(world_of(hive(2, 5)), 40);
  const PopulationState& all = state_of(immortal, "bees");
  const PopulationState& some = state_of(mortal, "bees");
  ASSERT_LT(some.size, all.size);
  const auto* sizes = reinterpret_cast<const double*>(all.traits.data());
  for (Index row = 0; row < some.size; ++row)
    EXPECT_EQ(reinterpret_cast<const double*>(some.traits.data())[row], sizes[all.row(some.agent(row))]);
}

TEST(Lives, WhoIsGoneIsNotPaid) {
  const std::string loyal =
      "[populations.friend]\nkind = \"spender\"\nmoney = \"100 coin\"\nparams.loyal = true\nports.to = \"bees\"\n";
  EXPECT_THAT(refusal(hive(10, 3, "", loyal), 50), HasSubstr("pays 'gift' to an agent that does not live"));
}

// What a tick recorded of agents adds up to what it recorded of flows, those included who were born and left in it.
TEST(Lives, BooksAndFlowsAgreeThoughAgentsComeAndGoInOneTick) {
  const auto file = std::filesystem::temp_directory_path() / fmt::format("ondol_lives_{}.db", getpid());
  ondol::Run run(world_of(hive(3, 0)));
  {
    Results results(file, run, {true});
    for (int tick = 0; tick < 30; ++tick) {
      run.tick();
      results.record();
    }
    results.finish(RunStatus::complete, "");
  }
  EXPECT_EQ(ask_one(file, "SELECT count(*) FROM agent_list"), fmt::format("{}", 2 + 3 + 30 * 6));
  EXPECT_EQ(ask_one(file, "SELECT count(*) FROM agent_list WHERE id NOT IN (SELECT agent FROM books_data)"), "0");
  EXPECT_EQ(
      ask_one(file, "SELECT count(*) FROM agent_list WHERE died < born OR (population = 'bees' AND died IS NULL)"),
      "0");
  EXPECT_EQ(ask_one(file,
                    "SELECT count(*) FROM (SELECT tick, sum(revenue + capital_received + financial_received) AS "
                    "got FROM books GROUP BY tick) b JOIN (SELECT tick, sum(amount) AS went FROM flow GROUP BY "
                    "tick) f ON f.tick = b.tick WHERE got <> went"),
            "0");
  std::filesystem::remove(file);
}

// ---- What newborns have

double size_of(const PopulationState& bees, Index row) {
  return reinterpret_cast<const double*>(bees.traits.data())[row];
}

TEST(Births, StartWithWhatTheirFounderSays) {
  const std::string world = hive(1, 100);
  const auto drawn = ticked(world_of(world), 3);
  WorldOptions options = with_fixtures();
  options.set = {"populations.queens.params.size=7"};
  const auto run = ticked(world_of(world, options), 3);
  const PopulationState& bees = state_of(run, "bees");
  ASSERT_EQ(bees.size, 9U);
  for (Index row = 0; row < bees.size; ++row) {
    EXPECT_EQ(size_of(bees, row), row < 3 ? size_of(state_of(drawn, "bees"), row) : 7.0) << row;
    // Its rule has aged it once a tick, since the step after it was founded.
    EXPECT_EQ(field(run, "bees", row, "age"), row < 3 ? 3.0 : 1.0 + 3 - static_cast<double>(bees.born[row])) << row;
  }
}

TEST(Births, AreGivenNothingThatTheirKindDoesNotHave) {
  WorldOptions options = with_fixtures();
  options.set = {"populations.queens.params.size=1e12"};
  try {
    ticked(world_of(hive(1, 100), options), 1);
    FAIL() << "too large";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("agent 'queens#1'"));
    EXPECT_THAT(error.what(),
                HasSubstr("gives a newborn of kind 'bee' size = 1000000000000, expected 0 to 1000000000"));
  }
}

std::string with_honey(const std::string& bees) {
  std::string text = hive(2, 100, bees, "[goods.honey]\nunit = \"pot\"\n[units]\npot = {}\n");
  const std::string ports = "ports.bees = \"bees\"";
  return text.replace(text.find(ports), ports.size(), ports + "\nports.honey = \"honey\"\nparams.honey = \"3 pot\"");
}

TEST(Births, GetGoodsOfTheirFounder) {
  std::string text = with_honey("ports.honey = \"honey\"");
  const std::string params = "params = { brood = 2, dowry = \"10 coin\" }";
  text.replace(text.find(params), params.size(), "params.brood = 2\nparams.dowry = \"10 coin\"");
  const auto run = ticked(world_of(text), 3);
  const PopulationState& bees = state_of(run, "bees");
  ASSERT_EQ(bees.size, 3U + 12);
  // Those of tick 0 came before there was any.
  for (Index row = 0; row < bees.size; ++row) EXPECT_EQ(bees.accounts[0].stock[row], row < 7 ? 0 : 3) << row;
  for (Index row = 0; row < bees.size; ++row) EXPECT_EQ(bees.income[row], 0) << "a gift is no income";
}

TEST(Births, ACohortJoinsAndLeavesByEvents) {
  const std::string events = R"(
[events.join]
tick = 3
population = "bees"
found = 50
[events.some_leave]
tick = 5
population = "bees"
leave = 13
[events.all_leave]
tick = 7
population = "bees"
leave = "all"
)";
  const World world = world_of(hive(0, 1000, "money = \"10 coin\"", events));
  ondol::Run run(world);
  const auto living = [&] { return state_of(run, "bees").living; };
  const auto total = [&] {
    Units sum = 0;
    for (const PopulationState& population : run.state().populations)
      for (const Units money : population.money_held) sum += money;
    return sum;
  };
  for (int i = 0; i < 3; ++i) run.tick();
  EXPECT_EQ(living(), 3U);
  const Units before = total();
  run.tick();
  EXPECT_EQ(living(), 53U);
  EXPECT_EQ(total(), before + 500) << "issued for them";
  EXPECT_EQ(state_of(run, "bees").money_held[52], 10);
  EXPECT_EQ(state_of(run, "bees").income[52], 0);
  EXPECT_EQ(field(run, "bees", 52, "age"), 1.0) << "it acts in the tick in which it comes";
  EXPECT_NE(size_of(state_of(run, "bees"), 51), size_of(state_of(run, "bees"), 52));
  run.tick();
  run.tick();
  EXPECT_EQ(living(), 40U);
  run.tick();
  run.tick();
  EXPECT_EQ(living(), 0U);
  EXPECT_EQ(total(), before + 500) << "inherited";
  for (const int threads : {1, 2, 8}) EXPECT_EQ(ticked(world, 8, threads).fingerprint(), run.fingerprint()) << threads;
}

TEST(Births, ACohortHasToBeANumber) {
  const auto refused = [](const std::string& event) -> std::string {
    try {
      world_of(hive(0, 1, "", "[events.wrong]\ntick = 1\npopulation = \"bees\"\n" + event));
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(refused("found = \"all\""), HasSubstr("found"));
  EXPECT_THAT(refused("found = -3"), HasSubstr("expected a whole number"));
  EXPECT_THAT(refused("found = 1\nleave = 1"), HasSubstr("make two events of it"));
  EXPECT_THAT(refused(""), HasSubstr("param"));
}

}  // namespace
}  // namespace ondol::test
