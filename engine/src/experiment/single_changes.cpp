// Pairs of points, and sums over them.
#include "experiment/single_changes.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace ondol {

namespace {

double range_of(const Sample& values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return *high - *low;
}

double step_of(const DesignAxis& axis, std::size_t from, std::size_t to) {
  if (!axis.is_number) return 1;
  return (axis.values[to] - axis.values[from]) / range_of(axis.values);
}

Sample levels_of(const DesignAxis& axis) {
  Sample levels = axis.values;
  std::sort(levels.begin(), levels.end());
  levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  return levels;
}

bool is_grid(const std::vector<DesignAxis>& axes) {
  const auto there = static_cast<double>(axes.front().values.size());
  double points = 1;
  for (const DesignAxis& axis : axes) {
    points *= static_cast<double>(levels_of(axis).size());
    if (points > there) return false;  // before all levels of hundreds of factors are sorted
  }
  return points == there;
}

SingleChanges of_radial(const std::vector<DesignAxis>& axes, std::size_t factor) {
  const DesignAxis& axis = axes[factor];
  SingleChanges changes;
  changes.centres.assign(axis.values.size(), true);
  for (const DesignAxis& any : axes) {
    for (std::size_t point = 0; point < any.centres.size(); ++point)
      if (any.centres[point] >= 0) changes.centres[point] = false;
  }
  for (std::size_t point = 0; point < axis.centres.size(); ++point) {
    if (axis.centres[point] < 0) continue;
    const auto centre = static_cast<std::size_t>(axis.centres[point]);
    changes.pairs.push_back({centre, point, step_of(axis, centre, point), true});
  }
  return changes;
}

SingleChanges of_grid(const std::vector<DesignAxis>& axes, std::size_t factor) {
  const DesignAxis& axis = axes[factor];
  const Sample levels = levels_of(axis);
  std::map<Sample, std::vector<std::size_t>> lines;  // points that are equal in all other factors
  for (std::size_t point = 0; point < axis.values.size(); ++point) {
    Sample others;
    for (std::size_t f = 0; f < axes.size(); ++f) others.push_back(f == factor ? 0 : axes[f].values[point]);
    lines[others].push_back(point);
  }
  SingleChanges changes;
  changes.share = 1 - 1 / static_cast<double>(levels.size());
  changes.centres.assign(axis.values.size(), true);
  for (auto& [others, points] : lines) {
    std::sort(points.begin(), points.end(),
              [&](std::size_t a, std::size_t b) { return axis.values[a] < axis.values[b]; });
    for (std::size_t from = 0; from < points.size(); ++from) {
      for (std::size_t to = from + 1; to < points.size(); ++to)
        changes.pairs.push_back({points[from], points[to], step_of(axis, points[from], points[to]), to == from + 1});
    }
  }
  return changes;
}

// Means by point, scenario and half.
class Means {
 public:
  explicit Means(const std::vector<NumberAt>& numbers) {
    for (const NumberAt& at : numbers) {
      Cell& cell = cells_[{at.point, at.scenario}];
      cell.sums[at.half] += at.number;
      cell.counts[at.half] += 1;
    }
  }

  struct Cell {
    double sums[2] = {0, 0}, counts[2] = {0, 0};
    double half(int which) const { return counts[which] > 0 ? sums[which] / counts[which] : unknown; }
    double mean() const { return (sums[0] + sums[1]) / (counts[0] + counts[1]); }
  };

  template <class Use>
  void for_each(const SingleChange& pair, Use&& use) const {
    const auto from = static_cast<std::int64_t>(pair.from), to = static_cast<std::int64_t>(pair.to);
    for (auto at = cells_.lower_bound({from, 0}); at != cells_.end() && at->first.first == from; ++at) {
      const auto other = cells_.find({to, at->first.second});
      if (other != cells_.end()) use(at->second, other->second);
    }
  }

 private:
  std::map<std::pair<std::int64_t, std::int64_t>, Cell> cells_;
};

}  // namespace

SingleChanges single_changes(const std::vector<DesignAxis>& axes, std::size_t factor) {
  const auto& centres = axes[factor].centres;
  if (std::any_of(centres.begin(), centres.end(), [](std::int64_t centre) { return centre >= 0; }))
    return of_radial(axes, factor);
  return is_grid(axes) ? of_grid(axes, factor) : SingleChanges{};
}

Alone what_it_changes(const SingleChanges& changes, const std::vector<NumberAt>& numbers) {
  if (changes.pairs.empty()) return {};
  const Means means(numbers);
  double squares = 0, count = 0, sum = 0, size = 0, way = 0;
  for (const SingleChange& pair : changes.pairs) {
    means.for_each(pair, [&](const Means::Cell& from, const Means::Cell& to) {
      const double change = to.mean() - from.mean();
      const double product = (to.half(0) - from.half(0)) * (to.half(1) - from.half(1));
      squares += std::isnan(product) ? change * change : product;
      count += 1;
      if (!pair.neighbours || pair.step == 0) return;
      sum += pair.step > 0 ? change : -change;
      size += std::abs(change);
      way += std::abs(pair.step);
    });
  }
  Sample all;
  for (const NumberAt& at : numbers) {
    if (changes.centres[static_cast<std::size_t>(at.point)]) all.push_back(at.number);
  }
  Alone alone;
  const double variance = variance_of(all);
  if (count > 0 && variance > 0) alone.total = std::max(0.0, changes.share * squares / count / 2 / variance);
  if (way > 0) {
    alone.effect = sum / way;
    alone.effect_size = size / way;
  }
  return alone;
}

}  // namespace ondol
