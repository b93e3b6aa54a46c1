// Application firms: vendor, quality, tokens per seat, price and operating leverage, against numbers worked by hand.
#include <ondol/testing.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace ondol::test {
namespace {

using ::ondol::testing::Scene;

const std::filesystem::path plugins = std::filesystem::path(ONDOL_BUILD_DIR) / "plugins";

// A hundred seats a month of 3 Mtoken at 12 and 1/1500 of an expert at 15,000: a seat costs 36 + 10.
Scene firm(double token_price = 12, double quality = 4, const std::string& seats = "price_weight = 3",
           const std::string& tokens = "price_weight = 2, attribute_weights = [5]") {
  Scene scene("applications", "application", {plugins});
  scene.purse(1e7).starts("expected_seats", 100).starts("price", 90).starts("staff", 5);
  scene.offers("tokens", 1e9, token_price, {{"quality", std::log(quality)}});
  scene.offers("expertise", 1e6, 15000).offers("licences", 1e6, 500);
  scene.mechanism("tokens", "logit_choice", tokens);
  scene.mechanism("seats", "logit_choice", seats);
  scene.buys_in("tokens", "query").buys_in("expertise", "hire").buys_in("licences", "query");
  return scene;
}

TEST(Application, ItsQualityGrowsWithModelDataAndExperience) {
  Scene scene = firm();
  scene.holds("licences", 150, 1).starts("experience", 3e6);
  scene.tick();
  EXPECT_NEAR(scene.state("quality"), std::sqrt(4) * std::pow(1 + 150.0 / 50, 0.1) * std::pow(1 + 3.0, 0.1), 1e-9);
  EXPECT_NEAR(scene.offer("seats").attributes.at("quality"), std::log(scene.state("quality")), 1e-5);
}

TEST(Application, MakesSeatsOfTheTokensTheyTake) {
  Scene scene = firm();
  scene.orders("seats", 1000, 1e6).tick();
  EXPECT_NEAR(scene.bought("tokens"), 1.15 * 100 * 3, 1e-6);
  EXPECT_NEAR(scene.sold("seats"), 115, 1e-6);
}

TEST(Application, UsesMoreTokensWhereTheyAreCheaperAndSpendsMoreOnThem) {
  Scene cheap = firm(3);
  cheap.tick();
  EXPECT_NEAR(cheap.state("tokens_per_seat"), 3 * std::pow(0.25, -1.2), 1e-9);
  Scene dear = firm(12);
  dear.tick();
  EXPECT_GT(cheap.state("tokens_per_seat") * 3, dear.state("tokens_per_seat") * 12);
}

TEST(Application, AVoucherMakesTokensCheaperForIt) {
  Scene scene = firm();
  scene.signal("voucher", 0.5).tick();
  EXPECT_NEAR(scene.state("tokens_per_seat"), 3 * std::pow(0.5, -1.2), 1e-9);
  EXPECT_EQ(scene.state("eligible"), scene.spent("tokens"));
}

TEST(Application, PricesAtTheLernerIndexOfItsShare) {
  Scene scene = firm();
  scene.tick();
  EXPECT_NEAR(scene.state("price"), 90 + 0.2 * (46 / (1 - 1.0 / 3) - 90), 1e-9);
}

TEST(Application, DrawsBetterAndCheaperModelsMoreOften) {
  Scene scene = firm(10, 1);
  scene.count(4000).purse(1e6).offers("tokens", 1e9, 20, {{"quality", std::log(1.4)}}).tick();
  double better = 0;
  for (int i = 0; i < 4000; ++i) better += scene.state("token_price", i) > 15;
  // exp(5 ln q - 2 ln p): 1.4^5 / 4 against 1.
  const double expected = std::pow(1.4, 5) / 4 / (1 + std::pow(1.4, 5) / 4);
  EXPECT_NEAR(better / 4000, expected, 4 * std::sqrt(expected * (1 - expected) / 4000));
}

// The market's own weights: the same two models where price weighs nothing, and where it weighs more.
TEST(Application, ChoosesByTheWeightsOfItsMarket) {
  for (const double price_weight : {0.0, 4.0}) {
    Scene scene =
        firm(10, 1, "price_weight = 3", fmt::format("price_weight = {}, attribute_weights = [2]", price_weight));
    scene.count(4000).purse(1e6).offers("tokens", 1e9, 20, {{"quality", std::log(1.4)}}).tick();
    double better = 0;
    for (int i = 0; i < 4000; ++i) better += scene.state("token_price", i) > 15;
    const double odds = std::pow(1.4, 2) * std::pow(2, -price_weight);
    const double expected = odds / (1 + odds);
    EXPECT_NEAR(better / 4000, expected, 4 * std::sqrt(expected * (1 - expected) / 4000)) << price_weight;
  }
}

TEST(Application, AsksLessWhereTheMarketWeighsPricesMore) {
  Scene scene = firm(12, 4, "price_weight = 4");
  scene.tick();
  EXPECT_NEAR(scene.state("price"), 90 + 0.2 * (46 / (1 - 1.0 / 4) - 90), 1e-9);
}

TEST(Application, IsRefusedWhereTheMarketHasNoWeights) {
  Scene scene = firm();
  scene.mechanism("seats", "posted_offers");
  try {
    scene.tick();
    FAIL() << "loaded";
  } catch (const std::exception& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("port 'seats' reads parameter 'price_weight', which mechanism "
                                                   "'posted_offers' of market 'seats' does not have"));
  }
}

TEST(Application, ItsTeamIsFixedInTheShortRunSoMarginsMoveWithSales) {
  // A tenth more seats cost a tenth more tokens and support, and the team, large beside both, as it was.
  const auto profit = [](double seats) {
    Scene scene = firm();
    scene.starts("staff", 2).starts("expected_seats", seats).orders("seats", seats, 1e6).param("staff_share", 1);
    scene.starts("expected_sales", 2 * 15000).tick();
    return seats * 90 - scene.spent("expertise") - scene.spent("tokens") * seats / (1.15 * seats);
  };
  EXPECT_NEAR(profit(1100) - profit(1000), 100 * (90 - 46), 1);
  EXPECT_GT(profit(1100) / profit(1000), 1.1);
}

TEST(Application, WithoutAnyVendorSellsNothing) {
  Scene scene("applications", "application", {plugins});
  scene.purse(1e7).starts("expected_seats", 100).starts("price", 90).starts("staff", 5).orders("seats", 100, 1e6);
  scene.offers("expertise", 1e6, 15000);
  scene.mechanism("tokens", "logit_choice", "price_weight = 2, attribute_weights = [5]");
  scene.mechanism("seats", "logit_choice", "price_weight = 3");
  scene.buys_in("tokens", "query").buys_in("expertise", "hire").buys_in("licences", "query");
  scene.tick(3);
  EXPECT_EQ(scene.sold("seats"), 0);
}

}  // namespace
}  // namespace ondol::test
