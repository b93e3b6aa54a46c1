// Relations that agents make and end, and who is tied at the start.
#include "loading/names.hpp"
#include "loading/populations.hpp"
#include "loading/sections.hpp"
#include "loading/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace ondol {

namespace {

// A list of names, or a table of their units.
void read_attributes(Reading& world, const Toml& at, RelationModel& relation) {
  if (at.is_table()) {
    for (const std::string& name : at.keys()) {
      relation.attributes.push_back(name);
      relation.units.push_back(unit_at(world, at, name.c_str()));
    }
  } else {
    for (const Toml& attribute : at.elements()) relation.attributes.push_back(attribute.as_text());
    relation.units.resize(relation.attributes.size());
  }
  if (relation.attributes.size() > ONDOL_MAX_ATTRIBUTES)
    at.fail(fmt::format("{} attributes, expected at most {}", relation.attributes.size(), ONDOL_MAX_ATTRIBUTES));
}

bool relates(const PopulationModel& population, Index relation) {
  return std::any_of(population.ports.begin(), population.ports.end(), [relation](const PortModel& port) {
    return port.bound && port.type == ONDOL_RELATES && port.target == relation;
  });
}

std::vector<Distribution> read_values(Reading& world, const Toml& tie, const RelationModel& relation, Index r) {
  const Toml values = tie.optional_table("values");
  std::vector<Distribution> read;
  for (std::size_t i = 0; i < relation.attributes.size(); ++i) {
    const std::string& name = relation.attributes[i];
    read.push_back(values.has(name)
                       ? distribution_for(world, values.at(name), relation.units[i], r, -unbounded, unbounded)
                       : constant(0));
  }
  values.finish(relation.attributes);
  return read;
}

void read_tie(Reading& world, const Toml& tie, Index from) {
  const Model& model = world.model;
  TieStart read;
  read.from = from;
  read.relation = find_named(model.relations, tie.at("relation").as_text(), "relation", tie.at("relation"));
  const RelationModel& relation = model.relations[read.relation];
  const Index r = model.populations[from].region;
  const Within there(world, scope_of(world, from));
  const auto others = populations_at(world, tie.at("to"), r);
  if (others.size() != 1)
    tie.at("to").fail(fmt::format("expected one population in region '{}'", model.regions[r].name));
  read.to = others[0];
  const PopulationModel& to = model.populations[read.to];
  if (!relates(model.populations[from], read.relation) && !relates(to, read.relation))
    tie.at("relation")
        .fail(fmt::format("neither population '{}' nor '{}' has a port that leads to relation '{}'",
                          model.populations[from].name, to.name, relation.name));
  if (tie.has("count")) read.count = count_at(tie.at("count"));
  const Index others_there = to.count - (read.to == from && to.count > 0 ? 1 : 0);
  if (model.populations[from].count > 0 && read.count > others_there)
    tie.at(tie.has("count") ? "count" : "to")
        .fail(fmt::format("population '{}' has {} others for each to be tied to, and {} are asked for", to.name,
                          others_there, read.count));
  read.drawn = choice(tie, "assign", "ring", std::map<std::string, bool>{{"ring", false}, {"drawn", true}});
  read.values = read_values(world, tie, relation, r);
  world.model.ties.push_back(std::move(read));
}

}  // namespace

void read_relations(Reading& world) {
  for (auto& [name, relation] : world.root.optional_table("relations").entries()) {
    RelationModel read{name, relation.text("doc", ""), {}, {}};
    if (relation.has("attributes")) read_attributes(world, relation.at("attributes"), read);
    relation.finish();
    world.model.relations.push_back(std::move(read));
  }
}

void read_ties(Reading& world) {
  if (!world.root.has("ties")) return;
  for (const Toml& tie : world.root.at("ties").elements()) {
    for (const Index from : all_populations_at(world, tie.at("from"))) read_tie(world, tie, from);
    tie.finish();
  }
}

}  // namespace ondol
