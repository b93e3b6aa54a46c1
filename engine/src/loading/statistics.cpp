// Signals that are statistics over populations.
#include "base/nearest.hpp"
#include "loading/populations.hpp"
#include "loading/sections.hpp"
#include "loading/values.hpp"

#include <algorithm>
#include <array>

namespace ondol {

namespace {

constexpr std::array book_names = {"cash", "income", "assets", "debts", "equity", "arrears"};

// A state field or book of that name, of one population. Sets its unit.
Statistic::Number read_number(const Reading& world, const PopulationModel& population, const std::string& name,
                              const Toml& at, Unit& unit) {
  const KindDescription& kind = *world.model.kinds[population.kind];
  std::vector<std::string> names(book_names.begin(), book_names.end());
  Statistic::Number number;
  for (Index f = 0; f < kind.fields.size(); ++f) {
    const FieldDescription& field = kind.fields[f];
    if (field.role != ONDOL_STATE || field.count != 1 || field.type == ONDOL_AGENT) continue;
    if (field.name == name) {
      number.field = f;
      unit = unit_of(world, field, &population, at);
      return number;
    }
    names.push_back(field.name);
  }
  const auto book = std::find(book_names.begin(), book_names.end(), name);
  if (book == book_names.end())
    at.fail(fmt::format("kind '{}' of population '{}' has no state '{}'{}", kind.name, population.name, name,
                        suggestion(name, names)));
  number.book = static_cast<int>(book - book_names.begin());
  unit = world.model.units.parse("money");
  return number;
}

// What "GROUP.FIELD" is of each population of the group, in one unit, which it returns.
Unit read_numbers(const Reading& world, const std::vector<Index>& populations, const std::string& group, const Toml& at,
                  std::vector<Statistic::Number>& numbers) {
  const std::string text = at.as_text();
  const std::size_t dot = text.find('.');
  if (dot == std::string::npos || text.substr(0, dot) != group)
    at.fail(fmt::format("'{}', expected a state field or book of population '{}', such as \"{}.income\"", text, group,
                        group));
  Unit first = world.model.units.parse("1");
  for (const Index p : populations) {
    Unit unit;
    Statistic::Number number = read_number(world, world.model.populations[p], text.substr(dot + 1), at, unit);
    if (numbers.empty()) first = unit;
    number.factor = at.guarded([&] { return world.model.units.convert({1, unit, unit.text()}, first); });
    numbers.push_back(number);
  }
  return first;
}

// "GROUP.FIELD", or "GROUP" alone where agents are counted.
void read_statistic(Reading& world, SignalModel& signal, const Toml& at) {
  using Form = Statistic::Aggregate;
  Statistic read;
  read.aggregate = choice(at, "aggregate", "mean",
                          std::map<std::string, Form>{{"count", Form::count},
                                                      {"sum", Form::sum},
                                                      {"mean", Form::mean},
                                                      {"minimum", Form::minimum},
                                                      {"maximum", Form::maximum},
                                                      {"quantile", Form::quantile}});
  const Unit one = world.model.units.parse("1");
  if (read.aggregate == Form::quantile) {
    read.quantile = number(world, at.at("quantile"), one);
    if (!(read.quantile >= 0 && read.quantile <= 1)) at.at("quantile").fail("expected 0 to 1");
  }
  if (at.has("weight") && read.aggregate != Form::sum && read.aggregate != Form::mean)
    at.at("weight").fail("only a sum or mean is weighted");
  const Toml of = at.at("of");
  const std::string text = of.as_text();
  const std::string group = text.substr(0, text.find('.'));
  const toml::value<std::string> everywhere(group);
  for (const Index p : all_populations_at(world, Toml(everywhere, of.key(), of.file()))) {
    if (signal.region == none || world.model.populations[p].region == signal.region) read.populations.push_back(p);
  }
  Unit unit = one;
  if (read.aggregate != Form::count) unit = read_numbers(world, read.populations, group, of, read.of);
  if (at.has("weight")) {
    const Unit weight = read_numbers(world, read.populations, group, at.at("weight"), read.weight);
    if (read.aggregate == Form::sum) unit = unit * weight;
  }
  if (!read.populations.empty()) {
    const double factor = of.guarded([&] { return world.model.units.convert({1, unit, unit.text()}, signal.unit); });
    for (Statistic::Number& number : read.of) number.factor *= factor;
  }
  at.finish();
  signal.statistic = std::move(read);
}

}  // namespace

void read_statistics(Reading& world) {
  for (const auto& [signal, at] : world.pending_statistics) read_statistic(world, world.model.signals[signal], at);
}

}  // namespace ondol
