// Years that are over, added up once, so that questions about years do not go through ticks.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace ondol {

// A table of sums by year over one that grows by ticks. In its SQL, `d` are rows of that, `t` their ticks.
struct YearTable {
  std::string name;
  std::size_t source;  // in Schema::tables
  std::string data;    // name of its base table
  std::string keys;    // besides the year
  std::string sum;     // what is added up, and its column
  std::string joins;
  std::vector<std::string> indices;  // columns of each
};
const std::vector<YearTable>& year_tables();

// The sums that the table does not have yet, up to a row of its source, as a SELECT of its columns.
std::string sums_of_rest(const YearTable& table, const std::string& last_row);

// What it will say of the year under way, which is none once a run has ended, to stand in a FROM. Views give both, one
// behind the other, so that SQLite looks up in the table what a question asks for.
std::string year_under_way(const std::string& year_table);

}  // namespace ondol
