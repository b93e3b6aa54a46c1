// Tables of data: their columns, regions and quantities.
#include "loading/data.hpp"

#include "loading/inputs.hpp"
#include "loading/sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace ondol {

namespace {

// "revenue [USD]" is the column `revenue` of numbers in USD.
DataColumn column_of(const Reading& world, const Toml& header) {
  const std::string text = header.as_text();
  const std::size_t open = text.find('[');
  DataColumn column{text.substr(0, open), ""};
  while (!column.name.empty() && column.name.back() == ' ') column.name.pop_back();
  if (column.name.empty()) header.fail("a column without a name");
  if (open == std::string::npos) return column;
  if (!text.ends_with(']')) header.fail(fmt::format("'{}', expected a unit in brackets at the end", text));
  column.unit = text.substr(open + 1, text.size() - open - 2);
  header.guarded([&] { return world.model.units.parse(column.unit); });
  return column;
}

std::string cell_of(const Toml& cell) {
  if (cell.is_text()) return cell.as_text();
  if (cell.is_boolean()) return cell.as_boolean() ? "true" : "false";
  return fmt::format("{}", cell.as_number());
}

void read_rows(const Reading& world, DataTable& table) {
  const Index in_region = table.column("region");
  if (!table.at.at("rows").is_array()) table.at.at("rows").fail("expected a list of rows");
  for (const Toml& at : table.at.at("rows").elements()) {
    if (!at.is_array()) at.fail("expected a row: a list of cells");
    DataRow row{at, {}, none};
    for (const Toml& cell : at.elements()) row.cells.push_back(cell_of(cell));
    if (row.cells.size() != table.columns.size())
      at.fail(fmt::format("{} cells, expected {} as in `columns`", row.cells.size(), table.columns.size()));
    if (in_region != none && !row.cells[in_region].empty() && row.cells[in_region] != "default")
      row.region = region(world, row.cells[in_region], at);
    table.rows.push_back(std::move(row));
  }
}

// Of several years the last, up to the one asked for; where there is none by then, the first one after it.
bool replaces(const std::string& year, const std::string& known, const std::string& asked) {
  const auto late = [&](const std::string& of) { return !asked.empty() && of.substr(0, asked.size()) > asked; };
  return late(year) ? late(known) && year < known : late(known) || year > known;
}

Quantity quantity_of(const Reading& world, const DataTable& table, const DataRow& row) {
  const std::string text = table.cell(row, "value");
  if (text.empty()) row.at.fail("an empty `value`");
  return row.at.guarded([&] { return world.model.units.parse_quantity(text + " " + table.cell(row, "unit")); });
}

void sort_by_quantity(const Reading& world, DataTable& table) {
  const std::string asked = table.at.has("year") ? fmt::format("{}", table.at.integer("year", 0)) : "";
  for (const DataRow& row : table.rows) {
    const std::string name = table.cell(row, "quantity");
    if (name.empty()) row.at.fail("an empty `quantity`");
    const auto [place, first] = table.quantities[name].emplace(row.region, &row);
    if (first) continue;
    const std::string year = table.cell(row, "year");
    const std::string known = table.cell(*place->second, "year");
    if (year == known) row.at.fail(fmt::format("quantity '{}' of this region and year is there already", name));
    if (replaces(year, known, asked)) place->second = &row;
  }
  for (const auto& [name, rows] : table.quantities) {
    for (const auto& [r, row] : rows) {
      const std::string where = r == none ? "" : "." + world.model.regions[r].name;
      record_cell(world, table, *row, "data." + table.name + "." + name + where, quantity_of(world, table, *row));
    }
  }
}

void record_cells(const Reading& world, const DataTable& table) {
  for (const DataRow& row : table.rows) {
    for (Index c = 0; c < table.columns.size(); ++c) {
      if (table.columns[c].unit.empty() || table.is_of_another(c)) continue;
      if (row.cells[c].empty() || row.cells[c].starts_with('=')) continue;
      const Quantity quantity =
          row.at.guarded([&] { return world.model.units.parse_quantity(row.cells[c] + " " + table.columns[c].unit); });
      const std::string name = table.cell(row, "name");
      record_cell(world, table, row,
                  fmt::format("data.{}.{}{}{}", table.name, table.columns[c].name, name.empty() ? "" : ".", name),
                  quantity, table.columns[c].name);
    }
  }
}

}  // namespace

void read_data(Reading& world) {
  for (const auto& [name, at] : world.root.optional_table("data").entries()) {
    DataTable& table = world.data.emplace_back(DataTable{name, at, {}, {}, false, {}});
    at.text("doc", "");
    at.integer("year", 0);
    std::set<std::string> names;
    for (const Toml& header : at.at("columns").elements()) {
      table.columns.push_back(column_of(world, header));
      if (!names.insert(table.columns.back().name).second)
        header.fail(fmt::format("two columns named '{}'", table.columns.back().name));
    }
    table.used.resize(table.columns.size());
    table.one_number_a_row = table.column("quantity") != none && table.column("value") != none;
    read_rows(world, table);
    if (table.one_number_a_row)
      sort_by_quantity(world, table);
    else
      record_cells(world, table);
    at.finish({"columns", "rows"});
  }
}

}  // namespace ondol
