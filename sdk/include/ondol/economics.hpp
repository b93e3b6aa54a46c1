/// Arithmetic that rules of many kinds share: rates whatever the tick, expectations, ratios, growth over a year,
/// drawing one of many.
///
/// Nothing here knows any industry. Include it beside <ondol/sdk.hpp>.
#pragma once

#include <ondol/agent.hpp>
#include <ondol/fields.hpp>
#include <ondol/math.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace ondol {

/// Months in a tick: for amounts per month, which add up. What compounds has functions of its own below.
inline double months_per_tick(const Agent& self) { return 12.0 / self.ticks_per_year(); }

/// What a share r a month (0..1, unit 1/month) takes of a stock in a tick: 1 - (1 - r)^months. After a year the same is
/// left whatever the tick, where nothing is added meanwhile.
inline double share_per_tick(const Agent& self, double monthly) {
  const double share = std::clamp(monthly, 0.0, 1.0);
  const double months = months_per_tick(self);
  return months == 1.0 ? share : 1.0 - pow(1.0 - share, months);
}

/// The factor by which what grows by g a year (unit 1/year, above -1) grows in a tick: (1 + g)^(1/ticks per year).
inline double growth_per_tick(const Agent& self, double yearly) {
  return pow(1.0 + yearly, 1.0 / self.ticks_per_year());
}

/// The chance that something of hazard h (unit 1/month) comes in a tick: 1 - exp(-h months).
inline double chance_per_tick(const Agent& self, double hazard) {
  return 1.0 - exp(-std::max(0.0, hazard) * months_per_tick(self));
}

/// Months that end with this tick, counted from the first: what is kept by the month (a Pipeline of months, a history)
/// moves so many places. 1 by the month, 3 by the quarter, at most 1 by the day.
inline int months_ending(const Agent& self) {
  const auto months = [&](std::int64_t ticks) {
    return static_cast<std::int64_t>(static_cast<double>(ticks) * 12.0 / self.ticks_per_year() + 1e-9);
  };
  return static_cast<int>(months(self.tick() + 1) - months(self.tick()));
}

/// Moves a pipeline whose places are months on by a tick, and returns what arrives.
template <std::size_t N>
double advance_by_months(const Agent& self, Pipeline<N>& pipeline) {
  double arriving = 0;
  for (int months = months_ending(self); months > 0; --months) arriving += pipeline.advance();
  return arriving;
}

/// Adaptive expectation: `expected` moved by the share `speed` (clipped to 0..1) towards `observed`.
inline double smooth(double expected, double observed, double speed) {
  return expected + std::clamp(speed, 0.0, 1.0) * (observed - expected);
}

/// The same in a tick, with the speed as a share of the gap a month.
inline double adapt(const Agent& self, double expected, double observed, double monthly_speed) {
  return smooth(expected, observed, share_per_tick(self, monthly_speed));
}

/// numerator / denominator, or `otherwise` where the denominator is not positive.
inline double ratio(double numerator, double denominator, double otherwise = 0.0) {
  return denominator > 0 ? numerator / denominator : otherwise;
}

/// `value` held between bounds that may come from a world file; `most` where they cross (std::clamp forbids that).
inline double between(double value, double least, double most) { return std::min(std::max(value, least), most); }

/// Drops the oldest of a history (its first element) and appends the newest.
template <std::size_t N>
void remember(std::array<double, N>& history, double newest) {
  std::copy(history.begin() + 1, history.end(), history.begin());
  history.back() = newest;
}

/// Growth per year from the first to the last of a history of consecutive ticks, or `otherwise` while its first
/// element is not positive yet.
template <std::size_t N>
double yearly_growth(const std::array<double, N>& history, double ticks_per_year, double otherwise) {
  static_assert(N > 1);
  if (!(history.front() > 0) || !(history.back() > 0)) return otherwise;
  return pow(history.back() / history.front(), ticks_per_year / static_cast<double>(N - 1)) - 1.0;
}

namespace detail {

template <class Range, class Weight>
void reckon(const Range& range, Weight& weight, Weights& weights) {
  std::size_t i = 0;
  weights.total = 0;
  for (const auto element : range) {
    const double part = weight(element);
    if (i < Weights::room) weights.kept[i] = part;
    ++i;
    weights.total += part;
  }
}

template <class Range, class Weight>
auto pick(const Range& range, double uniform, Weight& weight, const Weights& weights) {
  double left = uniform * weights.total;
  auto chosen = range.end();
  std::size_t i = 0;
  for (auto at = range.begin(); at != range.end(); ++at, ++i) {
    const double part = i < Weights::room ? weights.kept[i] : weight(*at);
    if (!(part > 0)) continue;
    chosen = at;
    left -= part;
    if (left < 0) break;
  }
  return chosen;
}

// One for each type, to tell types apart by its address.
template <class>
inline constexpr char type_mark = 0;

}  // namespace detail

/// The element of a range of offers or members that a uniform draw from (0, 1) falls on when each element has a part of
/// it in proportion to `weight(element)`, which must not be negative; the range's end when all weigh nothing.
template <class Range, class Weight>
auto draw_by_weight(const Range& range, double uniform, Weight&& weight) {
  detail::Weights weights;
  detail::reckon(range, weight, weights);
  return detail::pick(range, uniform, weight, weights);
}

/// The same where a range and its weights are those of all agents of a population: nothing in `weight` depends on the
/// agent. They are then reckoned once for many agents. `mark` tells them from others that the kind draws by: its type
/// does, unless one function serves several markets.
template <class Range, class Weight>
auto draw_by_common_weight(Agent& self, const Range& range, double uniform, Weight&& weight,
                           const void* mark = &detail::type_mark<std::remove_cvref_t<Weight>>) {
  detail::Weights& weights = self.common_weights();
  if (std::exchange(weights.whose, mark) != mark) detail::reckon(range, weight, weights);
  return detail::pick(range, uniform, weight, weights);
}

}  // namespace ondol
