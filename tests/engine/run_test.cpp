// Runs of tiny worlds: who pays whom, who sees what when, and that chance and threads change nothing else.
#include "base/floats.hpp"
#include "support/worlds.hpp"

#include <ondol/engine/error.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <numeric>
#include <thread>

namespace ondol::test {
namespace {

using testing::HasSubstr;

std::string exchange(const std::string& populations = "count = 1000") {
  return R"(
name = "exchange"
plugins = ["toy"]
currency = "coin"
money_decimals = 0
seed = 7
ticks = 20
schedule = ["give"]
[regions.here]
[signals.total]
unit = "coin"
aggregate = "sum"
[instruments.money]
issuer = "mint"
[populations.mint]
kind = "financier"
ports = {}
[populations.givers]
kind = "giver"
money = "100 coin"
traits.mood = { normal = [0, 1] }
ports = { others = "givers", total = "total" }
)" + populations;
}

std::string with_mint_idle(std::string text) {
  // The mint's rules need their steps; it has nothing to do in them.
  const std::string from = "schedule = [\"give\"]";
  text.replace(text.find(from), from.size(), "schedule = [\"give\", \"finance\", \"trade\"]");
  return text;
}

TEST(Run, MoneyChangesHandsAndNeverItsTotal) {
  const World world = world_of(with_mint_idle(exchange()));
  const auto run = ticked(world, 20);
  const Column& held = state_of(run, "givers").money_held;
  EXPECT_EQ(std::accumulate(held.begin(), held.end(), Units{0}), 100'000);
  EXPECT_NE(held, Column(1000, 100));
  EXPECT_EQ(field(run, "givers", 0, "given"), 20);
}

TEST(Run, IsTheSameToTheLastBitOnAnyNumberOfThreads) {
  const World world = world_of(with_mint_idle(exchange("count = 3000")));
  const std::string expected = ticked(world, 10, 1).fingerprint();
  for (const int threads : {2, 3, 8}) EXPECT_EQ(ticked(world, 10, threads).fingerprint(), expected) << threads;
}

TEST(Run, AnotherSeedIsAnotherRun) {
  const World world = world_of(with_mint_idle(exchange()));
  EXPECT_NE(ticked(world, 5, 1, 8).fingerprint(), ticked(world, 5).fingerprint());
  EXPECT_EQ(ticked(world, 5, 1, 7).fingerprint(), ticked(world, 5).fingerprint()) << "the world says 7";
}

TEST(Run, PayingAllOneHasWorksAtAnyAmount) {
  // 2^53 + 3: read as a double, it is a unit more.
  const auto run = ticked(world_of(R"(
plugins = ["hive"]
currency = "coin"
money_decimals = 0
ticks = 9
schedule = ["live"]
regions.here = {}
instruments.money.issuer = "last"
populations.rich = { kind = "spender", money = "9007199254740992 coin", ports.to = "first" }
populations.poor = { kind = "spender", money = "3 coin", ports.to = "first" }
populations.first = { kind = "spender", ports.to = "last" }
populations.last = { kind = "spender" }
)"),
                          2);
  EXPECT_EQ(state_of(run, "first").money_held[0], 0);
  EXPECT_EQ(state_of(run, "last").money_held[0], 9'007'199'254'740'995);
}

TEST(Run, RunsOfOneWorldAtOnceDoNotKnowOfEachOther) {
  const World world = world_of(with_mint_idle(exchange("count = 3000")));
  std::array<std::string, 2> together;
  const auto tick = [&](std::uint64_t seed) { together.at(seed) = ticked(world, 20, 2, seed).fingerprint(); };
  std::thread other(tick, 1);
  tick(0);
  other.join();
  for (const std::uint64_t seed : {0, 1}) EXPECT_EQ(together.at(seed), ticked(world, 20, 1, seed).fingerprint());
  EXPECT_NE(together[0], together[1]);
}

std::string adders(const std::string& others) {
  return R"(
plugins = ["rounders"]
currency = "coin"
ticks = 100
schedule = ["act"]
regions.here = {}
instruments.money.issuer = "adders"
)" + others +
         "populations.adders = { kind = \"adder\", count = 2000 }\n";
}

TEST(Run, ARuleThatChangesRoundingEndsItAndIsNamed) {
  const World world = world_of(adders("populations.culprits = { kind = \"rounder\", count = 1000 }\n"));
  const Floats before = Floats::of_this_thread();
  for (const int threads : {1, 2}) {
    RunOptions options;
    options.threads = threads;
    ondol::Run run(world, options);
    try {
      run.tick();
      FAIL();
    } catch (const Error& error) {
      EXPECT_THAT(error.what(),
                  testing::HasSubstr("'rounder' (plugin 'rounders') changes the floating-point environment"));
    }
    EXPECT_EQ(before, Floats::of_this_thread());
  }
}

TEST(Run, ReckonsTheSameWhateverTheCallersRounding) {
  const World world = world_of(adders(""));
  const std::string expected = ticked(world, 10).fingerprint();
  const Floats before = Floats::of_this_thread();
  _mm_setcsr(_mm_getcsr() | 0x8040U | _MM_ROUND_UP);
  const Floats own = Floats::of_this_thread();
  const std::string found = ticked(world, 10).fingerprint();
  EXPECT_EQ(own, Floats::of_this_thread()) << "it is the caller's again";
  before.apply();
  EXPECT_EQ(found, expected);
}

TEST(Run, AddingAPopulationShiftsNobodyElsesLuck) {
  const auto alone = ticked(world_of(with_mint_idle(exchange())), 3);
  const std::string first = "[populations.early]\nkind = \"giver\"\ncount = 5\nports = { others = \"early\" }\n";
  std::string text = with_mint_idle(exchange());
  text.insert(text.find("[populations.givers]"), first);
  const auto joined = ticked(world_of(text), 3);
  for (Index row = 0; row < 1000; ++row) {
    EXPECT_EQ(field(alone, "givers", row, "noise"), field(joined, "givers", row, "noise"));
  }
}

TEST(Run, ASignalIsWhatWasContributedInTheStepBefore) {
  const auto run = ticked(world_of(with_mint_idle(exchange("count = 10"))), 1);
  EXPECT_EQ(run.state().signals.at(0), 10.0);
}

TEST(Run, AnEventChangesAParameterFromItsTickOn) {
  const std::string event =
      "count = 10\n[events.change]\ntick = 2\npopulation = \"givers\"\nparam = \"gift\"\nvalue = \"3 coin\"\n";
  const World world = world_of(with_mint_idle(exchange(event)));
  EXPECT_EQ(ticked(world, 2).state().signals.at(0), 10.0);
  EXPECT_EQ(ticked(world, 3).state().signals.at(0), 30.0);
}

// Two regions that are alike in all but the luck named for them.
std::string two_regions(const std::string& a, const std::string& b) {
  return R"(
plugins = ["toy"]
currency = "coin"
ticks = 5
schedule = ["give", "finance", "trade"]
instruments.money.issuer = "mint"
[populations.mint]
kind = "financier"
region = ")" +
         a + R"("
[populations.givers]
kind = "giver"
money = "100 coin"
ports = { others = "givers.*" }
count = { )" +
         a + " = 40, " + b + " = 40 }\n[regions." + a + "]\nluck = \"first\"\n[regions." + b + "]\nluck = \"second\"\n";
}

TEST(Run, RenamingRegionsRenamesResultsAndNothingElse) {
  const auto original = ticked(world_of(two_regions("north", "south")), 5);
  const auto renamed = ticked(world_of(two_regions("south", "north")), 5);
  EXPECT_EQ(state_of(original, "givers.north").money_held, state_of(renamed, "givers.south").money_held);
  EXPECT_EQ(state_of(original, "givers.south").money_held, state_of(renamed, "givers.north").money_held);
  EXPECT_NE(state_of(original, "givers.north").money_held, state_of(original, "givers.south").money_held);
}

std::string trade(const std::string& more = "") {
  return R"(
plugins = ["toy", "posted_offers"]
currency = "USD"
money_decimals = 2
ticks = 5
schedule = ["make", "trade", "eat", "finance"]
[regions.here]
[units]
piece = {}
[goods.ware]
unit = "piece"
decimals = 1
[markets.ware]
good = "ware"
mechanism = "posted_offers"
step = "trade"
price_decimals = 2
attributes = ["quality"]
[instruments.money]
issuer = "bank"
[populations.bank]
kind = "financier"
[populations.makers]
kind = "maker"
ports = { ware = "ware" }
[populations.eaters]
kind = "eater"
count = 4
money = "1000 USD"
ports = { food = "ware" }
params = { appetite = "5 piece" }
)" + more;
}

TEST(Run, AnOfferIsMetInTheStepsAfterItWasPosted) {
  const auto run = ticked(world_of(trade()), 1);
  // Ten made, twenty wanted at 2 USD: all ten go, and the buyers keep what they did not spend.
  EXPECT_EQ(money(run, "makers", 0), 20.0);
  double bought = 0;
  double left = 0;
  for (Index row = 0; row < 4; ++row) {
    bought += field(run, "eaters", row, "bought");
    left += money(run, "eaters", row);
    EXPECT_EQ(field(run, "eaters", row, "placed"), 5.0);
  }
  EXPECT_EQ(bought, 10.0);
  EXPECT_EQ(left, 3980.0);
  EXPECT_EQ(run.state().goods[0].made, 100);
  EXPECT_EQ(run.state().goods[0].traded, 100);
  EXPECT_EQ(run.state().goods[0].used, 100);
}

TEST(Run, SellersLearnWhatWasOrderedAndSoldAtTheLatestClearing) {
  const auto run = ticked(world_of(trade()), 2);
  EXPECT_EQ(field(run, "makers", 0, "sold"), 10.0);
  EXPECT_EQ(field(run, "makers", 0, "demand"), 20.0);
  EXPECT_EQ(field(run, "makers", 0, "revenue"), 20.0);
}

TEST(Run, AnOrderBeyondItsMeansIsClipped) {
  WorldOptions options = with_fixtures();
  options.set = {"populations.eaters.money=\"7 USD\"", "populations.eaters.params.limit=\"2 USD/piece\""};
  const auto run = ticked(world_of(trade(), options), 1);
  EXPECT_EQ(field(run, "eaters", 0, "placed"), 3.5);
}

TEST(Run, IncomeIsWhatEquityGainedByItself) {
  const auto run = ticked(world_of(trade()), 1);
  // The maker sold what cost it nothing; what the eaters ate is gone.
  EXPECT_EQ(state_of(run, "makers").income[0], 2000);
  const Column& income = state_of(run, "eaters").income;
  EXPECT_EQ(std::accumulate(income.begin(), income.end(), Units{0}), -2000);
}

std::string finance(const std::string& populations) {
  return R"(
plugins = ["toy", "posted_offers"]
currency = "USD"
ticks = 9
schedule = ["finance", "trade", "close"]
[regions.here]
treasury = "state"
[instruments.money]
issuer = "state"
[instruments.share]
class = "residual"
[instruments.loan]
class = "credit"
collect = "finance"
rate = "rate"
term = "term"
[markets.loans]
instrument = "loan"
mechanism = "posted_offers"
step = "trade"
class = "financial"
attributes = ["rate", "term"]
[populations.state]
kind = "financier"
money = "100 USD"
)" + populations;
}

TEST(Finance, IssuingMoneyIsADebtAndAnAsset) {
  const auto run = ticked(world_of(finance("params.issue = \"50 USD\"\nports.cash = \"money\"\n")), 2);
  EXPECT_EQ(money(run, "state", 0), 200.0);
  EXPECT_EQ(state_of(run, "state").money_issued[0], 20'000);
  EXPECT_EQ(state_of(run, "state").equity[0], 0);
}

TEST(Finance, WhatCannotBePaidStaysInArrearsThatBothSidesSee) {
  const auto run = ticked(world_of(finance(R"(
[populations.debtor]
kind = "financier"
money = "30 USD"
params.owe = "40 USD"
ports.partner = "state"
)")),
                          2);
  EXPECT_EQ(money(run, "debtor", 0), 0.0);
  EXPECT_EQ(money(run, "state", 0), 130.0);
  EXPECT_EQ(state_of(run, "debtor").arrears_owed[0], 1000);
  EXPECT_EQ(state_of(run, "state").arrears_receivable[0], 1000);
  EXPECT_EQ(field(run, "debtor", 0, "arrears"), 10.0);
}

TEST(Finance, DistributionsReachHoldersProRata) {
  const auto run = ticked(world_of(finance(R"(
[populations.firm]
kind = "financier"
money = "90 USD"
params.distribute = "30 USD"
ports.shares = "share"
[populations.rich]
kind = "financier"
[populations.poor]
kind = "financier"
[[claims]]
instrument = "share"
issuer = "firm"
holder = "rich"
amount = 2
unit_value = "1 USD"
[[claims]]
instrument = "share"
issuer = "firm"
holder = "poor"
amount = 1
unit_value = "1 USD"
)")),
                          1);
  EXPECT_EQ(money(run, "rich", 0), 20.0);
  EXPECT_EQ(money(run, "poor", 0), 10.0);
  EXPECT_EQ(state_of(run, "firm").income[0], 0) << "a dividend is not a loss";
  EXPECT_EQ(state_of(run, "poor").income[0], 1000);
}

TEST(Finance, CreditPaysInterestAndEqualInstalments) {
  const auto run = ticked(world_of(finance(R"(
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
)")),
                          3);
  // Lent in tick 1; in tick 2 interest of 10 and an instalment of 25 fall due.
  EXPECT_EQ(money(run, "bank", 0), 35.0);
  EXPECT_EQ(money(run, "firm", 0), 115.0);
  EXPECT_EQ(state_of(run, "firm").debts[0], 7500);
  EXPECT_EQ(state_of(run, "bank").income[0], 1000);
  EXPECT_EQ(field(run, "firm", 0, "outstanding"), 100.0);
}

TEST(Finance, ALevyTakesItsShareOfReceiptsOnce) {
  const auto run = ticked(world_of(finance(R"(
params.levy_rate = 0.25
ports.receipts = ["bill"]
[populations.payer]
kind = "financier"
money = "40 USD"
params.owe = "40 USD"
ports.partner = "shop"
[populations.shop]
kind = "financier"
)")),
                          3);
  EXPECT_EQ(money(run, "shop", 0), 30.0);
  EXPECT_EQ(money(run, "state", 0), 110.0);
}

TEST(Finance, WhoExitsPaysCreditorsThenOwnersAndTheRestIsWrittenOff) {
  const auto run = ticked(world_of(finance(R"(
[populations.firm]
kind = "financier"
money = "60 USD"
params.exit_tick = 1
ports = { debt = "loan", shares = "share" }
[populations.bank]
kind = "financier"
[populations.owner]
kind = "financier"
[[claims]]
instrument = "loan"
issuer = "firm"
holder = "bank"
amount = "80 USD"
[[claims]]
instrument = "share"
issuer = "firm"
holder = "owner"
amount = 5
unit_value = "2 USD"
)")),
                          2);
  EXPECT_EQ(money(run, "bank", 0), 60.0);
  EXPECT_EQ(money(run, "owner", 0), 0.0);
  EXPECT_EQ(state_of(run, "firm").alive[0], 0);
  EXPECT_EQ(state_of(run, "bank").income[0], -2000);
  EXPECT_EQ(state_of(run, "owner").equity[0], 0);
}

TEST(Finance, ClaimsPassFromHeirToHeir) {
  const auto run = ticked(world_of(finance(R"(
[populations.firm]
kind = "financier"
money = "100 USD"
params.distribute = "30 USD"
ports.shares = "share"
[populations.generation1]
kind = "financier"
params.exit_tick = 1
ports.shares = "share"
[populations.generation2]
kind = "financier"
params.exit_tick = 1
ports.shares = "share"
[populations.generation3]
kind = "financier"
[[claims]]
instrument = "share"
issuer = "firm"
holder = "generation1"
amount = 5
unit_value = "2 USD"
[[claims]]
instrument = "share"
issuer = "generation1"
holder = "generation2"
amount = 5
unit_value = "2 USD"
[[claims]]
instrument = "share"
issuer = "generation2"
holder = "generation3"
amount = 5
unit_value = "2 USD"
)")),
                          3);
  EXPECT_EQ(money(run, "firm", 0), 10.0);
  EXPECT_EQ(money(run, "generation3", 0), 90.0);
}

TEST(Finance, WhatIsDueToWhoLeavesIsDueToTheHeir) {
  const auto run = ticked(world_of(finance(R"(
[populations.firm]
kind = "financier"
money = "200 USD"
params.distribute = "30 USD"
ports.shares = "share"
[populations.debtor]
kind = "financier"
params.owe = "100 USD"
ports.partner = "shop"
[populations.shop]
kind = "financier"
params.exit_tick = 1
ports.shares = "share"
[populations.owner]
kind = "financier"
[[claims]]
instrument = "share"
issuer = "firm"
holder = "debtor"
amount = 5
unit_value = "2 USD"
[[claims]]
instrument = "share"
issuer = "shop"
holder = "owner"
amount = 5
unit_value = "2 USD"
)")),
                          3);
  EXPECT_EQ(money(run, "owner", 0), 90.0);
  EXPECT_EQ(state_of(run, "debtor").arrears_owed[0], 1000);
  EXPECT_EQ(state_of(run, "owner").arrears_receivable[0], 1000);
}

TEST(Finance, ClaimsOfTheSamePartiesAreOneAndEmptyOnesAreGone) {
  const std::string claim = R"(
[[claims]]
instrument = "share"
issuer = "firm"
holder = "owner"
amount = 2
)";
  const std::string people = R"(
[populations.firm]
kind = "financier"
ports.shares = "share"
[populations.leaver]
kind = "financier"
params.exit_tick = 1
ports.shares = "share"
[populations.owner]
kind = "financier"
)";
  const World world = world_of(finance(people + claim + claim + R"(
[[claims]]
instrument = "share"
issuer = "leaver"
holder = "owner"
amount = 7
[[claims]]
instrument = "share"
issuer = "firm"
holder = "leaver"
amount = 3
)"));
  EXPECT_EQ(ticked(world, 1).state().claims.amount, (std::vector<Units>{4, 7, 3}));
  EXPECT_EQ(ticked(world, 2).state().claims.amount, std::vector<Units>{7}) << "what the owner inherits joins its own";
}

TEST(Finance, DuesThatArePaidAreGone) {
  const auto run = ticked(world_of(finance(R"(
params.levy_rate = 0.01
ports.receipts = ["tax"]
[populations.office]
kind = "financier"
params.levy_income_rate = 0.5
ports.profits = "income"
[populations.payer]
kind = "financier"
count = 3
money = "50 USD"
params.owe = "40 USD"
ports.partner = "shop"
[populations.shop]
kind = "financier"
)")),
                          40);
  const State& state = run.state();
  EXPECT_EQ(state.dues.size(), 0U);
  EXPECT_TRUE(state.debtors.empty());
  EXPECT_LT(money(run, "shop", 0), 120.0) << "levies were due";
}

TEST(Finance, NothingIsLeftToTheDead) {
  // Two that own each other leave, and so does one that owns itself; what they had goes to who lives of the treasury.
  const std::string owners = R"(
[populations.first]
kind = "financier"
money = "40 USD"
params.exit_tick = 1
ports.shares = "share"
[populations.second]
kind = "financier"
money = "50 USD"
params.exit_tick = 1
ports.shares = "share"
[populations.third]
kind = "financier"
money = "60 USD"
params.exit_tick = 1
ports.shares = "share"
[[claims]]
instrument = "share"
issuer = "first"
holder = "second"
amount = 5
[[claims]]
instrument = "share"
issuer = "second"
holder = "first"
amount = 5
[[claims]]
instrument = "share"
issuer = "third"
holder = "third"
amount = 5
)";
  const auto run = ticked(world_of(finance(owners)), 2);
  for (const char* gone : {"first", "second", "third"}) EXPECT_EQ(money(run, gone, 0), 0.0) << gone;
  EXPECT_EQ(money(run, "state", 0), 250.0);
}

TEST(Finance, WhoLeavesWithNobodyToInheritEndsTheRun) {
  std::string world = finance(R"(
[populations.office]
kind = "financier"
money = "40 USD"
params.exit_tick = 1
)");
  world.replace(world.find("treasury = \"state\""), 18, "treasury = \"office\"");
  try {
    ticked(world_of(world), 2);
    FAIL() << "money was left to nobody";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("nobody of its region's treasury 'office' is left to inherit"));
  }
}

TEST(Finance, AFounderOwnsWhatItPaysIn) {
  const auto run = ticked(world_of(finance(R"(
[populations.founder]
kind = "financier"
money = "60 USD"
params.found = "20 USD"
ports.partner = "startups"
[populations.startups]
kind = "financier"
count = 0
room = 3
ports.shares = "share"
)")),
                          2);
  EXPECT_EQ(state_of(run, "startups").size, 1U);
  EXPECT_EQ(money(run, "startups", 0), 20.0);
  EXPECT_EQ(state_of(run, "founder").equity[0], 6000);
  EXPECT_EQ(state_of(run, "startups").born[0], 0);
}

const std::string culprits = R"(
plugins = ["toy"]
currency = "USD"
ticks = 3
start = "2023-01"
tick = "1 month"
schedule = ["give"]
[regions.here]
[units]
piece = {}
[goods.thing]
unit = "piece"
[populations.culprits]
kind = "culprit"
count = 3
ports = { others = "culprits", thing = "thing" }
)";

std::string failure_of(int number) {
  WorldOptions options = with_fixtures();
  options.set = {fmt::format("populations.culprits.params.fault={}", number)};
  ondol::Run run(world_of(culprits, options));
  try {
    run.tick();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::run);
    return error.what();
  }
  return "nothing";
}

TEST(Fault, IsNamedWithPluginAgentStepAndTick) {
  const std::string message = failure_of(1);
  for (const char* part :
       {"tick 0 (2023-01)", "step 'give'", "'culprits#1'", "kind 'culprit'", "plugin 'toy'", "no idea what to do"}) {
    EXPECT_THAT(message, HasSubstr(part));
  }
}

TEST(Fault, OfEverySortStopsTheRun) {
  EXPECT_EQ(failure_of(0), "nothing");
  EXPECT_THAT(failure_of(2), HasSubstr("threw something that is not a std::exception"));
  EXPECT_THAT(failure_of(3), HasSubstr("can spend only 0"));
  EXPECT_THAT(failure_of(4), HasSubstr("has only 0"));
  EXPECT_THAT(failure_of(5), HasSubstr("state 'value' = 2, outside its range 0 to 1"));
  EXPECT_THAT(failure_of(6), HasSubstr("state 'value'"));
  EXPECT_THAT(failure_of(7), HasSubstr("does not live"));
  EXPECT_THAT(failure_of(8), HasSubstr("negative"));
}

}  // namespace
}  // namespace ondol::test
