// Explanations: where a comparison flips is known here, from Bass's curve and from numbers made for it.
#include "experiment/box.hpp"
#include "support/sql.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/experiment.hpp>
#include <ondol/engine/explanation.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
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
  static void SetUpTestSuite() {
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
