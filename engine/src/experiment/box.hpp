// Boxes in the space of factors (the patient rule induction method, PRIM; Friedman and Fisher 1999).
#pragma once

#include "experiment/statistics.hpp"

#include <vector>

namespace ondol {

struct Box {
  Sample low, high;  // by factor, ends included
  double coverage = 0, density = 0;

  bool holds(const Sample& place) const;
};

// `places` are by world, then factor. Peels off a twentieth of the worlds at a time, at the end of the factor that
// leaves most of what holds, and takes the box with the best balance (harmonic mean) of coverage and density on the
// way.
Box find_box(const std::vector<Sample>& places, const std::vector<bool>& holds);
// Of the worlds in it, the share in which it holds; unknown where there are none.
double density_of(const Box& box, const std::vector<Sample>& places, const std::vector<bool>& holds);

}  // namespace ondol
