// Groups in a race for a platform: each equation against numbers worked by hand, and a small world in which the race,
// the belief and money each move what is built.
#include "../../plugins/infrastructure/platform.hpp"
#include "support/worlds.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

namespace ondol::test {
namespace {

TEST(Platform, SalesGrowLogisticallyUnderEitherHypothesis) {
  EXPECT_NEAR(infrastructure::platform_growth(1.2, 50, 200), 0.9, 1e-12);
  EXPECT_NEAR(infrastructure::platform_growth(1.2, 250, 200), -0.3, 1e-12);  // beyond the market it shrinks
  EXPECT_NEAR(infrastructure::niche_growth(0.4, 25, 50, 1.75), 0.2, 1e-12);
  EXPECT_NEAR(infrastructure::niche_growth(0.4, 1000, 50, 1.75), -0.3, 1e-12);  // counted to 1.75 only
}

TEST(Belief, MovesByTheOddsOfWhatIsSeen) {
  // (1 - .2)(1 - .6)/12 = .0266667 of log odds a month: odds 1 become exp(.0266667).
  const infrastructure::Observed fast{1.0, 1.0, 0.2, 1.0};
  EXPECT_NEAR(infrastructure::revised_belief(0.5, fast, 0.25, 0, 0.3, 1), 1 / (1 + std::exp(-0.32 / 12)), 1e-12);
  EXPECT_GT(infrastructure::revised_belief(0.5, fast, 0.25, 0, 0.3, 1), 0.5);
  const infrastructure::Observed slow{0.2, 1.0, 0.2, 1.0};
  EXPECT_LT(infrastructure::revised_belief(0.5, slow, 0.25, 0, 0.3, 1), 0.5);
  // Half way between the two nothing is learnt.
  EXPECT_NEAR(infrastructure::revised_belief(0.3, {0.6, 1.0, 0.2, 1.0}, 0.25, 0, 0.3, 1), 0.3, 1e-12);
  // A month of switching .1 goes a tenth of the way to .3.
  EXPECT_NEAR(infrastructure::revised_belief(0.5, {0.6, 1.0, 0.2, 1.0}, 0.25, 0.1, 0.3, 1), 0.48, 1e-12);
  // No evidence and no switching: it stands.
  EXPECT_NEAR(infrastructure::revised_belief(0.5, fast, 0, 0, 0.3, 1), 0.5, 1e-12);
}

TEST(Belief, StaysOffItsBounds) {
  double high = 0.5;
  double low = 0.5;
  for (int month = 0; month < 600; ++month) {
    high = infrastructure::revised_belief(high, {3.0, 1.2, 0.4, 0.5}, 0.25, 0.006, 0.24, 1);
    low = infrastructure::revised_belief(low, {-1.0, 1.2, 0.4, 0.5}, 0.25, 0.006, 0.24, 1);
  }
  EXPECT_LT(high, 0.99);
  EXPECT_GT(high, 0.9);
  EXPECT_GT(low, 0.001);
  EXPECT_LT(low, 0.1);
}

TEST(Prize, CountsSalesOfTheYearsAfterDelivery) {
  // From 10 towards 100 at rate ln 3: 100/(1 + 9/9) = 50 in two years, 100/(1 + 9/27) = 75 in three.
  EXPECT_NEAR(infrastructure::expected_market(100, 10, std::log(3.0), 1, 2), (50 + 75) / 2.0, 1e-9);
  EXPECT_GT(infrastructure::expected_market(100, 10, std::log(3.0), 2, 2), 62.5);
  EXPECT_NEAR(infrastructure::expected_market(100, 100, 1, 0, 7), 100, 1e-9);
  EXPECT_NEAR(infrastructure::prize(0.25, 0.3, 80, 0.3, 0.7, 400), 0.25 * (24 + 84), 1e-12);
  EXPECT_NEAR(infrastructure::prize(0.25, 0.3, -80, 0.3, 0.7, 400), 0.25 * 84, 1e-12);  // no loss is at risk
}

TEST(Contest, TheMarginalPrizeIsTheDerivativeOfTheShare) {
  const auto share = [](double capital) {
    const double own = infrastructure::strength(0.4, capital, 0.7);
    return own / (own + 30);
  };
  const double step = 1e-4;
  EXPECT_NEAR(infrastructure::marginal_prize(50, 200, 30, 0.4, 0.7),
              50 * (share(200 + step) - share(200 - step)) / (2 * step), 1e-8);
}

TEST(Contest, CapitalIsWhereOneMoreUnitBringsItsCost) {
  for (const double others : {1.0, 30.0, 1000.0}) {
    const double capital = infrastructure::contest(50, others, 0.38, 0.4, 0.7);
    EXPECT_NEAR(infrastructure::marginal_prize(50, capital, others, 0.4, 0.7), 0.38, 1e-6) << others;
  }
  // Among n alike, K = r V (n - 1)/(n^2 c) (Tullock 1980): four, r = .7, V = 8, c = .35 give 3.
  const double each = infrastructure::strength(1, 3, 0.7);
  EXPECT_NEAR(infrastructure::contest(8, 3 * each, 0.35, 1, 0.7), 3, 1e-6);
  EXPECT_EQ(infrastructure::contest(0, 3 * each, 0.35, 1, 0.7), 0);
}

TEST(Contest, MorePrizeAndLessCostBuildMore) {
  EXPECT_GT(infrastructure::contest(9, 5, 0.35, 1, 0.7), infrastructure::contest(8, 5, 0.35, 1, 0.7));
  EXPECT_GT(infrastructure::contest(8, 5, 0.30, 1, 0.7), infrastructure::contest(8, 5, 0.35, 1, 0.7));
}

TEST(UserCost, RentTakesItOffWhatIsNotForOwnUse) {
  EXPECT_NEAR(infrastructure::user_cost(0.38, 0.45, 0.4, 1, 0.2, 1.7, 0.05), 0.38 * (1 - 0.45 * 0.6), 1e-12);
  EXPECT_NEAR(infrastructure::user_cost(0.38, 0.45, 0.4, 9, 0.2, 1.7, 0.05), 0.38 * (1 - 0.45 * 0.6 * 1.7), 1e-12);
  EXPECT_NEAR(infrastructure::user_cost(0.38, 0.45, 1, 1, 0.2, 1.7, 0.05), 0.38, 1e-12);
  EXPECT_EQ(infrastructure::user_cost(0.38, 0.7, 0, 1.7, 0.2, 1.7, 0.05), 0.05) << "no rent makes capital free";
  EXPECT_NEAR(infrastructure::full_cost(0.4, 43830, 0.8, 0.5), 0.4 * 43830 / (8766 * 0.8) + 0.5, 1e-12);  // 3
}

TEST(OwnUse, DearHoursAreRentedOut) {
  EXPECT_NEAR(infrastructure::wanted_own_use(0.4, 1, 0.3, 1.3, 0.7), 0.4, 1e-12);
  EXPECT_NEAR(infrastructure::wanted_own_use(0.4, 0.5, 0.3, 1.3, 0.7), 0.4 * std::pow(0.5, 0.7), 1e-12);
  EXPECT_NEAR(infrastructure::wanted_own_use(0.4, 0.01, 0.3, 1.3, 0.7), 0.4 * std::pow(0.3, 0.7), 1e-12);
  EXPECT_EQ(infrastructure::wanted_own_use(0.95, 5, 0.3, 1.3, 0.7), 1);
}

TEST(Orders, CloseTheGapAndReplace) {
  EXPECT_NEAR(infrastructure::wanted_orders(100, 60, 30, 0.16, 60), 0.16 * 40 + 0.5, 1e-12);
  EXPECT_NEAR(infrastructure::wanted_orders(50, 60, 30, 0.16, 60), 0.5, 1e-12);
}

// The shipped race, with what is said of it changed.
Run race(std::vector<std::string> set, int ticks = 24, int threads = 1) {
  WorldOptions options = with_fixtures();
  options.set = std::move(set);
  return ticked(World::load(std::filesystem::path(ONDOL_SOURCE_DIR) / "worlds" / "platform-race.toml", options), ticks,
                threads);
}
double sum(const Run& run, const std::string& state) {
  double all = 0;
  for (Index row = 0; row < 4; ++row) all += field(run, "groups", row, state);
  return all;
}

TEST(Race, WithoutTheContestLessIsBuilt) {
  EXPECT_LT(sum(race({"populations.groups.params.contested=0"}), "capital"), 0.7 * sum(race({}), "capital"));
}

TEST(Race, BeliefFollowsGrowthAndMovesWhatIsBuilt) {
  const std::vector<std::string> constant = {"populations.groups.params.most_evidence='0 1/month'",
                                             "populations.groups.params.switching='0 1/month'"};
  const auto standing = race(constant);
  EXPECT_NEAR(field(standing, "groups", 0, "belief"), 0.16, 1e-12);
  const auto busy = race({}, 48);
  auto shrinking_world = std::vector<std::string>{"populations.customers.params.fastest_growth='-0.5 1/year'"};
  const auto shrinking = race(shrinking_world, 48);
  EXPECT_LT(sum(shrinking, "belief"), sum(busy, "belief"));
  EXPECT_LT(sum(shrinking, "target"), sum(busy, "target"));
  shrinking_world.insert(shrinking_world.end(), constant.begin(), constant.end());
  EXPECT_GT(sum(race(shrinking_world, 48), "target"), sum(shrinking, "target"));
}

TEST(Race, MoneyMovesItWhereCashIsWithheld) {
  const auto withheld = [](const std::string& purse) {
    return race({"populations.groups.params.given=0.05", "populations.groups.money='" + purse + " USD'"}, 12);
  };
  const auto poor = withheld("10e9");
  EXPECT_LT(sum(poor, "capital"), 0.8 * sum(race({}, 12), "capital"));
  EXPECT_GT(sum(withheld("20e9"), "capital"), 1.02 * sum(poor, "capital"));
}

TEST(Race, IsTheSameOnAnyNumberOfThreads) {
  const auto one = race({}, 12, 1).fingerprint();
  for (const int threads : {2, 3, 8}) EXPECT_EQ(race({}, 12, threads).fingerprint(), one) << threads;
}

}  // namespace
}  // namespace ondol::test
