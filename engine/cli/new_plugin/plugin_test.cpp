// What the kind {{name}} does, in scenes of the real engine.
#include <ondol/testing.hpp>

#include <gtest/gtest.h>

using ondol::testing::Scene;

TEST({{Kind}}, AsksMoreWhenItHasSoldOut) {
  Scene scene("{{name}}", "{{name}}");
  scene.param("output", 10).orders("ware", 1000, 100).buys_in("food", "shop").tick(2);
  EXPECT_NEAR(scene.state("price"), 1.1, 1e-9);
}

TEST({{Kind}}, AsksLessWhenSomethingIsLeft) {
  Scene scene("{{name}}", "{{name}}");
  scene.param("output", 10).orders("ware", 1, 100).buys_in("food", "shop").tick(2);
  EXPECT_NEAR(scene.state("price"), 0.9, 1e-9);
}

TEST({{Kind}}, SpendsItsShareOfItsMoney) {
  Scene scene("{{name}}", "{{name}}");
  scene.purse(100).param("share", 0.25).offers("food", 1000, 2).buys_in("food", "shop").tick();
  EXPECT_NEAR(scene.state("eaten"), 100 * 0.25 / 2, 1e-3);
  EXPECT_NEAR(scene.money(), 75, 1e-3);
}
