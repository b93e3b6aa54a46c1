// Who books which fills: every fill once, an agent's fills by one task and in order, however they come.
#include "markets/fill_blocks.hpp"

#include <ondol/random.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace ondol {
namespace {

// Fills of orders whose buyers are agents 10, 11, ... each of which has two orders in a row.
struct Market {
  std::vector<Index> buyers;
  std::vector<ondol_fill> fills;
};

Market market_of(std::size_t orders, std::size_t fills, bool sorted) {
  Market market;
  for (std::size_t i = 0; i < orders; ++i) market.buyers.push_back(static_cast<Index>(10 + i / 2));
  for (std::size_t i = 0; i < fills; ++i) {
    const std::size_t order = sorted ? i * orders / fills : mix(i) % orders;
    market.fills.push_back({0, static_cast<std::uint32_t>(order), 1, 1});
  }
  return market;
}

FillBlocks planned(const Market& market) {
  FillBlocks blocks;
  const std::uint32_t slabs = FillBlocks::slabs(market.fills.size());
  blocks.begin(market.fills, &ondol_fill::order, market.buyers);
  for (std::uint32_t slab = 0; slab < slabs; ++slab) blocks.count_slab(slab);
  blocks.add_up();
  for (std::uint32_t slab = 0; slab < slabs; ++slab) blocks.sort_slab(slab);
  return blocks;
}

struct Booked {
  std::vector<int> times;                    // by fill
  std::vector<std::uint32_t> block, latest;  // by agent
  bool in_order = true;
  bool by_one_block = true;
};

Booked booked(const Market& market, const FillBlocks& blocks) {
  Booked result;
  result.times.resize(market.fills.size());
  result.block.assign(market.buyers.back() + std::size_t{1}, none);
  result.latest.assign(market.buyers.back() + std::size_t{1}, 0);
  for (std::uint32_t b = 0; b < blocks.count(); ++b) {
    blocks.for_each(b, [&](std::uint32_t fill) {
      const Index agent = market.buyers[market.fills[fill].order];
      ++result.times[fill];
      result.in_order = result.in_order && fill >= result.latest[agent];
      result.latest[agent] = fill;
      result.by_one_block = result.by_one_block && (result.block[agent] == none || result.block[agent] == b);
      result.block[agent] = b;
    });
  }
  return result;
}

class FillsOf : public testing::TestWithParam<Market> {};

TEST_P(FillsOf, AnAgentAreBookedByOneTaskInOrder) {
  const Booked result = booked(GetParam(), planned(GetParam()));
  EXPECT_EQ(result.times, std::vector<int>(GetParam().fills.size(), 1));
  EXPECT_TRUE(result.in_order);
  EXPECT_TRUE(result.by_one_block);
}

INSTANTIATE_TEST_SUITE_P(Markets, FillsOf,
                         testing::Values(market_of(10, 100, false), market_of(2, 50'000, false),
                                         market_of(30'000, 100'000, false), market_of(30'000, 100'000, true)));

TEST(FillBlocks, SortOnlyWhatDidNotComeSorted) {
  EXPECT_TRUE(planned(market_of(30'000, 100'000, true)).sorted());
  EXPECT_FALSE(planned(market_of(30'000, 100'000, false)).sorted());
}

TEST(FillBlocks, ShareTheFillsOut) {
  const Market market = market_of(30'000, 100'000, false);
  const FillBlocks blocks = planned(market);
  ASSERT_GT(blocks.count(), 8U);
  for (std::uint32_t b = 0; b < blocks.count(); ++b) {
    std::size_t fills = 0;
    blocks.for_each(b, [&](std::uint32_t) { ++fills; });
    EXPECT_LT(fills, 4 * market.fills.size() / blocks.count());
  }
}

}  // namespace
}  // namespace ondol
