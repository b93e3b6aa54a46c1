// What series add up to until a horizon, discounted.
#pragma once

#include "experiment/worlds.hpp"
#include "results/sqlite.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ondol {

// A series whose arms are ranked.
struct RankedSeries {
  std::int64_t position = 0;
  std::string name;
  int better = 1;
  std::vector<double> horizons, discount_rates;  // one of each at least; a horizon that is unknown: to the end
};

struct PresentValues {
  double horizon = 0, discount_rate = 0;
  std::vector<ArmsInWorld> worlds;
};

std::vector<RankedSeries> ranked_series(Database& results);
// For each horizon and rate: the sum over the series' positions x less than a horizon H from its first one, x0, of
// value / (1 + rate)^(x - x0).
std::vector<PresentValues> present_values(Database& results, const RankedSeries& series);

}  // namespace ondol
