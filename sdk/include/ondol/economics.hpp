/// Arithmetic that rules of many kinds share: expectations, ratios, growth over a year, drawing one of many.
///
/// Nothing here knows any industry. Include it beside <ondol/sdk.hpp>.
#pragma once

#include <ondol/agent.hpp>
#include <ondol/math.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace ondol {

/// Months in a tick; rates per month times this are rates per tick.
inline double months_per_tick(const Agent& self) { return 12.0 / self.ticks_per_year(); }

/// Adaptive expectation: `expected` moved by the share `speed` (clipped to 0..1) towards `observed`.
inline double smooth(double expected, double observed, double speed) {
  return expected + std::clamp(speed, 0.0, 1.0) * (observed - expected);
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
/// agent. They are then reckoned once for many agents.
template <class Range, class Weight>
auto draw_by_common_weight(Agent& self, const Range& range, double uniform, Weight&& weight) {
  detail::Weights& weights = self.common_weights();
  const void* mark = &detail::type_mark<std::remove_cvref_t<Weight>>;
  if (std::exchange(weights.whose, mark) != mark) detail::reckon(range, weight, weights);
  return detail::pick(range, uniform, weight, weights);
}

}  // namespace ondol
