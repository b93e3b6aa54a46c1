// What a results file holds: its tables, views, and a sentence with a unit for every column.
#pragma once

#include "model/model.hpp"
#include "results/results_tables.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace ondol {

// The time, in statements.
inline const std::string sql_now = "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')";

// A column of an agents' table, summed up over a population.
struct Total {
  Index population = 0;
  std::string table;
  std::string item;  // the good or market that the column is of; empty for others
  std::string column, unit;
  double scale = 1;  // of what is added, per unit
};

// Whether the port has sales to record.
bool sells(const PortModel& port);

struct Schema {
  explicit Schema(const Model& model);
  enum : std::size_t {
    books,
    holding,
    market,
    sale,
    flow,
    signal,
    good,
    instrument,
    total,
    earnings,
    installed,
    ties,
    fill,
    first_kind
  };
  std::vector<ResultTable> tables;  // in that order, then one by each of Model::kinds
  std::vector<Total> totals;
  std::vector<std::size_t> first_total;  // by population, and the end
};

// Tables whose rows only come behind one another, so that a number of rows says what was there.
std::vector<std::string> tables_that_grow(const Schema& schema);

// Statements that make the constant tables, the growing ones, and their documentation.
std::string create_tables(const Model& model, const Schema& schema);
std::string create_views(const Schema& schema);

}  // namespace ondol
