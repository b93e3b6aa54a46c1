// Banks and funds: how money comes and goes with loans, who gets them, and where dividends end up.
#include "support/small_economy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ondol::test {
namespace {

// A bank with 10,000 and a firm with `assets` of money that asks for a loan in the first month, to be lent in the
// second.
std::string one_bank(const std::string& firm, const std::string& assets = "10000", const std::string& more = "",
                     const std::string& capital = "10000") {
  return small_economy({"finance"}, R"(
[populations.bank]
kind = "bank"
region = "here"
money = ")" + capital + R"( USD"
ports = { loans = "loans", bonds = "bonds", money = "money", borrowers = "firm", banks = "bank" }
[populations.firm]
kind = "enterprise"
region = "here"
money = ")" + assets + R"( USD"
params = { )" + firm + R"( }
ports = { loan = "loan", loans = "loans" }
)" + more);
}

double issued(const Run& run, const std::string& population, Index row = 0) {
  return static_cast<double>(state_of(run, population).money_issued[row]);
}

TEST(Bank, CreatesMoneyByLendingAndRetiresItOnRepayment) {
  const World world = world_of(one_bank("ask = \"1000 USD\", term = 4, rate = 0.01"));
  const auto lent = ticked(world, 2);
  EXPECT_EQ(issued(lent, "bank"), 1000);
  EXPECT_EQ(money(lent, "firm", 0), 10000 + 1000 - 250 - 10);  // the first instalment and interest are paid
  const auto later = ticked(world, 3);
  EXPECT_EQ(issued(later, "bank"), 750);
  const auto repaid = ticked(world, 6);
  EXPECT_EQ(issued(repaid, "bank"), 0);
  EXPECT_EQ(field(repaid, "firm", 0, "debt"), 0);
  EXPECT_EQ(money(repaid, "bank", 0), 10000 + 10 + 8 + 5 + 2);
  EXPECT_EQ(money(repaid, "bank", 0) + money(repaid, "firm", 0), 20000);
}

TEST(Bank, RefusesALoanThatIncomeDoesNotCover) {
  EXPECT_EQ(issued(ticked(world_of(one_bank("ask = \"1000 USD\", cover = 1.19")), 2), "bank"), 0);
  EXPECT_EQ(issued(ticked(world_of(one_bank("ask = \"1000 USD\", cover = 1.21")), 2), "bank"), 1000);
}

TEST(Bank, LendsAsMuchAsLeavesTheBorrowerAtItsLeverage) {
  // (0 + L) / (100 + L) = .6 at L = 150.
  EXPECT_EQ(issued(ticked(world_of(one_bank("ask = \"1000 USD\"", "100")), 2), "bank"), 150);
}

TEST(Bank, LendsToFirmsNoMoreThanTenTimesItsEquity) {
  EXPECT_EQ(issued(ticked(world_of(one_bank("ask = \"1000 USD\"", "10000", "", "20")), 2), "bank"), 200);
}

TEST(Bank, LendsOnlyToThoseWhoseBooksItSees) {
  std::string text = one_bank("ask = \"1000 USD\"");
  text.replace(text.find("borrowers = \"firm\""), 18, "borrowers = \"mint\"");
  EXPECT_EQ(issued(ticked(world_of(text), 2), "bank"), 0);
}

TEST(Bank, SharesEveryLoanWithTheOtherBanksOfItsRegion) {
  std::string text = one_bank("ask = \"1000 USD\"");
  text.replace(text.find("kind = \"bank\""), 0, "count = 2\n");
  const auto run = ticked(world_of(text), 2);
  EXPECT_EQ(issued(run, "bank", 0), 500);
  EXPECT_EQ(issued(run, "bank", 1), 500);
}

TEST(Bank, TakesEveryBondAndCountsNoCapitalForIt) {
  const std::string government = R"(
[populations.government]
kind = "government"
region = "here"
state = { outlay_hat = "1e6 USD", turnover_hat = "1e6 USD" }
params = { public_jobs = 0, purchases = 0, pension = 0 }
ports = { labour = "labour", goods = "goods", bond = "bond", bonds = "bonds", people = "mint_people" }
[populations.mint_people]
kind = "crowd"
region = "here"
)";
  std::string text = one_bank("ask = \"100 USD\", ask_tick = 1", "10000", government, "20");
  text.replace(text.find("\"posted_offers\""), 15, "\"posted_offers\", \"government\"");
  text.replace(text.find("banks = \"bank\" }"), 16, "banks = \"bank\", treasury = \"government\" }");
  const auto bonds = ticked(world_of(text), 2);
  EXPECT_GT(field(bonds, "bank", 0, "lent"), 700'000);
  EXPECT_EQ(field(bonds, "bank", 0, "wanted"), 0);
  const auto loans = ticked(world_of(text), 3);
  EXPECT_EQ(field(loans, "bank", 0, "wanted"), 100);
  EXPECT_EQ(field(loans, "bank", 0, "appetite"), 1);
}

TEST(Bank, PaysOutOnlyWhatExceedsItsReserves) {
  std::string text = one_bank("ask = \"1000 USD\", rate = 0.1, term = 100", "10000", R"(
[populations.owner]
kind = "crowd"
region = "here"
[[claims]]
instrument = "share"
issuer = "bank"
holder = "owner"
amount = 10
)");
  text.replace(text.find("ports = { loans = \"loans\""), 25,
               "params.reserve = \"9000 USD\"\nports = { share = \"share\", loans = \"loans\"");
  const auto first = ticked(world_of(text), 1);
  EXPECT_EQ(money(first, "owner", 0), 500);
  const auto second = ticked(world_of(text), 2);
  EXPECT_NEAR(money(second, "owner", 0), 500 + 0.5 * (9500 - 9000 - 0.1 * 1000), 1);
}

// A fund that owns two firms, one here and one there, and whose units three groups hold.
std::string one_fund(const std::string& fund, const std::string& firms, const std::string& there) {
  return small_economy({"finance"}, R"(
[populations.fund]
kind = "fund"
region = "here"
money = "1000 USD"
)" + fund + R"(
ports = { unit = "unit", equity = "equity", ai_sales = "ai_sales" }
[populations.firm]
kind = "enterprise"
region = "here"
money = "1e6 USD"
params = { )" + firms + R"( }
ports = { share = "share", equity = "equity" }
[populations.foreign]
kind = "enterprise"
region = "there"
money = "1e6 USD"
params = { )" + there + R"( }
ports = { share = "share", equity = "equity" }
[populations.poor]
kind = "crowd"
region = "here"
[populations.rich]
kind = "crowd"
region = "here"
[[claims]]
instrument = "unit"
issuer = "fund"
holder = "poor"
amount = 300
[[claims]]
instrument = "unit"
issuer = "fund"
holder = "rich"
amount = 700
[[claims]]
instrument = "share"
issuer = "firm"
holder = "fund"
amount = 10
)");
}

TEST(Fund, PaysDividendsOnButForTheVenturePart) {
  const auto run = ticked(world_of(one_fund("state.dividend_hat = \"5000 USD\"", "dividend = \"4000 USD\"", "")), 2);
  // Of 4,000 it keeps .01 * 1 * 5,000; the pot of 1,000 is below 24 months of that.
  EXPECT_EQ(field(run, "fund", 0, "receipts"), 4000);
  EXPECT_EQ(field(run, "fund", 0, "pot"), 1050);
  EXPECT_NEAR(money(run, "poor", 0), 0.3 * 3950, 1);
  EXPECT_NEAR(money(run, "rich", 0), 0.7 * 3950, 1);
}

TEST(Fund, ReleasesATenthOfAPotThatNobodyWants) {
  const auto run = ticked(world_of(one_fund("state.dividend_hat = \"1000 USD\"", "dividend = \"1000 USD\"", "")), 2);
  EXPECT_EQ(field(run, "fund", 0, "pot"), 1000 - 100 + 10);
}

TEST(Fund, PrefersSharesOfItsOwnRegionFourToOne) {
  const std::string offer = "shares_offered = 1000, share_price = \"1 USD\"";
  const auto run = ticked(world_of(one_fund("state.dividend_hat = \"1e4 USD\"", offer, offer)), 3);
  EXPECT_EQ(field(run, "firm", 0, "shares"), 10 + 200);
  EXPECT_EQ(field(run, "foreign", 0, "shares"), 50);
  EXPECT_NEAR(field(run, "fund", 0, "pot"), 750, 1);
}

TEST(Fund, TakesNoMoreThanFourFifthsOfARound) {
  const auto run = ticked(
      world_of(one_fund("state.dividend_hat = \"1e4 USD\"", "shares_offered = 100, share_price = \"1 USD\"", "")), 3);
  EXPECT_EQ(field(run, "firm", 0, "shares"), 10 + 80);
}

TEST(Fund, TakesHeartFromGrowingSales) {
  const auto sentiment = [](const std::string& second) {
    const std::string events =
        "[events.start]\ntick = 0\nsignal = \"ai_sales\"\nvalue = \"1000 USD\"\n"
        "[events.end]\ntick = 1\nsignal = \"ai_sales\"\nvalue = \"" +
        second + " USD\"\n";
    return field(ticked(world_of(one_fund("", "", "") + events), 2), "fund", 0, "sentiment");
  };
  EXPECT_NEAR(sentiment("1000"), 1 + 0.1 * (0.6 - 1), 1e-9);
  const double growth = std::pow(1 + 0.15 * 0.2, 12) - 1;
  EXPECT_NEAR(sentiment("1200"), 1 + 0.1 * (0.6 + 0.8 * growth - 1), 1e-9);
  EXPECT_LT(sentiment("800"), sentiment("1000"));
}

// A fund with a million in its pot, and two firms of 1,000 each that make 100 baskets a month, of which customers take
// `bought` at 1.
std::string one_layer(const std::string& bought, const std::string& stake = "1000") {
  return small_economy({"finance"}, R"(
[populations.fund]
kind = "fund"
region = "here"
money = "1e6 USD"
params = { niche = 6, entry_rate = "6 1/year", pot_limit = "10000 month", stake = ")" +
                                        stake + R"( USD" }
state = { dividend_hat = "1e9 USD" }
ports = { unit = "unit", newcomers = "firms", incumbents = "firms" }
[populations.firms]
kind = "goods_stand"
region = "here"
count = 2
money = "1000 USD"
params = { quantity = "100 basket", price = "1 USD/basket" }
ports.ware = "goods"
[populations.customers]
kind = "goods_customer"
region = "here"
money = "1e6 USD"
params = { quantity = ")" + bought + R"( basket" }
ports.ware = "goods"
[[claims]]
instrument = "unit"
issuer = "fund"
holder = "mint"
amount = 1
)");
}

TEST(Fund, FoundsFirmsWhereTheLayerEarnsMoreThanFoundersRequire) {
  const auto profitable = ticked(world_of(one_layer("200")), 60);
  const double founded = field(profitable, "fund", 0, "founded");
  EXPECT_GE(founded, 2);
  EXPECT_LE(founded, 4);  // its niche is for six
  EXPECT_EQ(state_of(profitable, "firms").size, 2 + founded);
  EXPECT_GE(money(profitable, "firms", 2), 1000);
  EXPECT_EQ(money(profitable, "fund", 0), 1e6 - 1000 * founded);
  const auto idle = ticked(world_of(one_layer("0")), 60);
  EXPECT_EQ(field(idle, "fund", 0, "founded"), 0);
  EXPECT_EQ(field(idle, "fund", 0, "hazard"), 0);
}

TEST(Fund, FoundsNothingThatItsPotCannotCarry) {
  const auto poor = ticked(world_of(one_layer("200", "2e6")), 24);
  EXPECT_EQ(field(poor, "fund", 0, "founded"), 0);
  EXPECT_GT(field(poor, "fund", 0, "hazard"), 0);
}

}  // namespace
}  // namespace ondol::test
