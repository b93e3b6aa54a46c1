// Ties that agents make and end, and claims they go over: what each side sees, and when they end.
#include "support/worlds.hpp"

#include <ondol/engine/error.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>

namespace ondol {
namespace {

using namespace test;

// Four hands, who choose among the bosses by their ids.
std::string village(const std::string& bosses, const std::string& hands = "") {
  return R"(
plugins = ["village"]
currency = "USD"
ticks = 50
schedule = ["seek", "pay"]
[regions.here]
treasury = "state"
[instruments.money]
issuer = "state"
[relations.employment]
attributes = ["wage"]
[signals.asked]
unit = "USD"
scope = "agent"
[populations.state]
kind = "boss"
ports = { staff = "employment" }
[populations.bosses]
kind = "boss"
money = "1000 USD"
ports = { staff = "employment", applications = "asked" }
)" + bosses +
         R"(
[populations.hands]
kind = "hand"
count = 4
traits.asks = { list = ["10 USD", "20 USD", "30 USD", "40 USD"] }
ports = { job = "employment", bosses = "bosses", application = "asked", income = "wage" }
)" + hands;
}

TEST(Relation, BothSidesGoOverTheirTiesFromTheNextStepOn) {
  const auto run = ticked(world_of(village("")), 1);
  EXPECT_EQ(field(run, "bosses", 0, "workers"), 4);
  EXPECT_EQ(field(run, "bosses", 0, "made_by_them"), 4);
  EXPECT_EQ(field(run, "bosses", 0, "wage_bill"), 100);
  EXPECT_EQ(field(run, "bosses", 0, "oldest_tie"), 0);
  EXPECT_EQ(field(run, "hands", 0, "jobs"), 0) << "seen from the next step on";
  EXPECT_EQ(money(run, "hands", 3), 40);
  const auto later = ticked(world_of(village("")), 2);
  EXPECT_EQ(field(later, "hands", 3, "jobs"), 1);
  EXPECT_EQ(field(later, "hands", 3, "wage"), 40);
  EXPECT_EQ(later.state().ties.size(), 4U);
}

TEST(Relation, EachOfSeveralSeesItsOwn) {
  const auto run = ticked(world_of(village("count = 2\n")), 3);
  EXPECT_EQ(field(run, "bosses", 0, "workers"), 2);
  EXPECT_EQ(field(run, "bosses", 1, "workers"), 2);
  EXPECT_EQ(field(run, "bosses", 0, "wage_bill") + field(run, "bosses", 1, "wage_bill"), 100);
}

TEST(Relation, EitherSideChangesItsNumbers) {
  const auto run = ticked(world_of(village("params.raise = \"5 USD\"\n")), 3);
  EXPECT_EQ(field(run, "hands", 0, "wage"), 20);
  EXPECT_EQ(field(run, "bosses", 0, "made_by_them"), 4) << "a tie stays who made it";
  EXPECT_EQ(run.state().ties.size(), 4U) << "two are tied once";
}

TEST(Relation, EitherSideEndsIt) {
  const auto run = ticked(world_of(village("params.fire_tick = 1\n", "params.seek_until = 1\n")), 3);
  EXPECT_EQ(field(run, "bosses", 0, "workers"), 3);
  EXPECT_EQ(field(run, "hands", 0, "jobs"), 0);
  EXPECT_EQ(field(run, "hands", 1, "jobs"), 1);
}

TEST(Relation, EndsWithEitherSide) {
  const auto without_hands = ticked(world_of(village("", "params.exit_tick = 2\n")), 3);
  EXPECT_EQ(field(without_hands, "bosses", 0, "workers"), 0);
  EXPECT_EQ(without_hands.state().ties.size(), 0U);
  const auto without_boss = ticked(world_of(village("params.exit_tick = 1\n", "params.seek_until = 1\n")), 3);
  EXPECT_EQ(field(without_boss, "hands", 2, "jobs"), 0);
  EXPECT_EQ(without_boss.state().ties.size(), 0U);
}

TEST(Relation, IsPartOfTheFingerprint) {
  const World world = world_of(village("count = 3\nparams.raise = \"0.01 USD\"\n", "params.seek_until = 30\n"));
  const std::string one = ticked(world, 20, 1).fingerprint();
  for (const int threads : {2, 3, 8}) EXPECT_EQ(ticked(world, 20, threads).fingerprint(), one) << threads;
  const World other = world_of(village("count = 3\nparams.raise = \"0.02 USD\"\n", "params.seek_until = 30\n"));
  EXPECT_NE(ticked(other, 1).fingerprint(), ticked(world, 1).fingerprint()) << "only numbers on ties differ";
}

TEST(Relation, ThatIsNotThereIsRefusedByName) {
  std::string text = village("");
  text.replace(text.find("job = \"employment\""), 18, "job = \"employmint\"");
  try {
    world_of(text);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("there is no relation 'employmint'; did you mean 'employment'?"));
  }
}

// Nobody looks for work: who is tied was tied at the start.
std::string tied(const std::string& bosses, const std::string& ties, int hands = 4) {
  std::string text = village(bosses, "params.seek_until = 0\n[[ties]]\nrelation = \"employment\"\n" + ties);
  text.replace(text.find("count = 4", text.find("[populations.hands]")), 9, fmt::format("count = {}", hands));
  return text;
}

const std::string hands_to_bosses = "from = \"hands\"\nto = \"bosses\"\n";

TEST(TieAtTheStart, IsThereFromTheFirstStepOnAndTakenInTurn) {
  const auto run =
      ticked(world_of(tied("count = 2\n", hands_to_bosses + "values.wage = { list = [1, 2, 3, 4] }\n")), 1);
  EXPECT_EQ(field(run, "hands", 2, "jobs"), 1);
  EXPECT_EQ(field(run, "hands", 2, "wage"), 3);
  EXPECT_EQ(field(run, "bosses", 0, "wage_bill"), 1 + 3);
  EXPECT_EQ(field(run, "bosses", 1, "wage_bill"), 2 + 4);
  EXPECT_EQ(field(run, "bosses", 0, "made_by_them"), 2);
  EXPECT_EQ(field(run, "bosses", 0, "oldest_tie"), 0);
}

TEST(TieAtTheStart, WithinOnePopulationIsToThoseThatFollow) {
  const auto run = ticked(world_of(tied("count = 5\n", "from = \"bosses\"\nto = \"bosses\"\ncount = 2\n")), 1);
  for (Index boss = 0; boss < 5; ++boss) {
    EXPECT_EQ(field(run, "bosses", boss, "workers"), 4) << boss;
    EXPECT_EQ(field(run, "bosses", boss, "made_by_them"), 2) << boss;
  }
  for (std::size_t tie = 0; tie < run.state().ties.size(); ++tie)
    EXPECT_NE(run.state().ties.from[tie], run.state().ties.to[tie]) << "nobody is tied to itself";
}

TEST(TieAtTheStart, IsDrawnFairlyAndNobodyTwice) {
  const std::string drawn = "assign = \"drawn\"\nvalues.wage = { uniform = [1, 3] }\n";
  const auto run = ticked(world_of(tied("count = 4\n", hands_to_bosses + drawn, 1000)), 1);
  double paid = 0;
  for (Index boss = 0; boss < 4; ++boss) {
    EXPECT_NEAR(field(run, "bosses", boss, "workers"), 250, 4 * std::sqrt(1000 * 0.25 * 0.75));
    paid += field(run, "bosses", boss, "wage_bill");
  }
  EXPECT_NEAR(paid / 1000, 2, 4 * std::sqrt(4.0 / 12 / 1000)) << "numbers are drawn apart";
  const auto three = ticked(world_of(tied("count = 4\n", hands_to_bosses + drawn + "count = 3\n", 1000)), 1);
  EXPECT_EQ(three.state().ties.size(), 3000U);
  for (Index boss = 0; boss < 4; ++boss)
    EXPECT_NEAR(field(three, "bosses", boss, "workers"), 750, 4 * std::sqrt(1000 * 0.25 * 0.75));
  const auto within =
      ticked(world_of(tied("count = 4\n", "from = \"bosses\"\nto = \"bosses\"\ncount = 3\n" + drawn)), 1);
  EXPECT_EQ(within.state().ties.size(), 6U) << "all others, and not itself";
}

TEST(TieAtTheStart, ThatCannotBeIsRefused) {
  const auto refused = [](const std::string& ties) {
    try {
      world_of(tied("count = 2\n", ties));
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("loads");
  };
  using testing::HasSubstr;
  EXPECT_THAT(refused(hands_to_bosses + "count = 3\n"),
              HasSubstr("population 'bosses' has 2 others for each to be tied to, and 3 are asked for"));
  EXPECT_THAT(refused("from = \"hands\"\nto = \"boses\"\n"), HasSubstr("did you mean 'bosses'?"));
  EXPECT_THAT(refused(hands_to_bosses + "assign = \"drwan\"\n"), HasSubstr("did you mean 'drawn'?"));
  EXPECT_THAT(refused(hands_to_bosses + "values.wages = 1\n"), HasSubstr("did you mean 'wage'?"));
  EXPECT_THAT(refused(hands_to_bosses + "values.wage = \"1 USD\"\n"), HasSubstr("USD"));
}

TEST(AddressedSum, IsReadByWhomItWasToldInTheNextStep) {
  const World world = world_of(village("count = 2\n"));
  const auto run = ticked(world, 1);
  const double first = field(run, "bosses", 0, "asked");
  EXPECT_EQ(first + field(run, "bosses", 1, "asked"), 100);
  EXPECT_EQ(field(run, "bosses", 0, "applicants"), 2);
  EXPECT_EQ(field(run, "bosses", 0, "most_asked") - field(run, "bosses", 0, "least_asked"), 20);
  const auto later = ticked(world, 2);
  EXPECT_EQ(field(later, "bosses", 0, "applicants"), 0) << "told anew in every step of who tells";
}

TEST(Receipts, AreThoseOfTheLastTickForThePurposesOfThePort) {
  const auto run = ticked(world_of(village("params.raise = \"1 USD\"\n")), 3);
  EXPECT_EQ(field(run, "hands", 0, "received"), 11);
  EXPECT_EQ(field(run, "hands", 3, "received"), 41);
}

std::string ledger_of(const std::string& rest) {
  return R"(
plugins = ["village", "toy", "posted_offers"]
currency = "USD"
ticks = 50
schedule = ["finance", "trade", "pay"]
[regions.here]
treasury = "state"
[instruments.money]
issuer = "state"
[instruments.loan]
class = "credit"
collect = "finance"
[populations.state]
kind = "financier"
)" + rest;
}

TEST(ClaimsList, BothSidesGoOverTheirOwn) {
  const auto run = ticked(world_of(ledger_of(R"(
[populations.banks]
kind = "bookkeeper"
count = 2
ports = { loans = "loan" }
[populations.firms]
kind = "bookkeeper"
count = 4
money = "50 USD"
ports = { debt = "loan" }
[[claims]]
instrument = "loan"
issuer = "firms"
holder = "banks"
amount = { list = ["100 USD", "200 USD", "300 USD", "400 USD"] }
rate = "0.1 1/tick"
term = "4 tick"
)")),
                          1);
  EXPECT_EQ(field(run, "banks", 0, "debtors"), 2);
  EXPECT_EQ(field(run, "banks", 0, "lent"), 400) << "of the first and third firm";
  EXPECT_EQ(field(run, "banks", 1, "interest"), 60);
  EXPECT_EQ(field(run, "firms", 3, "owed"), 400);
  const auto later = ticked(run.world(), 2);
  EXPECT_EQ(field(later, "firms", 3, "owed"), 300) << "an instalment fell due";
}

// A bank that has lent 100 USD to a firm which has a house of 80 USD.
std::string mortgage(const std::string& bank, const std::string& firm, const std::string& terms = "") {
  return ledger_of(R"(
[units]
home = {}
[goods.house]
unit = "home"
decimals = 2
[instruments.mortgage]
class = "credit"
collateral = "house"
[populations.bank]
kind = "bookkeeper"
ports = { loans = "mortgage", house = "house" }
holdings.house = { quantity = "2 home", unit_value = "50 USD/home" }
)" + bank + R"(
[populations.firm]
kind = "owner"
money = "20 USD"
ports = { debt = "mortgage", house = "house", lender = "bank" }
holdings.house = { quantity = "1 home", unit_value = "80 USD/home" }
)" + firm + R"(
[[claims]]
instrument = "mortgage"
issuer = "firm"
holder = "bank"
amount = "100 USD"
)" + terms);
}

Units house_of(const Run& run, const std::string& population) { return state_of(run, population).accounts[0].stock[0]; }

TEST(Credit, NeedNotFallDueByItself) {
  const auto run = ticked(world_of(mortgage("", "", "rate = \"0.1 1/tick\"\nterm = \"4 tick\"\n")), 5);
  EXPECT_EQ(run.state().claims.amount, std::vector<Units>{10'000}) << "no `collect`";
  EXPECT_EQ(money(run, "firm", 0), 20);
}

TEST(Credit, IsForgivenByItsHolder) {
  const auto run = ticked(world_of(mortgage("params.forgive = \"30 USD\"\n", "")), 1);
  EXPECT_EQ(run.state().claims.amount, std::vector<Units>{7'000});
  EXPECT_EQ(state_of(run, "bank").income[0], -3'000);
  EXPECT_EQ(state_of(run, "firm").income[0], 3'000);
}

TEST(Credit, BearsTheRateThatItsHolderSets) {
  const auto run = ticked(world_of(mortgage("params.new_rate = 0.05\n", "")), 2);
  EXPECT_EQ(field(run, "bank", 0, "interest"), 5);
}

TEST(Credit, CollateralGoesToTheLenderAsTheBorrowerLeaves) {
  const auto run = ticked(world_of(mortgage("", "params.exit_tick = 0\n", R"(
[instruments.note]
class = "credit"
[populations.heir]
kind = "bookkeeper"
ports = { loans = "note" }
[[claims]]
instrument = "note"
issuer = "firm"
holder = "heir"
amount = "180 USD"
)")),
                          1);
  EXPECT_EQ(house_of(run, "bank"), 300) << "and not to the largest creditor, who is the heir";
  EXPECT_EQ(money(run, "bank", 0), 2) << "of 20, pro rata: the house does not cover 20, nothing covers 180";
  EXPECT_EQ(money(run, "heir", 0), 18);
  EXPECT_EQ(state_of(run, "bank").income[0], -1'800);
  EXPECT_TRUE(run.state().claims.amount.empty());
}

TEST(Credit, CollateralIsSeizedOfWhoIsInArrears) {
  const auto paid = ticked(world_of(mortgage("params.seize = 1\n", "params.owe = \"20 USD\"\n")), 3);
  EXPECT_EQ(house_of(paid, "bank"), 200) << "nothing is overdue";
  const auto run = ticked(world_of(mortgage("params.seize = 1\n", "params.owe = \"50 USD\"\n")), 2);
  EXPECT_EQ(house_of(run, "bank"), 300);
  EXPECT_EQ(house_of(run, "firm"), 0);
  EXPECT_EQ(run.state().claims.amount, std::vector<Units>{2'000}) << "it was worth 80";
  EXPECT_EQ(state_of(run, "firm").income[0], 0);
}

TEST(Delivery, TakesGoodsAlongWithTheirBookValueAndIsNobodysIncome) {
  const auto run = ticked(world_of(mortgage("params.gift = \"0.5 home\"\n", "")), 1);
  EXPECT_EQ(house_of(run, "bank"), 150);
  EXPECT_EQ(house_of(run, "firm"), 150);
  EXPECT_EQ(state_of(run, "firm").accounts[0].book[0], 8'000 + 2'500);
  EXPECT_EQ(state_of(run, "bank").income[0], 0);
  EXPECT_EQ(state_of(run, "firm").income[0], 0);
}

TEST(Bill, IsCollectedAsFarAsMoneyGoesAndTheRestIsInArrears) {
  const auto run = ticked(world_of(ledger_of(R"(
[populations.utility]
kind = "utility"
params.fee = "40 USD"
ports = { customers = "customers", fee = "fee" }
[populations.customers]
kind = "financier"
count = 2
money = { list = ["100 USD", "60 USD"] }
)")),
                          2);
  EXPECT_EQ(money(run, "utility", 0), 140);
  EXPECT_EQ(money(run, "customers", 0), 20);
  EXPECT_EQ(state_of(run, "customers").arrears_owed[1], 2000);
  EXPECT_EQ(state_of(run, "utility").arrears_receivable[0], 2000);
  EXPECT_EQ(field(run, "utility", 0, "received"), 80) << "of the tick before";
}

std::string statistic(const std::string& how, const std::string& rest = "") {
  return ledger_of(fmt::format(R"(
[signals.level]
unit = "1"
initial = 7
statistic = {{ {} }}
[populations.rows]
kind = "utility"
count = 5
state.size = {{ list = [1, 2, 3, 4, 10] }}
{}
ports = {{ level = "level", fee = "fee" }}
)",
                               how, rest));
}

double level_after(const std::string& how, int ticks) {
  return ticked(world_of(statistic(how)), ticks).state().signals[0];
}

TEST(Statistic, IsReckonedOverThoseThatLive) {
  EXPECT_EQ(level_after("of = \"rows.size\"", 1), 8) << "the mean, doubled in the step";
  EXPECT_EQ(level_after("of = \"rows.size\", aggregate = \"sum\"", 1), 40);
  EXPECT_EQ(level_after("of = \"rows.size\", aggregate = \"minimum\"", 1), 2);
  EXPECT_EQ(level_after("of = \"rows.size\", aggregate = \"maximum\"", 1), 20);
  EXPECT_EQ(level_after("of = \"rows\", aggregate = \"count\"", 1), 5);
  EXPECT_EQ(level_after("of = \"rows.size\", aggregate = \"quantile\", quantile = 0.5", 1), 6);
  EXPECT_EQ(level_after("of = \"rows.size\", aggregate = \"quantile\", quantile = 0.875", 1), 14);
  EXPECT_EQ(level_after("of = \"rows.size\", weight = \"rows.size\"", 1), 2 * 130.0 / 20);
}

TEST(Statistic, IsNeverStaleAndReadLikeAnySignal) {
  const auto run = ticked(world_of(statistic("of = \"rows.size\"")), 3);
  EXPECT_EQ(field(run, "rows", 0, "now"), 16) << "as the step began";
  EXPECT_EQ(field(run, "rows", 0, "before"), 16);
  EXPECT_EQ(field(run, "rows", 0, "long_before"), 7) << "as the world sets it at first";
  const auto later = ticked(run.world(), 5);
  EXPECT_EQ(field(later, "rows", 0, "long_before"), 16);
}

TEST(Statistic, HasOneUnitAndNoWriter) {
  const auto refused = [](const std::string& text) {
    try {
      world_of(text);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("loads");
  };
  EXPECT_THAT(refused(statistic("of = \"rows.received\"")), testing::HasSubstr("money"));
  EXPECT_THAT(refused(statistic("of = \"rows.siez\"")), testing::HasSubstr("did you mean 'size'?"));
  EXPECT_THAT(refused(statistic("of = \"row.size\"")), testing::HasSubstr("there is no population 'row'"));
  EXPECT_THAT(refused(statistic("of = \"rows.size\", aggregate = \"quantile\", quantile = 2")),
              testing::HasSubstr("expected 0 to 1"));
}

}  // namespace
}  // namespace ondol
