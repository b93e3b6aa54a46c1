// Populations by their names, or by what they are.
#include "base/nearest.hpp"
#include "loading/populations.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ondol {

namespace {

constexpr const char* everywhere = "*";

std::vector<Index> in_region_of(const Reading& world, const Reading::Declared& declared, Index r) {
  std::vector<Index> found;
  for (const Index p : declared.populations) {
    if (world.model.populations[p].region == r) found.push_back(p);
  }
  return found;
}

// `r` is none where no region is meant.
std::vector<Index> named(const Reading& world, const Toml& at, Index r) {
  const std::string name = at.as_text();
  const std::size_t dot = name.find('.');
  const std::string group = name.substr(0, dot);
  for (const Reading::Declared& declared : world.declared) {
    if (declared.group != group) continue;
    const std::string part = dot == std::string::npos ? "" : name.substr(dot + 1);
    if (part == everywhere || (part.empty() && r == none)) return declared.populations;
    for (const Index p : declared.populations) {
      if (!part.empty() && world.model.populations[p].name == name) return {p};
    }
    const std::vector<Index> found = in_region_of(world, declared, part.empty() ? r : region(world, part, at));
    return found.empty() && part.empty() && declared.populations.size() == 1 ? declared.populations : found;
  }
  at.fail(fmt::format("there is no population '{}'{}", group, suggestion(group, groups(world))));
}

// ---- By what they are
bool leads(const PopulationModel& population, ondol_port_type type, Index target) {
  return std::any_of(population.ports.begin(), population.ports.end(),
                     [&](const PortModel& port) { return port.bound && port.type == type && port.target == target; });
}

bool trades_in(const Reading& world, const PopulationModel& population, ondol_port_type type, const Toml& market) {
  find_named(world.model.markets, market.as_text(), "market", market);
  return std::any_of(population.ports.begin(), population.ports.end(), [&](const PortModel& port) {
    return port.bound && port.type == type && world.model.markets[port.target].name == market.as_text();
  });
}

void check_layer(const Reading& world, const Toml& layer) {
  std::vector<std::string> layers;
  for (const PopulationModel& population : world.model.populations) layers.push_back(population.layer);
  std::sort(layers.begin(), layers.end());
  layers.erase(std::unique(layers.begin(), layers.end()), layers.end());
  std::erase(layers, "");
  if (!std::binary_search(layers.begin(), layers.end(), layer.as_text()))
    layer.fail(fmt::format("no population is of layer '{}'{}", layer.as_text(), suggestion(layer.as_text(), layers)));
}

void check_kind(const Reading& world, const Toml& kind) {
  const auto named_so = [&](const KindDescription* known) {
    return known->name == kind.as_text() || known->plugin + "/" + known->name == kind.as_text();
  };
  std::vector<std::string> names;
  for (const KindDescription* known : world.model.kinds) names.push_back(known->name);
  if (std::none_of(world.model.kinds.begin(), world.model.kinds.end(), named_so))
    kind.fail(fmt::format("there is no kind '{}' in this world{}", kind.as_text(), suggestion(kind.as_text(), names)));
}

bool fulfils(const Reading& world, const PopulationModel& population, const std::string& key, const Toml& wanted) {
  const KindDescription& kind = *world.model.kinds[population.kind];
  if (key == "layer") return population.layer == wanted.as_text();
  if (key == "kind") return kind.name == wanted.as_text() || kind.plugin + "/" + kind.name == wanted.as_text();
  if (key == "sells") return trades_in(world, population, ONDOL_SELLS, wanted);
  if (key == "buys") return trades_in(world, population, ONDOL_BUYS, wanted);
  return leads(population, ONDOL_ISSUES, find_named(world.model.instruments, wanted.as_text(), "instrument", wanted));
}

std::vector<Index> selected(const Reading& world, const Toml& selector, Index r) {
  std::vector<std::pair<std::string, std::vector<Toml>>> conditions;
  for (const char* key : {"layer", "kind", "sells", "buys", "issues"}) {
    if (!selector.has(key)) continue;
    conditions.emplace_back(key, selector.at(key).elements());
    for (const Toml& one : conditions.back().second) {
      if (std::string_view(key) == "layer") check_layer(world, one);
      if (std::string_view(key) == "kind") check_kind(world, one);
    }
  }
  if (selector.has("region")) {
    const Toml at = selector.at("region");
    r = at.as_text() == everywhere ? none : region(world, at.as_text(), at);
  }
  std::vector<Index> left_out;
  if (selector.has("except")) left_out = all_populations_at(world, selector.at("except"));
  selector.finish();
  if (conditions.empty()) selector.fail("a selector says at least one of layer, kind, sells, buys, issues");
  std::vector<Index> found;
  bool any = false;
  for (Index p = 0; p < world.model.populations.size(); ++p) {
    const PopulationModel& population = world.model.populations[p];
    const bool all = std::all_of(conditions.begin(), conditions.end(), [&](const auto& condition) {
      return std::any_of(condition.second.begin(), condition.second.end(),
                         [&](const Toml& wanted) { return fulfils(world, population, condition.first, wanted); });
    });
    if (!all) continue;
    any = true;
    if ((r == none || population.region == r) && !std::binary_search(left_out.begin(), left_out.end(), p))
      found.push_back(p);
  }
  if (!any) selector.fail("chooses no population at all");
  return found;
}

}  // namespace

std::vector<Index> populations_at(const Reading& world, const Toml& node, Index r) {
  std::vector<Index> found;
  for (const Toml& one : node.elements()) {
    const std::vector<Index> more = one.is_table() ? selected(world, one, r) : named(world, one, r);
    found.insert(found.end(), more.begin(), more.end());
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::vector<Index> all_populations_at(const Reading& world, const Toml& node) {
  return populations_at(world, node, none);
}

std::vector<std::string> groups(const Reading& world) {
  std::vector<std::string> names;
  for (const Reading::Declared& declared : world.declared) names.push_back(declared.group);
  return names;
}

}  // namespace ondol
