// Tables that do not grow with every tick: the run, what it is made of, and lists that give numbers their names.
#pragma once

#include "results/results_tables.hpp"

#include <vector>

namespace ondol {

const std::vector<Described>& constant_tables();

}  // namespace ondol
