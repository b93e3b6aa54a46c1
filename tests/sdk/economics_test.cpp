// Offers found by their seller, and draws by weights that agents share.
#include <ondol/economics.hpp>
#include <ondol/math.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

namespace ondol {
namespace {

// A market as a rule in region 0 sees it: `count` offers of agents 100, 102, ..., every third of them barred to it.
struct Stall {
  explicit Stall(std::uint32_t count) : quantity(count, 1) {
    for (std::uint32_t i = 0; i < count; ++i) {
      seller.push_back(100 + 2 * i);
      region.push_back(i % 3 == 2 ? 1 : 0);
      price.push_back(1 + i % 7);
    }
    offers = {sizeof offers, count, seller.data(), region.data(), price.data(), quantity.data(), nullptr};
    port.offers = &offers;
    port.delivered_cost = cost;
    port.price_units = port.units = 1;
  }
  std::vector<std::uint32_t> seller;
  std::vector<std::uint16_t> region;
  std::vector<std::int64_t> price, quantity;
  double cost[2] = {1, 0};
  ondol_offers offers{};
  ondol_port port{};
};

TEST(Offers, AreFoundByTheirSeller) {
  const Stall stall(7);
  const Offers offers(stall.port);
  const auto found = offers.find(AgentId{106});
  ASSERT_NE(found, offers.end());
  EXPECT_EQ((*found).seller(), AgentId{106});
  EXPECT_EQ(offers.find(AgentId{105}), offers.end());  // offers nothing
  EXPECT_EQ(offers.find(AgentId{104}), offers.end());  // is barred
  EXPECT_EQ(offers.find(AgentId{99}), offers.end());
  EXPECT_EQ(offers.find(AgentId{200}), offers.end());
  EXPECT_EQ(offers.find(nobody), offers.end());
}

// Of few offers, and of more than there is room to keep the weights of.
class CommonWeights : public testing::TestWithParam<std::uint32_t> {};

TEST_P(CommonWeights, DrawAsOwnOnesDoAndAreReckonedOnce) {
  const Stall stall(GetParam());
  const Offers offers(stall.port);
  ondol_chunk chunk{};
  Agent self(chunk);
  std::uint32_t reckoned = 0;
  const auto weight = [](const Offer& offer) { return 1.0 / offer.price(); };
  const auto counted = [&](const Offer& offer) {
    ++reckoned;
    return weight(offer);
  };
  for (int i = 0; i < 50; ++i) {
    const double uniform = (i + 0.5) / 50;
    EXPECT_EQ(draw_by_common_weight(self, offers, uniform, counted), draw_by_weight(offers, uniform, weight));
  }
  if (GetParam() < 1000) {
    EXPECT_LE(reckoned, GetParam());
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, CommonWeights, testing::Values(1U, 40U, 2500U));

TEST(CommonWeights, OfDifferentDrawsAreApart) {
  const Stall stall(40);
  const Offers offers(stall.port);
  ondol_chunk chunk{};
  Agent self(chunk);
  const auto cheap = [](const Offer& offer) { return offer.price() < 2 ? 1.0 : 0.0; };
  const auto dear = [](const Offer& offer) { return offer.price() > 6 ? 1.0 : 0.0; };
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ((*draw_by_common_weight(self, offers, 0.4, cheap)).price(), 1);
    EXPECT_EQ((*draw_by_common_weight(self, offers, 0.4, dear)).price(), 7);
  }
}

TEST(Math, TheNormalDistributionAtKnownValues) {
  // Abramowitz and Stegun 1964, table 26.1, and to more digits by any computer algebra system.
  EXPECT_EQ(normal_cdf(0), 0.5);
  EXPECT_NEAR(normal_cdf(1), 0.84134474606854294859, 1e-15);
  EXPECT_NEAR(normal_cdf(-1), 0.15865525393145705141, 1e-15);
  EXPECT_NEAR(normal_cdf(1.959963984540054), 0.975, 1e-15);
  EXPECT_NEAR(normal_cdf(-8) / 6.2209605742717841235e-16, 1, 1e-13);
  EXPECT_EQ(normal_cdf(40), 1.0);
  EXPECT_EQ(normal_cdf(-INFINITY), 0.0);
}

}  // namespace
}  // namespace ondol
