// Values in a world file: numbers with units, by region, drawn.
#pragma once

#include "loading/reading.hpp"

#include <cstdint>
#include <optional>

namespace ondol {

// A number in a unit: a text with its unit, or a bare number where the unit is "1".
double number(const Reading& world, const Toml& node, const Unit& unit);
bool by_region(const Reading& world, const Toml& node);
// The part of a value that counts for a region, where the value is a table of regions.
std::optional<Toml> for_region(const Reading& world, const Toml& node, Index r);
double number_for(const Reading& world, const Toml& node, const Unit& unit, Index r);
// Makes units of the names in a unit text that the table does not know: what remains to be refused is malformed.
void define_unknown(UnitTable& units, const std::string& text);
// The unit of a field, whose placeholders stand for the units of what its ports are bound to.
Unit unit_of(const Reading& world, const FieldDescription& field, const PopulationModel* population, const Toml& at);
// The value, or a refusal where the field's range is left.
double in_range(const FieldDescription& field, double value, const Toml& at);

Distribution constant(double value);
// Refuses what is given outside these bounds.
Distribution distribution(const Reading& world, const Toml& at, const Unit& unit, double minimum, double maximum);
// Constantly 0 where there is no value for the region.
Distribution distribution_for(const Reading& world, const Toml& node, const Unit& unit, Index r, double minimum,
                              double maximum);

// What is given for a field of several components, one after another: one value for all, or a list of as many as count.
template <class Use>
void each_component(const FieldDescription& field, const Toml& node, std::size_t count, Use&& use) {
  if (field.count == 1) return use(0, node);
  if (!node.is_array()) {
    if (field.pipeline) node.fail("a pipeline takes a list of amounts by ticks left");
    for (std::uint32_t i = 0; i < field.count; ++i) use(i, node);
    return;
  }
  const auto elements = node.elements();
  // Of a pipeline, nothing is under way in the ticks that are left out.
  if (field.pipeline ? elements.size() > count : elements.size() != count)
    node.fail(fmt::format("a list of {} for '{}', expected {}{}", elements.size(), field.name,
                          field.pipeline ? "at most " : "", count));
  for (std::uint32_t i = 0; i < elements.size(); ++i) use(i, elements[i]);
}
template <class Use>
void each_component(const FieldDescription& field, const Toml& node, Use&& use) {
  each_component(field, node, field.count, std::forward<Use>(use));
}

}  // namespace ondol
