// Populations whose members are the rows of a table of data.
#include "loading/rows.hpp"

#include "base/nearest.hpp"
#include "loading/kinds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace ondol {

namespace {

const std::vector<std::string> plain_keys = {"label", "region", "count", "room", "layer", "money"};
const std::vector<std::string> sections = {"params", "traits", "state", "holdings", "ports"};

// Where in a population's table a column belongs; empty where nowhere.
std::string way_of(const DataColumn& column, const KindDescription& kind, const Toml& at) {
  if (std::find(plain_keys.begin(), plain_keys.end(), column.name) != plain_keys.end()) return column.name;
  const std::string head = column.name.substr(0, column.name.find('.'));
  if (head != column.name)
    return std::find(sections.begin(), sections.end(), head) != sections.end() ? column.name : "";
  std::vector<std::string> ways;
  for (const FieldDescription& field : kind.fields) {
    if (field.name != column.name) continue;
    ways.push_back(std::string(section_of(field.role)) + "." + field.name);
  }
  if (ways.size() > 1)
    at.fail(fmt::format("column '{}' is a parameter and a state of kind '{}'; name it {} or {}", column.name, kind.name,
                        ways[0], ways[1]));
  return ways.empty() ? "" : ways[0];
}

bool is_whole(const std::string& text) {
  return !text.empty() && text.size() < 12 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void put(toml::table& table, const std::string& way, const std::string& cell, const std::string& unit) {
  const std::size_t dot = way.find('.');
  if (dot != std::string::npos) {
    const std::string head = way.substr(0, dot);
    if (!table.contains(head)) table.insert(head, toml::table{});
    if (toml::table* inner = table[head].as_table()) put(*inner, way.substr(dot + 1), cell, unit);
    return;
  }
  if ((way == "count" || way == "room") && is_whole(cell)) {
    table.insert_or_assign(way, static_cast<std::int64_t>(std::stoll(cell)));
  } else if (cell == "true" || cell == "false") {
    table.insert_or_assign(way, cell == "true");
  } else {
    table.insert_or_assign(way, unit.empty() || cell.starts_with('=') ? cell : cell + " " + unit);
  }
}

void make_inline(toml::table& table) {
  table.is_inline(true);
  for (auto&& [key, value] : table) {
    if (toml::table* inner = value.as_table()) make_inline(*inner);
  }
}

bool chosen(const Toml& own, const DataTable& data, const DataRow& row) {
  if (!own.has("where")) return true;
  for (const auto& [name, wanted] : own.at("where").entries()) {
    const Index c = data.column(name);
    if (c == none)
      wanted.fail(
          fmt::format("data '{}' has no column '{}'{}", data.name, name, suggestion(name, data.column_names())));
    data.used[c] = true;
    const std::vector<Toml> any_of = wanted.elements();
    if (std::none_of(any_of.begin(), any_of.end(), [&](const Toml& one) { return one.as_text() == row.cells[c]; }))
      return false;
  }
  return true;
}

void remember_cells(const Reading& world, const toml::node& node) {
  world.evaluation.cells.insert(&node);
  if (const toml::array* list = node.as_array()) {
    for (const toml::node& element : *list) remember_cells(world, element);
  } else if (const toml::table* table = node.as_table()) {
    for (const auto& [key, value] : *table) remember_cells(world, value);
  }
}

// Written as a list with a line each and read by the parser, which so knows every value's line in the table of data.
const toml::table& parsed_rows(Reading& world, const DataTable& data, const KindDescription& kind,
                               const std::vector<const DataRow*>& rows) {
  std::vector<std::string> ways;
  for (Index c = 0; c < data.columns.size(); ++c) {
    ways.push_back(data.is_of_another(c) ? "" : way_of(data.columns[c], kind, data.at.at("columns")));
    if (!ways.back().empty()) data.used[c] = true;
  }
  std::string text = "rows = [";
  std::int64_t line = 1;
  for (const DataRow* row : rows) {
    toml::table said;
    for (std::size_t c = 0; c < ways.size(); ++c) {
      if (!ways[c].empty() && !row->cells[c].empty()) put(said, ways[c], row->cells[c], data.columns[c].unit);
    }
    make_inline(said);
    for (; line < row->at.line(); ++line) text += '\n';
    std::ostringstream printed;
    printed << toml::toml_formatter(said);
    text += printed.str() + ", ";
  }
  world.made.push_back(parse_toml(text + "]", data.at.at("rows").file()));
  remember_cells(world, world.made.back());
  return world.made.back();
}

}  // namespace

const DataTable& data_of_rows(const Reading& world, const Toml& at) {
  std::vector<std::string> names;
  for (const DataTable& table : world.data) {
    if (table.name == at.as_text()) {
      if (table.one_number_a_row) at.fail(fmt::format("data '{}' has one number a row, not one member", table.name));
      return table;
    }
    names.push_back(table.name);
  }
  at.fail(fmt::format("there is no data '{}'{}", at.as_text(), suggestion(at.as_text(), names)));
}

std::vector<PopulationRow> rows_of(Reading& world, const std::string& group, const Toml& own,
                                   const std::optional<Toml>& standard, const DataTable& data,
                                   const KindDescription& kind) {
  const Index names = data.column("name");
  if (names == none)
    own.at("rows").fail(fmt::format("data '{}' has no column `name`, which names its members", data.name));
  data.used[names] = true;
  std::vector<const DataRow*> rows;
  for (const DataRow& row : data.rows) {
    if (chosen(own, data, row)) rows.push_back(&row);
  }
  if (rows.empty()) own.at("rows").fail(fmt::format("no row of data '{}' is chosen", data.name));
  const Toml parsed = Toml(parsed_rows(world, data, kind, rows), "", data.at.file()).at("rows");
  std::vector<PopulationRow> made;
  std::set<std::string> known;
  std::size_t i = 0;
  for (const Toml& at : parsed.elements()) {
    const DataRow& row = *rows[i++];
    const std::string& name = row.cells[names];
    if (name.empty() || name.find('.') != std::string::npos)
      row.at.fail(fmt::format("'{}' is no name of a member", name));
    if (!known.insert(name).second) row.at.fail(fmt::format("a member named '{}' is there already", name));
    const Toml of_row = at.named("populations." + group + "." + name);
    made.push_back({name, &row, own.over(standard ? of_row.over(*standard) : of_row)});
  }
  return made;
}

}  // namespace ondol
