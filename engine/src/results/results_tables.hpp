// What tables and views of a results file are made of, whatever they are about.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace ondol {

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

// A table that is written once, or a view that answers a question.
struct Described {
  const char* name;
  std::string sql;  // columns of a table, or SELECT of a view
  std::vector<ResultColumn> columns;
};

// What tables of ticks start with, and their views.
inline const ResultColumn tick_column = {"tick", "1", "tick, from 0", true};

inline const std::vector<ResultColumn> date_columns = {
    {"date", "date", "first day of the tick; empty without a calendar"},
    {"year", "1", "its year", true},
    {"month", "1", "its month, from 1", true},
    {"tick", "1", "tick, from 0", true}};

// What every view starts with. Joins are such that SQLite leaves out those of which a question uses no column, and
// begins with the one that a question narrows down.
inline const std::string select_dates = "SELECT t.date, t.year, t.month, d.tick";
inline const std::string join_dates = " d LEFT JOIN tick_list t ON t.tick = d.tick";

void append(std::vector<ResultColumn>& columns, const std::vector<ResultColumn>& more);

// Columns as a SELECT lists them, each with the prefix; and sums of each.
std::string name_list(const std::vector<ResultColumn>& columns, const std::string& prefix);
std::string sums_of(const std::vector<ResultColumn>& columns);

}  // namespace ondol
