// Governments: what they tax, transfer, buy and borrow, against numbers worked by hand.
#include "support/small_economy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ondol::test {
namespace {

// The parameters given, and nothing bought, employed or paid that they do not name.
std::string and_no_more(const std::string& params) {
  std::string all = "seats_target = \"0 seat_month/person_month\"" + params;
  for (const std::string name : {"public_jobs", "purchases", "pension", "benefit"}) {
    if (params.find(name) == std::string::npos) all += ", " + name + " = 0";
  }
  return all;
}

// A government with a million of money and two groups of people, 3 and 1 heads strong.
std::string one_government(const std::string& params, const std::string& state = "", const std::string& ports = "",
                           const std::string& more = "", const std::string& treasury = "1e6") {
  return small_economy({"government", "policy"}, R"(
[populations.government]
kind = "government"
region = "here"
money = ")" + treasury + R"( USD"
params = { )" + and_no_more(params) + R"( }
state = { labour_tax = 0.25)" + state + R"( }
ports = { labour = "labour", goods = "goods", bond = "bond", people = ["many", "few", "foreigners"])" +
                                                     ports + R"( }
[populations.many]
kind = "crowd"
region = "here"
state = { people = 3, labour_supply = "300 person_month", jobless = "30 person_month" }
[populations.few]
kind = "crowd"
region = "here"
state = { people = 1, labour_supply = "100 person_month", jobless = "10 person_month" }
[populations.foreigners]
kind = "crowd"
region = "there"
state = { people = 10, labour_supply = "1000 person_month", jobless = "0 person_month" }
)" + more);
}

const std::string workers = R"(
[populations.workers]
kind = "labour_stand"
region = "here"
params = { quantity = "1000 person_month", price = "10 USD/person_month" }
ports.ware = "labour"
)";

TEST(Government, TaxesLastMonthsWagesWhereTheyWereEarned) {
  const std::string employer = workers + R"(
[populations.employer]
kind = "labour_customer"
region = "here"
money = "1e6 USD"
params = { quantity = "100 person_month", limit = "10 USD/person_month" }
ports.ware = "labour"
)";
  const World world = world_of(one_government("", "", ", wage_base = \"wages\"", employer));
  EXPECT_EQ(money(ticked(world, 1), "workers", 0), 1000);
  EXPECT_EQ(money(ticked(world, 2), "workers", 0), 1000 - 250 + 1000);
}

TEST(Government, TaxesTheValueAddedTaxThatPricesHold) {
  const std::string shop = R"(
[populations.shop]
kind = "goods_stand"
region = "here"
params = { quantity = "1100 basket", price = "1 USD/basket" }
ports.ware = "goods"
[populations.buyer]
kind = "goods_customer"
region = "here"
money = "1e5 USD"
params.quantity = "1100 basket"
ports.ware = "goods"
)";
  const World world = world_of(one_government(", value_added_tax = 0.1", "", ", sales_base = \"goods\"", shop));
  EXPECT_EQ(money(ticked(world, 2), "shop", 0), 1100 - 100 + 1100);
}

TEST(Government, PaysPensionsByHeadsAndBenefitsToTheJobless) {
  const auto run =
      ticked(world_of(one_government(", pension = 0.1, benefit = 0.5", ", turnover_hat = \"10000 USD\"")), 1);
  EXPECT_EQ(money(run, "many", 0), 0.5 * 10 * 30 + 0.75 * 1000);
  EXPECT_EQ(money(run, "few", 0), 0.5 * 10 * 10 + 0.25 * 1000);
  EXPECT_EQ(money(run, "foreigners", 0), 0);
  EXPECT_NEAR(field(run, "government", 0, "unemployment"), 0.1, 1e-12);
}

TEST(Government, PaysTransfersFromNoMoreThanHalfOfItsMoney) {
  const auto run =
      ticked(world_of(one_government(", pension = 0.1", ", turnover_hat = \"10000 USD\"", "", "", "1000")), 1);
  EXPECT_EQ(money(run, "many", 0) + money(run, "few", 0), 500);
}

// A programme of 1,000 a month, and the firm that it pays.
const std::string programme = R"(
[populations.programme]
kind = "lump_sum"
region = "here"
params = { announced = "1e5 USD", budget = "1000 USD/month", delay = "0 month", administration = 0 }
ports.receivers = "firm"
[populations.firm]
kind = "enterprise"
region = "here"
)";

TEST(Government, BorrowsForProgrammesUnlessItIsToldToTaxOrCut) {
  const auto tax = [](const std::string& params) {
    const std::string employer = workers + R"(
[populations.employer]
kind = "labour_customer"
region = "here"
money = "1e6 USD"
params = { quantity = "500 person_month", limit = "10 USD/person_month" }
ports.ware = "labour"
)";
    const auto run = ticked(world_of(one_government(params, "", ", wage_base = \"wages\", programmes = \"programme\"",
                                                    employer + programme)),
                            2);
    EXPECT_EQ(money(run, "firm", 0), 2000);
    return field(run, "government", 0, "programme_tax");
  };
  EXPECT_EQ(tax(""), 0);
  EXPECT_NEAR(tax(", programmes_by_taxes = 0.5"), 0.5 * 1000 / (500 * 10), 1e-12);
}

TEST(Government, CutsItsPurchasesForProgrammesWhereItIsToldTo) {
  const std::string shop = programme + R"(
[populations.shop]
kind = "goods_stand"
region = "here"
params = { quantity = "1e5 basket", price = "1 USD/basket" }
ports.ware = "goods"
)";
  const auto sold = [&](const std::string& params) {
    return field(ticked(world_of(one_government(", purchases = 0.2" + params,
                                                R"(, turnover_hat = "10000 USD", unemployment = 0.05)",
                                                ", programmes = \"programme\"", shop)),
                        1),
                 "shop", 0, "sold");
  };
  EXPECT_EQ(sold(""), 2000);
  EXPECT_EQ(sold(", programmes_by_cuts = 0.6"), 2000 - 600);
}

TEST(Government, EmploysItsShareOfThoseWhoOfferWork) {
  const auto run = ticked(world_of(one_government(", public_jobs = 0.1", "", "", workers)), 1);
  EXPECT_EQ(field(run, "workers", 0, "sold"), 40);
}

TEST(Government, BuysMoreGoodsWhereManyAreJobless) {
  const std::string shop = R"(
[populations.shop]
kind = "goods_stand"
region = "here"
params = { quantity = "1e5 basket", price = "1 USD/basket" }
ports.ware = "goods"
)";
  const auto sold = [&](const std::string& unemployment) {
    return field(
        ticked(world_of(one_government(", purchases = 0.2",
                                       ", turnover_hat = \"10000 USD\", unemployment = " + unemployment, "", shop)),
               1),
        "shop", 0, "sold");
  };
  EXPECT_EQ(sold("0.05"), 2000);
  EXPECT_NEAR(sold("0.10"), 2000 * 1.2, 1);
  EXPECT_NEAR(sold("0.50"), 2000 * 1.3, 1);
}

TEST(Government, OffersBondsForWhatItLacksOfAMonthsOutlays) {
  const std::string lending = ", bonds = \"bonds\"";
  const auto rich = ticked(world_of(one_government("", ", outlay_hat = \"1000 USD\"", lending)), 1);
  EXPECT_EQ(offers_in(rich, "bonds.here").size(), 0U);
  const auto poor = ticked(world_of(one_government("", ", outlay_hat = \"1000 USD\"", lending, "", "100")), 1);
  const OfferColumns& offers = offers_in(poor, "bonds.here");
  ASSERT_EQ(offers.size(), 1U);
  EXPECT_EQ(offers.quantity[0], std::round(1.15 * 700 - 100));  // expected outlays fell by .3, to 700
  EXPECT_NEAR(offers.attributes[0][0], (field(poor, "government", 0, "policy_rate") + 0.005) / 12, 1e-12);
  EXPECT_NEAR(offers.attributes[1][0], 120, 1e-9);
}

TEST(Government, SetsItsRateByTaylorsRule) {
  const auto run = ticked(world_of(one_government("", "", ", policy_rate = \"policy_rate\"")), 1);
  EXPECT_NEAR(field(run, "government", 0, "policy_rate"), 0.03 - 0.5 * (0.10 - 0.05), 1e-12);
  double signal = 0;
  for (std::size_t i = 0; i < run.state().signals.size(); ++i) {
    const SignalModel& model = run.world().model().signals[i];
    if (model.name == "policy_rate" && run.world().model().regions[model.region].name == "here")
      signal = run.state().signals[i];
  }
  EXPECT_NEAR(signal, 0.005, 1e-12);
}

TEST(Government, RaisesTheLabourTaxWithItsDeficit) {
  const auto tax = [](const std::string& deficit) {
    return field(ticked(world_of(one_government("", ", deficit = " + deficit)), 1), "government", 0, "labour_tax");
  };
  EXPECT_NEAR(tax("0.035"), 0.25 + 0.10 * (0.05 - 0.10) / 12, 1e-12);
  EXPECT_NEAR(tax("0.135"), 0.25 + (0.05 * 0.10 + 0.10 * (0.05 - 0.10)) / 12, 1e-12);
}

const std::string makers = R"(
[populations.makers]
kind = "goods_stand"
region = "here"
params = { quantity = "1000 accelerator", price = "100 USD/accelerator", list_price = "0 USD/accelerator" }
ports.ware = "accelerators"
)";

TEST(Government, ReachesItsAcceleratorsInAYearAndReplacesWhatWearsOut) {
  const World world =
      world_of(one_government(", accelerator_target = \"1200 accelerator\", accelerator_life = \"60 month\"", "",
                              R"(, accelerators = "accelerators", makers = "makers")", makers));
  EXPECT_EQ(stock(ticked(world, 1), "government", 0, "accelerator"), 0);  // makers post only after it has ordered
  EXPECT_NEAR(stock(ticked(world, 2), "government", 0, "accelerator"), 100 * (1 - 1.0 / 60), 0.01);
  EXPECT_NEAR(stock(ticked(world, 40), "government", 0, "accelerator"), 1200 * (1 - 1.0 / 60), 0.05);
}

TEST(Government, TakesStakesInTheFirmsItMeans) {
  std::string firm = R"(
[populations.centre]
kind = "enterprise"
region = "here"
params = { shares_offered = 1000, share_price = "10 USD" }
ports = { share = "share", equity = "equity" }
[populations.other]
kind = "enterprise"
region = "here"
params = { shares_offered = 1000, share_price = "10 USD" }
ports = { share = "share", equity = "equity" }
)";
  const auto run = ticked(
      world_of(one_government(", stake = \"500 USD/month\"", "", R"(, equity = "equity", stakes = "centre")", firm)),
      3);
  EXPECT_EQ(money(run, "centre", 0), 1000);
  EXPECT_EQ(money(run, "other", 0), 0);
  EXPECT_EQ(field(run, "government", 0, "stake_purse"), 500);  // the round was open for one month
}

}  // namespace
}  // namespace ondol::test
