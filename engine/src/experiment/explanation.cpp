// What flips a comparison.
#include "experiment/box.hpp"
#include "experiment/experiment_results.hpp"
#include "experiment/single_changes.hpp"
#include "experiment/worlds.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/explanation.hpp>
#include <ondol/engine/plugins.hpp>

#include <boost/math/distributions/binomial.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <map>
#include <utility>

namespace ondol {

namespace {

// "a < b".
struct ArmsCompared {
  std::string left, sign, right;

  bool holds(double difference) const {
    if (sign == "<") return difference < 0;
    if (sign == "<=") return difference <= 0;
    return sign == ">" ? difference > 0 : difference >= 0;
  }
};

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

ArmsCompared parse(const std::string& when) {
  const std::size_t at = when.find_first_of("<>");
  if (at == std::string::npos)
    throw Error(ErrorCode::usage,
                fmt::format("--when '{}': expected a comparison of two arms, as \"tax < subsidy\"", when));
  const std::size_t length = when.compare(at + 1, 1, "=") == 0 ? 2 : 1;
  return {trimmed(when.substr(0, at)), when.substr(at, length), trimmed(when.substr(at + length))};
}

std::size_t position_of(const std::string& name, const std::vector<std::string>& names, const char* what) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end())
    throw Error(ErrorCode::usage, fmt::format("the experiment has no {} '{}'{}", what, name, suggest(name, names)));
  return static_cast<std::size_t>(found - names.begin());
}

struct FactorName {
  std::string name, unit, group;
};

// Levels of a factor, or as many equal parts of its worlds, that a mean is taken of.
constexpr std::size_t most_levels = 12;
constexpr std::size_t parts = 10;

// Which part of its axis every world is in, and where the parts are.
struct Cut {
  std::vector<std::size_t> part_of;  // by world
  Sample centres;
};

Cut cut(const Sample& at) {
  Sample levels = at;
  std::sort(levels.begin(), levels.end());
  Sample distinct = levels;
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  Sample last;  // of each part
  if (distinct.size() <= most_levels) {
    last = distinct;
  } else {
    for (std::size_t part = 1; part <= parts; ++part) last.push_back(levels[part * levels.size() / parts - 1]);
    last.erase(std::unique(last.begin(), last.end()), last.end());
  }
  Cut made;
  Sample sums(last.size(), 0.0), counts(last.size(), 0.0);
  for (const double value : at) {
    const auto part = static_cast<std::size_t>(std::lower_bound(last.begin(), last.end(), value) - last.begin());
    made.part_of.push_back(part);
    sums[part] += value;
    counts[part] += 1;
  }
  for (std::size_t part = 0; part < last.size(); ++part) made.centres.push_back(sums[part] / counts[part]);
  return made;
}

// Means of some worlds' numbers in each part; unknown where there are none.
Sample means_by_part(const Cut& cut, const Sample& numbers, const std::vector<bool>& chosen) {
  Sample sums(cut.centres.size(), 0.0), counts(cut.centres.size(), 0.0);
  for (std::size_t w = 0; w < numbers.size(); ++w) {
    if (!chosen[w]) continue;
    sums[cut.part_of[w]] += numbers[w];
    counts[cut.part_of[w]] += 1;
  }
  for (std::size_t part = 0; part < sums.size(); ++part)
    sums[part] = counts[part] > 0 ? sums[part] / counts[part] : unknown;
  return sums;
}

// Where a line through neighbouring means crosses nothing.
std::vector<double> crossings(const Sample& centres, const Sample& means) {
  std::vector<double> found;
  for (std::size_t i = 0; i + 1 < means.size(); ++i) {
    const double a = means[i], b = means[i + 1];
    if ((a < 0 && b > 0) || (a > 0 && b < 0)) found.push_back(centres[i] + (centres[i + 1] - centres[i]) * a / (a - b));
  }
  return found;
}

// The share of the variance between parts (Plischke, Borgonovo and Smith 2013), less what chance alone puts there
// (adjusted as a coefficient of determination).
double first_order_index(const Cut& cut, const Sample& numbers, const std::vector<bool>& chosen) {
  const Sample means = means_by_part(cut, numbers, chosen);
  Sample all;
  double within = 0;
  for (std::size_t w = 0; w < numbers.size(); ++w) {
    if (!chosen[w]) continue;
    all.push_back(numbers[w]);
    within += std::pow(numbers[w] - means[cut.part_of[w]], 2);
  }
  const double n = static_cast<double>(all.size()), k = static_cast<double>(cut.centres.size());
  const double total = variance_of(all) * (n - 1);
  if (!(total > 0) || n <= k) return unknown;
  return std::max(0.0, 1 - within / (n - k) * (n - 1) / total);
}

class Explainer {
 public:
  Explainer(const std::filesystem::path& results, const std::string& when, const std::string& outcome,
            const std::string& scenario)
      : database_(results, Database::Opening::existing), when_(parse(when)) {
    check_experiment_results(database_, results);
    read_outcome(outcome);
    read_axes();
    read_worlds(scenario);
  }

  Explanation explain() {
    explanation_.statement = fmt::format("{} {} {}", when_.left, when_.sign, when_.right);
    explanation_.worlds = std::ssize(differences_);
    if (differences_.empty())
      throw Error(ErrorCode::usage, fmt::format("there is no world in which both '{}' and '{}' came to a value",
                                                when_.left, when_.right));
    count();
    explanation_.can_tell_factors = explanation_.points > std::ssize(axes_);
    for (std::size_t f = 0; f < axes_.size(); ++f) explanation_.factors.push_back(part_of(f));
    std::stable_sort(explanation_.factors.begin(), explanation_.factors.end(),
                     [](const FactorPart& a, const FactorPart& b) { return a.index > b.index; });
    find_groups();
    explanation_.order_is_stable = explanation_.can_tell_factors && first_in(0) == first_in(1);
    if (explanation_.can_tell_factors && explanation_.share > 0 && explanation_.share < 1) find_where();
    write();
    return std::move(explanation_);
  }

 private:
  // The factor with the largest index in a half.
  std::string first_in(int half) const {
    const auto& factors = explanation_.factors;
    const auto first = std::max_element(factors.begin(), factors.end(), [half](const auto& a, const auto& b) {
      return a.index_of_halves[half] < b.index_of_halves[half];
    });
    return first == factors.end() ? "" : first->factor;
  }

  void read_outcome(const std::string& wanted) {
    std::vector<std::string> names;
    std::string primary;
    std::map<std::string, std::pair<std::int64_t, int>> known;
    Query query(database_, "SELECT name, position, better, is_primary FROM outcome_list ORDER BY position");
    while (query.next()) {
      names.push_back(query.text(0));
      known[query.text(0)] = {query.whole(1), static_cast<int>(query.whole(2))};
      if (query.whole(3) == 1) primary = query.text(0);
    }
    explanation_.outcome = wanted.empty() ? primary : names[position_of(wanted, names, "outcome")];
    std::tie(outcome_, better_) = known.at(explanation_.outcome);
  }

  // Values of a list that all begin with a number are numbers, too.
  void read_axes() {
    Query factors(database_, "SELECT name, unit, group_name FROM factor ORDER BY position");
    while (factors.next()) {
      groups_[factors.text(2)].push_back(names_.size());
      names_.push_back({factors.text(0), factors.text(1), factors.text(2)});
    }
    axes_.resize(names_.size());
    std::vector<Sample> positions(axes_.size()), numbers(axes_.size());
    Query levels(database_, "SELECT factor, value, setting, centre FROM design ORDER BY factor, point");
    while (levels.next()) {
      const auto f = static_cast<std::size_t>(levels.whole(0));
      positions[f].push_back(levels.number(1));
      std::string text = levels.text(2);
      text.erase(0, text.find_first_not_of("\"' "));
      double number = 0;
      const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
      axes_[f].is_number &= failure == std::errc();
      numbers[f].push_back(number);
      axes_[f].centres.push_back(levels.is_null(3) ? -1 : levels.whole(3));
    }
    for (std::size_t f = 0; f < axes_.size(); ++f) axes_[f].values = axes_[f].is_number ? numbers[f] : positions[f];
  }

  // By point: which of them stay together in one half, where halves are of points.
  std::vector<std::int64_t> groups_of_points() const {
    std::vector<std::int64_t> groups;
    const std::size_t points = axes_.empty() ? 1 : axes_.front().values.size();
    std::int64_t group = -1;
    for (std::size_t point = 0; point < points; ++point) {
      group += std::none_of(axes_.begin(), axes_.end(), [&](const auto& axis) { return axis.centres[point] >= 0; });
      groups.push_back(group);
    }
    return groups;
  }

  // Not every second one: of a Sobol sequence, those lie in one half of the first factor.
  static bool in_first_half(std::int64_t group) { return std::popcount(static_cast<std::uint64_t>(group)) % 2 == 0; }

  void read_worlds(const std::string& scenario) {
    const std::vector<std::string> arms = arms_of(database_);
    const std::size_t left = position_of(when_.left, arms, "arm"), right = position_of(when_.right, arms, "arm");
    const auto only = scenario.empty()
                          ? std::int64_t{-1}
                          : static_cast<std::int64_t>(position_of(scenario, scenarios_of(database_), "scenario"));
    std::vector<ArmsInWorld> worlds = worlds_of(database_, outcome_);
    // In a grid, each half needs every point, or it would look elsewhere.
    const bool has_replicates =
        std::any_of(worlds.begin(), worlds.end(), [](const ArmsInWorld& w) { return w.replicate > 0; });
    const std::vector<std::int64_t> groups = groups_of_points();
    explanation_.points = groups.back() + 1;
    const bool is_radial = std::any_of(axes_.begin(), axes_.end(), [](const DesignAxis& axis) {
      return std::any_of(axis.centres.begin(), axis.centres.end(), [](std::int64_t centre) { return centre >= 0; });
    });
    explanation_.halves_of_points = groups.back() > 0 && (!has_replicates || is_radial || points_are_draws(database_));
    for (ArmsInWorld& world : worlds) {
      const double difference = world.values[left] - world.values[right];
      if (std::isnan(difference) || (only >= 0 && world.scenario != only)) continue;
      differences_.push_back(difference);
      holds_.push_back(when_.holds(difference));
      const bool first = (explanation_.halves_of_points ? in_first_half(groups[static_cast<std::size_t>(world.point)])
                                                        : world.replicate % 2 == 0);
      halves_[0].push_back(first);
      halves_[1].push_back(!first);
      everywhere_.push_back(true);
      Sample& place = places_.emplace_back();
      for (const DesignAxis& axis : axes_) place.push_back(axis.values[static_cast<std::size_t>(world.point)]);
      values_.push_back(std::move(world.values));
      where_.push_back({world.scenario, world.point, 0, difference});
      replicates_.push_back(world.replicate);
    }
  }

  // Replicates of one point and scenario are no independent worlds: then each place counts once, with its share.
  void count() {
    std::map<std::pair<std::int64_t, std::int64_t>, Sample> places;
    for (std::size_t w = 0; w < holds_.size(); ++w)
      places[{where_[w].point, where_[w].scenario}].push_back(holds_[w] ? 1.0 : 0.0);
    const auto held = static_cast<double>(std::count(holds_.begin(), holds_.end(), true));
    explanation_.share = held / static_cast<double>(holds_.size());
    if (places.size() == 1 || places.size() == holds_.size()) return count_alone(held);
    Sample shares;
    for (const auto& [where, of_place] : places) shares.push_back(mean_of(of_place));
    const Interval interval = interval_of_mean(shares, 0.95);
    explanation_.low = std::max(0.0, interval.low);
    explanation_.high = std::min(1.0, interval.high);
  }

  void count_alone(double held) {
    using boost::math::binomial;
    const double n = static_cast<double>(holds_.size());
    explanation_.low = held == 0 ? 0 : binomial::find_lower_bound_on_p(n, held, 0.025);
    explanation_.high = held == n ? 1 : binomial::find_upper_bound_on_p(n, held, 0.025);
  }

  FactorPart part_of(std::size_t f) const {
    FactorPart part;
    part.factor = names_[f].name;
    part.unit = names_[f].unit;
    Sample at;
    for (const Sample& place : places_) at.push_back(place[f]);
    const Cut parts_of_axis = cut(at);
    if (explanation_.can_tell_factors) {
      part.index = first_order_index(parts_of_axis, differences_, everywhere_);
      for (int half : {0, 1})
        part.index_of_halves[half] = first_order_index(parts_of_axis, differences_, halves_[half]);
    }
    if (groups_.at(names_[f].group).size() == 1) find_alone(f, part);
    find_value(parts_of_axis, part);
    if (!axes_[f].is_number) return part;
    const auto thresholds = [&](const std::vector<bool>& chosen) {
      return crossings(parts_of_axis.centres, means_by_part(parts_of_axis, differences_, chosen));
    };
    part.thresholds = thresholds(everywhere_);
    for (int half : {0, 1}) part.thresholds_of_halves[half] = thresholds(halves_[half]);
    part.stable = are_stable(part, parts_of_axis.centres);
    return part;
  }

  static bool are_stable(const FactorPart& part, const Sample& centres) {
    const auto& a = part.thresholds_of_halves[0];
    const auto& b = part.thresholds_of_halves[1];
    if (a.size() != b.size() || a.size() != part.thresholds.size()) return false;
    double widest = 0;
    for (std::size_t i = 0; i + 1 < centres.size(); ++i) widest = std::max(widest, centres[i + 1] - centres[i]);
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (std::abs(a[i] - b[i]) > widest) return false;
    }
    return true;
  }

  void find_alone(std::size_t f, FactorPart& part) const {
    const SingleChanges changes = single_changes(axes_, f);
    const Alone alone = what_it_changes(changes, numbers_of(everywhere_, 1));
    part.total = alone.total;
    part.effect = alone.effect;
    part.effect_size = alone.effect_size;
    for (int half : {0, 1}) part.total_of_halves[half] = total_in_half(changes, half);
  }

  void find_groups() {
    for (const auto& [name, factors] : groups_) {
      if (factors.size() == 1) continue;
      const SingleChanges changes = single_changes(axes_, factors.front());
      if (changes.pairs.empty()) continue;
      GroupPart& part = explanation_.groups.emplace_back();
      part.group = name;
      part.factors = std::ssize(factors);
      part.total = what_it_changes(changes, numbers_of(everywhere_, 1)).total;
      for (int half : {0, 1}) part.total_of_halves[half] = total_in_half(changes, half);
    }
    std::stable_sort(explanation_.groups.begin(), explanation_.groups.end(),
                     [](const GroupPart& a, const GroupPart& b) { return a.total > b.total; });
  }

  // Of halves of the luck, each has every second of its replicates to set against the others.
  double total_in_half(const SingleChanges& changes, int half) const {
    return what_it_changes(changes, numbers_of(halves_[half], explanation_.halves_of_points ? 1 : 2)).total;
  }

  // `of`: 1 for all replicates; 2 for every second one of them.
  std::vector<NumberAt> numbers_of(const std::vector<bool>& chosen, std::int64_t of) const {
    std::vector<NumberAt> numbers;
    for (std::size_t w = 0; w < where_.size(); ++w) {
      if (!chosen[w]) continue;
      numbers.push_back(where_[w]);
      numbers.back().half = static_cast<int>(replicates_[w] / of % 2);
    }
    return numbers;
  }

  // What the best arm of every part gains over the best arm of all. Chosen on one half of the worlds and reckoned on
  // the other, so that chance is not taken for knowledge.
  void find_value(const Cut& parts_of_axis, FactorPart& part) const {
    part.value_of_knowing = 0;
    for (int half : {0, 1}) {
      part.value_of_halves[half] =
          better_ == 0 ? unknown : gain_of_knowing(parts_of_axis, halves_[1 - half], halves_[half]);
      part.value_of_knowing += part.value_of_halves[half] / 2;
    }
  }

  double gain_of_knowing(const Cut& parts_of_axis, const std::vector<bool>& known,
                         const std::vector<bool>& judged) const {
    const std::size_t arms = values_.front().size(), count = parts_of_axis.centres.size();
    std::vector<Sample> sums(count, Sample(arms, 0.0));
    Sample total(arms, 0.0);
    for (std::size_t w = 0; w < values_.size(); ++w) {
      if (!known[w] || !is_complete(values_[w])) continue;
      for (std::size_t arm = 0; arm < arms; ++arm) {
        sums[parts_of_axis.part_of[w]][arm] += better_ * values_[w][arm];
        total[arm] += better_ * values_[w][arm];
      }
    }
    const auto best = [](const Sample& sample) {
      return static_cast<std::size_t>(std::max_element(sample.begin(), sample.end()) - sample.begin());
    };
    Sample gains;
    for (std::size_t w = 0; w < values_.size(); ++w) {
      if (judged[w] && is_complete(values_[w]))
        gains.push_back(better_ * (values_[w][best(sums[parts_of_axis.part_of[w]])] - values_[w][best(total)]));
    }
    return mean_of(gains);
  }

  static bool is_complete(const Sample& values) {
    return std::none_of(values.begin(), values.end(), [](double value) { return std::isnan(value); });
  }

  // The factors that matter most, as far as a box can say of so many worlds.
  std::vector<std::size_t> sides() const {
    constexpr std::size_t most_sides = 10;
    std::vector<std::size_t> chosen;
    for (const FactorPart& part : explanation_.factors) {
      if (chosen.size() == most_sides) break;
      chosen.push_back(static_cast<std::size_t>(
          std::find_if(names_.begin(), names_.end(), [&](const auto& name) { return name.name == part.factor; }) -
          names_.begin()));
    }
    return chosen;
  }

  // The box is found on all worlds; how well one found on a half does on the other says whether to rely on it.
  void find_where() {
    if (axes_.empty()) return;
    const std::vector<std::size_t> factors = sides();
    std::vector<Sample> within;  // by world, along those factors
    for (const Sample& place : places_) {
      Sample& at = within.emplace_back();
      for (const std::size_t f : factors) at.push_back(place[f]);
    }
    const Box box = find_box(within, holds_);
    explanation_.coverage = box.coverage;
    explanation_.density = box.density;
    const auto half = [&](int which) {
      std::pair<std::vector<Sample>, std::vector<bool>> chosen;
      for (std::size_t w = 0; w < within.size(); ++w) {
        if (!halves_[which][w]) continue;
        chosen.first.push_back(within[w]);
        chosen.second.push_back(holds_[w]);
      }
      return chosen;
    };
    const auto [places, holds] = half(0);
    const auto [other_places, other_holds] = half(1);
    explanation_.density_other_half = density_of(find_box(places, holds), other_places, other_holds);
    for (std::size_t side = 0; side < factors.size(); ++side) {
      const Sample& values = axes_[factors[side]].values;
      const auto [low, high] = std::minmax_element(values.begin(), values.end());
      const FactorName& name = names_[factors[side]];
      if (box.low[side] > *low || box.high[side] < *high)
        explanation_.box.push_back({name.name, name.unit, box.low[side], box.high[side]});
    }
  }

  void write() {
    database_.execute("BEGIN IMMEDIATE");
    database_.execute(create_explanation_tables());
    Statement row(database_,
                  "INSERT OR REPLACE INTO explanation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (const FactorPart& part : explanation_.factors) {
      row.bind(1, explanation_.outcome).bind(2, explanation_.statement).bind(3, part.factor).bind(4, part.unit);
      row.bind(5, fmt::format("{}", fmt::join(part.thresholds, " "))).bind(6, std::int64_t{part.stable});
      row.bind(7, part.index).bind(8, part.index_of_halves[0]).bind(9, part.index_of_halves[1]);
      row.bind(10, part.total).bind(11, part.total_of_halves[0]).bind(12, part.total_of_halves[1]);
      row.bind(13, part.effect).bind(14, part.effect_size).bind(15, part.value_of_knowing);
      row.bind(16, part.value_of_halves[0]).bind(17, part.value_of_halves[1]).run();
    }
    Statement group(database_, "INSERT OR REPLACE INTO explanation_group VALUES (?, ?, ?, ?, ?, ?, ?)");
    for (const GroupPart& part : explanation_.groups) {
      group.bind(1, explanation_.outcome).bind(2, explanation_.statement).bind(3, part.group).bind(4, part.factors);
      group.bind(5, part.total).bind(6, part.total_of_halves[0]).bind(7, part.total_of_halves[1]).run();
    }
    Statement side(database_, "INSERT OR REPLACE INTO explanation_box VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    for (const BoxSide& s : explanation_.box) {
      side.bind(1, explanation_.outcome)
          .bind(2, explanation_.statement)
          .bind(3, s.factor)
          .bind(4, s.low)
          .bind(5, s.high);
      side.bind(6, explanation_.coverage).bind(7, explanation_.density).bind(8, explanation_.density_other_half).run();
    }
    database_.execute("COMMIT");
  }

  Database database_;
  const ArmsCompared when_;
  Explanation explanation_;
  std::int64_t outcome_ = 0;
  int better_ = 1;
  std::vector<FactorName> names_;
  std::map<std::string, std::vector<std::size_t>> groups_;  // by name: positions of factors
  std::vector<DesignAxis> axes_;
  // By world.
  std::vector<NumberAt> where_;
  std::vector<std::int64_t> replicates_;
  Sample differences_;
  std::vector<bool> holds_, everywhere_, halves_[2];
  std::vector<Sample> places_, values_;
};

}  // namespace

Explanation explain(const std::filesystem::path& results, const std::string& when, const std::string& outcome,
                    const std::string& scenario) {
  return Explainer(results, when, outcome, scenario).explain();
}

}  // namespace ondol
