// Tables of agents: their books, what they hold and sell, and the state of each kind.
#pragma once

#include "model/model.hpp"
#include "results/results_tables.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ondol {

// A state field's component, as a column.
struct StateColumn {
  Index field = 0;
  std::uint32_t component = 0;
  bool total = false;  // of a pipeline
  ResultColumn column;
};

std::vector<StateColumn> state_columns(const Model& model, Index kind);

ResultTable books_table(const Model& model);
ResultTable holding_table(const Model& model);
ResultTable sale_table(const Model& model);
ResultTable kind_table(const Model& model, Index kind);

}  // namespace ondol
