// The views that answer common questions.
#pragma once

#include "results/results_tables.hpp"

#include <vector>

namespace ondol {

const std::vector<Described>& question_views();

}  // namespace ondol
