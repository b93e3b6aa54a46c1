// The table of who is tied to whom.
#pragma once

#include "model/model.hpp"
#include "results/results_tables.hpp"

#include <string>
#include <vector>

namespace ondol {

// Numbers on ties of the relations that are recorded: one column for all that have a name in common.
std::vector<std::string> tie_columns(const Model& model);

ResultTable relation_table(const Model& model);

}  // namespace ondol
