// Data owners and synthesizers: a stock that grows and is not used up by selling, and data made of compute.
#include <ondol/testing.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace ondol::test {
namespace {

using ::ondol::testing::Scene;

const std::filesystem::path plugins = std::filesystem::path(ONDOL_BUILD_DIR) / "plugins";

Scene owner() {
  Scene scene("data", "data_owner", {plugins});
  scene.purse(1e7).starts("corpus", 100).starts("price", 50).param("growth", 0.12682503013196977).param("staff", 10);
  scene.offers("expertise", 1e6, 20).buys_in("expertise", "hire");
  return scene;
}

TEST(DataOwner, ItsCorpusGrowsAndIsNotUsedUpBySales) {
  Scene scene = owner();
  scene.orders("licences", 40, 1e6);
  scene.tick(12);
  EXPECT_NEAR(scene.state("corpus"), 100 * 1.1268250301319698, 1e-9);  // a year of growth
  EXPECT_EQ(scene.sold("licences"), 40);
  EXPECT_NEAR(scene.received("licences"), 40 * scene.offer("licences").price, 1);
}

TEST(DataOwner, SellsTheSameDataToMany) {
  Scene scene = owner();
  for (int buyer = 0; buyer < 5; ++buyer) scene.orders("licences", 100, 1e6);
  scene.tick();
  EXPECT_EQ(scene.sold("licences"), 500);
}

TEST(DataOwner, ItsPriceFollowsSalesPerToken) {
  Scene idle = owner();
  idle.tick(2);
  EXPECT_NEAR(idle.state("price"), 50 * std::exp(-0.03 * 0.5 * 2), 1e-9);
  Scene wanted = owner();
  wanted.orders("licences", 3, 1e6);
  wanted.tick(2);  // the first close has seen no sales
  const double corpus = 100 * 1.01 * 1.01;
  EXPECT_NEAR(wanted.state("price"), 50 * std::exp(-0.015 + 0.03 * std::min(0.5, 3 / (0.02 * corpus) - 1)), 1e-9);
}

TEST(DataOwner, HiresWhomItCanPayForHalfAYear) {
  Scene poor = owner();
  poor.purse(600);
  poor.tick();
  EXPECT_NEAR(poor.bought("expertise"), 600.0 / 6 / 20, 1e-6);
}

TEST(Synthesizer, WritesAndVerifiesOutOfHours) {
  Scene scene("data", "synthesizer", {plugins});
  scene.purse(1e7).starts("quota", 4).starts("price", 5000).param("staff", 0);
  scene.offers("compute", 1e6, 2).offers("expertise", 1e6, 20);
  scene.buys_in("compute", "train").buys_in("expertise", "hire").orders("synthetic", 3, 1e6);
  scene.tick();
  EXPECT_NEAR(scene.bought("compute"), 4 * 1000 * 1.5, 1e-3);
  EXPECT_NEAR(scene.state("made"), 4, 1e-6);
  EXPECT_NEAR(scene.sold("synthetic"), 3, 1e-6);
  // Cost 1000 x 1.5 x 2 and a mark-up of .4.
  EXPECT_NEAR(scene.state("price"), 5000 + 0.3 * (1.4 * 3000 - 5000), 1e-6);
}

}  // namespace
}  // namespace ondol::test
