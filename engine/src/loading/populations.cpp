// Populations: how many of which kind where, and how their members start.
#include "loading/populations.hpp"

#include "base/nearest.hpp"
#include "loading/inputs.hpp"
#include "loading/kinds.hpp"
#include "loading/memory.hpp"
#include "loading/names.hpp"
#include "loading/ports.hpp"
#include "loading/rows.hpp"
#include "loading/sections.hpp"
#include "loading/values.hpp"
#include "model/field_value.hpp"

#include <ondol/random.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

namespace ondol {

Index count_at(const Toml& node) {
  const double value = node.as_number();
  if (!(value >= 0 && value <= most_agents) || value != std::floor(value))
    node.fail(fmt::format("{} agents, expected a whole number from 0 to {}", value, most_agents));
  return static_cast<Index>(value);
}

namespace {

// What a table takes from the template it names: that, laid over the one it names in turn.
std::optional<Toml> template_of(Reading& world, const Toml& table) {
  std::vector<Toml> layers;
  std::set<std::string> known;
  Toml at = table;
  const Toml templates = world.root.optional_table("templates");
  while (at.has("template")) {
    const Toml name = at.at("template");
    if (!templates.has(name.as_text()))
      name.fail(
          fmt::format("there is no template '{}'{}", name.as_text(), suggestion(name.as_text(), templates.keys())));
    if (!known.insert(name.as_text()).second) name.fail("templates lead to themselves");
    if (known.size() > 64) name.fail("more than 64 templates, one over another");
    world.used_templates.insert(name.as_text());
    at = templates.at(name.as_text());
    layers.push_back(at);
  }
  if (layers.empty()) return std::nullopt;
  Toml laid = layers.back();
  for (std::size_t i = layers.size() - 1; i-- > 0;) laid = layers[i].over(laid);
  return laid;
}

std::string label_for(const Reading& world, const Toml& table, const std::string& group, Index r) {
  if (!table.has("label")) return group;
  const auto label = for_region(world, table.at("label"), r);
  return label ? label->as_text() : group;
}

bool spans_regions(const Reading& world, const Toml& table) {
  return table.has("count") && by_region(world, table.at("count"));
}

std::vector<std::pair<Index, Index>> counts_by_region(const Reading& world, const Toml& table) {
  std::vector<std::pair<Index, Index>> counts;
  if (spans_regions(world, table)) {
    if (table.has("region")) table.at("region").fail("`count` names the regions already");
    for (Index r = 0; r < world.model.regions.size(); ++r) {
      if (const auto count = for_region(world, table.at("count"), r)) counts.emplace_back(r, count_at(*count));
    }
    return counts;
  }
  const Index count = table.has("count") ? count_at(table.at("count")) : 1;
  if (!table.has("region") && world.model.regions.size() > 1)
    table.fail("say the `region`, or a `count` for each region");
  return {{table.has("region") ? region(world, table.at("region").as_text(), table.at("region")) : 0, count}};
}

Index room_for(const Reading& world, const Toml& table, Index r, Index count) {
  if (!table.has("room")) return none;
  const auto room = for_region(world, table.at("room"), r);
  if (!room) return none;
  if (count_at(*room) < count)
    room->fail(fmt::format("room for {} agents, and `count` begins with {}", count_at(*room), count));
  return count_at(*room);
}

// What says how many agents it begins with.
Toml size_at(const Reading& world, const Toml& table, const PopulationModel& population) {
  return table.has("count") ? for_region(world, table.at("count"), population.region).value_or(table) : table;
}

void check_rules(const Reading& world, const KindDescription& kind, const Toml& table) {
  for (const RuleDescription& rule : kind.rules) {
    const bool scheduled =
        rule.step == ONDOL_BIRTH || std::any_of(world.model.steps.begin(), world.model.steps.end(),
                                                [&](const auto& step) { return step.name == rule.step; });
    if (!scheduled)
      table.at("kind").fail(fmt::format("kind '{}' has a rule for step '{}', which is not in the schedule{}", kind.name,
                                        rule.step, suggestion(rule.step, names_of(world.model.steps))));
  }
}

// Of all fields, whether the world gives them or not: results say it of every value. A world that leaves a port unbound
// need not know the units of what it would lead to.
void check_units(const Reading& world, const PopulationModel& population, const KindDescription& kind,
                 const Toml& table) {
  const bool whole =
      std::all_of(population.ports.begin(), population.ports.end(), [](const PortModel& port) { return port.bound; });
  UnitTable units = whole ? UnitTable() : world.model.units;
  for (const FieldDescription& field : kind.fields) {
    try {
      if (whole) {
        unit_of(world, field, &population, table);
      } else {
        define_unknown(units, field.unit);
        units.parse(field.unit, [](std::string_view) { return "1"; });
      }
    } catch (const Error& error) {
      throw Error(ErrorCode::world, fmt::format("{} (the unit of field '{}' of kind '{}', plugin '{}')", error.what(),
                                                field.name, kind.name, kind.plugin));
    }
  }
}

// What the world says of a field: of the population, else of all of its kind.
std::optional<Toml> said_of(const Reading& world, const PopulationModel& population, const FieldDescription& field,
                            const Toml& own) {
  std::optional<Toml> node;
  if (own.has(field.name)) node = for_region(world, own.at(field.name), population.region);
  const Toml standard = world.standards[population.kind].optional_table(section_of(field.role));
  if (!node && standard.has(field.name)) node = for_region(world, standard.at(field.name), population.region);
  return node;
}

// A world that leaves ports unbound need not know the units of what they would lead to, and has nothing to vary there.
void note_assumption(const Reading& world, const PopulationModel& population, const KindDescription& kind,
                     const FieldDescription& field, const Toml& at) {
  std::optional<Unit> unit;
  try {
    unit = unit_of(world, field, &population, at);
  } catch (const Error&) {
    return;
  }
  record_assumption(world, kind, field, *unit);
}

void read_param(Reading& world, PopulationModel& population, const KindDescription& kind, const FieldDescription& field,
                const Toml& params) {
  for (std::uint32_t i = 0; i < field.count; ++i) write_field_value(field, population.params.data(), i, field.initial);
  const std::optional<Toml> node = said_of(world, population, field, params);
  if (!node) {
    if (field.has_prior()) note_assumption(world, population, kind, field, params);
    if (field.required)
      params.fail(fmt::format("population '{}' of kind '{}' needs `params.{}` ({}): {}", population.name, kind.name,
                              field.name, field.unit, field.doc));
    return;
  }
  const Unit unit = unit_of(world, field, &population, *node);
  each_component(field, *node, [&](std::uint32_t i, const Toml& at) {
    write_field_value(field, population.params.data(), i, in_range(field, number(world, at, unit), at));
  });
}

void read_start(Reading& world, PopulationModel& population, const KindDescription& kind, Index f, const Toml& table,
                std::vector<FieldStart>& starts) {
  const FieldDescription& field = kind.fields[f];
  const std::string role = field.role == ONDOL_TRAIT ? "trait" : "state";
  const std::optional<Toml> node = said_of(world, population, field, table);
  if (!node) {
    if (field.required)
      table.fail(fmt::format("population '{}' of kind '{}' needs `{}.{}` ({}): {}", population.name, kind.name,
                             section_of(field.role), field.name, field.unit, field.doc));
    if (field.initial == 0 || field.type == ONDOL_AGENT) return;
    for (std::uint32_t i = 0; i < field.count; ++i) starts.push_back({f, i, constant(field.initial), 0});
    return;
  }
  const Unit unit = unit_of(world, field, &population, *node);
  each_component(field, *node, [&](std::uint32_t i, const Toml& at) {
    starts.push_back({f, i, distribution(world, at, unit, field.minimum, field.maximum),
                      name_hash(fmt::format("{}.{}[{}]", role, field.name, i))});
  });
}

void read_holdings(Reading& world, PopulationModel& population, const Toml& table) {
  for (auto& [name, holding] : table.optional_table("holdings").entries()) {
    const Index good = find_named(world.model.goods, name, "good", holding);
    const auto account = std::find_if(population.accounts.begin(), population.accounts.end(),
                                      [&](const auto& a) { return a.good == good; });
    if (account == population.accounts.end())
      holding.fail(fmt::format("population '{}' has no port bound to good '{}'", population.name, name));
    const auto mine = for_region(world, holding, population.region);
    if (!mine) continue;
    Toml part = *mine;
    if (world.model.goods[good].lasts_tick)
      part.fail(fmt::format("good '{}' lasts a tick and cannot be held before the first", name));
    if (part.has("quantity"))
      account->quantity =
          distribution_for(world, part.at("quantity"), world.model.goods[good].unit, population.region, 0, unbounded);
    if (part.has("unit_value"))
      account->unit_value =
          number_for(world, part.at("unit_value"), world.model.units.parse("money") / world.model.goods[good].unit,
                     population.region);
    part.finish();
  }
}

void bind_ports(Reading& world, const Reading::Declared& declared, std::size_t i, bool leads_to_agents) {
  PopulationModel& population = world.model.populations[declared.populations[i]];
  const KindDescription& kind = *world.model.kinds[population.kind];
  population.ports.resize(kind.ports.size());
  const Toml ports = declared.tables[i].optional_table("ports");
  for (std::size_t port = 0; port < kind.ports.size(); ++port) {
    if (port_leads_to_agents(kind.ports[port]) == leads_to_agents)
      population.ports[port] = bind_port(world, population, kind.ports[port], ports);
  }
  ports.finish(names_of(kind.ports));
}

void read_population(Reading& world, const Reading::Declared& declared, std::size_t i) {
  const Index p = declared.populations[i];
  const Toml& table = declared.tables[i];
  const Within there(world, scope_of(world, p));
  PopulationModel& population = world.model.populations[p];
  const KindDescription& kind = *world.model.kinds[population.kind];
  check_units(world, population, kind, table);
  const Toml params = table.optional_table("params");
  const Toml traits = table.optional_table("traits");
  const Toml state = table.optional_table("state");
  population.params.resize(std::max<std::size_t>(kind.params_size, 1));
  for (Index f = 0; f < kind.fields.size(); ++f) {
    const FieldDescription& field = kind.fields[f];
    if (field.role == ONDOL_PARAM) read_param(world, population, kind, field, params);
    if (field.role == ONDOL_TRAIT) read_start(world, population, kind, f, traits, population.traits);
    if (field.role == ONDOL_STATE) read_start(world, population, kind, f, state, population.state);
  }
  params.finish();
  traits.finish();
  state.finish();
  if (table.has("money"))
    population.money =
        distribution_for(world, table.at("money"), world.model.units.parse("money"), population.region, 0, unbounded);
  read_holdings(world, population, table);
  for (const PurposeDescription& described : kind.purposes)
    population.purposes.push_back(purpose(world, described.name, described.flow_class));
  table.finish({"doc"});
}

// Adds one population in one region.
void declare(Reading& world, Reading::Declared& declared, Index kind, const std::string& name, const Toml& table,
             Index r, Index count) {
  PopulationModel population;
  population.group = declared.group;
  population.where = table.at("kind").where();
  population.name = name;
  population.label = label_for(world, table, declared.group, r);
  population.layer = table.text("layer", "");
  population.kind = kind;
  population.region = r;
  population.count = count;
  population.room = room_for(world, table, r, count);
  population.hash =
      mix(name_hash(declared.data != nullptr ? name : declared.group)) + name_hash(world.model.regions[r].luck);
  const Toml at = size_at(world, table, population);
  if (std::uint64_t{world.model.agents} + count > most_agents)
    at.fail(fmt::format("the world begins with more than {} agents", most_agents));
  check_memory_of_agents(world, at, *world.model.kinds[kind], count);
  world.model.agents += count;
  declared.populations.push_back(static_cast<Index>(world.model.populations.size()));
  declared.tables.push_back(table);
  world.model.populations.push_back(std::move(population));
}

void declare_rows(Reading& world, Reading::Declared& declared, const Toml& own, const std::optional<Toml>& standard,
                  Index kind) {
  declared.data = &data_of_rows(world, own.at("rows"));
  for (const PopulationRow& row :
       rows_of(world, declared.group, own, standard, *declared.data, *world.model.kinds[kind])) {
    if (spans_regions(world, row.table)) row.table.at("count").fail("a row is in one region");
    const auto [r, count] = counts_by_region(world, row.table).front();
    declared.rows.push_back(row.row);
    declare(world, declared, kind, declared.group + "." + row.name, row.table, r, count);
    PopulationModel& population = world.model.populations.back();
    if (!row.table.has("label")) population.label = row.name;
  }
}

void declare_group(Reading& world, const std::string& group, const Toml& own) {
  const std::optional<Toml> standard = template_of(world, own);
  const Toml table = standard ? own.over(*standard) : own;
  const KindDescription* kind = find_kind(world, table.at("kind"));
  check_rules(world, *kind, table);
  auto known = std::find(world.model.kinds.begin(), world.model.kinds.end(), kind);
  if (known == world.model.kinds.end()) known = world.model.kinds.insert(known, kind);
  const auto kind_index = static_cast<Index>(known - world.model.kinds.begin());
  Reading::Declared declared{group, {}, table};
  if (own.has("rows")) {
    declare_rows(world, declared, own, standard, kind_index);
  } else {
    const auto counts = counts_by_region(world, table);
    const bool by_region = counts.size() > 1 || spans_regions(world, table);
    for (const auto& [r, count] : counts)
      declare(world, declared, kind_index, by_region ? group + "." + world.model.regions[r].name : group, table, r,
              count);
  }
  world.declared.push_back(std::move(declared));
}

// [kinds.KIND]: fields as populations say them, of all populations of the kind that do not.
void read_standards(Reading& world) {
  const Toml kinds = world.root.optional_table("kinds");
  world.standards.assign(world.model.kinds.size(), kinds.optional_table(""));
  for (const auto& [name, standard] : kinds.entries()) world.standards[kind_in_use(world, name, standard)] = standard;
}

void finish_standards(const Reading& world) {
  for (Index k = 0; k < world.standards.size(); ++k) {
    for (const ondol_field_role role : {ONDOL_PARAM, ONDOL_TRAIT, ONDOL_STATE}) {
      std::vector<std::string> names;
      for (const FieldDescription& field : world.model.kinds[k]->fields) {
        if (field.role == role) names.push_back(field.name);
      }
      world.standards[k].optional_table(section_of(role)).finish(names);
    }
    world.standards[k].finish({"doc"});
  }
}

void find_treasuries(Reading& world) {
  for (const auto& [name, at] : world.treasuries) {
    const Index r = find_named(world.model.regions, name, "region", at);
    for (const Reading::Declared& declared : world.declared) {
      if (declared.group != at.as_text()) continue;
      for (const Index p : declared.populations) {
        if (world.model.populations[p].region == r || world.model.regions[r].treasury == none)
          world.model.regions[r].treasury = p;
      }
    }
    if (world.model.regions[r].treasury == none)
      at.fail(fmt::format("there is no population '{}'{}", at.as_text(), suggestion(at.as_text(), groups(world))));
  }
}

}  // namespace

void declare_populations(Reading& world) {
  for (const auto& [group, own] : world.root.at("populations").entries()) declare_group(world, group, own);
  find_treasuries(world);
}

// Ports that lead to agents may choose them by what their other ports lead to.
void read_populations(Reading& world) {
  read_standards(world);
  for (const bool leads_to_agents : {false, true}) {
    for (const Reading::Declared& declared : world.declared) {
      for (std::size_t i = 0; i < declared.populations.size(); ++i) bind_ports(world, declared, i, leads_to_agents);
    }
  }
  for (const Reading::Declared& declared : world.declared) {
    for (std::size_t i = 0; i < declared.populations.size(); ++i) read_population(world, declared, i);
  }
  finish_standards(world);
}

// Populations that others lead to may be born into; they share the ids that nobody has from the start.
void give_ids(Reading& world) {
  std::vector<PopulationModel>& populations = world.model.populations;
  std::vector<bool> grows(populations.size());
  for (const PopulationModel& population : populations) {
    for (const PortModel& port : population.ports) {
      if (!port.bound || port.type != ONDOL_PEERS) continue;
      for (const Index p : port.populations) grows[p] = true;
    }
  }
  for (const Event& event : world.model.events) {
    if (event.target == Event::Target::found) grows[event.index] = true;
  }
  std::vector<Index> pages;
  std::uint64_t taken = 0;
  for (const PopulationModel& population : populations) {
    pages.push_back(std::max<Index>(1, (population.count + (Index{1} << id_page_bits) - 1) >> id_page_bits));
    taken += pages.back();
  }
  if (taken > id_pages) {
    world.root.at("populations")
        .fail(fmt::format("populations take {} pages of {} ids, and there are {}", taken, Index{1} << id_page_bits,
                          id_pages));
  }
  const auto growing = static_cast<Index>(std::count(grows.begin(), grows.end(), true));
  const Index more = growing == 0 ? 0 : (id_pages - static_cast<Index>(taken)) / growing;
  Index page = 0;
  for (std::size_t p = 0; p < populations.size(); ++p) {
    populations[p].first_agent = page << id_page_bits;
    page += pages[p] + (grows[p] ? more : 0);
  }
}

}  // namespace ondol
