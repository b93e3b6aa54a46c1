// Facts beside runs and experiments: bands, guesses that need no model, and stylised facts.
#include "support/shop.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/experiment.hpp>
#include <ondol/engine/scoring.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>

namespace ondol::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;

// Of an experiment whose reference arm has two givers in one of its worlds and four in the other: SQL answers 2 and 4.
class Scores : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        fs::path(testing::TempDir()) / "ondol_score" / testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    std::ofstream(folder_ / "shop.toml") << shop;
    std::ofstream(folder_ / "few.toml") << R"(question = "How many give?"
world = "shop.toml"
reference = "plain"
primary = "givers"
facts = "facts.csv"
replicates = 1
ticks = 1
arms = { plain = {}, more = { set = { populations.eaters.count = 9 } } }
factors.givers = { path = "populations.givers.count", values = [2, 4] }
outcomes.givers = "SELECT COUNT(*) FROM giver"
)";
  }

  Score scored(const std::string& facts) const {
    std::ofstream(folder_ / "facts.csv") << "quantity,unit,period,value,use,source,query,low,high\n" << facts;
    ExperimentOptions options;
    options.plugin_directories = {fs::path(ONDOL_BUILD_DIR) / "tests" / "plugins",
                                  fs::path(ONDOL_BUILD_DIR) / "plugins"};
    options.threads = 2;
    run_experiment(folder_ / "few.toml", folder_ / "few.db", options);
    return score({folder_ / "few.db"}, folder_ / "facts.csv");
  }

  fs::path folder_;
};

const std::string givers = "SELECT COUNT(*) FROM giver";

TEST_F(Scores, AnExperimentIsScoredByTheRunsOfItsReference) {
  const Score score = scored("Givers,1,2023,3,checked,a count," + givers +
                             ",,\nGivers twice,1,2023,30,checked,a count,SELECT 2 * 3,,\n"
                             "Eaters,1,2023,4,given,a count,SELECT COUNT(*) FROM eater,,\nNobody,1,2023,1,given,,,,\n");
  EXPECT_EQ(score.runs, 2U);
  ASSERT_THAT(score.facts, SizeIs(4));
  EXPECT_EQ(score.facts[0].runs, 2U);
  EXPECT_EQ(score.facts[0].median, 3);
  EXPECT_NEAR(score.facts[0].low5, 2.1, 1e-12);
  EXPECT_TRUE(score.facts[0].in_band);
  EXPECT_EQ(score.facts[2].median, 4) << "of the other arm there are nine";
  EXPECT_THAT(score.facts[3].unmeasured, HasSubstr("nobody has written its query"));
  ASSERT_THAT(score.uses, SizeIs(2));
}

TEST_F(Scores, GuessesThatNeedNoModelStandBeside) {
  // Steps of the logarithm: of givers log 2, of the two others log 2 and - log 8.
  const Score score = scored("Givers,1,2022,2,checked,," + givers + ",,\nGivers,1,2023,4,checked,," + givers +
                             ",,\nA,1,2022,1,checked,," + givers + ",,\nA,1,2023,2,checked,," + givers +
                             ",,\nB,1,2022,8,checked,," + givers + ",,\nB,1,2023,1,checked,," + givers + ",,\n");
  const FactScore& later = score.facts[1];
  EXPECT_EQ(later.before, 2);
  const double step = std::log(2) * std::sqrt((1.0 + 9.0) / 2);
  EXPECT_NEAR(later.walk_high95, 2 * std::exp(1.6448536269514722 * step), 1e-6);
  EXPECT_NEAR(later.walk_low5, 2 * std::exp(-1.6448536269514722 * step), 1e-6);
  EXPECT_TRUE(std::isnan(score.facts[0].before));
  ASSERT_THAT(score.uses, SizeIs(1));
  // Medians are 3: nearer to 4 than 2 is, farther from 2 than 1 is not, nearer to 1 than 8 is.
  EXPECT_EQ(score.uses[0].compared, 3U);
  EXPECT_EQ(score.uses[0].nearer, 2U);
  EXPECT_EQ(score.uses[0].walked, 3U);
  EXPECT_EQ(score.uses[0].walk_in_band, 2U) << "B's fall is more than the others' steps";
  EXPECT_EQ(score.uses[0].in_band_too, 0U) << "2.1 to 3.9";
}

TEST_F(Scores, AStylisedFactIsABand) {
  const Score score =
      scored("Givers,1,always,,checked,," + givers + ",2.5,3.5\nGivers,1,ever,,checked,," + givers + ",4,5\n");
  EXPECT_TRUE(score.facts[0].in_band);
  EXPECT_FALSE(score.facts[1].in_band);
  EXPECT_EQ(score.uses[0].in_band, 1U);
}

TEST_F(Scores, WhatIsWrongIsSaidWithItsLine) {
  for (const auto& [row, what] : std::vector<std::pair<std::string, std::string>>{
           {"Givers,1,2023,,checked,,,,\n", "facts.csv:2: value: '' is no number"},
           {"Givers,1,2023,,checked,,,3,2\n", "facts.csv:2: low: expected at most `high`"},
           {"Givers,1,2023,1,chekced,,,,\n", "did you mean 'checked'"}}) {
    try {
      scored(row);
      FAIL();
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr(what));
    }
  }
}

}  // namespace
}  // namespace ondol::test
