/// What an experiment's results say of its arms, with its uncertainty.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ondol {

/// An arm under one outcome and scenario. What there is not is NaN: of a single run, a deviation; of an outcome that is
/// neither better higher nor lower, what presumes that one is.
struct ArmFigures {
  std::string scenario;  ///< empty: all of them, each counting alike
  std::string outcome, arm;
  bool is_reference = false;
  std::int64_t values = 0;   ///< runs that came to something
  std::int64_t missing = 0;  ///< that failed, or have no such outcome
  double mean = 0, deviation = 0;
  double low5 = 0, low25 = 0, median = 0, high75 = 0, high95 = 0;  ///< quantiles
  std::int64_t pairs = 0;                                          ///< worlds in which the reference has a value, too
  double difference = 0;                                           ///< to the reference in the same world, on average
  double low = 0, high = 0;                                        ///< its interval
  double variance_ratio = 0;    ///< variance of paired over that of unpaired differences
  double probability_best = 0;  ///< that its mean is the best of all arms', by the bootstrap; ties share
  double wins = 0;              ///< share of worlds in which it is the best; ties share
  double regret = 0;            ///< how far it is from the best of its world, on average
  double tail = 0;              ///< mean of the worst 5 % of its worlds (CVaR)
  /// Its distribution against the reference's, first-order: "dominates", "is dominated", "equal", or "" where they
  /// cross.
  std::string dominance;
};

/// Which arm is best, under one outcome and scenario.
struct Verdict {
  std::string scenario, outcome;
  std::string best;               ///< the best mean; empty where no arm has values
  std::vector<std::string> ties;  ///< others whose difference to it may be nothing
  std::int64_t units = 0;         ///< independent draws that intervals and probabilities rest on
  bool by_point = false;          ///< they are points of the design; else replicates
  /// Such draws beyond the present ones after which the ties would be
  /// settled, if means and spreads stay as they are; 0: nothing is open, -1: ties differ by exactly nothing.
  std::int64_t more = 0;
};

/// Arms by what a series of theirs adds up to until a horizon, discounted.
struct Ranking {
  std::string scenario;  ///< empty: all of them
  std::string series;
  double horizon = 0;            ///< along the series, from its first position; NaN: to its end
  double discount_rate = 0;      ///< for each unit of that way
  std::vector<ArmFigures> arms;  ///< the best mean first
  Verdict verdict;
};

struct Decision {
  std::string question, primary, reference;
  double level = 0.95;
  std::int64_t runs = 0, failed = 0;  ///< that the plan asks for
  std::int64_t changes = 0;           ///< of the experiment file since the first run
  std::vector<ArmFigures> figures;    ///< by outcome, the primary one first; scenario; arm, the reference first
  std::vector<Verdict> verdicts;
  std::vector<Ranking> rankings;  ///< by series, horizon, discount rate and scenario
};

/// Decides, and writes tables `decision`, `verdict` and `ranking` into the results file. Intervals are of paired
/// differences, by the bootstrap (bias-corrected and accelerated, expanded for few replicates), and always the same for
/// the same results. Throws Error(output) where the file is no experiment's or cannot be written.
Decision decide(const std::filesystem::path& results, double level = 0.95);

}  // namespace ondol
