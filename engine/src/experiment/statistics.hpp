// Statistics of samples: quantiles, tails, dominance, and intervals of means by the bootstrap.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace ondol {

using Sample = std::vector<double>;
inline constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

double mean_of(const Sample& sample);
// With n - 1; unknown for fewer than two.
double variance_of(const Sample& sample);
// Of a sorted sample, between its neighbours in proportion (Hyndman and Fan 1996, type 7).
double quantile_of(const Sample& sorted, double share);
// Mean of the lowest share of a sorted sample, the last of them counting in part (Rockafellar and Uryasev 2002).
double mean_of_lowest(const Sample& sorted, double share);

struct Interval {
  double low = unknown, high = unknown;
  bool holds(double value) const { return low <= value && value <= high; }
};

// Of the mean. By the bias-corrected and accelerated bootstrap (Efron 1987) at the level that makes up for a small
// sample (expanded percentiles, Hesterberg 2015); Student's for fewer than ten. The same sample has the same interval.
Interval interval_of_mean(const Sample& sample, double level);

// By arm: how often its mean is the highest where worlds are drawn anew. `values` are by world, then arm; ties share.
Sample probability_of_best(const std::vector<Sample>& values);

// Sorted samples of equal size: "dominates" where the first is nowhere below the other and somewhere above, and so on.
std::string dominance_of(const Sample& sorted, const Sample& other);

}  // namespace ondol
