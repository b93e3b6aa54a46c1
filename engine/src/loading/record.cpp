// What a run writes of its agents.
#include "base/nearest.hpp"
#include "loading/kinds.hpp"
#include "loading/sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace ondol {

namespace {

Index recorded_agents(const Toml& at) {
  if (at.is_text()) {
    if (at.as_text() != "all") at.fail(fmt::format("expected a number or \"all\", found \"{}\"", at.as_text()));
    return none;
  }
  const double agents = at.as_number();
  if (!(agents >= 0 && agents <= most_agents && agents == std::floor(agents)))
    at.fail(fmt::format("expected a whole number from 0 to {}, or \"all\"; found {}", most_agents, agents));
  return static_cast<Index>(agents);
}

// Changes what the table says.
void read_record_of(const Toml& at, RecordModel::Kind& choice) {
  choice.every = at.integer("every", choice.every);
  if (choice.every < 1) at.at("every").fail("expected at least 1");
  if (at.has("agents")) choice.agents = recorded_agents(at.at("agents"));
  if (at.has("totals")) choice.totals = at.at("totals").as_boolean();
  if (!at.has("tables")) return;
  const std::vector<std::pair<std::string, bool*>> tables = {
      {"state", &choice.state}, {"books", &choice.books}, {"holding", &choice.holding}, {"sale", &choice.sale}};
  std::vector<std::string> names;
  for (const auto& [name, chosen] : tables) {
    names.push_back(name);
    *chosen = false;
  }
  for (const Toml& table : at.at("tables").elements()) {
    const auto found = std::find(names.begin(), names.end(), table.as_text());
    if (found == names.end())
      table.fail(fmt::format("agents have no table '{}'{}", table.as_text(), suggestion(table.as_text(), names)));
    if (std::exchange(*tables[static_cast<std::size_t>(found - names.begin())].second, true))
      table.fail(fmt::format("table '{}' is in the list already", *found));
  }
}

void read_record_columns(const Toml& at, const KindDescription& kind, RecordModel::Kind& choice) {
  if (!at.has("columns")) return;
  std::vector<std::string> names;
  for (const FieldDescription& field : kind.fields) {
    if (field.role == ONDOL_STATE) names.push_back(field.name);
  }
  if (!choice.state) at.at("columns").fail("columns are of table \"state\", which `tables` leaves out");
  for (const Toml& column : at.at("columns").elements()) {
    const std::string name = column.as_text();
    if (std::find(names.begin(), names.end(), name) == names.end())
      column.fail(fmt::format("kind '{}' has no state '{}'{}", kind.name, name, suggestion(name, names)));
    if (std::find(choice.columns.begin(), choice.columns.end(), name) != choice.columns.end())
      column.fail(fmt::format("state '{}' is in the list already", name));
    choice.columns.push_back(name);
  }
  if (choice.columns.empty())
    at.at("columns").fail("expected at least one state; to record none, leave \"state\" out of `tables`");
}

void read_recorded_relations(Reading& world, const Toml& record) {
  if (!record.has("relations")) return;
  std::vector<Index>& relations = world.model.record.relations;
  for (const Toml& name : record.at("relations").elements()) {
    const Index relation = find_named(world.model.relations, name.as_text(), "relation", name);
    if (std::find(relations.begin(), relations.end(), relation) != relations.end())
      name.fail(fmt::format("relation '{}' is in the list already", name.as_text()));
    relations.push_back(relation);
  }
}

// Of all its regions, where a market has one in each.
void record_fills(Reading& world, const Toml& at) {
  const std::string& name = at.as_text();
  std::vector<std::string> names;
  bool found = false;
  for (MarketModel& market : world.model.markets) {
    names.push_back(market.name);
    if (market.name != name) continue;
    found = market.pairs = market.records_fills = true;
  }
  if (!found) at.fail(fmt::format("the world has no market '{}'{}", name, suggestion(name, names)));
}

}  // namespace

void read_record(Reading& world) {
  const Toml record = world.root.optional_table("record");
  RecordModel::Kind standard;
  read_record_of(record, standard);
  world.model.record.index = record.boolean("index", true);
  world.model.record.instruments = record.boolean("instruments", true);
  world.model.record.every = standard.every;
  read_recorded_relations(world, record);
  if (record.has("fills")) {
    for (const Toml& market : record.at("fills").elements()) record_fills(world, market);
  }
  world.model.record.kinds.assign(world.model.kinds.size(), standard);
  std::set<Index> chosen;
  for (const auto& [name, choice] : record.optional_table("kinds").entries()) {
    const Index kind = kind_in_use(world, name, choice);
    if (!chosen.insert(kind).second)
      choice.fail(fmt::format("kind '{}' has two of these tables, by either name", world.model.kinds[kind]->name));
    read_record_of(choice, world.model.record.kinds[kind]);
    read_record_columns(choice, *world.model.kinds[kind], world.model.record.kinds[kind]);
    choice.finish();
  }
  record.finish();
}

}  // namespace ondol
