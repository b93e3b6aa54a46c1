// Where a number came from, remembered for the results.
#pragma once

#include "loading/reading.hpp"

#include <string>

namespace ondol {

// { value = ..., source = "...", status = "sourced", low = ..., high = ... }
bool has_source_beside(const Toml& node);
// The value in such a table, whose source is remembered.
Toml value_beside_source(const Reading& world, const Toml& node);

// Of a value as it is read; `expression` where it is derived by one.
void record_input(const Reading& world, const Toml& node, const Quantity& quantity, const std::string& expression = "");
// Of a cell of a table of data, whose row may say source, status and range: in `low` and `high`, or, where it has
// several numbers, in those of the column.
void record_cell(const Reading& world, const DataTable& table, const DataRow& row, const std::string& name,
                 const Quantity& quantity, const std::string& column = "");
// Of a parameter that the world leaves to its kind, whose default is assumed.
void record_assumption(const Reading& world, const KindDescription& kind, const FieldDescription& field,
                       const Unit& unit);

}  // namespace ondol
