// Means, differences and ranks of arms.
#include "experiment/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace ondol {

namespace {

constexpr double tail_share = 0.05;

bool is_complete(const ArmsInWorld& world) {
  return std::none_of(world.values.begin(), world.values.end(), [](double value) { return std::isnan(value); });
}

}  // namespace

Comparison::Comparison(std::vector<const ArmsInWorld*> worlds, const std::vector<std::string>& arms,
                       std::size_t reference, int better, double level, bool points_are_draws)
    : worlds_(std::move(worlds)), arms_(arms), reference_(reference), better_(better), level_(level) {
  // Means are as sure as there are independent draws: points of a design that draws what is not known, else of what
  // there is more of, luck or points. Scenarios are none: they were chosen.
  std::map<std::int64_t, std::int64_t> replicates, points;
  std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> cells;
  for (const ArmsInWorld* world : worlds_) {
    replicates.emplace(world->replicate, std::ssize(replicates));
    points.emplace(world->point, std::ssize(points));
    cells.emplace(std::pair(world->scenario, world->point), std::ssize(cells));
  }
  by_point_ = points.size() > 1 && (points_are_draws || points.size() > replicates.size());
  units_ = by_point_ ? points.size() : replicates.size();
  has_luck_within_ = replicates.size() > 1;
  for (const ArmsInWorld* world : worlds_) {
    unit_of_.push_back(static_cast<std::size_t>(by_point_ ? points.at(world->point) : replicates.at(world->replicate)));
    cell_of_.push_back(static_cast<std::size_t>(cells.at(std::pair(world->scenario, world->point))));
  }
  cells_ = cells.size();
}

std::vector<ArmFigures> Comparison::figures(Verdict& verdict) const {
  std::vector<ArmFigures> figures;
  for (std::size_t arm = 0; arm < arms_.size(); ++arm) figures.push_back(figures_of(arm));
  verdict.units = static_cast<std::int64_t>(units_);
  verdict.by_point = by_point_;
  rank(figures, verdict);
  return figures;
}

ArmFigures Comparison::figures_of(std::size_t arm) const {
  ArmFigures f;
  f.arm = arms_[arm];
  f.is_reference = arm == reference_;
  Sample values;
  for (const ArmsInWorld* world : worlds_) {
    if (!std::isnan(world->values[arm])) values.push_back(world->values[arm]);
  }
  f.values = std::ssize(values);
  f.missing = std::ssize(worlds_) - f.values;
  f.mean = mean_of(values);
  f.deviation = std::sqrt(variance_of(values));
  std::sort(values.begin(), values.end());
  f.low5 = quantile_of(values, 0.05);
  f.low25 = quantile_of(values, 0.25);
  f.median = quantile_of(values, 0.5);
  f.high75 = quantile_of(values, 0.75);
  f.high95 = quantile_of(values, 0.95);
  f.tail = better_ == 0 ? unknown : worst(values);
  compare(arm, f);
  return f;
}

// Of all arms: what only shows beside the others.
void Comparison::rank(std::vector<ArmFigures>& figures, Verdict& verdict) const {
  for (ArmFigures& f : figures) f.probability_best = f.wins = f.regret = unknown;
  if (better_ == 0) return;
  const std::vector<Sample> complete = complete_worlds();
  if (complete.empty()) return;
  const std::vector<Sample> means = complete_units();
  const Sample probability = probability_of_best(means);
  Sample wins(arms_.size(), 0.0), regret(arms_.size(), 0.0), total(arms_.size(), 0.0);
  for (const Sample& world : complete) {
    const double best = *std::max_element(world.begin(), world.end());
    const auto ties = static_cast<double>(std::count(world.begin(), world.end(), best));
    for (std::size_t arm = 0; arm < arms_.size(); ++arm) {
      wins[arm] += world[arm] == best ? 1 / ties : 0;
      regret[arm] += best - world[arm];
    }
  }
  for (const Sample& unit : means) {
    for (std::size_t arm = 0; arm < arms_.size(); ++arm) total[arm] += unit[arm];
  }
  for (std::size_t arm = 0; arm < arms_.size(); ++arm) {
    figures[arm].probability_best = probability[arm];
    figures[arm].wins = wins[arm] / static_cast<double>(complete.size());
    figures[arm].regret = regret[arm] / static_cast<double>(complete.size());
  }
  judge(static_cast<std::size_t>(std::max_element(total.begin(), total.end()) - total.begin()), verdict);
}

double Comparison::worst(const Sample& sorted) const {
  if (better_ > 0) return mean_of_lowest(sorted, tail_share);
  Sample turned(sorted.rbegin(), sorted.rend());
  for (double& value : turned) value = -value;
  return -mean_of_lowest(turned, tail_share);
}

// Differences of two arms, averaged over what a unit has of worlds in which both came to something.
Sample Comparison::differences(std::size_t arm, std::size_t other) const {
  Sample sums(units_, 0.0), counts(units_, 0.0);
  for (std::size_t w = 0; w < worlds_.size(); ++w) {
    const double difference = worlds_[w]->values[arm] - worlds_[w]->values[other];
    if (std::isnan(difference)) continue;
    sums[unit_of_[w]] += difference;
    counts[unit_of_[w]] += 1;
  }
  Sample means;
  for (std::size_t unit = 0; unit < units_; ++unit) {
    if (counts[unit] > 0) means.push_back(sums[unit] / counts[unit]);
  }
  return means;
}

void Comparison::compare(std::size_t arm, ArmFigures& f) const {
  const Sample between = differences(arm, reference_);
  const Interval interval = interval_of_mean(between, level_);
  f.difference = mean_of(between);
  f.low = interval.low;
  f.high = interval.high;
  Sample own, reference;
  std::vector<std::size_t> cells;
  for (std::size_t w = 0; w < worlds_.size(); ++w) {
    const double value = worlds_[w]->values[arm], other = worlds_[w]->values[reference_];
    if (std::isnan(value - other)) continue;
    own.push_back(value);
    reference.push_back(other);
    cells.push_back(cell_of_[w]);
  }
  f.pairs = std::ssize(own);
  f.variance_ratio = variance_ratio(own, reference, cells);
  if (better_ == 0 || own.empty()) return;
  std::sort(own.begin(), own.end());
  std::sort(reference.begin(), reference.end());
  f.dominance = better_ > 0 ? dominance_of(own, reference) : dominance_of(reference, own);
}

// Of luck: what points and scenarios differ by is taken out, where there are several replicates.
double Comparison::variance_ratio(Sample own, Sample reference, const std::vector<std::size_t>& cells) const {
  if (has_luck_within_) {
    centre(own, cells);
    centre(reference, cells);
  }
  Sample differences;
  for (std::size_t i = 0; i < own.size(); ++i) differences.push_back(own[i] - reference[i]);
  const double unpaired = variance_of(own) + variance_of(reference);
  return unpaired > 0 ? variance_of(differences) / unpaired : unknown;
}

void Comparison::centre(Sample& values, const std::vector<std::size_t>& cells) const {
  Sample sums(cells_, 0.0), counts(cells_, 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    sums[cells[i]] += values[i];
    counts[cells[i]] += 1;
  }
  for (std::size_t i = 0; i < values.size(); ++i) values[i] -= sums[cells[i]] / counts[cells[i]];
}

// Turned so that more is better.
std::vector<Sample> Comparison::complete_worlds() const {
  std::vector<Sample> complete;
  for (const ArmsInWorld* world : worlds_) {
    if (is_complete(*world)) complete.push_back(turned(world->values));
  }
  return complete;
}

std::vector<Sample> Comparison::complete_units() const {
  std::vector<Sample> sums(units_, Sample(arms_.size(), 0.0));
  Sample counts(units_, 0.0);
  for (std::size_t w = 0; w < worlds_.size(); ++w) {
    if (!is_complete(*worlds_[w])) continue;
    const Sample values = turned(worlds_[w]->values);
    for (std::size_t arm = 0; arm < values.size(); ++arm) sums[unit_of_[w]][arm] += values[arm];
    counts[unit_of_[w]] += 1;
  }
  std::vector<Sample> means;
  for (std::size_t unit = 0; unit < units_; ++unit) {
    if (counts[unit] == 0) continue;
    for (double& sum : sums[unit]) sum /= counts[unit];
    means.push_back(std::move(sums[unit]));
  }
  return means;
}

Sample Comparison::turned(Sample values) const {
  for (double& value : values) value *= better_;
  return values;
}

// An arm ties with the best where the interval of their difference holds nothing.
void Comparison::judge(std::size_t best, Verdict& verdict) const {
  verdict.best = arms_[best];
  bool equal = false;
  for (std::size_t arm = 0; arm < arms_.size(); ++arm) {
    if (arm == best) continue;
    const Sample between = differences(best, arm);
    const Interval interval = interval_of_mean(between, level_);
    if (between.size() > 1 && !interval.holds(0)) continue;
    verdict.ties.push_back(arms_[arm]);
    const double distance = std::abs(mean_of(between));
    const double half = (interval.high - interval.low) / 2;
    const double n = static_cast<double>(between.size());
    if (distance == 0) equal = true;
    // Intervals narrow with the root of the number of draws.
    if (distance > 0 && !std::isnan(half)) {
      const double more = std::ceil(n * (half / distance) * (half / distance) - n);
      verdict.more = std::max(verdict.more, static_cast<std::int64_t>(std::clamp(more, 1.0, 1e15)));
    }
  }
  if (equal && verdict.more == 0) verdict.more = -1;
}

}  // namespace ondol
