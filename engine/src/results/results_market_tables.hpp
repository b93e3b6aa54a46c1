// Tables of markets: what each did in a tick, and who bought from whom.
#pragma once

#include "model/model.hpp"
#include "results/results_tables.hpp"

namespace ondol {

ResultTable market_table(const Model& model);
ResultTable fill_table(const Model& model);

}  // namespace ondol
