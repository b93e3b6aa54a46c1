// Decisions: arms whose order is known, ties that are called so, and intervals that hold what they should.
#include "experiment/statistics.hpp"
#include "support/sql.hpp"

#include <ondol/engine/decision.hpp>
#include <ondol/engine/error.hpp>
#include <ondol/engine/experiment.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

namespace ondol::test {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const ArmFigures& figures_of(const Decision& decision, const std::string& outcome, const std::string& arm,
                             const std::string& scenario = "base") {
  for (const ArmFigures& f : decision.figures) {
    if (f.outcome == outcome && f.arm == arm && f.scenario == scenario) return f;
  }
  throw std::runtime_error("no such figures");
}

const Verdict& verdict_of(const Decision& decision, const std::string& outcome, const std::string& scenario = "base") {
  for (const Verdict& v : decision.verdicts) {
    if (v.outcome == outcome && v.scenario == scenario) return v;
  }
  throw std::runtime_error("no such verdict");
}

// The shipped experiment, on Bass's curve, with an arm more that is the reference again.
class Diffusion : public testing::Test {
 protected:
  // In the first case: one that fails before them all would have them all skipped.
  void SetUp() override {
    if (!results_.empty()) return;
    // Every case is a process of its own, and several of them run at once.
    const fs::path folder = fs::path(testing::TempDir()) / ("ondol_decision_" + std::to_string(getpid()));
    fs::create_directories(folder);
    results_ = folder / "results.db";
    const fs::path file = folder / "experiment.toml";
    std::ifstream shipped(fs::path(ONDOL_SOURCE_DIR) / "worlds/experiments/diffusion.toml");
    std::string text{std::istreambuf_iterator<char>(shipped), {}};
    const std::string world = "../bass.toml";
    text.replace(text.find(world), world.size(), std::string(ONDOL_SOURCE_DIR) + "/worlds/bass.toml");
    const std::string rates = "\"10 %\"]";
    text.replace(text.find(rates), rates.size(), "\"10 %\", \"100 %\"]");
    std::ofstream(file) << text << "[arms.again]\nset.populations.consumers.count = 1000\n";
    ExperimentOptions options;
    options.plugin_directories = {fs::path(ONDOL_BUILD_DIR) / "plugins"};
    options.threads = 2;
    run_experiment(file, results_, options);
    decision_ = decide(results_);
  }
  static void TearDownTestSuite() { fs::remove_all(results_.parent_path()); }

  static double bass(double p, double q, double t) {
    return (1 - std::exp(-(p + q) * t)) / (1 + q / p * std::exp(-(p + q) * t));
  }

  static inline fs::path results_;
  static inline Decision decision_;
};

TEST_F(Diffusion, TheRightArmIsFoundAtEitherHorizon) {
  EXPECT_EQ(verdict_of(decision_, "after_2_years").best, "advertising");
  EXPECT_EQ(verdict_of(decision_, "after_5_years").best, "referrals");
  EXPECT_THAT(verdict_of(decision_, "after_5_years").ties, IsEmpty());
  EXPECT_GT(figures_of(decision_, "after_5_years", "referrals").probability_best, 0.99);
  // Four standard errors of the mean difference, and the steps of a week.
  const ArmFigures& f = figures_of(decision_, "after_5_years", "referrals");
  const double known = bass(0.03, 0.57, 5) - bass(0.03, 0.38, 5);
  EXPECT_NEAR(f.difference, known, (f.high - f.low) + 0.005);
  EXPECT_GT(f.low, 0);
  EXPECT_EQ(f.dominance, "dominates");
  EXPECT_LT(f.low, f.difference);
  EXPECT_GT(f.high, f.difference);
  EXPECT_LT(f.tail, f.low25);
  EXPECT_GT(f.wins, 0.9);
  EXPECT_LT(f.regret, 0.01);
}

TEST_F(Diffusion, AnArmEqualToTheReferenceTiesWithItExactly) {
  for (const char* outcome : {"after_2_years", "after_5_years"}) {
    const ArmFigures& f = figures_of(decision_, outcome, "again");
    EXPECT_EQ(f.pairs, 40);
    EXPECT_EQ(f.difference, 0);
    EXPECT_EQ(f.low, 0);
    EXPECT_EQ(f.high, 0);
    EXPECT_EQ(f.variance_ratio, 0);
    EXPECT_EQ(f.dominance, "equal");
  }
}

// Who is in a hurry has other winners: as Bass's curve has it, quarter by quarter.
TEST_F(Diffusion, ArmsAreRankedByHorizonAndDiscountRate) {
  const auto worth = [](double p, double q, double horizon, double rate) {
    double sum = 0, before = 0;
    for (int tick = 0; tick * 7 / 365.25 < horizon && tick <= 260; tick += 13) {
      const double now = bass(p, q, (tick + 1) * 7 / 365.25);
      sum += (now - before) * std::pow(1 + rate, -tick * 7 / 365.25);
      before = now;
    }
    return sum;
  };
  ASSERT_EQ(decision_.rankings.size(), 6U);
  for (const Ranking& ranking : decision_.rankings) {
    const double patient = ranking.horizon == 5 && ranking.discount_rate < 1;
    EXPECT_EQ(ranking.arms[0].arm, patient ? "referrals" : "advertising")
        << ranking.horizon << " " << ranking.discount_rate;
    EXPECT_THAT(ranking.verdict.ties, IsEmpty());
    for (const ArmFigures& f : ranking.arms) {
      if (f.arm != "referrals") continue;
      const double known = worth(0.03, 0.57, ranking.horizon, ranking.discount_rate) -
                           worth(0.03, 0.38, ranking.horizon, ranking.discount_rate);
      EXPECT_NEAR(f.difference, known, (f.high - f.low) + 0.005);
    }
  }
  EXPECT_EQ(ask(results_, "SELECT arm FROM ranking WHERE horizon = 5 AND discount_rate = 0 ORDER BY rank LIMIT 2"),
            (std::vector<Row>{{"referrals"}, {"advertising"}}));
}

// What `ondol decide` says of a file, with options.
std::string said_of(const fs::path& results, const std::string& options) {
  const fs::path screen = results.parent_path() / "screen.txt";
  const std::string command = std::string(ONDOL_BUILD_DIR) + "/ondol decide '" + results.string() + "' " + options;
  EXPECT_EQ(std::system((command + " > '" + screen.string() + "'").c_str()), 0);
  std::ifstream file(screen);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_F(Diffusion, TheDocumentHasTheFiguresOfTheTable) {
  const std::string text = said_of(results_, "--markdown --all");
  for (const Row& row : ask(results_,
                            "SELECT arm, printf('%.4g', difference) FROM decision WHERE outcome = 'after_5_years' "
                            "AND arm IN ('advertising', 'referrals')"))
    EXPECT_THAT(text, testing::ContainsRegex("\n[|] " + row[0] + " [|] [0-9]+ [|] [^|]+ [|] " + row[1] + " [|]"));
  EXPECT_THAT(text, HasSubstr("### after_2_years\n"));
  EXPECT_THAT(text, HasSubstr("| new_adopters | base | 5 | 0 % | referrals > advertising > nothing = again |"));
  EXPECT_THAT(said_of(results_, "--markdown"), testing::Not(HasSubstr("### after_2_years\n")));
}

TEST_F(Diffusion, TheScreenHasPairingOfEveryOutcomeAndRankings) {
  const std::string text = said_of(results_, "");
  for (const char* outcome : {"after_2_years", "after_5_years"})
    EXPECT_THAT(text, testing::ContainsRegex(std::string("\n  ") + outcome +
                                             ": advertising 0[.][0-9]+, referrals 0[.][0-9]+\n"))
        << "an arm that is equal to the reference has none";
  EXPECT_THAT(text, HasSubstr("until 5, at 0 %, scenario base: referrals > advertising > nothing = again"));
}

TEST_F(Diffusion, TablesSayTheSame) {
  EXPECT_EQ(ask(results_, "SELECT best, ties, more FROM verdict WHERE outcome = 'after_5_years'").at(0),
            (Row{"referrals", "", "0"}));
  EXPECT_EQ(ask_one(results_, "SELECT COUNT(*) FROM decision WHERE low <= difference AND difference <= high"), "8");
  EXPECT_EQ(ask_one(results_, "SELECT COUNT(*) FROM column_doc WHERE table_name = 'decision'"), "23");
  const auto before = ask(results_, "SELECT * FROM decision");
  decide(results_);
  EXPECT_EQ(ask(results_, "SELECT * FROM decision"), before);
}

TEST(Decision, RefusesWhatIsNoExperiment) {
  const fs::path file = fs::path(testing::TempDir()) / "ondol_no_experiment.db";
  std::ofstream(file) << "";
  try {
    decide(file);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("is not the results file of an experiment"));
  }
}

// Samples of a known law: of 1,000 intervals of its mean at 95 %, 93 to 97 % hold it (two standard errors are 1.4 %).
double coverage(std::size_t size, bool skewed) {
  std::mt19937_64 generator(7);
  const auto uniform = [&] { return (static_cast<double>(generator() >> 11) + 0.5) * 0x1p-53; };
  int held = 0;
  constexpr int repetitions = 1000;
  for (int i = 0; i < repetitions; ++i) {
    Sample sample(size);
    for (double& value : sample)
      value = skewed ? -std::log(uniform()) : std::sqrt(-2 * std::log(uniform())) * std::cos(2 * M_PI * uniform());
    held += interval_of_mean(sample, 0.95).holds(skewed ? 1.0 : 0.0);
  }
  return static_cast<double>(held) / repetitions;
}

TEST(Interval, HoldsTheMeanAsOftenAsItSays) {
  for (const std::size_t size : {5, 20, 40}) {
    const double share = coverage(size, false);
    EXPECT_GE(share, 0.93) << size;
    EXPECT_LE(share, 0.97) << size;
  }
  for (const std::size_t size : {40, 80}) {
    const double share = coverage(size, true);
    EXPECT_GE(share, 0.93) << size << ", skewed";
    EXPECT_LE(share, 0.97) << size << ", skewed";
  }
}

TEST(Statistics, AgreeWithHandReckoning) {
  const Sample sorted = {1, 2, 3, 4, 10};
  EXPECT_EQ(mean_of(sorted), 4);
  EXPECT_EQ(variance_of(sorted), 12.5);
  EXPECT_EQ(quantile_of(sorted, 0.5), 3);
  EXPECT_EQ(quantile_of(sorted, 0.25), 2);
  EXPECT_DOUBLE_EQ(quantile_of(sorted, 0.9), 7.6);
  EXPECT_DOUBLE_EQ(mean_of_lowest(sorted, 0.4), 1.5);
  EXPECT_DOUBLE_EQ(mean_of_lowest(sorted, 0.3), (1 + 0.5 * 2) / 1.5);
  EXPECT_EQ(dominance_of({1, 2, 3}, {1, 2, 2}), "dominates");
  EXPECT_EQ(dominance_of({1, 2, 3}, {0, 3, 3}), "");
  EXPECT_THAT(probability_of_best({{1, 2}, {1, 2}}), ElementsAre(0, 1));
  EXPECT_THAT(probability_of_best({{2, 2}, {3, 3}}), ElementsAre(0.5, 0.5));
}

}  // namespace
}  // namespace ondol::test
