// What rows are found by.
#pragma once

#include "results/results_schema.hpp"

#include <string>
#include <vector>

namespace ondol {

std::vector<std::string> index_names(const ResultTable& table);
// Of the other tables.
std::vector<std::string> index_names();

// Made once all rows are there, which is faster than keeping them up to date.
std::string create_indices(const Schema& schema);

}  // namespace ondol
