// Producers and traders: what they hire, make, ask, adopt, keep and carry abroad, against numbers worked by hand.
#include "support/small_economy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace ondol::test {
namespace {

// One producer of 2,000 baskets a month among a million workers at a wage of 10; `more` adds to its table, `others`
// after it.
std::string one_producer(const std::string& state, const std::string& ports = "", const std::string& params = "",
                         const std::string& others = "", const std::string& stock = "2000 basket",
                         const std::string& money = "1e6 USD") {
  return small_economy({"industry"}, R"(
[populations.workers]
kind = "labour_stand"
region = "here"
params = { quantity = "1e6 person_month", price = "10 USD/person_month" }
ports.ware = "labour"
[populations.producer]
kind = "producer"
region = "here"
money = ")" + money + R"("
holdings.goods = { quantity = ")" + stock +
                                         R"(" }
state = { expected_sales_volume = "2000 basket", base_productivity = "10 basket/person_month")" +
                                         state + R"( }
params = { trend = "0 1/year")" + params +
                                         R"( }
ports = { labour = "labour", goods = "goods")" +
                                         ports + " }\n" + others);
}

const std::string seat_stand = R"(
[populations.vendors]
kind = "seat_stand"
region = "here"
params = { quantity = "1e6 seat_month", price = "0.75 USD/seat_month", quality = 1.3862943611198906 }
ports.ware = "seats"
)";

TEST(Producer, HiresForExpectedSalesAndAQuarterOfWhatItsStockLacks) {
  const auto stocked = ticked(world_of(one_producer("")), 1);
  EXPECT_EQ(field(stocked, "producer", 0, "workers"), 200);
  EXPECT_EQ(field(stocked, "producer", 0, "made"), 2000);
  EXPECT_EQ(stock(stocked, "producer", 0, "goods"), 4000);
  EXPECT_EQ(money(stocked, "producer", 0), 1e6 - 200 * 10);
  const auto empty = ticked(world_of(one_producer("", "", "", "", "0 basket")), 1);
  EXPECT_EQ(field(empty, "producer", 0, "workers"), 250);
}

TEST(Producer, MakesNoMoreThanItsElectricityAllows) {
  const std::string grid = R"(
[populations.grid]
kind = "power_stand"
region = "here"
params = { quantity = "100 MWh", price = "1 USD/MWh" }
ports.ware = "electricity"
)";
  const auto run = ticked(
      world_of(one_producer(R"(, power_use = "0.1 MWh/basket")", ", electricity = \"electricity\"", "", grid)), 1);
  EXPECT_EQ(field(run, "producer", 0, "planned"), 2000);
  EXPECT_EQ(field(run, "producer", 0, "made"), 1000);
}

TEST(Producer, AFewSpecialistsMissingCostLittleAndAllMissingMore) {
  const auto with = [](const std::string& experts) {
    const std::string crowd = R"(
[populations.experts]
kind = "labour_stand"
region = "here"
params = { quantity = ")" + experts +
                              R"( expert_month", price = "22 USD/expert_month" }
ports.ware = "expertise"
)";
    return field(ticked(world_of(one_producer("", ", expertise = \"expertise\"", "", crowd)), 1), "producer", 0,
                 "made");
  };
  EXPECT_NEAR(with("1000"), 2000, 1);  // .022 * 200 * 10 / 22 = 2 specialists, the reference of .01 a worker
  EXPECT_NEAR(with("1"), 2000 * std::pow(0.5, 0.022), 1);
  EXPECT_NEAR(with("0"), 2000 * std::pow(0.2, 0.022), 1);
}

TEST(Producer, MovesItsPriceTowardsTaxedMarkedUpUnitCost) {
  const auto run = ticked(world_of(one_producer("")), 1);
  // Nothing sold: tension -.5; stock of two months: glut 1; mark-up at its habit.
  const double mark_up = 0.5 * (1 + 0.04 * -0.5 - 0.02 * 1);
  EXPECT_NEAR(field(run, "producer", 0, "mark_up"), mark_up, 1e-12);
  EXPECT_NEAR(field(run, "producer", 0, "price"), 1 + 0.3 * (1.1 * (1 + mark_up) * 10.0 / 10 - 1), 1e-12);
  EXPECT_NEAR(field(run, "producer", 0, "expected_sales_volume"), 1500, 1e-9);
}

TEST(Producer, TakesATenthMoreForDemandWhenItSellsOut) {
  const std::string buyer = R"(
[populations.buyer]
kind = "goods_customer"
region = "here"
money = "1e6 USD"
params.quantity = "1e5 basket"
ports.ware = "goods"
)";
  const auto run = ticked(world_of(one_producer("", "", "", buyer)), 1);
  EXPECT_EQ(stock(run, "producer", 0, "goods"), 0);
  EXPECT_NEAR(field(run, "producer", 0, "expected_sales_volume"), 2000 + 0.25 * (1.1 * 4000 - 2000), 1e-9);
}

TEST(Producer, AdoptsAtBassesHazardThroughAGateOfOneHalfWhereGainEqualsPrice) {
  std::string text = one_producer("", R"(, seats = "seats")",
                                  R"(, innovation = "1.2 1/year", imitation = "0 1/year", gate = 0)", seat_stand);
  text.replace(text.find("region = \"here\"\nmoney"), 0, "count = 2000\n");
  const auto run = ticked(world_of(text), 10);
  double adopted = 0;
  for (Index row = 0; row < 2000; ++row) adopted += field(run, "producer", row, "adopted");
  const double expected = 1 - std::exp(-1.2 / 12 * 0.5 * 10);
  EXPECT_NEAR(adopted / 2000, expected, 4 * std::sqrt(expected * (1 - expected) / 2000));
}

// One that has adopted and uses 80 seats at .75, with a part v of their price paid back to it.
TEST(Producer, AVoucherLowersWhatASeatAddsToItsCost) {
  const auto price = [](const std::string& voucher) {
    std::string text =
        one_producer(", adopted = 1, depth = 1", R"(, seats = "seats", voucher = "voucher")",
                     ", price_speed = \"1 1/month\", gain_max = 0, learning_cost = \"0 month\"", seat_stand);
    text.insert(text.find("[markets]\n"), "voucher = { scope = \"region\", initial = " + voucher + " }\n");
    const auto run = ticked(world_of(text), 1);
    EXPECT_EQ(field(run, "producer", 0, "eligible"), 60);
    return field(run, "producer", 0, "price");
  };
  // 30 of the 60 are paid back: .015 of a basket's cost, marked up and taxed; the mark-up is the same.
  EXPECT_NEAR(price("0") / price("0.5"), (1 + 0.03) / (1 + 0.015), 1e-9);
}

TEST(Producer, ImitatesThoseOfItsOwnRegionWhoHaveAdopted) {
  const auto adopters_after = [](const std::string& initial) {
    std::string text = one_producer("", R"(, seats = "seats", adopters = "adopters", workforce = "workforce")",
                                    R"(, innovation = "0 1/year", imitation = "2.4 1/year", gate = 0)", seat_stand);
    text.replace(text.find("region = \"here\"\nmoney"), 0, "count = 1000\n");
    text += "[events.start]\ntick = 0\nsignal = \"adopters\"\nvalue = \"" + initial + " person_month\"\n";
    text += "[events.end]\ntick = 0\nsignal = \"workforce\"\nvalue = \"100 person_month\"\n";
    const auto run = ticked(world_of(text), 1);
    double adopted = 0;
    for (Index row = 0; row < 1000; ++row) adopted += field(run, "producer", row, "adopted");
    return adopted;
  };
  EXPECT_EQ(adopters_after("0"), 0);
  EXPECT_NEAR(adopters_after("50"), 1000 * (1 - std::exp(-2.4 / 12 * 0.5 * 0.5)), 4 * std::sqrt(1000 * 0.05 * 0.95));
}

// Quality 4 gives g = .3 * 4 / 8 = .15; rho = .15 * 10 / .75 = 2; gate = 1 / (1 + 2^-1.5).
const double gate = 1 / (1 + std::pow(2, -1.5));

TEST(Producer, DeepensAlongALogisticAndPaysForItFirst) {
  const std::string adopter = R"(, adopted = 1, depth = 0.2)";
  const World world =
      world_of(one_producer(adopter, R"(, seats = "seats")", R"(, learning_cost = "0.5 month")", seat_stand));
  const auto first = ticked(world, 1);
  EXPECT_NEAR(field(first, "producer", 0, "app_quality"), 4, 1e-9);
  EXPECT_NEAR(field(first, "producer", 0, "seats"), 0.2 * 0.4 * 200, 1e-9);
  const double deeper = 0.08 * 0.2 * 0.8 * gate;
  EXPECT_NEAR(field(first, "producer", 0, "depth"), 0.2 + deeper, 1e-9);
  EXPECT_NEAR(field(first, "producer", 0, "productivity"), 10 * (1 - 0.5 * 0.4 * deeper), 1e-9);
  EXPECT_LT(field(ticked(world, 3), "producer", 0, "productivity"), 10);
  // Four closes after the first seats, a fifth of exposed work is served: .4 * .15 * .2 of gain, less the dip.
  EXPECT_NEAR(field(ticked(world, 4), "producer", 0, "productivity"), 10 * (1 + 0.4 * 0.15 * 0.2 - 0.0015), 0.01);
}

TEST(Producer, StaysWithItsVendorUntilItLooksForAnother) {
  const std::string two =
      seat_stand.substr(0, seat_stand.find("kind")) + "count = 2\n" + seat_stand.substr(seat_stand.find("kind"));
  const auto vendors_that_sold = [&](const std::string& review, int ticks) {
    const World world = world_of(one_producer(R"(, adopted = 1, depth = 0.5)", R"(, seats = "seats")",
                                              ", vendor_review = \"" + review + " 1/month\"", two));
    ::ondol::Run run(world, {1, {}});
    std::array<bool, 2> sold{};
    for (int i = 0; i < ticks; ++i) {
      run.tick();
      for (Index row = 0; row < 2; ++row) sold[row] = sold[row] || field(run, "vendors", row, "sold") > 0;
    }
    return sold[0] + sold[1];
  };
  EXPECT_EQ(vendors_that_sold("0", 24), 1);
  EXPECT_EQ(vendors_that_sold("1", 24), 2);
}

const std::string owner = R"(
[populations.owner]
kind = "crowd"
region = "here"
[[claims]]
instrument = "share"
issuer = "producer"
holder = "owner"
amount = 1000
)";

TEST(Producer, PaysOutHalfOfItsProfitAsFarAsItsMoneyGoesBeyondWhatItKeeps) {
  const auto paid = [](const std::string& profit) {
    const std::string state = ", distributable = \"" + profit + " USD\"";
    return money(ticked(world_of(one_producer(state, ", share = \"share\"", "", owner)), 1), "owner", 0);
  };
  const double outlay = 200 * 10;
  EXPECT_NEAR(paid("1e9"), 0.5 * (1e6 - outlay - 1.3 * outlay), 1);
  EXPECT_NEAR(paid("3000"), 0.5 * 3000, 1);
  EXPECT_EQ(paid("0"), 0);
}

TEST(Producer, AsksForALoanWhenItsMoneyRunsLow) {
  const std::string borrowing = R"(, loan = "loan", loans = "loans", policy_rate = "policy_rate")";
  const auto rich = ticked(world_of(one_producer("", borrowing)), 1);
  EXPECT_EQ(offers_in(rich, "loans.here").size(), 0U);
  // 2000 of 2700 go to wages, of which it means to keep 1.3 months: it lacks 1900, and has room for .55 of 2700.
  const std::string going = R"(, expected_sales = "8000 USD/month", expected_outlays = "2000 USD/month")";
  const auto poor = ticked(
      world_of(one_producer(going, borrowing, ", expectation_speed = \"0 1/month\"", "", "2000 basket", "2700 USD")),
      1);
  const OfferColumns& offers = offers_in(poor, "loans.here");
  ASSERT_EQ(offers.size(), 1U);
  EXPECT_EQ(offers.quantity[0], 1485);
  EXPECT_NEAR(offers.attributes[0][0], (0.03 + 0.02) / 12, 1e-9);  // no debts yet
  EXPECT_NEAR(offers.attributes[1][0], 60, 1e-9);
  EXPECT_NEAR(offers.attributes[2][0], 6000 / (1485 * (0.05 / 12 + 1.0 / 60)), 0.01);
  // Without sales there is no cash flow to cover a service, and it asks for nothing.
  const auto idle = ticked(world_of(one_producer("", borrowing, "", "", "2000 basket", "2700 USD")), 1);
  EXPECT_EQ(offers_in(idle, "loans.here").size(), 0U);
}

TEST(Producer, TellsHowManyOfItsWorkersAnAdopterEmploysAndWhatItTook) {
  const std::string signals =
      R"(, seats = "seats", turnover = "turnover", adopters = "adopters", workforce = "workforce")";
  const auto run = ticked(world_of(one_producer(", adopted = 1, depth = 0.1", signals, "", seat_stand)), 1);
  const auto value = [&](const std::string& name) {
    const auto& signals_of_world = run.world().model().signals;
    for (std::size_t i = 0; i < signals_of_world.size(); ++i) {
      const Index region = signals_of_world[i].region;
      if (signals_of_world[i].name == name && region != none && run.world().model().regions[region].name == "here")
        return run.state().signals[i];
    }
    return -1.0;
  };
  EXPECT_EQ(value("adopters"), 200);
  EXPECT_EQ(value("workforce"), 200);
  EXPECT_EQ(value("turnover"), 0);
}

std::string trade(const std::string& quantity) {
  return small_economy({"industry"}, R"(
[populations.makers]
kind = "goods_stand"
region = "here"
params = { quantity = "10000 basket", price = "1 USD/basket" }
ports.ware = "goods"
[populations.trader]
kind = "trader"
region = "here"
money = "1e5 USD"
holdings.goods = { quantity = "1500 basket", unit_value = "1 USD/basket" }
state.expected_demand = "1000 basket"
ports = { goods = "goods", imports = "imports" }
[populations.abroad]
kind = "goods_customer"
region = "there"
money = "1e6 USD"
params = { quantity = ")" + quantity + R"( basket" }
ports.ware = "imports"
[populations.at_home]
kind = "goods_customer"
region = "here"
money = "1e6 USD"
params = { quantity = "1000 basket" }
ports.ware = "imports"
)");
}

TEST(Trader, CarriesGoodsAbroadAtAMarginAndNeverSellsThemAtHome) {
  const auto run = ticked(world_of(trade("1000")), 1);
  EXPECT_EQ(field(run, "abroad", 0, "bought"), 1000);
  EXPECT_EQ(field(run, "abroad", 0, "spent"), 1050);
  EXPECT_EQ(field(run, "at_home", 0, "bought"), 0);
  EXPECT_EQ(stock(run, "trader", 0, "goods"), 1500 - 1000 + 1000);
  EXPECT_EQ(money(run, "trader", 0), 1e5 + 1050 - 1000);
}

TEST(Trader, ExpectsMoreWhereItSoldOutAndFillsItsStock) {
  const auto run = ticked(world_of(trade("9000")), 2);
  const double first = 1000 + 0.25 * (1.1 * 1500 - 1000);
  EXPECT_NEAR(field(run, "trader", 0, "offered"), 1000, 0);
  EXPECT_NEAR(field(run, "trader", 0, "expected_demand"), first + 0.25 * (1.1 * 1000 - first), 1e-9);
}

}  // namespace
}  // namespace ondol::test
