/// Facts beside runs: how near a model comes to what was observed.
#pragma once

#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace ondol {

/// One fact, and what the runs make of it. What there is not is NaN.
struct FactScore {
  std::string quantity, unit, period, source;
  std::string use;  ///< given: an input of the model; fitted: it was adjusted to it; checked: it was not looked at
  double fact = std::numeric_limits<double>::quiet_NaN();  ///< as observed
  double low = fact, high = fact;  ///< of a stylised fact: the band in which the quantity is observed to lie
  std::size_t runs = 0;            ///< that gave a number
  double low5 = fact, median = fact, high95 = fact;  ///< of these
  double ratio = fact;                               ///< of the median to the fact; NaN of a fact that is 0
  /// The fact lies between the 5 and 95 % of the runs; of a stylised one, the median lies in its band.
  bool in_band = false;
  double before = fact;                         ///< the last fact of the same quantity and unit, earlier in the file
  double walk_low5 = fact, walk_high95 = fact;  ///< where a random walk would have gone from there
  std::string unmeasured;                       ///< why no run gave a number; empty where one did
};

/// How the facts of one use are met.
struct UseScore {
  std::string use;
  std::size_t facts = 0, measured = 0;
  std::size_t near = 0;      ///< within 25 %: .75 to 1.25
  std::size_t twofold = 0;   ///< within 2x: .5 to 2
  std::size_t in_band = 0;   ///< see FactScore
  double width = 0;          ///< median width of the runs' bands, 5 to 95 %, as a share of the fact
  std::size_t compared = 0;  ///< measured facts that have one before them
  std::size_t nearer = 0;    ///< of them, how many the median is nearer than that "nothing changes"
  std::size_t walked = 0;    ///< of them, how many have a random walk beside them
  std::size_t walk_in_band = 0, in_band_too = 0;  ///< of those, how many lie in the walk's band, and in the runs'
  double walk_width = 0, width_beside = 0;        ///< and the median widths of both
};

struct Score {
  std::size_t runs = 0;
  std::vector<FactScore> facts;  ///< as they stand in the file
  std::vector<UseScore> uses;    ///< given, fitted, checked: those that there are
};

/// Scores results files of runs, a seed each, or of one experiment, of which the runs of the reference arm count, by a
/// file of facts: CSV with the columns quantity, unit, period, value, use, source and query, and, for stylised facts,
/// low and high. The query is one SQL question over a run's tables that gives one number; where it is empty, fails or
/// gives none, the fact is unmeasured and says why. An experiment has answers where an outcome of it asks the same, as
/// they do that name the file under `facts`. A random walk's steps are those of the logarithms of all other quantities
/// that the file has twice. Reads the files only. Throws Error(world) for a facts file that is wrong, with the line,
/// and Error(output) for a file that is no results file.
Score score(const std::vector<std::filesystem::path>& results, const std::filesystem::path& facts);

}  // namespace ondol
