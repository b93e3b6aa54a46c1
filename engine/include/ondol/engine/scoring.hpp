/// Facts beside runs: how near a model comes to what was observed.
#pragma once

#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace ondol {

/// One fact, and what the runs make of it.
struct FactScore {
  std::string quantity, unit, period, source;
  std::string use;       ///< given: an input of the model; fitted: it was adjusted to it; checked: it was not looked at
  double fact = 0;       ///< as observed
  std::size_t runs = 0;  ///< that gave a number
  double low5 = std::numeric_limits<double>::quiet_NaN(), median = low5, high95 = low5;  ///< of these; NaN of none
  double ratio = low5;     ///< of the median to the fact; NaN of a fact that is 0
  std::string unmeasured;  ///< why no run gave a number; empty where one did
};

/// How many facts of one use lie how near, by their ratios.
struct UseScore {
  std::string use;
  std::size_t facts = 0, measured = 0;
  std::size_t near = 0;     ///< within 25 %: .75 to 1.25
  std::size_t twofold = 0;  ///< within 2x: .5 to 2
  std::size_t in_band = 0;  ///< the fact lies between the 5 and 95 % of the runs
};

struct Score {
  std::size_t runs = 0;
  std::vector<FactScore> facts;  ///< as they stand in the file
  std::vector<UseScore> uses;    ///< given, fitted, checked: those that there are
};

/// Scores results files of runs, a seed each, by a file of facts: CSV with the columns quantity, unit, period, value,
/// use, source and query. The query is one SQL question over a run's tables that gives one number; where it is empty,
/// fails or gives none, the fact is unmeasured and says why. Reads the files only. Throws Error(world) for a facts file
/// that is wrong, with the line, and Error(output) for a file that is no results file.
Score score(const std::vector<std::filesystem::path>& runs, const std::filesystem::path& facts);

}  // namespace ondol
