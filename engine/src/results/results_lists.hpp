// Tables that do not grow with every tick: the run, what it is made of, and lists that give numbers their names.
#pragma once

#include "results/results_tables.hpp"

#include <string>
#include <vector>

namespace ondol {

const std::vector<Described>& constant_tables();

// Of the run, in its table and in the view over it, which differ in what they know of the status.
std::vector<ResultColumn> run_columns(const std::string& status);

}  // namespace ondol
