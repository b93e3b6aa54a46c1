// Samples and the bootstrap.
#include "experiment/statistics.hpp"

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace ondol {

namespace {

constexpr std::size_t resamples = 2000;
constexpr std::size_t fewest_to_resample = 10;

double cdf(double z) { return boost::math::cdf(boost::math::normal(), z); }
double inverse_cdf(double share) { return boost::math::quantile(boost::math::normal(), share); }

// Positions in a sample, drawn with replacement; always the same ones.
class Resampling {
 public:
  explicit Resampling(std::size_t size) : size_(size) {}
  std::size_t draw() {
    return static_cast<std::size_t>(static_cast<double>(generator_() >> 11) * 0x1p-53 * static_cast<double>(size_));
  }

 private:
  std::mt19937_64 generator_{20140101};
  std::size_t size_;
};

Sample resampled_means(const Sample& sample) {
  Resampling positions(sample.size());
  Sample means(resamples);
  for (double& mean : means) {
    double sum = 0;
    for (std::size_t i = 0; i < sample.size(); ++i) sum += sample[positions.draw()];
    mean = sum / static_cast<double>(sample.size());
  }
  std::sort(means.begin(), means.end());
  return means;
}

// Of a mean, a sixth of the sample's skewness over the root of its size (Efron 1987).
double acceleration(const Sample& sample, double mean) {
  double squares = 0, cubes = 0;
  for (const double value : sample) {
    const double deviation = value - mean;
    squares += deviation * deviation;
    cubes += deviation * deviation * deviation;
  }
  return cubes / (6 * std::pow(squares, 1.5));
}

}  // namespace

double mean_of(const Sample& sample) {
  if (sample.empty()) return unknown;
  return std::accumulate(sample.begin(), sample.end(), 0.0) / static_cast<double>(sample.size());
}

double variance_of(const Sample& sample) {
  if (sample.size() < 2) return unknown;
  const double mean = mean_of(sample);
  double squares = 0;
  for (const double value : sample) squares += (value - mean) * (value - mean);
  return squares / static_cast<double>(sample.size() - 1);
}

double quantile_of(const Sample& sorted, double share) {
  if (sorted.empty()) return unknown;
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  if (below + 1 >= sorted.size()) return sorted.back();
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[below + 1] - sorted[below]);
}

double mean_of_lowest(const Sample& sorted, double share) {
  if (sorted.empty()) return unknown;
  const double count = share * static_cast<double>(sorted.size());
  double left = count, sum = 0;
  for (const double value : sorted) {
    const double weight = std::min(1.0, left);
    if (weight <= 0) break;
    sum += weight * value;
    left -= weight;
  }
  return sum / count;
}

Interval interval_of_mean(const Sample& sample, double level) {
  if (sample.size() < 2) return {};
  const double mean = mean_of(sample);
  const double variance = variance_of(sample);
  if (variance == 0) return {mean, mean};
  const double n = static_cast<double>(sample.size());
  const double student = boost::math::quantile(boost::math::students_t(n - 1), (1 + level) / 2);
  if (sample.size() < fewest_to_resample) {
    const double half = student * std::sqrt(variance / n);
    return {mean - half, mean + half};
  }
  const Sample means = resampled_means(sample);
  const auto [first, last] = std::equal_range(means.begin(), means.end(), mean);
  const double below = static_cast<double>(first - means.begin()) + static_cast<double>(last - first) / 2;
  const double bias = inverse_cdf(std::clamp(below / resamples, 0.5 / resamples, 1 - 0.5 / resamples));
  const double a = acceleration(sample, mean);
  const double z = std::sqrt(n / (n - 1)) * student;
  const auto end = [&](double from) {
    const double shifted = bias + from;
    return quantile_of(means, cdf(bias + shifted / (1 - a * shifted)));
  };
  return {end(-z), end(z)};
}

Sample probability_of_best(const std::vector<Sample>& values) {
  if (values.empty()) return {};
  const std::size_t arms = values.front().size();
  Resampling positions(values.size());
  Sample best(arms, 0.0), sums(arms);
  for (std::size_t b = 0; b < resamples; ++b) {
    std::fill(sums.begin(), sums.end(), 0.0);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const Sample& world = values[positions.draw()];
      for (std::size_t arm = 0; arm < arms; ++arm) sums[arm] += world[arm];
    }
    const double highest = *std::max_element(sums.begin(), sums.end());
    const auto ties = static_cast<double>(std::count(sums.begin(), sums.end(), highest));
    for (std::size_t arm = 0; arm < arms; ++arm) best[arm] += sums[arm] == highest ? 1 / ties : 0;
  }
  for (double& share : best) share /= resamples;
  return best;
}

std::string dominance_of(const Sample& sorted, const Sample& other) {
  bool above = false, below = false;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    above |= sorted[i] > other[i];
    below |= sorted[i] < other[i];
  }
  if (above && below) return "";
  return above ? "dominates" : below ? "is dominated" : "equal";
}

}  // namespace ondol
