// What a results file holds: its tables, views, and a sentence with a unit for every column.
#pragma once

#include "model/model.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace ondol {

// The time, in statements.
inline const std::string sql_now = "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')";

struct ResultColumn {
  std::string name;
  std::string unit;
  std::string doc;
  bool integer = false;
  bool is_agent = false;  // an agent's id, which may be empty
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

std::vector<StateColumn> state_columns(const Model& model, Index kind);

// A column of an agents' table, summed up over a population.
struct Total {
  Index population = 0;
  std::string table;
  std::string item;  // the good or market that the column is of; empty for others
  std::string column, unit;
  double scale = 1;  // of what is added, per unit
};

std::string instrument_unit(const Model& model, Index instrument);

// Of the quantities that a market trades: the unit, and smallest ones per unit.
std::string market_unit(const Model& model, const MarketModel& market);
double market_scale(const Model& model, Index market);
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

// Numbers on ties of the relations that are recorded: one column for all that have a name in common.
std::vector<std::string> tie_columns(const Model& model);

// A kind that a results file cannot hold, because a table, view or column of it has a name that is taken; or the
// relations that are recorded.
struct NameClash {
  Index kind = 0;  // among Model::kinds; none: relations
  std::string what, advice;
};
std::vector<NameClash> name_clashes(const Model& model);

// A table that is written once, or a view that answers a question.
struct Described {
  const char* name;
  std::string sql;  // columns of a table, or SELECT of a view
  std::vector<ResultColumn> columns;
};
const std::vector<Described>& question_views();

// Statements that make the constant tables, the growing ones, and their documentation.
std::string create_tables(const Model& model, const Schema& schema);
std::string create_views(const Schema& schema);
// Made once all rows are there, which is faster than keeping them up to date.
std::string create_indices(const Schema& schema);

}  // namespace ondol
