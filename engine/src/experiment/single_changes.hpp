// What one factor alone changes: total Sobol indices and elementary effects, of designs in which points differ in one.
#pragma once

#include "experiment/statistics.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ondol {

struct DesignAxis {
  Sample values;                      // by point
  std::vector<std::int64_t> centres;  // by point: which differs from it in this factor alone; -1: none that is known
  bool is_number = true;
};

// Two points that differ in one factor alone.
struct SingleChange {
  std::size_t from = 0, to = 0;
  double step = 0;         // share of the factor's range; of values that are no numbers, all of it
  bool neighbours = true;  // with no level between them
};

struct SingleChanges {
  std::vector<SingleChange> pairs;
  // Of two independent draws of the factor, how often they are such a pair: of L levels, 1 - 1/L; of a range, always.
  double share = 1;
  std::vector<bool> centres;  // by point: whether it is a draw of all factors together
};

// Of one of the axes. No pairs where the design is neither radial nor a whole grid.
SingleChanges single_changes(const std::vector<DesignAxis>& axes, std::size_t factor);

// A number that a world has, and where the world is.
struct NumberAt {
  std::int64_t scenario = 0, point = 0;
  int half = 0;  // of the luck, 0 or 1
  double number = 0;
};

struct Alone {
  double total = unknown;                          // share of the numbers' variance
  double effect = unknown, effect_size = unknown;  // for all of the factor's range
};

// The total index by Jansen's formula (1999), from products of what pairs differ by in one half of the luck and in the
// other, so that luck adds nothing on average; where there is one half only, from squares. Effects are Morris's (1991),
// weighted by steps.
Alone what_it_changes(const SingleChanges& changes, const std::vector<NumberAt>& numbers);

}  // namespace ondol
