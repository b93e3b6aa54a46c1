// Integer money: rounding once, sharing without a remainder.
#include "base/exact.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace ondol {
namespace {

TEST(Exact, RoundsHalvesToTheEvenNeighbour) {
  EXPECT_EQ(divide_half_even(5, 2), 2);
  EXPECT_EQ(divide_half_even(7, 2), 4);
  EXPECT_EQ(divide_half_even(-5, 2), -2);
  EXPECT_EQ(divide_half_even(-7, 2), -4);
  EXPECT_EQ(divide_half_even(8, 3), 3);
  EXPECT_EQ(divide_half_even(-8, 3), -3);
}

TEST(Exact, ValuesATradeBeyond64Bits) {
  // 3e12 units with 3 decimals at 250.00: 3e9 * 250 = 7.5e11, in cents.
  EXPECT_EQ(trade_value(3'000'000'000'000, 25'000, 3), 75'000'000'000'000);
  // Whole units at whole prices, money in cents: exponent -2.
  EXPECT_EQ(trade_value(7, 3, -2), 2100);
}

TEST(Exact, SharesAddUpWhateverTheOffset) {
  const std::vector<std::int64_t> weights = {1, 1, 1, 5, 0, 3};
  for (std::uint64_t draw = 0; draw < 40; ++draw) {
    ProRata shares(17, 11, draw);
    std::int64_t given = 0;
    for (const std::int64_t weight : weights) {
      const std::int64_t share = shares.next(weight);
      EXPECT_GE(share, 17 * weight / 11);
      EXPECT_LE(share, 17 * weight / 11 + 1);
      given += share;
    }
    EXPECT_EQ(given, 17);
  }
}

TEST(Exact, EveryPlaceGetsTheRemainderEquallyOften) {
  std::vector<int> extra(3);
  for (std::uint64_t draw = 0; draw < 3; ++draw) {
    ProRata shares(1, 3, draw);
    for (int& times : extra) times += static_cast<int>(shares.next(1));
  }
  EXPECT_EQ(extra, (std::vector<int>{1, 1, 1}));
}

}  // namespace
}  // namespace ondol
