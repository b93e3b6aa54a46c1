// Chance falls anew every tick: over many ticks of real runs, equal parties fare equally, in every mechanism and in
// every draw of the engine's own.
#include "support/worlds.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace ondol::test {
namespace {

// Each of equal parties had `tries` chances of probability p. The band is five standard deviations: a party that always
// wins, or never, is far beyond it.
void expect_fair(const std::vector<double>& won, double tries, double p, const std::string& who) {
  const double band = 5 * std::sqrt(tries * p * (1 - p));
  for (std::size_t i = 0; i < won.size(); ++i)
    EXPECT_NEAR(won[i], tries * p, band) << who << " " << i << " of " << won.size();
}

// Adds up a state field over the ticks of a run, by row.
std::vector<double> totals(Run& run, int ticks, const std::string& population, const std::string& name) {
  std::vector<double> sums(state_of(run, population).size);
  for (int i = 0; i < ticks; ++i) {
    run.tick();
    for (Index row = 0; row < sums.size(); ++row) sums[row] += field(run, population, row, name);
  }
  return sums;
}

std::vector<double> less_each(std::vector<double> totals, double certain) {
  for (double& total : totals) total -= certain;
  return totals;
}

// Makers and eaters of one good in whole pieces.
std::string market(const std::string& mechanism, const std::string& terms, const std::string& makers,
                   const std::string& eaters) {
  return fmt::format(R"(plugins = ["toy", "{0}"]
currency = "USD"
money_decimals = 0
ticks = 1000
schedule = ["make", "trade", "eat", "finance"]
regions.here = {{}}
instruments.money.issuer = "mint"
units.piece = {{}}
goods.ware = {{ unit = "piece", lasts = "tick" }}
[markets.ware]
good = "ware"
mechanism = "{0}"
step = "trade"
attributes = ["quality"]
{1}
[populations.mint]
kind = "financier"
[populations.makers]
kind = "maker"
ports.ware = "ware"
{2}
[populations.eaters]
kind = "eater"
money = "1000000 USD"
ports.food = "ware"
{3}
)",
                     mechanism, terms, makers, eaters);
}

std::string makers(int count, int output) {
  return fmt::format("count = {}\nparams = {{ output = \"{} piece\", price = \"1 USD/piece\" }}", count, output);
}

std::string eaters(int count, int appetite, bool by_name = false) {
  return fmt::format("count = {}\nparams = {{ appetite = \"{} piece\", limit = \"2 USD/piece\", by_name = {} }}", count,
                     appetite, by_name);
}

// Three share ten pieces a tick: three each are certain, the tenth is luck.
constexpr int ticks = 300;
void expect_the_tenth_falls_fairly(const std::string& world, const std::string& population, const std::string& name) {
  ondol::Run run(world_of(world), {});
  run.tick();  // what makers sold is seen a tick later
  expect_fair(less_each(totals(run, ticks, population, name), 3.0 * ticks), ticks, 1.0 / 3, population);
}

TEST(LuckOfPostedOffers, WhoIsServedOfThoseWhoNameNobody) {
  ondol::Run run(world_of(market("posted_offers", "", makers(3, 10), eaters(40, 10))), {});
  std::vector<double> times = totals(run, 100, "eaters", "bought");
  for (double& served : times) served /= 10;
  expect_fair(times, 100, 3.0 / 40, "eater");
}

TEST(LuckOfPostedOffers, WhoSellsFirstOfThoseEquallyDear) {
  ondol::Run run(world_of(market("posted_offers", "", makers(3, 1000), eaters(1, 1))), {});
  run.tick();
  expect_fair(totals(run, ticks, "makers", "sold"), ticks, 1.0 / 3, "maker");
}

TEST(LuckOfPostedOffers, TheRemainderOfAShortOffer) {
  expect_the_tenth_falls_fairly(market("posted_offers", "", makers(1, 10), eaters(3, 10, true)), "eaters", "bought");
}

TEST(LuckOfLogitChoice, WhereTheRemainderOfASplitOrderGoes) {
  expect_the_tenth_falls_fairly(market("logit_choice", "", makers(3, 1000), eaters(1, 10)), "makers", "sold");
}

TEST(LuckOfLogitChoice, WhereAnOrderGoesThatIsNotSplit) {
  ondol::Run run(world_of(market("logit_choice", "params.spread = false", makers(3, 1000), eaters(1, 1))), {});
  run.tick();
  expect_fair(totals(run, ticks, "makers", "sold"), ticks, 1.0 / 3, "maker");
}

TEST(LuckOfLogitChoice, TheRemainderOfAShortOffer) {
  expect_the_tenth_falls_fairly(market("logit_choice", "", makers(1, 10), eaters(3, 10)), "eaters", "bought");
  expect_the_tenth_falls_fairly(market("logit_choice", "params.spread = false", makers(1, 10), eaters(3, 10)), "eaters",
                                "bought");
}

TEST(LuckOfCallAuction, TheRemainderAmongOffersAtTheMargin) {
  expect_the_tenth_falls_fairly(market("call_auction", "", makers(3, 10), eaters(1, 10)), "makers", "sold");
}

TEST(LuckOfCallAuction, TheRemainderAmongOrdersAtTheMargin) {
  expect_the_tenth_falls_fairly(market("call_auction", "", makers(1, 10), eaters(3, 10)), "eaters", "bought");
}

TEST(LuckOfDoubleAuction, WhoArrivesBeforeTheOffersAreGone) {
  ondol::Run run(world_of(market("double_auction", "", makers(3, 10), eaters(40, 10))), {});
  std::vector<double> times = totals(run, 100, "eaters", "bought");
  for (double& served : times) served /= 10;
  expect_fair(times, 100, 3.0 / 40, "eater");
}

TEST(LuckOfDoubleAuction, WhoSellsFirstOfThoseEquallyDear) {
  ondol::Run run(world_of(market("double_auction", "", makers(3, 1000), eaters(1, 1))), {});
  run.tick();
  expect_fair(totals(run, ticks, "makers", "sold"), ticks, 1.0 / 3, "maker");
}

TEST(LuckOfContracts, TheRemainderAmongOrdersOfOneTick) {
  expect_the_tenth_falls_fairly(
      market("contracts", "order_life = 1\nparams.lead_time = \"0 tick\"", makers(1, 10), eaters(3, 10, true)),
      "eaters", "bought");
}

// What a buyer spends tells where it bought.
TEST(LuckOfBuyers, IsTheirOwnWhoeverElseComesAndGoes) {
  std::string text = market("logit_choice", "params = { spread = false, rounds = 1, price_weight = 0 }",
                            makers(1, 1'000'000), eaters(50, 1));
  for (const int price : {2, 3}) {
    text += fmt::format(
        "[populations.dear{0}]\nkind = \"maker\"\nports.ware = \"ware\"\n"
        "params = {{ output = \"1000000 piece\", price = \"{0} USD/piece\" }}\n",
        price);
  }
  text.replace(text.find("limit = \"2 "), 10, "limit = \"9 ");
  std::string joined = text;
  joined.insert(
      joined.find("[populations.eaters]"),
      "[populations.early]\nkind = \"eater\"\nmoney = \"1000000 USD\"\nports.food = \"ware\"\n" + eaters(7, 1) + "\n");
  ondol::Run alone(world_of(text), {});
  ondol::Run together(world_of(joined), {});
  std::set<double> spent;
  for (int i = 0; i < 20; ++i) {
    alone.tick();
    together.tick();
    for (Index row = 0; row < 50; ++row) {
      ASSERT_EQ(field(alone, "eaters", row, "spent"), field(together, "eaters", row, "spent")) << i << " " << row;
      spent.insert(field(alone, "eaters", row, "spent"));
    }
  }
  EXPECT_EQ(spent, (std::set<double>{1, 2, 3}));
}

// ---- Rules

TEST(LuckOfRules, IsAnewEachTickForEachAgent) {
  ondol::Run run(world_of(R"(plugins = ["merit_order", "call_auction"]
currency = "USD"
ticks = 1000
schedule = ["offer", "bid", "settle"]
regions.here = {}
instruments.money.issuer = "loads"
goods.electricity = { unit = "MWh", lasts = "tick" }
markets.electricity = { good = "electricity", mechanism = "call_auction", step = "bid" }
populations.generators = { kind = "generator", count = 20, ports.electricity = "electricity" }
populations.loads = { kind = "load", count = 20, money = "1000000 USD", ports.electricity = "electricity" }
)"),
                 {});
  // Uniform on 0 to 100: a mean of 50 and a standard deviation of 100 / sqrt(12).
  const std::vector<double> costs = totals(run, ticks, "generators", "cost");
  for (const double cost : costs) EXPECT_NEAR(cost / ticks, 50, 5 * 100 / std::sqrt(12.0 * ticks));
}

// ---- The engine's own draws

std::string hive(const std::string& more, const std::string& queens = "") {
  return R"(plugins = ["hive", "toy"]
currency = "USD"
money_decimals = 0
ticks = 1000
schedule = ["lay", "live", "finance", "trade"]
regions.here.treasury = "state"
instruments.money.issuer = "state"
[instruments.share]
class = "residual"
[populations.state]
kind = "financier"
count = 3
[populations.queens]
kind = "queen"
money = "1000000 USD"
ports.bees = "bees"
)" + queens +
         R"(
[populations.bees]
kind = "bee"
count = 0
)" + more;
}

TEST(LuckOfTheEngine, RemaindersOfDistributionsFallFairly) {
  std::string world = hive("", R"(
[populations.firm]
kind = "financier"
money = "1000000 USD"
params.distribute = "10 USD"
ports.shares = "share"
[populations.owners]
kind = "financier"
count = 3
)");
  for (int i = 0; i < 3; ++i)
    world += "[[claims]]\ninstrument = \"share\"\nissuer = \"firm\"\nholder = \"owners\"\namount = 5\n";
  ondol::Run run(world_of(world), {});
  for (int i = 0; i < ticks; ++i) run.tick();
  expect_fair(
      {money(run, "owners", 0) - 3 * ticks, money(run, "owners", 1) - 3 * ticks, money(run, "owners", 2) - 3 * ticks},
      ticks, 1.0 / 3, "owner");
}

TEST(LuckOfTheEngine, RemaindersOfEstatesFallFairly) {
  std::string world = hive("", R"(
[populations.firms]
kind = "financier"
count = 300
money = "10 USD"
params.exit_tick = 2
ports.shares = "share"
[populations.owners]
kind = "financier"
count = 3
)");
  for (int i = 0; i < 3; ++i)
    world += "[[claims]]\ninstrument = \"share\"\nissuer = \"firms\"\nholder = \"owners\"\namount = 5\n";
  ondol::Run run(world_of(world), {});
  for (int i = 0; i < 3; ++i) run.tick();
  ASSERT_EQ(state_of(run, "firms").living, 0U);
  expect_fair({money(run, "owners", 0) - 900, money(run, "owners", 1) - 900, money(run, "owners", 2) - 900}, 300,
              1.0 / 3, "owner");
}

TEST(LuckOfTheEngine, WhatHasNoOwnerFallsToAMemberOfTheTreasury) {
  ondol::Run run(world_of(hive("", R"(
[populations.hermits]
kind = "financier"
count = 300
money = "1 USD"
params.exit_tick = 2
)")),
                 {});
  for (int i = 0; i < 3; ++i) run.tick();
  expect_fair({money(run, "state", 0), money(run, "state", 1), money(run, "state", 2)}, 300, 1.0 / 3, "member");
}

TEST(LuckOfTheEngine, MoneyOfTheStartIsIssuedFairly) {
  std::vector<double> issued(3);
  const World world = world_of(hive(""));
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const auto run = ticked(world, 0, 1, seed);
    for (Index row = 0; row < 3; ++row)
      issued[row] += static_cast<double>(state_of(run, "state").money_issued[row] - 333'333);
  }
  expect_fair(issued, 60, 1.0 / 3, "issuer");
}

TEST(LuckOfTheEngine, EachBirthIsDrawnAnew) {
  ondol::Run run(world_of(hive("traits.size = { uniform = [0, 100] }\n", "params = { brood = 2 }")), {});
  for (int i = 0; i < ticks; ++i) run.tick();
  const PopulationState& bees = state_of(run, "bees");
  ASSERT_EQ(bees.size, 2U * ticks);
  std::vector<double> sizes(bees.size);
  for (Index row = 0; row < bees.size; ++row) sizes[row] = reinterpret_cast<const double*>(bees.traits.data())[row];
  double sum = 0;
  for (const double size : sizes) sum += size;
  EXPECT_NEAR(sum / (2 * ticks), 50, 5 * 100 / std::sqrt(12.0 * 2 * ticks));
  std::sort(sizes.begin(), sizes.end());
  EXPECT_EQ(std::adjacent_find(sizes.begin(), sizes.end()), sizes.end()) << "no two are alike";
}

}  // namespace
}  // namespace ondol::test
