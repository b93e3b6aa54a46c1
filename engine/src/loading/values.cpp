// Values in a world file: numbers with units, by region, drawn.
#include "loading/values.hpp"

#include "loading/inputs.hpp"
#include "loading/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <utility>

namespace ondol {

double number(const Reading& world, const Toml& node, const Unit& unit) {
  if (has_source_beside(node)) return number(world, value_beside_source(world, node), unit);
  const double value = node.guarded([&] {
    if (node.is_text()) return world.model.units.convert(quantity_at(world, node), unit);
    const Quantity plain = quantity_at(world, node);
    return node.is_boolean() ? plain.value : world.model.units.read_number(plain.value, unit);
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
  if (has_source_beside(node)) {
    const Toml value = value_beside_source(world, node);
    const auto part = for_region(world, value, r);
    if (part) world.evaluation.notes.emplace(part->identity(), node);
    return part;
  }
  if (!by_region(world, node)) return node;
  if (r != none && node.has(world.model.regions[r].name)) return node.at(world.model.regions[r].name);
  if (node.has("default")) return node.at("default");
  return std::nullopt;
}

double number_for(const Reading& world, const Toml& node, const Unit& unit, Index r) {
  const auto part = for_region(world, node, r);
  if (!part)
    node.fail(fmt::format("no value for region '{}' and no `default`", r == none ? "" : world.model.regions[r].name));
  const Within there(world, in_region(world, r));
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
  const Within there(world, in_region(world, r));
  return part ? distribution(world, *part, unit, minimum, maximum) : constant(0);
}

namespace {

struct Form {
  const char* name;
  Distribution::Shape shape;
  int values;  // 0: any number
  bool second_has_unit;
};

using Shape = Distribution::Shape;
constexpr Form forms[] = {{"uniform", Shape::uniform, 2, true},          {"normal", Shape::normal, 2, true},
                          {"lognormal", Shape::lognormal, 2, false},     {"pareto", Shape::pareto, 2, false},
                          {"exponential", Shape::exponential, 1, false}, {"list", Shape::list, 0, true}};

std::pair<Form, Toml> form_of(const Toml& table) {
  std::vector<std::string> names;
  std::optional<std::pair<Form, Toml>> found;
  for (const Form& form : forms) {
    names.emplace_back(form.name);
    if (!table.has(form.name)) continue;
    if (found) table.fail("more than one distribution");
    found.emplace(form, table.at(form.name));
  }
  table.finish(names);
  if (!found) table.fail("no distribution" + suggestion("", names));
  return *found;
}

void check_shape(const Distribution& read, const Toml& at) {
  const bool spread = read.shape == Shape::normal || read.shape == Shape::lognormal;
  if (spread && read.b < 0) at.fail("a negative deviation");
  if (read.shape == Shape::lognormal && !(read.a > 0)) at.fail("expected a positive median");
  if (read.shape == Shape::exponential && !(read.a >= 0)) at.fail("expected a mean of at least 0");
  if (read.shape == Shape::pareto && !(read.a > 0 && read.b > 0)) at.fail("expected a positive minimum and exponent");
  if (read.shape == Shape::uniform && read.b < read.a) at.fail("an empty interval");
}

// What a draw may come to: with 53 random bits, none lies more than 8.6 deviations, or 37 means, away.
std::pair<double, double> support_of(const Distribution& read) {
  switch (read.shape) {
    case Shape::uniform:
      return {read.a, read.b};
    case Shape::normal:
      return {read.a - 9 * read.b, read.a + 9 * read.b};
    case Shape::lognormal:
      return {read.a * std::exp(-9 * read.b), read.a * std::exp(9 * read.b)};
    case Shape::pareto:
      return {read.a, read.a * std::pow(2.0, 54 / read.b)};
    case Shape::exponential:
      return {0, 38 * read.a};
    default:
      return {read.a, read.a};
  }
}

double in_bounds(double value, double minimum, double maximum, const Toml& node) {
  if (!(value >= minimum && value <= maximum))
    node.fail(fmt::format("{} is outside {} to {}", value, minimum, maximum));
  return value;
}

}  // namespace

Distribution distribution(const Reading& world, const Toml& at, const Unit& unit, double minimum, double maximum) {
  if (!at.is_table() || has_source_beside(at))
    return constant(in_bounds(number(world, at, unit), minimum, maximum, at));
  Distribution read;
  const auto bound = [&](const char* key, double standard) {
    return at.has(key) ? in_bounds(number(world, at.at(key), unit), minimum, maximum, at.at(key)) : standard;
  };
  read.minimum = bound("minimum", minimum);
  read.maximum = bound("maximum", maximum);
  if (read.minimum > read.maximum) at.fail("its `minimum` is above its `maximum`");
  const auto [form, node] = form_of(at);
  const std::vector<Toml> values = node.elements();
  read.shape = form.shape;
  if (form.values == 0) {
    if (values.empty()) node.fail("an empty list");
    for (const Toml& value : values)
      read.list.push_back(in_bounds(number(world, value, unit), minimum, maximum, value));
    return read;
  }
  if (values.size() != static_cast<std::size_t>(form.values))
    node.fail(fmt::format("{} values, expected {}", values.size(), form.values));
  read.a = number(world, values[0], unit);
  if (form.values == 2) read.b = number(world, values[1], form.second_has_unit ? unit : Unit());
  check_shape(read, node);
  const auto [low, high] = support_of(read);
  if (low < minimum && !at.has("minimum"))
    node.fail(fmt::format("draws may fall below {}; say the `minimum` at which they are clipped", minimum));
  if (high > maximum && !at.has("maximum"))
    node.fail(fmt::format("draws may rise above {}; say the `maximum` at which they are clipped", maximum));
  return read;
}

}  // namespace ondol
