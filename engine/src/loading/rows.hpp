// Populations whose members are the rows of a table of data.
#pragma once

#include "loading/reading.hpp"

#include <string>
#include <vector>

namespace ondol {

// One row as a table of `populations` would say it.
struct PopulationRow {
  std::string name;
  const DataRow* row;
  Toml table;  // what the population says itself, over the row, over `standard`
};

// The rows that a population with `rows` is made of. A column fills what it is named after: the kind's field of that
// name, `label`, `region`, `count`, `room`, `layer`, `money`, or, with dots, a value such as holdings.GOOD.quantity.
std::vector<PopulationRow> rows_of(Reading& world, const std::string& group, const Toml& own,
                                   const std::optional<Toml>& standard, const DataTable& data,
                                   const KindDescription& kind);

// The table of data that `rows` names.
const DataTable& data_of_rows(const Reading& world, const Toml& at);

}  // namespace ondol
