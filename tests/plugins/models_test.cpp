// Developers and their scaling law, against closed forms and numbers worked by hand.
#include "../../plugins/models/scaling_law.hpp"

#include <ondol/testing.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace ondol::test {
namespace {

using models::ScalingLaw;
using ::ondol::testing::Scene;

const std::filesystem::path plugins = std::filesystem::path(ONDOL_BUILD_DIR) / "plugins";

TEST(ScalingLaw, NoOtherSplitOfABudgetLosesLess) {
  for (const double operations : {1e20, 1e23, 1e26}) {
    const ScalingLaw::Model best = ScalingLaw::optimal(operations);
    EXPECT_NEAR(6 * best.parameters * best.tokens / operations, 1, 1e-12);
    for (const double factor : {0.5, 0.8, 0.99, 1.01, 1.25, 2.0}) {
      EXPECT_GT(ScalingLaw::loss({best.parameters * factor, best.tokens / factor}), ScalingLaw::loss(best));
    }
  }
}

TEST(ScalingLaw, TokensPerParameterAreAboutTwentyAsPublished) {
  // Besiroglu et al. (2024) find about 20 tokens a parameter at the budget of Chinchilla, 5.76e23.
  const ScalingLaw::Model chinchilla = ScalingLaw::optimal(5.76e23);
  EXPECT_GT(chinchilla.tokens / chinchilla.parameters, 15);
  EXPECT_LT(chinchilla.tokens / chinchilla.parameters, 30);
}

TEST(ScalingLaw, RepeatedDataWearOut) {
  EXPECT_EQ(ScalingLaw::worth(1e12, 2e12, 15), 1e12);
  // Four passes are three repeats: worth 1 + 15 (1 - exp(-.2)) times the data; many more add ever less.
  EXPECT_NEAR(ScalingLaw::worth(4e12, 1e12, 15), 1e12 * (1 + 15 * (1 - std::exp(-0.2))), 1);
  EXPECT_NEAR(ScalingLaw::worth(1e16, 1e12, 15), 16e12, 1e6);
}

TEST(ScalingLaw, WhatDataCannotTakeGoesIntoParameters) {
  const ScalingLaw::Model held = ScalingLaw::within(6e24, 1e12);
  EXPECT_EQ(held.tokens, 1e12);
  EXPECT_NEAR(held.parameters, 1e12, 1);
  EXPECT_GT(ScalingLaw::loss(held), ScalingLaw::loss(ScalingLaw::optimal(6e24)));
}

// Parameters of the reference model, for which a million tokens take an hour at 2.
const double reference = ScalingLaw::optimal(1e25).parameters;

Scene developer(double money = 1e8) {
  Scene scene("models", "developer", {plugins});
  scene.purse(money).param("first_hours", 1).param("algorithm_growth", 0).starts("parameters", reference);
  scene.starts("quality", 1).starts("last_operations", 1e40).starts("price", 10).starts("staff", 20);
  scene.starts("algorithm", 1).starts("hours_per_token", 1);
  scene.offers("compute", 1e9, 2).offers("expertise", 1e6, 20000).offers("licences", 1e6, 500);
  scene.offers("synthetic", 1e6, 500).buys_in("compute", "train").buys_in("expertise", "hire");
  scene.buys_in("licences", "query").buys_in("synthetic", "query");
  scene.mechanism("tokens", "logit_choice", "price_weight = 2");
  return scene;
}

TEST(Developer, AlonePricesAtTheClippedLernerIndexOverCost) {
  Scene scene = developer();
  scene.starts("expected_tokens", 1000).orders("tokens", 1000, 1e3);
  double price = 10;
  scene.tick();
  price += 0.25 * (2 / (1 - 0.5) - price);  // nothing sold yet: 1 / alpha
  EXPECT_NEAR(scene.state("price"), price, 1e-9);
  scene.tick();
  EXPECT_EQ(scene.state("market_share"), 1);  // all of the market: the index is held at its most
  price += 0.25 * (2 / (1 - 0.75) - price);
  EXPECT_NEAR(scene.state("price"), price, 1e-9);
}

TEST(Developer, InAMarketOfManyTheMarkUpIsThatOfLogitInLogPrices) {
  Scene scene = developer();
  scene.count(10).starts("expected_tokens", 1000).mechanism("tokens", "logit_choice", "price_weight = 4");
  scene.orders("tokens", 1000, 1e3);
  scene.tick(60);
  for (int i = 0; i < 10; ++i) {
    const double lerner = 1 / (4 * (1 - scene.state("market_share", i)));
    EXPECT_NEAR(scene.state("price", i), 2 * scene.state("hours_per_token", i) / (1 - lerner), 0.05) << i;
  }
}

TEST(Developer, NeverSellsBelowCost) {
  Scene scene = developer();
  scene.starts("price", 0.1).tick();
  EXPECT_NEAR(scene.state("price"), 1.02 * 2, 1e-9);
}

TEST(Developer, SpreadsItsMoneyOverItsPlan) {
  Scene scene = developer(1.8e7);
  scene.tick();
  // 20 experts a month at 20,000 are paid before: 1.76e7 over 18 months, less the next wages.
  EXPECT_NEAR(scene.spent("compute"), 1.76e7 / 18 - 20 * 20000, 1);
}

TEST(Developer, RentsMoreComputeWhereAVoucherPaysAPart) {
  Scene scene = developer(1.8e7);
  scene.signal("voucher", 0.5).tick();
  EXPECT_NEAR(scene.spent("compute"), (1.76e7 / 18 - 20 * 20000) / 0.5, 1);
  EXPECT_EQ(scene.state("eligible"), scene.spent("compute"));
}

TEST(Developer, GathersEffectiveOperationsFromResearch) {
  Scene scene = developer();
  scene.starts("algorithm", 3).param("diffusion", 0).param("open_diffusion", 0);
  scene.tick();
  EXPECT_NEAR(scene.state("operations"), scene.state("research_hours") * 0.12 * 989e12 * 0.4 * 3600 * 3,
              1e-9 * scene.state("operations"));
}

TEST(Developer, TrainsTheBestModelOfWhatCameTogether) {
  Scene scene = developer();
  scene.starts("last_operations", 1e20).starts("operations", 4e25).starts("age", 5.5).starts("quality", 0.5);
  scene.param("unique_tokens", 1e18);
  scene.tick();
  const double operations = scene.state("last_operations");
  EXPECT_GT(operations, 4e25);
  EXPECT_EQ(scene.state("operations"), 0);
  EXPECT_EQ(scene.state("age"), 0);
  const ScalingLaw::Model best = ScalingLaw::optimal(operations);
  EXPECT_NEAR(scene.state("parameters") / best.parameters, 1, 1e-9);
  const double reducible = ScalingLaw::loss(ScalingLaw::optimal(1e25)) - ScalingLaw::irreducible;
  EXPECT_NEAR(scene.state("quality"), reducible / (ScalingLaw::loss(best) - ScalingLaw::irreducible), 1e-9);
  EXPECT_GT(scene.state("quality"), 1);
}

TEST(Developer, WithFewDataTrainsALargerModelThatIsWorse) {
  const auto trained = [](double unique) {
    Scene scene = developer();
    scene.starts("last_operations", 1e20).starts("operations", 4e25).starts("age", 6).starts("quality", 0.1);
    scene.param("unique_tokens", unique);
    scene.tick();
    return std::pair{scene.state("quality"), scene.state("parameters")};
  };
  const auto [plenty, usual] = trained(1e18);
  const auto [scarce, large] = trained(1e11);
  EXPECT_LT(scarce, plenty);
  EXPECT_GT(large, usual);
}

TEST(Developer, WaitsSixMonthsBetweenModels) {
  Scene scene = developer();
  scene.starts("last_operations", 1e20).starts("operations", 4e25).starts("age", 3.5);
  scene.tick(2);
  EXPECT_EQ(scene.state("last_operations"), 1e20);
  scene.tick();
  EXPECT_GT(scene.state("last_operations"), 4e25);
}

TEST(Developer, LearnsFromTheFrontierAndFasterFromWhatIsPublished) {
  Scene scene = developer();
  scene.count(2).signal("best_algorithm", 5).signal("open_algorithm", 3).tick();
  const double from_frontier = 1 + 0.02 * (5 - 1);
  EXPECT_NEAR(scene.state("algorithm"), from_frontier + 0.05 * (3 - from_frontier), 1e-9);
}

TEST(Developer, RightsToTrainRunOut) {
  Scene scene = developer(0);
  scene.holds("licences", 360, 1).tick();
  EXPECT_NEAR(scene.holding("licences"), 350, 1e-6);  // 1/36 of them
}

TEST(Developer, WithoutMoneyItClosesAfterItsMonths) {
  Scene scene = developer(1e5);
  // 3 months short, then 2 in which it winds up.
  scene.param("patience", 3).bind("share").starts("expected_outlays", 1e9).starts("staff", 1e5);
  scene.tick(2);
  EXPECT_EQ(scene.state("winding_up"), 0);
  scene.tick(2);
  EXPECT_EQ(scene.state("winding_up"), 2);
  EXPECT_EQ(scene.offer("tokens").quantity, 0);
  EXPECT_TRUE(scene.alive());
  scene.tick();
  EXPECT_FALSE(scene.alive());
}

}  // namespace
}  // namespace ondol::test
