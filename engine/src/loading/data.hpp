// Tables of data that a world takes its numbers from.
#pragma once

#include "loading/toml_document.hpp"
#include "model/model.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ondol {

struct DataColumn {
  std::string name;
  std::string unit;  // as the header says it in brackets; empty: texts, or numbers that say theirs
};

struct DataRow {
  Toml at;
  std::vector<std::string> cells;
  Index region = none;  // that its column `region` names
};

// One thing a row; or, with the columns `quantity` and `value`, one number a row, whose name is a quantity.
struct DataTable {
  std::string name;
  Toml at;
  std::vector<DataColumn> columns;
  std::vector<DataRow> rows;
  bool one_number_a_row = false;
  std::map<std::string, std::map<Index, const DataRow*>> quantities;  // by region; `none` for all others
  mutable std::vector<bool> used = {};                                // by column

  // Position of the column; none where there is no such.
  Index column(const std::string& wanted) const {
    for (Index c = 0; c < columns.size(); ++c) {
      if (columns[c].name == wanted) return c;
    }
    return none;
  }
  // Whether it says something of another column: its range in `revenue.low` and `revenue.high`, its source and status.
  bool is_of_another(Index c) const {
    const std::string& name = columns[c].name;
    for (const std::string end : {".low", ".high", ".source", ".status"}) {
      if (name.ends_with(end) && column(name.substr(0, name.size() - end.size())) != none) return true;
    }
    return false;
  }
  // What the row says in that column; empty where there is no such or nothing in it.
  std::string cell(const DataRow& row, const char* wanted) const {
    const Index c = column(wanted);
    return c == none ? "" : row.cells[c];
  }
  std::vector<std::string> column_names() const {
    std::vector<std::string> names;
    for (const DataColumn& known : columns) names.push_back(known.name);
    return names;
  }
};

}  // namespace ondol
