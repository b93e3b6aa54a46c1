// Numbers of a run as it stands, by the names that its world has for them.
#include "base/nearest.hpp"
#include "model/field_value.hpp"
#include "state/state.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/look.hpp>

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

namespace ondol {

namespace {

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorCode::usage, what); }

// "growers.KR.price[2]" in its parts.
struct Path {
  std::string population, field;
  std::optional<std::uint32_t> element;
};

Path parts_of(const std::string& path) {
  const std::size_t dot = path.rfind('.');
  if (dot == std::string::npos) refuse(fmt::format("'{}' is no path: expected POPULATION.FIELD", path));
  Path parts{path.substr(0, dot), path.substr(dot + 1), {}};
  const std::size_t bracket = parts.field.find('[');
  if (bracket == std::string::npos) return parts;
  std::uint32_t element = 0;
  const char* digits = parts.field.c_str() + bracket + 1;
  const auto read = std::from_chars(digits, parts.field.c_str() + parts.field.size(), element);
  if (read.ec != std::errc{} || std::string(read.ptr) != "]")
    refuse(fmt::format("'{}' does not name an element: expected as in prices[2]", path));
  parts.element = element;
  parts.field.resize(bracket);
  return parts;
}

Index population_of(const Model& model, const std::string& name) {
  std::vector<std::string> names;
  for (Index p = 0; p < model.populations.size(); ++p) {
    if (model.populations[p].name == name) return p;
    names.push_back(model.populations[p].name);
  }
  refuse(fmt::format("there is no population '{}'{}", name, suggestion(name, names)));
}

// The thing of that name, of the region where there is one for each.
template <class Thing>
Index find(const Model& model, const std::vector<Thing>& things, const char* what, const std::string& name,
           const std::string& region) {
  std::vector<std::string> names;
  for (Index i = 0; i < things.size(); ++i) {
    names.push_back(things[i].name);
    const bool here = things[i].region == none || region.empty() || model.regions[things[i].region].name == region;
    if (things[i].name == name && here) return i;
  }
  refuse(fmt::format("there is no {} '{}'{}{}", what, name, region.empty() ? "" : " in region '" + region + "'",
                     suggestion(name, names)));
}

using ValueOfRow = std::function<double(Index row)>;

ValueOfRow value_of_field(const FieldDescription& field, const KindDescription& kind, const PopulationState& rows,
                          const std::optional<std::uint32_t>& element) {
  if (element.value_or(0) >= field.count) refuse(fmt::format("'{}' has {} elements", field.name, field.count));
  const std::byte* const first = field.role == ONDOL_PARAM   ? rows.params.data()
                                 : field.role == ONDOL_TRAIT ? rows.traits.data()
                                                             : rows.state.data();
  const std::size_t stride = field.role == ONDOL_PARAM   ? 0
                             : field.role == ONDOL_TRAIT ? kind.traits_size
                                                         : kind.state_size;
  const bool total = field.pipeline && !element;
  const std::uint32_t begin = element.value_or(0);
  const std::uint32_t end = total ? field.count : begin + 1;
  return [=, &field](Index row) {
    double sum = read_field_value(field, first + row * stride, begin);
    for (std::uint32_t i = begin + 1; i < end; ++i) sum += read_field_value(field, first + row * stride, i);
    return sum;
  };
}

// What a path names of each row of its population.
ValueOfRow value_of(const Model& model, const PopulationState& rows, Index population, const Path& path) {
  const KindDescription& kind = *model.kinds[model.populations[population].kind];
  std::vector<std::string> names;
  for (const FieldDescription& field : kind.fields) {
    if (field.name == path.field) return value_of_field(field, kind, rows, path.element);
    names.push_back(field.name);
  }
  const std::pair<const char*, const Column*> books[] = {
      {"money", &rows.money_held}, {"income", &rows.income},        {"equity", &rows.equity},
      {"assets", &rows.assets()},  {"debts", rows.debts.written()}, {"arrears", rows.arrears_owed.written()}};
  for (const auto& [name, column] : books) {
    names.emplace_back(name);
    if (path.field != name) continue;
    return [column = column, scale = model.money_scale](Index row) {
      return column == nullptr ? 0.0 : static_cast<double>((*column)[row]) / scale;
    };
  }
  refuse(fmt::format("kind '{}' has no '{}'{}", kind.name, path.field, suggestion(path.field, names)));
}

}  // namespace

std::vector<double> Look::values(const std::string& path) const {
  const Model& model = run_.world().model();
  const Path parts = parts_of(path);
  const Index p = population_of(model, parts.population);
  const PopulationState& rows = run_.state().populations[p];
  const ValueOfRow value = value_of(model, rows, p, parts);
  std::vector<double> values;
  values.reserve(rows.living);
  for (Index row = 0; row < rows.size; ++row) {
    if (rows.alive[row] != 0) values.push_back(value(row));
  }
  return values;
}

std::vector<std::int64_t> Look::agents(const std::string& population) const {
  const PopulationState& rows = run_.state().populations[population_of(run_.world().model(), population)];
  std::vector<std::int64_t> agents;
  agents.reserve(rows.living);
  for (Index row = 0; row < rows.size; ++row) {
    if (rows.alive[row] != 0) agents.push_back(rows.agent(row));
  }
  return agents;
}

double Look::value(const std::string& path, int row) const {
  const Model& model = run_.world().model();
  const Path parts = parts_of(path);
  const Index p = population_of(model, parts.population);
  const PopulationState& rows = run_.state().populations[p];
  if (row < 0 || static_cast<Index>(row) >= rows.size)
    refuse(fmt::format("population '{}' has no agent {}: it has had {}", parts.population, row, rows.size));
  return value_of(model, rows, p, parts)(static_cast<Index>(row));
}

double Look::signal(const std::string& name, const std::string& region) const {
  const Model& model = run_.world().model();
  return run_.state().signals[find(model, model.signals, "signal", name, region)];
}

double Look::price(const std::string& market, const std::string& region) const {
  const Model& model = run_.world().model();
  return run_.state().markets[find(model, model.markets, "market", market, region)].last_price;
}

}  // namespace ondol
