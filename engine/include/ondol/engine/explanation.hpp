/// What flips a comparison of two arms: which factors, where, and how surely.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace ondol {

/// One factor's part in it. Halves are of the points where those are draws or centres, or where there is one replicate;
/// else, of a grid, of the replicates: what does not show in both is not to be relied on.
struct FactorPart {
  std::string factor, unit;
  /// Where the mean difference changes sign, between neighbouring levels; of a factor whose values are no numbers,
  /// none.
  std::vector<double> thresholds, thresholds_of_halves[2];
  bool stable = false;  ///< whether both halves have as many thresholds, each within a level of the other's
  /// First-order Sobol index: the share of the difference's variance that goes when the factor is known; NaN where the
  /// points are too few to tell factors apart.
  double index = std::numeric_limits<double>::quiet_NaN(), index_of_halves[2] = {index, index};
  /// Total Sobol index: the share that stays when all but the factor is known, luck averaged out where there are
  /// several replicates. From points that differ in the factor alone: of radial designs and grids; NaN of others.
  double total = index, total_of_halves[2] = {total, total};
  /// Elementary effects (Morris 1991): what the factor's whole range adds to the difference at the slope between those
  /// points, on average, and on average whatever the sign; larger steps count for more.
  double effect = total, effect_size = total;
  /// What it is worth to know the factor before an arm is chosen (EVPPI), in the outcome's unit; NaN where nothing is
  /// better.
  double value_of_knowing = 0, value_of_halves[2] = {0, 0};
};

/// Factors that a radial design moves together: their total Sobol index.
struct GroupPart {
  std::string group;
  std::int64_t factors = 0;
  double total = 0, total_of_halves[2] = {0, 0};
};

/// A range of a factor, ends included.
struct BoxSide {
  std::string factor, unit;
  double low = 0, high = 0;
};

struct Explanation {
  std::string outcome, statement;
  std::int64_t worlds = 0;  ///< in which both arms came to something
  double share = 0, low = 0,
         high = 0;  ///< of them in which the statement holds; its interval at 95 %, over points where those have
                    ///< several replicates (Clopper-Pearson where not)
  std::int64_t points = 1;          ///< of the design; of a radial one, its centres
  bool can_tell_factors = true;     ///< whether they are more than the factors
  bool halves_of_points = false;    ///< else of the luck
  std::vector<FactorPart> factors;  ///< the largest index first
  std::vector<GroupPart> groups;    ///< of several factors each, in radial designs; the largest first
  bool order_is_stable = true;      ///< whether that is the same factor in both halves
  /// Where it holds more than elsewhere (PRIM); empty where no factor's range narrows it down.
  std::vector<BoxSide> box;
  double coverage = 0;            ///< share of the worlds in which it holds that lie in the box
  double density = 0;             ///< share of the worlds in the box in which it holds
  double density_other_half = 0;  ///< the same in the half of worlds that the box was not found on
};

/// Explains "ARM < ARM" (or <=, >, >=) in an outcome, the primary one where none is named, over all scenarios or one;
/// writes tables `explanation`, `explanation_group` and `explanation_box`. Throws Error(usage) where a name is none of
/// the experiment's, and Error(output) where the file is no experiment's or cannot be written.
Explanation explain(const std::filesystem::path& results, const std::string& when, const std::string& outcome = "",
                    const std::string& scenario = "");

}  // namespace ondol
