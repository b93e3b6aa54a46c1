// Suppliers: learning by doing, backlog pricing and the limits of capacity, labour and materials.
#include <ondol/testing.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace ondol::test {
namespace {

using ::ondol::testing::Scene;

const std::filesystem::path plugins = std::filesystem::path(ONDOL_BUILD_DIR) / "plugins";

// A unit costs 100 at the start: 5 person-months at 10 and 50 baskets at 1.
Scene supplier(double labour = 1e6) {
  Scene scene("suppliers", "supplier", {plugins});
  scene.param("first_cost", 100).param("first_wage", 10).param("learning_rate", 0.2).purse(1e7);
  scene.starts("first_experience", 1000).starts("experience", 1000).starts("capacity", 100).starts("mark_up", 0.3);
  scene.starts("list_price", 130).holds("goods", 1e5, 1).mechanism("output", "contracts");
  scene.offers("labour", labour, 10).offers("goods", 1e6, 1).buys_in("labour", "hire").buys_in("goods", "spend");
  return scene;
}

TEST(Supplier, EachDoublingOfExperienceLowersCostByTheLearningRate) {
  for (const double doublings : {0.0, 1.0, 2.0, 3.0}) {
    Scene scene = supplier();
    scene.starts("experience", 1000 * std::pow(2, doublings));
    scene.tick();
    EXPECT_NEAR(scene.state("unit_cost"), 100 * std::pow(0.8, doublings), 1e-9) << doublings;
  }
}

TEST(Supplier, LearnsByWhatItMakes) {
  Scene scene = supplier();
  scene.orders("output", 60, 200, 0);
  scene.tick(24);
  const double made = scene.state("experience") - 1000;
  EXPECT_GT(made, 600);
  EXPECT_NEAR(scene.state("unit_cost"), 100 * std::pow(1 + made / 1000, std::log2(0.8)), 1e-6);
}

TEST(Supplier, WorksOffAThirdOfItsBacklogAMonthWithinCapacity) {
  Scene scene = supplier();
  scene.orders("output", 30, 200, 0);
  scene.tick(2);
  EXPECT_NEAR(scene.state("made"), 30.0 / 3, 1e-6);
  Scene flooded = supplier();
  flooded.orders("output", 3000, 200, 0);
  flooded.tick();
  const double capacity = flooded.state("capacity");
  flooded.tick();
  EXPECT_NEAR(flooded.state("made"), capacity, 1e-6);
}

TEST(Supplier, MakesNoMoreThanItsHandsAllow) {
  Scene scene = supplier(25);
  scene.orders("output", 30, 200, 0);
  scene.tick(2);
  EXPECT_NEAR(scene.state("planned"), 10, 1e-6);
  EXPECT_NEAR(scene.state("made"), 5, 1e-6);
}

TEST(Supplier, MarkUpAndCapacityFollowTheBacklog) {
  Scene scene = supplier();
  scene.orders("output", 500, 200, 0);
  double mark_up = 0.3;
  double capacity = 100;
  for (int tick = 0; tick < 24; ++tick) {
    scene.tick();
    const double pressure = std::clamp(scene.state("wait") / 2 - 1, -1.0, 3.0);
    mark_up = std::clamp(mark_up * (1 + 0.03 * pressure), 0.1, 0.8);
    ASSERT_NEAR(scene.state("mark_up"), mark_up, 1e-9);
    // No faster than .06 a month, and by the wear of .002 where the backlog is short.
    ASSERT_LE(scene.state("capacity"), capacity * 1.06 + 1e-6);
    ASSERT_GE(scene.state("capacity"), capacity * 0.998 - 1e-6);
    capacity = scene.state("capacity");
    ASSERT_NEAR(scene.state("list_price"), (1 + mark_up) * scene.state("unit_cost"), 1e-9);
  }
  EXPECT_GT(mark_up, 0.5);
  EXPECT_GT(capacity, 200);
}

TEST(Supplier, TellsBuyersHowManyMonthsOfWorkWait) {
  Scene scene = supplier();
  scene.orders("output", 300, 200, 0);
  scene.tick(2);
  // Ordered 300 after the first month; the first was idle, so capacity had worn by .002, and grew for the orders since.
  EXPECT_NEAR(scene.state("wait"), 300 / (99.8 * (1 + 0.02 * (300 / 99.8 / 2 - 1))), 1e-6);
}

}  // namespace
}  // namespace ondol::test
