// Operators: what their sites can carry, what they offer and ask, what they order, against numbers worked by hand.
#include <ondol/testing.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace ondol::test {
namespace {

using ::ondol::testing::Scene;

const std::filesystem::path plugins = std::filesystem::path(ONDOL_BUILD_DIR) / "plugins";

// A thousand accelerators of 1 kW, 1.4 kW with what is around them, in a site for `megawatts`; an hour of one takes
// 1.61 kWh at 100 a MWh: with .0015 experts at 20,000 a month, .161 + .0411 to run.
Scene site(double megawatts = 10) {
  Scene scene("infrastructure", "operator", {plugins});
  scene.purse(1e8).starts("fleet_kw", 1).starts("price", 2).holds("accelerators", 1000, 20000);
  scene.starts("expected_hours", 1000 * 730.5 * 0.7).starts("running", 1000);
  for (const char* part : {"storage", "ups", "cooling", "construction", "connection"}) {
    scene.holds(part, megawatts, 1e5).mechanism(part, "contracts").offers(part, 1e4, 1e5).buys_in(part, "supply");
  }
  scene.mechanism("accelerators", "contracts").offers("accelerators", 1e6, 20000).buys_in("accelerators", "supply");
  scene.offers("electricity", 1e6, 100).offers("expertise", 1e6, 20000).offers("goods", 1e9, 1);
  scene.buys_in("electricity", "supply").buys_in("expertise", "hire").buys_in("goods", "spend");
  scene.signal("accelerator_kw", 1);
  return scene;
}

TEST(Operator, RunsWhatTheScarcestInputCarries) {
  for (const char* part : {"storage", "ups", "cooling", "construction", "connection"}) {
    Scene scene = site();
    scene.holds(part, 0.7, 1e5);
    scene.tick();
    EXPECT_NEAR(scene.state("power"), 0.7, 1e-9) << part;
    EXPECT_NEAR(scene.state("running"), 0.7 * 1000 / 1.4, 1e-6) << part;
  }
  Scene roomy = site();
  roomy.tick();
  EXPECT_NEAR(roomy.state("running"), 1000, 1e-9);
}

TEST(Operator, NeverSellsHoursItHasNoElectricityFor) {
  Scene scene = site();
  scene.starts("expected_hours", 1e9);
  scene.tick();
  const double most = 1000 * 730.5 * 0.95;
  EXPECT_NEAR(scene.offer("compute").quantity, most, 1e-3 * most);
  EXPECT_NEAR(scene.bought("electricity"), most * 1.61 / 1000, 1);
  EXPECT_NEAR(scene.offer("compute").quantity, scene.bought("electricity") / (1.61 / 1000), 1);
}

TEST(Operator, RaisesItsPriceAboveTargetUtilisationAndLowersItBelow) {
  for (const double hours : {0.0, 400e3, 600e3, 650e3}) {
    Scene scene = site();
    scene.orders("compute", hours, 1e3);
    scene.tick(2);  // sold as the first month ends, seen at the close of the second
    const double utilisation = hours / (scene.state("running") * 730.5 * 0.95);
    EXPECT_NEAR(scene.state("utilisation"), utilisation, 2e-3);
    const double first = 2 * std::exp(-0.12 * 0.5);
    const double second = first * std::exp(0.12 * std::clamp(scene.state("utilisation") - 0.75, -0.5, 0.5));
    EXPECT_NEAR(scene.state("price"), second, 1e-9) << hours;
  }
}

TEST(Operator, NeverAsksLessThanRunningCostsAndATenth) {
  Scene scene = site();
  scene.starts("price", 0.3);
  scene.tick(24);
  EXPECT_NEAR(scene.state("price"), 1.1 * (0.161 + 0.0015 * 20000 / 730.5), 1e-6);
}

TEST(Operator, OrdersNothingWhereAnHourDoesNotPayForItsAccelerator) {
  Scene scene = site();
  scene.discloses("accelerator_makers",
                  {{"list_price", 20000}, {"wait", 1}, {"takes_orders", 1}, {"late", 0}, {"worth", 1}});
  scene.tick();
  EXPECT_EQ(scene.ordered("accelerators"), 0);
}

TEST(Operator, OrdersForACommitmentAsFarAsItsMoneyGoes) {
  const auto ordered_with = [](double money) {
    Scene scene = site();
    scene.purse(money).param("commitment", 1600);
    scene.discloses("accelerator_makers",
                    {{"list_price", 20000}, {"wait", 1}, {"takes_orders", 1}, {"late", 0}, {"worth", 1}});
    scene.tick();
    return scene.ordered("accelerators");
  };
  EXPECT_NEAR(ordered_with(1e8), 600.0 / 6, 1e-6);
  // One takes 20,000 for itself, 7,000 for servers and 1.4 kW of parts at 5 x 1e5 a megawatt; 1.5 experts come first.
  // What is spare is spent over six months.
  EXPECT_LE(ordered_with(5e5), (5e5 - 1.5 * 20000) / 27700 / 6);
  EXPECT_GT(ordered_with(5e5), 1);
}

TEST(Operator, WearsOut) {
  Scene scene = site();
  scene.tick();
  EXPECT_NEAR(scene.holding("accelerators"), 1000 * (1 - 1.0 / 60), 1e-3);
  EXPECT_NEAR(scene.holding("ups"), 10 * (1 - 1.0 / 120), 1e-5);
  EXPECT_NEAR(scene.holding("connection"), 10 * (1 - 1.0 / 120), 1e-5);
}

}  // namespace
}  // namespace ondol::test
