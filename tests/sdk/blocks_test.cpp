// Rules by blocks are the rules for one, to the last bit, for whoever lives; and so are functions of many numbers.
#include "support/worlds.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/math.hpp>
#include <ondol/sdk.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace ondol::test {
namespace {

// Some leave in every tick, so that the living lie in runs of all lengths.
World walk(const std::string& kind, const std::string& more = "") {
  return world_of(R"(
plugins = ["blocks"]
money_decimals = 0
ticks = 100
schedule = ["walk"]
instruments.money.issuer = "treasury"
signals.total = { aggregate = "sum" }
[regions.here]
treasury = "treasury"
[populations.treasury]
kind = "treasury"
[populations.walkers]
kind = ")" + kind +
                  R"("
count = 1500
money = "3 money"
traits.stride = { uniform = [0.5, 1.5] }
ports = { others = "walkers", total = "total" }
)" + more);
}

TEST(BlockRule, DoesWhatTheRuleForOneDoes) {
  const auto one = ticked(walk("walker"), 60);
  for (const int threads : {1, 2, 3, 8}) {
    const auto blocks = ticked(walk("walker_by_blocks"), 60, threads);
    EXPECT_EQ(state_of(blocks, "walkers").state, state_of(one, "walkers").state) << threads;
    EXPECT_EQ(state_of(blocks, "walkers").money_held, state_of(one, "walkers").money_held) << threads;
    EXPECT_EQ(state_of(blocks, "walkers").alive, state_of(one, "walkers").alive) << threads;
    EXPECT_EQ(blocks.state().signals, one.state().signals) << threads;
  }
  EXPECT_LT(state_of(one, "walkers").living, 1300U);
  EXPECT_GT(state_of(one, "walkers").living, 900U);
}

TEST(BlockRule, NamesTheAgentItFailedFor) {
  for (const std::string kind : {"walker", "walker_by_blocks"}) {
    try {
      // Ids follow one another from the population's first.
      const Index first = walk(kind).model().populations.back().first_agent;
      ticked(walk(kind, "params.stumbles = " + std::to_string(first + 777) + "\n"), 1);
      FAIL() << "nobody stumbled";
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr("walkers#778'")) << kind;
    }
  }
}

TEST(BlockRule, OffersInAscendingOrderOrIsToldTo) {
  const auto offering = [](const std::string& params) {
    return world_of(R"(
plugins = ["blocks", "posted_offers"]
ticks = 1
schedule = ["offer"]
goods.ware = {}
regions.here = {}
markets.wares = { good = "ware", mechanism = "posted_offers", step = "offer" }
[populations.vendors]
kind = "vendor"
count = 3
ports.ware = "wares"
)" + params);
  };
  EXPECT_EQ(ticked(offering(""), 1).state().markets[0].offers.size(), 3U);
  try {
    ticked(offering("params.backwards = 1\n"), 1);
    FAIL() << "nobody minded";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("'vendors#2'"), testing::HasSubstr("market 'wares'"),
                                             testing::HasSubstr("in ascending order (see docs/fast-rules.md)")));
  }
}

TEST(BlockRule, HoldsNobodyBeyondItsBlock) {
  ondol_chunk chunk{};
  Agents all(chunk, 7, 3);
  EXPECT_EQ(all[2].row(), 9U);
  EXPECT_THROW(all[3], Failure);
}

template <class OfMany, class OfOne>
void expect_same(const OfMany& of_many, const OfOne& of_one, const std::vector<double>& x) {
  // All lengths up to more than a register holds.
  for (std::size_t count = 0; count < 20; ++count) {
    std::vector<double> y(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(count));
    of_many(std::span<const double>(y), y.data());
    for (std::size_t i = 0; i < count; ++i) {
      const double expected = of_one(x[i]);
      EXPECT_TRUE(y[i] == expected || (std::isnan(y[i]) && std::isnan(expected))) << x[i] << " of " << count;
    }
  }
}

TEST(Math, OfManyNumbersIsThatOfEach) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  std::vector<double> x = {1, 0.1, 3e300, 5e-310, 0, -1, infinity, std::nan(""), 1 + 1e-15, -0.0};
  for (int i = 0; i < 10; ++i) x.push_back(std::ldexp(1.0 + 0.0917 * i, 7 * i - 30));
  expect_same([](auto in, double* out) { log(in, out); }, [](double value) { return log(value); }, x);
  for (double& value : x) value = value > 1e3 ? 700.3 : value;
  expect_same([](auto in, double* out) { exp(in, out); }, [](double value) { return exp(value); }, x);
  expect_same([](auto in, double* out) { cospi(in, out); }, [](double value) { return cospi(value); }, x);
}

}  // namespace
}  // namespace ondol::test
