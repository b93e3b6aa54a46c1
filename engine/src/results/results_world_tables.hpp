// Tables of the world as a whole: flows of money, signals, goods, and sums over populations.
#pragma once

#include "model/model.hpp"
#include "results/results_tables.hpp"

namespace ondol {

ResultTable flow_table(const Model& model);
ResultTable signal_table();
ResultTable good_table();
ResultTable total_table();
ResultTable earnings_table(const Model& model);
ResultTable installed_table(const Model& model);

}  // namespace ondol
