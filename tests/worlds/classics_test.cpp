// The shipped classics against their published or closed-form values, at 1, 2 and 8 threads with one fingerprint.
// (Model SIM has tests of its own.) Tolerances: four standard deviations of the sampled quantity where agents draw,
// rounding where they do not.
#include "support/worlds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

namespace ondol::test {
namespace {

World classic(const std::string& name, WorldOptions options = with_fixtures()) {
  return World::load(std::filesystem::path(ONDOL_SOURCE_DIR) / "worlds" / (name + ".toml"), options);
}

Run run_through(const World& world, int threads) { return ticked(world, static_cast<int>(world.ticks()), threads); }

class OnThreads : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Classics, OnThreads, testing::Values(1, 2, 8), testing::PrintToStringParamName());

std::vector<double> purses(const Run& run, Index count) {
  std::vector<double> all(count);
  for (Index row = 0; row < count; ++row) all[row] = money(run, "people", row);
  std::sort(all.begin(), all.end());
  return all;
}

TEST_P(OnThreads, MoneyExchangedAtRandomFollowsTheExponentialLaw) {
  const auto run = run_through(classic("random_exchange"), GetParam());
  const std::vector<double> held = purses(run, 5000);
  const double n = 5000;
  EXPECT_NEAR(std::accumulate(held.begin(), held.end(), 0.0), n * 100, 1e-6);  // money is conserved
  double ranked = 0;
  double farthest = 0;
  for (std::size_t i = 0; i < held.size(); ++i) {
    ranked += (static_cast<double>(i) + 1) * held[i];
    farthest = std::max(farthest, std::abs((static_cast<double>(i) + 0.5) / n - (1 - std::exp(-held[i] / 100))));
  }
  // An exponential sample's Gini coefficient has a standard deviation of .289/sqrt(n) (that of a mean of uniforms); the
  // share of the richest tenth about .29/sqrt(n).
  EXPECT_NEAR(2 * ranked / (n * n * 100) - (n + 1) / n, 0.5, 4 * 0.289 / std::sqrt(n));
  EXPECT_NEAR(std::accumulate(held.end() - 500, held.end(), 0.0) / (n * 100), 0.1 * (1 + std::log(10)),
              4 * 0.29 / std::sqrt(n));
  EXPECT_LT(farthest, 1.95 / std::sqrt(n));  // Kolmogorov-Smirnov at one in a thousand
  EXPECT_EQ(run.fingerprint(), run_through(classic("random_exchange"), 1).fingerprint());
}

TEST(RandomExchange, TheRichestDoNotStayRich) {
  // Half of the people start with everything: the end is the same.
  WorldOptions options = with_fixtures();
  options.set = {"populations.people.money={ list = [\"0 USD\", \"200 USD\"] }", "ticks=600"};
  const auto run = run_through(classic("random_exchange", options), 2);
  std::array<double, 2> by_start{};
  for (Index row = 0; row < 5000; ++row) by_start[row % 2] += money(run, "people", row) / 2500;
  EXPECT_NEAR(by_start[1] - by_start[0], 0, 4 * 100 * std::sqrt(2.0 / 2500));
}

double bass(double t) {
  const double p = 0.03;
  const double q = 0.38;
  return (1 - std::exp(-(p + q) * t)) / (1 + q / p * std::exp(-(p + q) * t));
}

TEST_P(OnThreads, ANewProductSpreadsAlongBassesCurve) {
  const auto run = run_through(classic("bass"), GetParam());
  const Index n = 20000;
  std::vector<double> since;
  for (Index row = 0; row < n; ++row) {
    if (field(run, "consumers", row, "adopted") != 0) since.push_back(field(run, "consumers", row, "since"));
  }
  std::sort(since.begin(), since.end());
  const auto share_at = [&](double year) {
    return static_cast<double>(std::upper_bound(since.begin(), since.end(), year) - since.begin()) / n;
  };
  // The luck of the first adopters moves the whole curve: over twelve seeds F(10) scattered with a standard deviation
  // of .005 and the peak, where F is (1 - p/q)/2, with one of .06 years.
  EXPECT_NEAR(share_at(10), 0.8128, 0.02);
  for (const double year : {2.0, 5.0, 8.0, 12.0}) EXPECT_NEAR(share_at(year), bass(year), 0.025) << year;
  const double peak = since[static_cast<std::size_t>(0.5 * (1 - 0.03 / 0.38) * n)];
  EXPECT_NEAR(peak, 6.19, 0.25);
  EXPECT_EQ(run.fingerprint(), run_through(classic("bass"), 1).fingerprint());
}

// Prices at which each rival answers the others best, by damped iteration of the closed form.
std::array<double, 3> nash_prices() {
  const std::array<double, 3> cost = {1, 1.2, 1.5};
  std::array<double, 3> price = {2, 2, 2};
  for (int i = 0; i < 10000; ++i) {
    double sum = 0;
    for (const double p : price) sum += std::pow(p, -4);
    for (std::size_t j = 0; j < 3; ++j) {
      const double share = std::pow(price[j], -4) / sum;
      price[j] += 0.1 * (cost[j] / (1 - 1 / (4 * (1 - share))) - price[j]);
    }
  }
  return price;
}

TEST_P(OnThreads, RivalsFindThePricesOfLogitBertrand) {
  const auto run = run_through(classic("bertrand"), GetParam());
  const std::array<double, 3> expected = nash_prices();
  for (Index i = 0; i < 3; ++i) EXPECT_NEAR(field(run, "rivals", i, "price"), expected[i], 1e-6) << i;
  EXPECT_EQ(run.fingerprint(), run_through(classic("bertrand"), 1).fingerprint());
}

TEST(Bertrand, WithEqualCostsThePriceIsTheSymmetricClosedForm) {
  WorldOptions options = with_fixtures();
  options.set = {"populations.rivals.traits.cost={ list = [\"1 USD/1\"] }"};
  const auto run = run_through(classic("bertrand", options), 1);
  for (Index i = 0; i < 3; ++i) EXPECT_NEAR(field(run, "rivals", i, "price"), 4.0 * 2 / (4.0 * 2 - 3), 1e-6);
}

TEST(Bertrand, NobodyGainsByAskingMoreOrLess) {
  const std::array<double, 3> nash = nash_prices();
  const auto profit_at = [&](const std::string& factor) {
    WorldOptions options = with_fixtures();
    options.set = {"populations.rivals.params.speed=0",
                   "populations.rivals.traits.deviation={ list = [" + factor + ", 1, 1] }",
                   "populations.rivals.state.price={ list = [\"" + std::to_string(nash[0]) + " USD/1\", \"" +
                       std::to_string(nash[1]) + " USD/1\", \"" + std::to_string(nash[2]) + " USD/1\"] }"};
    return field(ticked(classic("bertrand", options), 3), "rivals", 0, "profit");
  };
  const double best = profit_at("1");
  for (const char* factor : {"0.9", "0.97", "1.03", "1.1"}) EXPECT_LT(profit_at(factor), best) << factor;
}

TEST_P(OnThreads, AMeritOrderAuctionLeavesNoGainUntaken) {
  const World world = classic("merit_order");
  ::ondol::Run run(world, {GetParam(), {}});
  for (int tick = 0; tick < 20; ++tick) {
    run.tick();
    std::vector<std::pair<double, double>> supply;  // cost, quantity
    std::vector<std::pair<double, double>> demand;  // worth, quantity
    double gained = 0;
    for (Index row = 0; row < 200; ++row) {
      supply.emplace_back(field(run, "generators", row, "cost"), field(run, "generators", row, "offered"));
      demand.emplace_back(field(run, "loads", row, "worth"), field(run, "loads", row, "wanted"));
      gained += field(run, "loads", row, "worth") * field(run, "loads", row, "consumed") -
                field(run, "generators", row, "cost") * field(run, "generators", row, "generated");
    }
    std::sort(supply.begin(), supply.end());
    std::sort(demand.rbegin(), demand.rend());
    double most = 0;
    for (std::size_t s = 0, d = 0; s < 200 && d < 200 && demand[d].first > supply[s].first;) {
      const double traded = std::min(supply[s].second, demand[d].second);
      most += traded * (demand[d].first - supply[s].first);
      if ((supply[s].second -= traded) <= 0) ++s;
      if ((demand[d].second -= traded) <= 0) ++d;
    }
    // Quantities are rounded to a thousandth, prices to a millionth: of a gain of about 2.5e5, less than one in 1e7.
    EXPECT_NEAR(gained / most, 1, 1e-6);
  }
  EXPECT_EQ(run.fingerprint(), run_through(world, 1).fingerprint());
}

// Of the world's values and costs: each unit's gain from trade at the competitive margin, and of all units together.
struct GainsFromTrade {
  double most = 0, all = 0;
};
GainsFromTrade gains_from_trade() {
  std::vector<double> values, costs;
  for (int trader = 0; trader < 6; ++trader) {
    for (int unit = 0; unit < 4; ++unit) {
      values.push_back(145 - 5 * trader - 15 * unit);
      costs.push_back(55 + 5 * trader + 15 * unit);
    }
  }
  std::sort(values.rbegin(), values.rend());
  std::sort(costs.begin(), costs.end());
  GainsFromTrade gains;
  for (std::size_t unit = 0; unit < values.size(); ++unit) {
    gains.most += std::max(values[unit] - costs[unit], 0.0);
    gains.all += values[unit] - costs[unit];
  }
  return gains;
}

double sum_of(const Run& run, const std::string& population, const std::string& state) {
  double sum = 0;
  for (Index row = 0; row < 6; ++row) sum += field(run, population, row, state);
  return sum;
}

// Allocative efficiency: gains realised of those there are, on average over the periods.
double efficiency(::ondol::Run& run, int periods) {
  double gained = 0;
  for (int period = 0; period < periods; ++period) {
    run.tick();
    gained += sum_of(run, "buyers", "gain") + sum_of(run, "sellers", "gain");
    EXPECT_EQ(sum_of(run, "buyers", "traded"), sum_of(run, "sellers", "traded"));
  }
  return gained / periods / gains_from_trade().most;
}

TEST_P(OnThreads, TradersWithoutIntelligenceTakeNearlyAllGainsFromTrade) {
  const World world = classic("zero_intelligence");
  ::ondol::Run run(world, {GetParam(), {}});
  // Published: 97.1 to 99.9 % in five markets, 98.7 % over all (Gode and Sunder 1993, table 2).
  const double realised = efficiency(run, 60);
  EXPECT_GT(realised, 0.971);
  EXPECT_LT(realised, 0.999);
  EXPECT_EQ(run.fingerprint(), run_through(world, 1).fingerprint());
}

TEST(ZeroIntelligence, WithoutABudgetConstraintUnitsTradeAtALoss) {
  WorldOptions options = with_fixtures();
  options.set = {"populations.buyers.params.constrained=0", "populations.sellers.params.constrained=0"};
  const World world = classic("zero_intelligence", options);
  ::ondol::Run run(world, {2, {}});
  // Every unit trades in the end, whatever it is worth.
  const GainsFromTrade gains = gains_from_trade();
  EXPECT_NEAR(efficiency(run, 20), gains.all / gains.most, 1e-9);
}

TEST(ZeroIntelligence, PricesComeNearTheCompetitiveOneWithinAPeriod) {
  // Nobody changes: units of most gain trade first, so that of the rest only prices near 100 are left.
  const auto distance = [](int rounds) {
    WorldOptions options = with_fixtures();
    options.set = {"schedule=[\"open\", { repeat = " + std::to_string(rounds) +
                   ", steps = [\"quote\", \"trade\"] }, \"close\"]"};
    const World world = classic("zero_intelligence", options);
    ::ondol::Run run(world, {2, {}});
    double sum = 0;
    for (int period = 0; period < 60; ++period) {
      run.tick();
      sum += std::abs(run.state().markets[0].last_price - 100) / 60;
    }
    return sum;
  };
  EXPECT_LT(distance(400), 0.7 * distance(12));
}

// What each of the circle pays, by hand: p = min(100, what it has of its own + what it is paid).
TEST_P(OnThreads, DebtsInACircleArePaidAsFarAsItsMoneyGoes) {
  const auto run = run_through(classic("eisenberg_noe"), GetParam());
  const std::array<double, 3> pays = {10 + 30 / 2.0, 5 + 25.0, 30};
  const std::array<const char*, 3> circle = {"a", "b", "c"};
  for (std::size_t i = 0; i < circle.size(); ++i) {
    EXPECT_NEAR(field(run, circle[i], 0, "pays"), pays[i], 1e-6) << circle[i];
    EXPECT_EQ(field(run, circle[i], 0, "bankrupt"), 1) << circle[i];
    EXPECT_EQ(money(run, circle[i], 0), 0) << circle[i] << " keeps nothing";
  }
  EXPECT_EQ(money(run, "d", 0), 15) << "all there is";
  for (const Units owed : run.state().claims.amount) EXPECT_EQ(owed, 0);
  EXPECT_EQ(run.fingerprint(), run_through(classic("eisenberg_noe"), 1).fingerprint());
}

TEST(DebtsInACircle, ArePaidInFullWhereOneHasEnough) {
  WorldOptions options = with_fixtures();
  options.set = {"populations.a.money=60 USD"};
  const auto run = run_through(classic("eisenberg_noe", options), 2);
  for (const char* member : {"a", "b", "c"}) {
    EXPECT_EQ(field(run, member, 0, "pays"), 100) << member;
    EXPECT_EQ(field(run, member, 0, "bankrupt"), 0) << member;
  }
  EXPECT_EQ(money(run, "a", 0), 60 + 50 - 100);
  EXPECT_EQ(money(run, "b", 0), 5);
  EXPECT_EQ(money(run, "c", 0), 0);
  EXPECT_EQ(money(run, "d", 0), 50);
}

}  // namespace
}  // namespace ondol::test
