// Where a number came from, remembered for the results.
#include "loading/inputs.hpp"

#include "base/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ondol {

namespace {

const std::vector<std::string> statuses = {"sourced", "estimated", "assumed"};

void check_status(const InputModel& input, const Toml& at) {
  if (input.status.empty()) return;
  if (std::find(statuses.begin(), statuses.end(), input.status) == statuses.end())
    at.fail(fmt::format("status '{}'{}", input.status, suggestion(input.status, statuses)));
  if (input.status == "sourced" && input.source.empty()) at.fail("is sourced, and does not say its `source`");
}

void check_range(const InputModel& input, const Toml& at) {
  const bool inside = input.low.value_or(input.value) <= input.value && input.value <= input.high.value_or(input.value);
  if (!inside)
    at.fail(fmt::format("{} {} lies outside its own range, {} to {}", input.value, input.unit,
                        input.low ? fmt::format("{}", *input.low) : "any",
                        input.high ? fmt::format("{}", *input.high) : "any"));
}

void add_input(const Reading& world, const Toml& at, InputModel input) {
  input.file = at.file();
  input.line = at.line();
  world.evaluation.inputs.push_back(std::move(input));
}

Quantity bound_of(const Reading& world, const Toml& at) {
  if (at.is_text()) return at.guarded([&] { return world.model.units.parse_quantity(at.as_text()); });
  return {at.as_number(), Unit(), ""};
}

// In the value's own unit.
double bound(const Reading& world, const Toml& at, const Unit& unit) {
  return at.guarded([&] { return world.model.units.convert(bound_of(world, at), unit); });
}

}  // namespace

bool has_source_beside(const Toml& node) { return node.is_table() && node.has("value"); }

Toml value_beside_source(const Reading& world, const Toml& node) {
  const Toml value = node.at("value");
  node.finish({"source", "status", "low", "high"});
  world.evaluation.notes.emplace(value.identity(), node);
  return value;
}

void record_input(const Reading& world, const Toml& node, const Quantity& quantity, const std::string& expression) {
  Evaluation& evaluation = world.evaluation;
  if (expression.empty() && evaluation.cells.contains(node.identity())) return;
  const bool regional = !expression.empty() && evaluation.scope.region != none;
  const std::string name = regional ? node.key() + "." + world.model.regions[evaluation.scope.region].name : node.key();
  if (!evaluation.recorded.emplace(node.identity(), name).second) return;
  InputModel input{name, quantity.value, quantity.unit.text(), "", "", {}, {}, "", 0};
  if (!expression.empty()) {
    input.source = expression;
    input.status = "derived";
  }
  if (const auto found = evaluation.notes.find(node.identity()); found != evaluation.notes.end()) {
    const Toml& note = found->second;
    // As a way in the world: the value beside the source, not the table that holds both.
    input.name.replace(0, note.key().size() + std::string_view(".value").size(), note.key());
    input.source = note.text("source", input.source);
    input.status = note.text("status", input.status);
    if (input.status != "derived") check_status(input, note);
    if (note.has("low")) input.low = bound(world, note.at("low"), quantity.unit);
    if (note.has("high")) input.high = bound(world, note.at("high"), quantity.unit);
    check_range(input, note);
  }
  add_input(world, node, std::move(input));
}

void record_cell(const Reading& world, const DataTable& table, const DataRow& row, const std::string& name,
                 const Quantity& quantity, const std::string& column) {
  // Of this number, else of the whole row.
  const auto said = [&](const std::string& what) {
    const Index c = column.empty() ? none : table.column(column + "." + what);
    if (c != none) table.used[c] = true;
    return c != none && !row.cells[c].empty() ? row.cells[c] : table.cell(row, what.c_str());
  };
  InputModel input{name, quantity.value, quantity.unit.text(), said("source"), said("status"), {}, {}, "", 0};
  check_status(input, row.at);
  const auto read = [&](const std::string& bound) -> std::optional<double> {
    const Index c = table.column(column.empty() ? bound : column + "." + bound);
    if (c == none || row.cells[c].empty()) return {};
    return row.at.guarded([&] {
      const std::string text = row.cells[c];
      const std::string unit = column.empty() ? table.cell(row, "unit") : table.columns[c].unit;
      return world.model.units.convert(world.model.units.parse_quantity(text + " " + unit), quantity.unit);
    });
  };
  input.low = read("low");
  input.high = read("high");
  check_range(input, row.at);
  add_input(world, row.at, std::move(input));
}

void record_assumption(const Reading& world, const KindDescription& kind, const FieldDescription& field,
                       const Unit& unit) {
  const std::string name = fmt::format("kinds.{}.params.{}", kind.name, field.name);
  if (!world.evaluation.recorded.emplace(&field, name).second) return;
  world.evaluation.inputs.push_back({name, field.initial, unit.text(), "", "assumed", field.low, field.high,
                                     fmt::format("plugin {}", kind.plugin), 0, field.type != ONDOL_F64});
}

}  // namespace ondol
