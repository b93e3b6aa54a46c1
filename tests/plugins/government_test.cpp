// Governments: what they tax, transfer, grant, buy and borrow, against numbers worked by hand.
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
  return small_economy({"government"}, R"(
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

const std::string firms = R"(
[populations.clouds]
kind = "enterprise"
region = "here"
count = 2
[populations.foreign_clouds]
kind = "enterprise"
region = "there"
[populations.developers]
kind = "enterprise"
region = "here"
)";

TEST(Government, GrantsItsProgrammeInEqualPartsToRecipientsOfItsRegion) {
  const std::string programme =
      R"(, programme = "1000 USD/month", infrastructure_share = 0.5, models_share = 0.3, households_share = 0.2)";
  const auto run = ticked(
      world_of(one_government(
          programme, "", R"(, infrastructure = ["clouds", "foreign_clouds.there"], models = "developers")", firms)),
      2);
  for (const Index row : {0U, 1U}) EXPECT_EQ(money(run, "clouds", row), 2 * 250);
  EXPECT_EQ(money(run, "foreign_clouds", 0), 0);
  EXPECT_EQ(money(run, "developers", 0), 2 * 300);
  EXPECT_GE(money(run, "few", 0), 2 * 100);
  EXPECT_EQ(field(run, "government", 0, "authorised"), 2000);
  EXPECT_EQ(field(run, "government", 0, "carried"), 0);
}

TEST(Government, CarriesWhatFindsNoRecipientAndReportsIt) {
  const std::string programme = R"(, programme = "1000 USD/month", infrastructure_share = 0.5, data_share = 0.5)";
  const auto run = ticked(world_of(one_government(programme, "", ", infrastructure = \"clouds\"", firms)), 3);
  EXPECT_EQ(field(run, "government", 0, "authorised"), 3000);
  EXPECT_EQ(field(run, "government", 0, "carried"), 1500);
}

TEST(Government, StartsAndEndsItsProgrammeAtItsDates) {
  const std::string events = R"(
[events.start]
at = "2023-03"
population = "government"
param = "programme"
value = "1000 USD/month"
[events.end]
at = "2023-05"
population = "government"
param = "programme"
value = "0 USD/month"
)";
  const World world = world_of(one_government(", models_share = 1", "", ", models = \"developers\"", firms + events));
  EXPECT_EQ(money(ticked(world, 2), "developers", 0), 0);
  EXPECT_EQ(money(ticked(world, 3), "developers", 0), 1000);
  EXPECT_EQ(money(ticked(world, 12), "developers", 0), 2000);
}

TEST(Government, EveryArmSpendsTheSameBudget) {
  const auto spent = [](const std::string& share) {
    const auto run = ticked(world_of(one_government(", programme = \"1000 USD/month\", " + share + " = 1", "",
                                                    R"(, infrastructure = "clouds", models = "developers")", firms)),
                            10);
    return 1e6 - money(run, "government", 0);
  };
  EXPECT_EQ(spent("infrastructure_share"), 10000);
  EXPECT_EQ(spent("models_share"), 10000);
  EXPECT_EQ(spent("households_share"), 10000);
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

TEST(Government, ProcuresApplicationsFromItsProgrammeAndTakesThemOffItsPurse) {
  const std::string vendors = R"(
[populations.vendors]
kind = "seat_stand"
region = "here"
params = { quantity = "600 seat_month", price = "0.75 USD/seat_month" }
ports.ware = "seats"
)";
  const auto run = ticked(
      world_of(one_government(R"(, programme = "750 USD/month", seats_share = 1)",
                              ", seats_per_worker = \"0 seat_month/person_month\"", ", seats = \"seats\"", vendors)),
      1);
  EXPECT_EQ(field(run, "vendors", 0, "sold"), 600);
  EXPECT_NEAR(field(run, "government", 0, "carried"), 750 - 450, 1e-9);
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
  EXPECT_EQ(field(run, "government", 0, "carried"), 500);  // the round was open for one month
}

}  // namespace
}  // namespace ondol::test
