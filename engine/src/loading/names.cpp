// What expressions in a world file can name: constants, data, and what populations are said to have.
#include "loading/names.hpp"

#include "base/nearest.hpp"
#include "loading/expression.hpp"
#include "loading/inputs.hpp"
#include "loading/populations.hpp"
#include "loading/sections.hpp"
#include "loading/values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace ondol {

namespace {

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorCode::world, what); }

// Names what is being evaluated, and refuses it where it needs itself.
class Link {
 public:
  Link(const Reading& world, const std::string& name) : chain_(world.evaluation.chain) {
    const bool again = std::find(chain_.begin(), chain_.end(), name) != chain_.end();
    chain_.push_back(name);
    if (again || chain_.size() > 64) {
      const std::string way = fmt::format("{}", fmt::join(chain_, " needs "));
      chain_.pop_back();
      refuse(again ? fmt::format("needs itself: {}", way) : "needs more than 64 others, one after another");
    }
  }
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link() { chain_.pop_back(); }

 private:
  std::vector<std::string>& chain_;
};

Toml constants(const Reading& world) { return world.root.optional_table("constants"); }

Quantity constant_named(const Reading& world, const std::string& name, Index r) {
  Evaluation& evaluation = world.evaluation;
  evaluation.used.insert(name);
  if (const auto known = evaluation.constants.find({name, r}); known != evaluation.constants.end())
    return known->second;
  const Toml at = constants(world).at(name);
  const auto part = for_region(world, at, r);
  if (!part)
    refuse(r == none ? fmt::format("constant '{}' is by region, and this value is of no region", name)
                     : fmt::format("constant '{}' has no value for region '{}' and no `default`", name,
                                   world.model.regions[r].name));
  // A constant is the same wherever it is asked for: rows and members at hand do not count.
  const Within region_only(world, Scope{r, nullptr, nullptr, none});
  const Link link(world, name);
  return evaluation.constants[{name, r}] = quantity_at(world, *part);
}

const DataTable* table_named(const Reading& world, const std::string& name) {
  const auto found =
      std::find_if(world.data.begin(), world.data.end(), [&](const DataTable& table) { return table.name == name; });
  return found == world.data.end() ? nullptr : &*found;
}

const Reading::Declared* group_named(const Reading& world, const std::string& name) {
  const auto found = std::find_if(world.declared.begin(), world.declared.end(),
                                  [&](const Reading::Declared& declared) { return declared.group == name; });
  return found == world.declared.end() ? nullptr : &*found;
}

ExpressionValue of_quantity(const Reading& world, const DataTable& table, const std::string& name) {
  const auto found = table.quantities.find(name);
  if (found == table.quantities.end()) {
    std::vector<std::string> names;
    for (const auto& [known, rows] : table.quantities) names.push_back(known);
    refuse(fmt::format("data '{}' has no quantity '{}'{}", table.name, name, suggestion(name, names)));
  }
  const Index r = world.evaluation.scope.region;
  auto row = found->second.find(r);
  if (row == found->second.end()) row = found->second.find(none);
  if (row == found->second.end())
    refuse(fmt::format("'{}.{}' has no value for {}", table.name, name,
                       r == none ? "no region" : fmt::format("region '{}'", world.model.regions[r].name)));
  return {world.model.units.parse_quantity(table.cell(*row->second, "value") + " " + table.cell(*row->second, "unit")),
          false, ""};
}

ExpressionValue of_row(const Reading& world, const DataTable& table, const std::string& name) {
  const Index c = table.column(name);
  if (c == none)
    refuse(fmt::format("data '{}' has no column '{}'{}", table.name, name, suggestion(name, table.column_names())));
  table.used[c] = true;
  const Scope& scope = world.evaluation.scope;
  if (scope.table != &table || scope.row == nullptr)
    refuse(fmt::format("there is no row of '{}' at hand; sum(), mean() and count() go over all", table.name));
  const std::string& cell = scope.row->cells[c];
  if (table.columns[c].unit.empty() && (cell.empty() || !(cell[0] >= '0' && cell[0] <= '9'))) {
    if (cell.starts_with('-') && cell.size() > 1) return {world.model.units.parse_quantity(cell), false, ""};
    return {{}, true, cell};
  }
  if (cell.empty())
    scope.row->at.fail(fmt::format("the cell of column '{}' is empty, and an expression needs it", name));
  return {scope.row->at.guarded([&] { return world.model.units.parse_quantity(cell + " " + table.columns[c].unit); }),
          false, ""};
}

// The mean over the members of a population, where it is known before they are drawn.
Quantity typical(const Reading& world, const Toml& at, const std::string& name) {
  if (!at.is_table()) return quantity_at(world, at);
  if (has_source_beside(at)) return typical(world, value_beside_source(world, at), name);
  if (!at.has("list")) at.fail(fmt::format("'{}' is drawn, and not known before the run", name));
  const std::vector<Toml> values = at.at("list").elements();
  if (values.empty()) at.fail("an empty list");
  const Index count = world.model.populations[world.evaluation.scope.member].count;
  Quantity first = quantity_at(world, values[0]);
  double total = 0;
  for (Index i = 0; i < count; ++i)
    total += world.model.units.convert(quantity_at(world, values[i % values.size()]), first.unit);
  first.value = count == 0 ? 0 : total / count;
  return first;
}

ExpressionValue of_member(const Reading& world, const std::string& name) {
  const Index p = world.evaluation.scope.member;
  const PopulationModel& population = world.model.populations[p];
  const Reading::Declared& declared = *group_named(world, population.group);
  const auto place = std::find(declared.populations.begin(), declared.populations.end(), p);
  Toml at = declared.tables[static_cast<std::size_t>(place - declared.populations.begin())];
  if (name == "layer") return {{}, true, population.layer};
  if (name == "count") return {{static_cast<double>(population.count), Unit(), ""}, false, ""};
  std::string rest = name;
  while (true) {
    const std::size_t dot = rest.find('.');
    const std::string key = rest.substr(0, dot);
    if (!at.is_table() || !at.has(key)) {
      if (name == "money") return {{0, world.model.units.parse("money"), ""}, false, ""};
      at.fail(fmt::format("population '{}' does not say '{}', which an expression needs", population.name, name));
    }
    const auto part = for_region(world, at.at(key), population.region);
    if (!part) at.at(key).fail(fmt::format("no value for region '{}'", world.model.regions[population.region].name));
    at = *part;
    if (dot == std::string::npos) break;
    rest = rest.substr(dot + 1);
  }
  const Link link(world, population.name + "." + name);
  return {typical(world, at, name), false, ""};
}

class WorldNames : public ExpressionNames {
 public:
  explicit WorldNames(const Reading& world) : world_(world) {}

  ExpressionValue value(const std::string& name) override {
    if (constants(world_).has(name)) return {constant_named(world_, name, world_.evaluation.scope.region), false, ""};
    const std::size_t dot = name.find('.');
    const std::string head = name.substr(0, dot);
    const std::string rest = dot == std::string::npos ? "" : name.substr(dot + 1);
    if (const DataTable* table = rest.empty() ? nullptr : table_named(world_, head))
      return table->one_number_a_row ? of_quantity(world_, *table, rest) : of_row(world_, *table, rest);
    if (!rest.empty() && (head == "populations" || group_named(world_, head) != nullptr)) {
      const Index member = world_.evaluation.scope.member;
      if (member == none || (head != "populations" && world_.model.populations[member].group != head))
        refuse(fmt::format("there is no population of '{}' at hand; sum() and mean() go over all", head));
      return of_member(world_, rest);
    }
    std::vector<std::string> names = constants(world_).keys();
    for (const DataTable& table : world_.data) {
      for (const std::string& column : table.column_names())
        if (!table.one_number_a_row) names.push_back(table.name + "." + column);
      for (const auto& [quantity, rows] : table.quantities) names.push_back(table.name + "." + quantity);
    }
    refuse(fmt::format("nothing is named '{}'{}", name, suggestion(name, names)));
  }

  void each(const std::vector<std::string>& names, const std::function<void(double)>& body) override {
    for (const std::string& name : names) {
      const std::string head = name.substr(0, name.find('.'));
      if (constants(world_).has(name)) continue;
      const DataTable* table = table_named(world_, head);
      if (table != nullptr && !table->one_number_a_row) return each_row(*table, body);
      if (head == "populations" || group_named(world_, head) != nullptr) return each_population(head, body);
    }
    for (Index r = 0; r < world_.model.regions.size(); ++r) {
      const Within there(world_, in_region(world_, r));
      body(1);
    }
  }

  void everywhere(const std::function<void()>& body) override {
    const Within anywhere(world_, in_region(world_, none));
    body();
  }

 private:
  void each_row(const DataTable& table, const std::function<void(double)>& body) {
    const Index r = world_.evaluation.scope.region;
    for (const DataRow& row : table.rows) {
      if (r != none && row.region != none && row.region != r) continue;
      Scope scope = world_.evaluation.scope;
      scope.table = &table;
      scope.row = &row;
      const Within there(world_, scope);
      body(1);
    }
  }

  void each_population(const std::string& group, const std::function<void(double)>& body) {
    const Index r = world_.evaluation.scope.region;
    for (Index p = 0; p < world_.model.populations.size(); ++p) {
      const PopulationModel& population = world_.model.populations[p];
      if (group != "populations" && population.group != group) continue;
      if (r != none && population.region != r) continue;
      Scope scope = scope_of(world_, p);
      scope.member = p;
      const Within there(world_, scope);
      body(population.count);
    }
  }

  const Reading& world_;
};

}  // namespace

Scope in_region(const Reading& world, Index r) {
  Scope scope = world.evaluation.scope;
  scope.region = r;
  return scope;
}

Scope scope_of(const Reading& world, Index population) {
  Scope scope;
  scope.region = world.model.populations[population].region;
  const Reading::Declared* declared = group_named(world, world.model.populations[population].group);
  if (declared == nullptr || declared->data == nullptr) return scope;
  const auto place = std::find(declared->populations.begin(), declared->populations.end(), population);
  scope.table = declared->data;
  scope.row = declared->rows[static_cast<std::size_t>(place - declared->populations.begin())];
  return scope;
}

Quantity quantity_at(const Reading& world, const Toml& node) {
  if (has_source_beside(node)) return quantity_at(world, value_beside_source(world, node));
  if (!node.is_text()) {
    const Quantity plain{node.is_boolean() ? (node.as_boolean() ? 1.0 : 0.0) : node.as_number(), Unit(), ""};
    record_input(world, node, plain);
    return plain;
  }
  const std::string text = node.as_text();
  if (!text.starts_with('=')) {
    const Quantity quantity = node.guarded([&] { return world.model.units.parse_quantity(text); });
    record_input(world, node, quantity);
    return quantity;
  }
  WorldNames names(world);
  const ExpressionValue value = node.guarded(
      [&] { return evaluate(std::string_view(text).substr(1), world.model.units, names, world.evaluation.steps); });
  if (value.is_text) node.fail(fmt::format("a text '{}', expected a number", value.text));
  record_input(world, node, value.quantity, text);
  const Index r = world.evaluation.scope.region;
  world.evaluation.results[node.identity()].push_back(fmt::format("{}{} {}",
                                                                  r == none ? "" : world.model.regions[r].name + ": ",
                                                                  value.quantity.value, value.quantity.unit.text()));
  return value.quantity;
}

void check_constants(const Reading& world) {
  for (const auto& [name, at] : constants(world).entries()) {
    const bool used = world.evaluation.used.contains(name);
    at.guarded([&, &name = name] {
      for (Index r = 0; r < world.model.regions.size(); ++r) constant_named(world, name, r);
    });
    if (!used) world.evaluation.used.erase(name);
  }
}

}  // namespace ondol
