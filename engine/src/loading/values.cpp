// Values in a world file: numbers with units, by region, drawn.
#include "loading/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

namespace ondol {

double number(const Reading& world, const Toml& node, const Unit& unit) {
  const double value = node.guarded([&] {
    if (node.is_text()) return world.model.units.read(node.as_text(), unit);
    if (node.is_boolean()) return node.as_boolean() ? 1.0 : 0.0;
    return world.model.units.read_number(node.as_number(), unit);
  });
  if (!std::isfinite(value)) node.fail("a number that is not finite");
  return value;
}

bool by_region(const Reading& world, const Toml& node) {
  if (!node.is_table()) return false;
  const auto keys = node.keys();
  return !keys.empty() && std::all_of(keys.begin(), keys.end(), [&](const std::string& key) {
    return key == "default" || std::any_of(world.model.regions.begin(), world.model.regions.end(),
                                           [&](const auto& r) { return r.name == key; });
  });
}

std::optional<Toml> for_region(const Reading& world, const Toml& node, Index r) {
  if (!by_region(world, node)) return node;
  if (r != none && node.has(world.model.regions[r].name)) return node.at(world.model.regions[r].name);
  if (node.has("default")) return node.at("default");
  return std::nullopt;
}

double number_for(const Reading& world, const Toml& node, const Unit& unit, Index r) {
  const auto part = for_region(world, node, r);
  if (!part)
    node.fail(fmt::format("no value for region '{}' and no `default`", r == none ? "" : world.model.regions[r].name));
  return number(world, *part, unit);
}

void define_unknown(UnitTable& units, const std::string& text) {
  const auto is = [&text](std::size_t at, auto test) { return test(static_cast<unsigned char>(text[at])) != 0; };
  for (std::size_t i = 0; i < text.size();) {
    if (!is(i, [](int c) { return std::isalpha(c); })) {
      i = text[i] == '{' ? std::min(text.find('}', i), text.size() - 1) + 1 : i + 1;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && (is(end, [](int c) { return std::isalnum(c); }) || text[end] == '_')) ++end;
    const std::string name = text.substr(i, end - i);
    if (!units.find(name)) units.define(name);
    i = end;
  }
}

Unit unit_of(const Reading& world, const FieldDescription& field, const PopulationModel* population, const Toml& at) {
  return at.guarded([&] {
    return world.model.units.parse(field.unit, [&](std::string_view port) -> std::string {
      if (population != nullptr) {
        const KindDescription& kind = *world.model.kinds[population->kind];
        for (Index i = 0; i < population->ports.size(); ++i) {
          if (kind.ports[i].name == port)
            return population->ports[i].bound ? "(" + population->ports[i].unit.text() + ")" : "1";
        }
      }
      throw Error(ErrorCode::world, fmt::format("unit '{}' names a port '{}' that does not exist", field.unit, port));
    });
  });
}

double in_range(const FieldDescription& field, double value, const Toml& at) {
  if (value >= field.minimum && value <= field.maximum) return value;
  at.fail(fmt::format("{} {}, expected {} to {}", value, field.unit, field.minimum, field.maximum));
}

Distribution constant(double value) {
  Distribution read;
  read.a = value;
  return read;
}

Distribution distribution_for(const Reading& world, const Toml& node, const Unit& unit, Index r, double minimum,
                              double maximum) {
  const auto part = for_region(world, node, r);
  return part ? distribution(world, *part, unit, minimum, maximum) : constant(0);
}

Distribution distribution(const Reading& world, const Toml& at, const Unit& unit, double minimum, double maximum) {
  using Shape = Distribution::Shape;
  const auto check = [&](double value, const Toml& node) {
    if (!(value >= minimum && value <= maximum))
      node.fail(fmt::format("{} is outside {} to {}", value, minimum, maximum));
    return value;
  };
  if (!at.is_table()) return constant(check(number(world, at, unit), at));
  Toml table = at;
  Distribution read;
  read.minimum = table.has("minimum") ? check(number(world, table.at("minimum"), unit), table.at("minimum")) : minimum;
  read.maximum = table.has("maximum") ? check(number(world, table.at("maximum"), unit), table.at("maximum")) : maximum;
  const Unit one = world.model.units.parse("1");
  struct Form {
    const char* name;
    Shape shape;
    int values;
    bool second_has_unit;
  };
  const Form forms[] = {{"uniform", Shape::uniform, 2, true},          {"normal", Shape::normal, 2, true},
                        {"lognormal", Shape::lognormal, 2, false},     {"pareto", Shape::pareto, 2, false},
                        {"exponential", Shape::exponential, 1, false}, {"list", Shape::list, 0, true}};
  std::vector<std::string> names;
  bool found = false;
  for (const Form& form : forms) {
    names.emplace_back(form.name);
    if (!table.has(form.name)) continue;
    if (found) table.fail("more than one distribution");
    found = true;
    read.shape = form.shape;
    const Toml node = table.at(form.name);
    const std::vector<Toml> values = node.is_array() ? node.elements() : std::vector<Toml>{node};
    if (form.values == 0) {
      if (values.empty()) node.fail("an empty list");
      for (const Toml& value : values) read.list.push_back(check(number(world, value, unit), value));
      continue;
    }
    if (values.size() != static_cast<std::size_t>(form.values))
      node.fail(fmt::format("{} values, expected {}", values.size(), form.values));
    read.a = number(world, values[0], unit);
    if (form.values == 2) read.b = number(world, values[1], form.second_has_unit ? unit : one);
    if ((form.shape == Shape::normal || form.shape == Shape::lognormal) && read.b < 0)
      values[1].fail("a negative deviation");
    if (form.shape == Shape::pareto && !(read.a > 0 && read.b > 0))
      node.fail("expected a positive minimum and exponent");
    if (form.shape == Shape::uniform && read.b < read.a) node.fail("an empty interval");
  }
  table.finish(names);
  if (!found) table.fail("no distribution" + suggestion("", names));
  return read;
}

}  // namespace ondol
