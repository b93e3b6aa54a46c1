// What a results file holds: its tables, views, and a sentence with a unit for every column.
#pragma once

#include "model.hpp"

#include <string>
#include <vector>

namespace ondol {

struct ResultColumn {
  std::string name;
  std::string unit;
  std::string doc;
  bool integer = false;
};

// A table that grows by rows every tick, all numbers; the first column is the tick.
struct ResultTable {
  std::string name;  // of the base table
  std::string view;  // with names and dates in place of numbers
  std::string doc;
  std::vector<ResultColumn> columns;
  std::string view_sql;  // the SELECT of the view
  std::vector<ResultColumn> view_columns;
};

// A state field's component, as a column.
struct StateColumn {
  Index field = 0;
  std::uint32_t component = 0;
  bool total = false;  // of a pipeline
  ResultColumn column;
};

std::vector<StateColumn> state_columns(const Model& model, const KindDescription& kind);
const RecordModel::KindChoice* record_choice(const Model& model, const std::string& kind);

struct Schema {
  explicit Schema(const Model& model);
  std::vector<ResultTable> kinds;  // by Model::kinds
  ResultTable books, holding, market, sale, flow, signal, good;
  std::vector<const ResultTable*> tables() const;
};

// Statements that make the constant tables, the growing ones, and their documentation.
std::string create_tables(const Model& model, const Schema& schema);
std::string create_views(const Schema& schema);
// Made once all rows are there, which is faster than keeping them up to date.
std::string create_indices(const Schema& schema);

}  // namespace ondol
