// The power layer: merit order and tariff against dispatch worked by hand, fuel and new capacity in time.
#include "support/small_economy.hpp"

#include <ondol/testing.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace ondol::test {
namespace {

using ::ondol::testing::Scene;

const std::filesystem::path plugins = std::filesystem::path(ONDOL_BUILD_DIR) / "plugins";

// A pool of here: a hundred megawatts each of three technologies that run every hour (73,050 MWh a month), and a grid
// that expects `forecast` and keeps no reserve.
std::string plant(const std::string& name, const std::string& cost) {
  return "[populations." + name + "]\n" + R"(kind = "power_plant"
region = "here"
money = "1e8 USD"
state = { capacity = "100 MW" }
ports = { wholesale = "wholesale", labour = "labour", goods = "goods" }
)" + "params = { availability = 1, capital_cost = \"1 USD/MW\", life = \"1e5 month\", other_cost = \"" +
         cost + " USD/MWh\" }\n";
}

std::string pool(const std::string& forecast) {
  std::string text = small_economy({"power", "call_auction"}, R"(
[populations.grid]
kind = "grid_operator"
region = "here"
money = "1e9 USD"
params = { loss = 0.5, reserve = 0, margin = "4 USD/MWh", highest_bid = "500 USD/MWh", first_wage = "10 USD/person_month", connection_price = "1 USD/MW_grid" }
state = { tariff = "80 USD/MWh", forecast = ")" + forecast + R"( MWh" }
ports = { wholesale = "wholesale", electricity = "electricity", connection = "connections", labour = "labour", goods = "goods" }
)" + plant("cheap", "10") + plant("middle", "30") + plant("dear", "70"));
  text.replace(text.find("[units]\n"), 8, "[goods.connection]\nunit = \"MW_grid\"\n[units]\nMW_grid = {}\n");
  text.replace(text.find("[markets]\n"), 10, R"([markets]
wholesale = { good = "electricity", mechanism = "call_auction", scope = "region", step = "finance", price_decimals = 2, reference_price = "40 USD/MWh" }
connections = { good = "connection", mechanism = "posted_offers", step = "spend" }
)");
  return text;
}

double pool_price(const Run& run) {
  const Model& model = run.world().model();
  for (Index m = 0; m < model.markets.size(); ++m) {
    if (model.markets[m].label == "wholesale.here") return run.state().markets[m].last_price;
  }
  return -1;
}

TEST(PowerPlant, IsDispatchedByMeritOrderAtTheCostOfTheLast) {
  // Half is lost, so 50,000 are bought as 100,000 MWh: all of the cheapest, the rest from the next.
  const auto run = ticked(world_of(pool("50000")), 1);
  const double full = 100 * 730.5 * (1 - 1.0 / 1e5);
  EXPECT_NEAR(field(run, "cheap", 0, "dispatched"), full, 1);
  EXPECT_NEAR(field(run, "middle", 0, "dispatched"), 100000 - full, 1);
  EXPECT_EQ(field(run, "dear", 0, "dispatched"), 0);
  EXPECT_NEAR(pool_price(run), 30, 0.01);
}

TEST(PowerPlant, TheDearestOneInUseSetsThePriceForAll) {
  const auto run = ticked(world_of(pool("90000")), 1);
  EXPECT_GT(field(run, "dear", 0, "dispatched"), 0);
  EXPECT_NEAR(pool_price(run), 70, 0.01);
  // The cheapest earns the price of the dearest.
  const double full = 100 * 730.5 * (1 - 1.0 / 1e5);
  EXPECT_NEAR(money(run, "cheap", 0) - money(run, "dear", 0), (full - field(run, "dear", 0, "dispatched")) * 70, 1e4);
}

TEST(GridOperator, ItsTariffFollowsThePoolWithALag) {
  const auto run = ticked(world_of(pool("50000")), 1);
  EXPECT_NEAR(field(run, "grid", 0, "tariff"), 80 + 0.2 * (30 / 0.5 + 4 - 80), 0.01);
}

TEST(GridOperator, LosesAShareOfWhatItBuys) {
  const World world = world_of(pool("50000"));
  ::ondol::Run run(world, {1, {}});
  while (run.step() != "hire") continue;
  const OfferColumns& offers = offers_in(run, "electricity.here");
  ASSERT_EQ(offers.size(), 1U);
  const double bought = field(run, "grid", 0, "forecast") / (1 - 0.5);
  double scale = 1;
  for (const GoodModel& good : run.world().model().goods) {
    if (good.name == "electricity") scale = static_cast<double>(good.scale);
  }
  EXPECT_NEAR(static_cast<double>(offers.quantity[0]) / scale, 0.5 * bought, 1);
}

Scene fired_plant(double fuel) {
  Scene scene("power", "power_plant", {plugins});
  scene.purse(1e8).param("heat_rate", 2).param("other_cost", 5).param("availability", 0.5).param("capital_cost", 1000);
  scene.param("life", 1e5).starts("capacity", 10).holds("fuel", fuel, 20);
  scene.offers("fuel", 1e6, 20).offers("labour", 1e6, 10).offers("goods", 1e6, 1);
  scene.buys_in("fuel", "supply").buys_in("labour", "hire").buys_in("goods", "spend");
  return scene;
}

TEST(PowerPlant, OffersAtMarginalCostWhatCapacityAndFuelAllow) {
  Scene stocked = fired_plant(1e5);
  stocked.step("open");
  EXPECT_NEAR(stocked.offer("wholesale").quantity, 10 * 0.5 * 730.5 * (1 - 1e-5), 1e-3);
  EXPECT_NEAR(stocked.offer("wholesale").price, 2 * 20 + 5, 1e-9);
  Scene short_of_fuel = fired_plant(1000);
  short_of_fuel.step("open");
  EXPECT_NEAR(short_of_fuel.offer("wholesale").quantity, 1000.0 / 2, 1e-6);
}

TEST(PowerPlant, BurnsFuelForWhatItSells) {
  Scene scene = fired_plant(1e5);
  scene.orders("wholesale", 1000, 100).param("fuel_stock", 0);
  scene.tick();  // sold as the first month ends, burnt in the second
  scene.step("hire");
  EXPECT_NEAR(scene.state("dispatched"), 1000, 1e-6);
  EXPECT_NEAR(scene.holding("fuel"), 1e5 - 2000, 1e-6);
}

TEST(PowerPlant, NewCapacityComesTwoYearsAfterItWasBegun) {
  Scene scene = fired_plant(1e6);
  scene.orders("wholesale", 1e6, 5000).param("growth_limit", 1.2).signal("capacity_offered", 1);
  double first_growth = -1;
  double before = 10;
  for (int tick = 0; tick < 40 && first_growth < 0; ++tick) {
    scene.tick();
    if (scene.state("capacity") > before) first_growth = tick;
    before = scene.state("capacity");
  }
  // Sold out in the first month, wanted at the end of the second, begun at the end of the third (the 2nd from 0).
  EXPECT_EQ(first_growth, 2 + 24);
}

TEST(FuelProducer, AsksMoreWhenItsCapacityIsInUse) {
  Scene idle("power", "fuel_producer", {plugins});
  const auto set = [](Scene& scene, double sales) {
    scene.purse(1e7).param("mark_up", 1).param("growth", 0).param("progress", 0);
    scene.starts("labour_per_unit", 0.1).starts("capacity", 1000).starts("expected_demand", sales).starts("price", 2);
    scene.offers("labour", 1e6, 10).buys_in("labour", "hire").orders("output", sales, 1e6);
    scene.tick(60);
  };
  set(idle, 500);
  Scene busy("power", "fuel_producer", {plugins});
  set(busy, 950);
  // (1 + 1) x .1 x 10 exp(u - .8), u held above .4.
  EXPECT_NEAR(idle.state("price"), 2 * std::exp(0.5 - 0.8), 0.02);
  EXPECT_NEAR(busy.state("price"), 2 * std::exp(0.95 - 0.8), 0.05);
}

}  // namespace
}  // namespace ondol::test
