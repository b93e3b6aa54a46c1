// Explanations: where a comparison flips is known here, from Bass's curve and from numbers made for it.
#include "experiment/box.hpp"
#include "experiment/single_changes.hpp"
#include "results/sqlite.hpp"
#include "support/sql.hpp"

#include <ondol/engine/decision.hpp>
#include <ondol/engine/error.hpp>
#include <ondol/engine/experiment.hpp>
#include <ondol/engine/explanation.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <regex>
#include <string>
#include <vector>

namespace ondol::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;

double bass(double p, double q, double t) {
  return (1 - std::exp(-(p + q) * t)) / (1 + q / p * std::exp(-(p + q) * t));
}

// Advertising wins early and referrals late; a second factor changes nothing.
class Horizon : public testing::Test {
 protected:
  // In the first case: one that fails before them all would have them all skipped.
  void SetUp() override {
    if (!results_.empty()) return;
    // Every case is a process of its own, and several of them run at once.
    const fs::path folder = fs::path(testing::TempDir()) / ("ondol_explanation_" + std::to_string(getpid()));
    fs::create_directories(folder);
    results_ = folder / "results.db";
    const fs::path file = folder / "experiment.toml";
    std::ofstream(file) << "question = \"When do referrals overtake advertising?\"\nworld = \"" << ONDOL_SOURCE_DIR
                        << R"(/worlds/bass.toml"
replicates = 20
reference = "advertising"
[arms.advertising]
set.populations.consumers.count = 1000
set.populations.consumers.params.innovation = "0.045 1/year"
[arms.referrals]
set.populations.consumers.count = 1000
set.populations.consumers.params.imitation = "0.57 1/year"
[factors.horizon]
path = "ticks"
values = [52, 104, 156, 208, 260]
[factors.idle]
path = "doc"
values = ["a word", "another"]
[outcomes]
adopted = "SELECT value / 1000 FROM signal WHERE signal = 'adopters' ORDER BY tick DESC LIMIT 1"
)";
    ExperimentOptions options;
    options.plugin_directories = {fs::path(ONDOL_BUILD_DIR) / "plugins"};
    options.threads = 2;
    run_experiment(file, results_, options);
  }
  static void TearDownTestSuite() { fs::remove_all(results_.parent_path()); }

  static inline fs::path results_;
};

TEST_F(Horizon, TheThresholdOfAFactorIsFound) {
  double early = 2, late = 5;  // years: the curves cross between
  while (late - early > 1e-6) {
    const double middle = (early + late) / 2;
    (bass(0.045, 0.38, middle) > bass(0.03, 0.57, middle) ? early : late) = middle;
  }
  const Explanation explanation = explain(results_, "advertising > referrals");
  EXPECT_EQ(explanation.worlds, 200);
  ASSERT_THAT(explanation.factors, SizeIs(2));
  const FactorPart& horizon = explanation.factors.front();
  EXPECT_EQ(horizon.factor, "horizon");
  ASSERT_THAT(horizon.thresholds, SizeIs(1));
  EXPECT_NEAR(horizon.thresholds[0], early * 365.25 / 7, 26) << "half the distance between levels";
  EXPECT_TRUE(horizon.stable);
  EXPECT_GT(horizon.index, 0.5);
  EXPECT_GT(horizon.value_of_knowing, 0);
  const FactorPart& idle = explanation.factors.back();
  EXPECT_THAT(idle.thresholds, SizeIs(0));
  EXPECT_EQ(idle.index, 0);
  EXPECT_EQ(idle.value_of_knowing, 0);
}

TEST_F(Horizon, ABoxSaysWhereItHolds) {
  const Explanation explanation = explain(results_, "referrals >= advertising");
  ASSERT_THAT(explanation.box, SizeIs(1));
  EXPECT_EQ(explanation.box[0].factor, "horizon");
  EXPECT_GE(explanation.box[0].low, 156);
  EXPECT_EQ(explanation.box[0].high, 260);
  EXPECT_GT(explanation.density, 0.7);
  EXPECT_GT(explanation.coverage, 0.7);
  EXPECT_GT(explanation.density_other_half, 0.6);
  EXPECT_LT(explanation.low, explanation.share);
  EXPECT_GT(explanation.high, explanation.share);
  EXPECT_EQ(ask_one(results_, "SELECT low FROM explanation_box WHERE statement = 'referrals >= advertising'"),
            explanation.box[0].low == 156 ? "156.0" : "208.0");
}

TEST_F(Horizon, WhatCannotBeAskedIsSaid) {
  for (const auto& [when, what] : std::vector<std::pair<std::string, std::string>>{
           {"advertising = referrals", "expected a comparison of two arms"},
           {"advertising < referals", "did you mean 'referrals'"}}) {
    try {
      explain(results_, when);
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::usage);
      EXPECT_THAT(error.what(), HasSubstr(what));
    }
  }
}

// Two arms whose difference is reckoned by hand: of what two factors x and y, both between 0 and 1, come to, d = 2 (x -
// 0.4) + 2 (x - 0.5) (y - 0.5) + luck of variance 1/4; a third factor changes nothing. Luck that arms share is larger.
// `group`: of x and y, as TOML.
fs::path by_hand(const std::string& name, const std::string& group, int points, int replicates) {
  const fs::path folder = fs::path(testing::TempDir()) / ("ondol_by_hand_" + std::to_string(getpid()));
  fs::create_directories(folder);
  std::ofstream(folder / "world.toml") << R"(plugins = ["toy"]
currency = "USD"
ticks = 1
schedule = ["trade", "finance", "give"]
regions.here = {}
instruments.money.issuer = "terms"
populations.terms.kind = "financier"
populations.walker = { kind = "giver", count = 1, ports = { others = "walker" } }
)";
  const std::string text = R"(question = "Which?"
world = "world.toml"
reference = "nothing"
primary = "value"
replicates = REPLICATES
design = { method = "radial", points = POINTS }
[arms.nothing]
[arms.something]
set.populations.terms.params.rate = 1
[factors]
x = { path = "populations.terms.params.levy_rate", low = 0, high = 1GROUP }
y = { path = "populations.terms.params.levy_income_rate", low = 0, high = 1GROUP }
z = { path = "populations.terms.params.term", low = 10, high = 20 }
[outcomes.noise]
sql = "SELECT noise FROM giver"
better = "neither"
[outcomes]
value = """WITH p(rate, x, y) AS (SELECT MAX(value) FILTER (WHERE name = 'rate'), MAX(value) FILTER (WHERE name =
  'levy_rate'), MAX(value) FILTER (WHERE name = 'levy_income_rate') FROM parameter WHERE population = 'terms'),
  n(noise) AS (SELECT noise FROM giver) SELECT rate * (2 * (x - 0.4) + 2 * (x - 0.5) * (y - 0.5) + 0.5 * noise) +
  3 * noise FROM p, n"""
)";
  ExperimentOptions options;
  options.plugin_directories = {fs::path(ONDOL_BUILD_DIR) / "tests" / "plugins"};
  options.threads = 2;
  std::string filled = text;
  for (const auto& [what, with] : {std::pair<std::string, std::string>{"GROUP", group},
                                   {"REPLICATES", std::to_string(replicates)},
                                   {"POINTS", std::to_string(points)}})
    filled = std::regex_replace(filled, std::regex(what), with);
  std::ofstream(folder / "experiment.toml") << filled;
  run_experiment(folder / "experiment.toml", folder / name, options);
  return folder / name;
}

class ByHand : public testing::Test {
 protected:
  // In the first case: one that fails before them all would have them all skipped.
  void SetUp() override {
    if (!results_.empty()) return;
    results_ = by_hand("results.db", "", 32, 4);
    explanation_ = explain(results_, "something > nothing");
  }

  static void TearDownTestSuite() { fs::remove_all(results_.parent_path()); }

  static const FactorPart& part(const std::string& factor) {
    for (const FactorPart& part : explanation_.factors) {
      if (part.factor == factor) return part;
    }
    throw std::runtime_error("no such factor");
  }

  static inline fs::path results_;
  static inline Explanation explanation_;
};

TEST(Groups, HaveTheTotalIndexOfTheirFactorsTogether) {
  const fs::path together = by_hand("together.db", ", group = \"both\"", 24, 2);
  EXPECT_EQ(ask_one(together, "SELECT COUNT(DISTINCT point) FROM design"), std::to_string(24 * 3));
  const Explanation explanation = explain(together, "something > nothing");
  ASSERT_EQ(explanation.groups.size(), 1U) << "a factor alone is no group";
  EXPECT_EQ(explanation.groups[0].group, "both");
  EXPECT_EQ(explanation.groups[0].factors, 2);
  const double luck = std::stod(
      ask_one(together, "SELECT AVG(value * value) - AVG(value) * AVG(value) FROM outcome WHERE outcome = 'noise'"));
  const double of_both = 1.0 / 3 + 1.0 / 36;
  EXPECT_NEAR(explanation.groups[0].total, of_both / (of_both + luck / 4), 0.1);
  for (const FactorPart& part : explanation.factors) {
    EXPECT_EQ(std::isnan(part.total), part.factor != "z")
        << part.factor << ": moved with another, it has no index of its own";
    if (part.factor == "z") {
      EXPECT_NEAR(part.total, 0, 0.02);
    }
  }
  EXPECT_EQ(ask_one(together, "SELECT group_name || ' ' || factors FROM explanation_group"), "both 2");
}

TEST_F(ByHand, ArmThresholdIndicesEffectsAndValueAreWhatTheyShouldBe) {
  EXPECT_EQ(ask_one(results_, "SELECT COUNT(*) FROM run"), std::to_string(32 * 4 * 4 * 2));
  // Of the luck that was drawn.
  const auto luck = ask(results_,
                        "SELECT AVG(value), AVG(value * value) - AVG(value) * AVG(value) FROM outcome WHERE outcome = "
                        "'noise'");
  const double mean = std::stod(luck.at(0).at(0)), variance_of_luck = std::stod(luck.at(0).at(1));
  const double threshold = 0.4 - mean / 4;
  const double of_x = 1.0 / 3, of_both = 1.0 / 36, variance = of_x + of_both + variance_of_luck / 4;
  ASSERT_LT(threshold, 0.5) << "or nothing is better before x is known";

  const Decision decision = decide(results_);
  EXPECT_EQ(decision.verdicts[0].best, "something");
  const ArmFigures& something = decision.figures[1];
  EXPECT_LT(something.low, 1 - 2 * threshold);
  EXPECT_GT(something.high, 1 - 2 * threshold);
  EXPECT_NEAR(something.variance_ratio, 0.25 / (9 + 12.25), 1e-3) << "of luck within points";

  EXPECT_NEAR(part("x").index, of_x / variance, 0.08);
  EXPECT_NEAR(part("x").total, (of_x + of_both) / variance, 0.08);
  EXPECT_NEAR(part("y").index, 0, 0.05);
  EXPECT_NEAR(part("y").total, of_both / variance, 0.03) << "it acts through the other alone";
  EXPECT_EQ(part("z").total, 0);
  EXPECT_NEAR(part("x").effect, 2, 0.1);
  EXPECT_NEAR(part("x").effect_size, 2, 0.1);
  EXPECT_NEAR(part("y").effect, 0, 0.15);
  EXPECT_NEAR(part("y").effect_size, 0.5, 0.1);
  EXPECT_EQ(part("z").effect_size, 0);
  ASSERT_THAT(part("x").thresholds, SizeIs(1));
  EXPECT_NEAR(part("x").thresholds[0], threshold, 0.05);
  EXPECT_TRUE(part("x").stable);
  EXPECT_THAT(part("z").thresholds, SizeIs(0));
  // Where x is known, something is done above the threshold t alone: (1 - t)^2 on average, instead of 1 - 2 t.
  EXPECT_NEAR(part("x").value_of_knowing, threshold * threshold, 0.05);
  EXPECT_TRUE(explanation_.order_is_stable);
  for (const int half : {0, 1}) {
    EXPECT_GT(part("x").index_of_halves[half], 0.3);
    EXPECT_GT(part("x").total_of_halves[half], 0.3);
    EXPECT_LT(part("y").total_of_halves[half], 0.15);
    EXPECT_GT(part("x").value_of_halves[half], 0.05);
    EXPECT_LT(part("y").value_of_halves[half], 0.05) << "chosen on sixteen centres, it can only mislead";
  }
}

// One experiment of as many replicates as all repetitions need; each decides on its own. In everyday tests there are
// few repetitions, and the bound is where chance would be one time in a thousand; ctest --preset long has 500.
TEST(Coverage, IntervalsOfDecisionsHoldTheKnownDifferenceAsOftenAsTheySay) {
  const char* const asked = std::getenv("ONDOL_REPETITIONS");
  const int repetitions = asked == nullptr ? 25 : std::atoi(asked);
  constexpr int replicates = 12;
  const fs::path folder = fs::path(testing::TempDir()) / ("ondol_coverage_" + std::to_string(getpid()));
  fs::create_directories(folder);
  std::ofstream(folder / "world.toml") << R"(plugins = ["toy"]
currency = "USD"
ticks = 1
schedule = ["trade", "finance", "give"]
regions = { here = {} }
instruments.money.issuer = "terms"
populations.terms.kind = "financier"
populations.walker = { kind = "giver", count = 1, ports = { others = "walker" } }
)";
  // What the arms differ by is normal, with mean 1/4 and variance 1.
  std::ofstream(folder / "experiment.toml") << "replicates = " << repetitions * replicates << R"(
question = "Which?"
world = "world.toml"
reference = "nothing"
[arms.nothing]
[arms.something]
set.populations.terms.params.rate = 1
[outcomes]
value = "SELECT noise + (SELECT MAX(value) FROM parameter WHERE name = 'rate') * (0.25 + noise) FROM giver"
)";
  ExperimentOptions options;
  options.plugin_directories = {fs::path(ONDOL_BUILD_DIR) / "tests" / "plugins"};
  options.threads = 2;
  run_experiment(folder / "experiment.toml", folder / "all.db", options);
  int held = 0, best = 0;
  for (int i = 0; i < repetitions; ++i) {
    const fs::path one = folder / "one.db";
    fs::copy_file(folder / "all.db", one, fs::copy_options::overwrite_existing);
    Database(one, Database::Opening::existing)
        .execute("DELETE FROM plan WHERE replicate / " + std::to_string(replicates) + " <> " + std::to_string(i));
    const Decision decision = decide(one);
    held += decision.figures[1].low <= 0.25 && 0.25 <= decision.figures[1].high;
    best += decision.verdicts[0].best == "something";
  }
  fs::remove_all(folder);
  const double share = static_cast<double>(held) / repetitions;
  std::cout << "95 % intervals hold the known difference in " << 100 * share << " % of " << repetitions << "\n";
  EXPECT_GE(share, asked == nullptr ? 0.8 : 0.93);
  EXPECT_LE(share, asked == nullptr ? 1 : 0.97);
  EXPECT_GT(best, repetitions / 2);
}

// A grid says as much of total indices: here of levels 0, 1/2 and 1, whose variance is 1/6.
TEST(SingleChanges, OfAGridAreAllPairsOfLevels) {
  std::vector<DesignAxis> axes(2);
  std::vector<NumberAt> numbers;
  for (int x = 0; x < 3; ++x) {
    for (int y = 0; y < 3; ++y) {
      numbers.push_back({0, std::ssize(axes[0].values), 0, 3.0 * x / 2 + 1.0 * x * y / 4});
      axes[0].values.push_back(x / 2.0);
      axes[1].values.push_back(y / 2.0);
      for (DesignAxis& axis : axes) axis.centres.push_back(-1);
    }
  }
  // By the analysis of variance of (3 + y) x: total of x is (10 + 1/6) / 6, of y 5/12 / 6; the variances of nine
  // numbers are with n - 1.
  double mean = 0, squares = 0;
  for (const NumberAt& at : numbers) mean += at.number / 9;
  for (const NumberAt& at : numbers) squares += std::pow(at.number - mean, 2) / 8;
  const double of_x = (std::pow(3.5, 2) + 1.0 / 6) / 6, of_y = (0.25 + 1.0 / 6) / 6;
  const Alone x = what_it_changes(single_changes(axes, 0), numbers);
  EXPECT_NEAR(x.total, of_x / squares, 1e-12);
  EXPECT_NEAR(x.effect, 3.5, 1e-12);
  const Alone y = what_it_changes(single_changes(axes, 1), numbers);
  EXPECT_NEAR(y.total, of_y / squares, 1e-12);
  axes[0].values[0] = 0.1;
  EXPECT_TRUE(std::isnan(what_it_changes(single_changes(axes, 0), numbers).total)) << "neither radial nor a grid";
}

TEST(Box, IsPeeledToTheCornerWhereItHolds) {
  std::mt19937_64 generator(3);
  const auto uniform = [&] { return static_cast<double>(generator() >> 11) * 0x1p-53; };
  std::vector<Sample> places;
  std::vector<bool> holds;
  for (int i = 0; i < 2000; ++i) {
    places.push_back({uniform(), uniform(), uniform()});
    holds.push_back(places.back()[0] > 0.6 && places.back()[1] < 0.3);
  }
  const Box box = find_box(places, holds);
  EXPECT_NEAR(box.low[0], 0.6, 0.05);
  EXPECT_NEAR(box.high[1], 0.3, 0.05);
  EXPECT_GT(box.density, 0.9);
  EXPECT_GT(box.coverage, 0.9);
  EXPECT_LT(box.low[2], 0.1);
  EXPECT_GT(box.high[2], 0.9);
}

}  // namespace
}  // namespace ondol::test
