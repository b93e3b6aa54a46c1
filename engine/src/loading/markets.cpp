// Markets: what is traded through which mechanism, and who may buy from whom.
#include "loading/markets.hpp"

#include "loading/kinds.hpp"
#include "loading/memory.hpp"
#include "loading/sections.hpp"
#include "loading/values.hpp"
#include "model/field_value.hpp"

#include <ondol/random.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace ondol {

namespace {

// Every market of so many has parameters and state in the model, and state once more in the run.
void check_memory_of_mechanism(Reading& world, const Toml& at, const MechanismDescription& mechanism,
                               std::size_t markets) {
  check_memory(world, at,
               static_cast<double>(markets) * (mechanism.params_size + 2 * static_cast<double>(mechanism.state_size)));
}

void read_mechanism_fields(Reading& world, MarketModel& market, const MechanismDescription& mechanism, Toml& table) {
  market.params.resize(std::max<std::size_t>(mechanism.params_size, 1));
  market.state.resize(mechanism.state_size);
  Toml params = table.optional_table("params");
  for (const FieldDescription& field : mechanism.fields) {
    std::byte* base = field.role == ONDOL_PARAM ? market.params.data() : market.state.data();
    for (std::uint32_t i = 0; i < field.count; ++i) write_field_value(field, base, i, field.initial);
    if (field.role != ONDOL_PARAM) continue;
    if (!params.has(field.name)) {
      if (field.required) table.fail(fmt::format("mechanism '{}' needs `params.{}`", mechanism.name, field.name));
      continue;
    }
    const Unit unit = unit_of(world, field, {}, params.at(field.name));
    // As many elements as a market may have attributes: one for each that it has.
    const bool per_attribute = field.count == ONDOL_MAX_ATTRIBUTES;
    each_component(field, params.at(field.name), per_attribute ? market.attributes.size() : field.count,
                   [&](std::uint32_t i, const Toml& node) {
                     write_field_value(field, base, i, in_range(field, number(world, node, unit), node));
                   });
  }
  params.finish();
}

void read_reach(const Reading& world, MarketModel& market, Toml& rule) {
  const Reach reach = reach_of(world, rule);
  const bool abroad = rule.boolean("abroad", false);
  for (const Index b : regions_at(world, rule, "buyer")) {
    for (const Index s : regions_at(world, rule, "seller")) {
      if (!abroad || b != s) market.reach[b * world.model.regions.size() + s] = reach;
    }
  }
  rule.finish();
}

void read_market(Reading& world, const std::string& name, Toml& market) {
  MarketModel read;
  read.name = name;
  read.doc = market.text("doc", "");
  read.layer = market.text("layer", "");
  if (market.has("good") == market.has("instrument")) market.fail("a market trades either a `good` or an `instrument`");
  Unit unit = world.model.units.parse("1");
  if (market.has("good")) {
    read.good = find_named(world.model.goods, market.at("good").as_text(), "good", market.at("good"));
    unit = world.model.goods[read.good].unit;
  } else {
    read.instrument =
        find_named(world.model.instruments, market.at("instrument").as_text(), "instrument", market.at("instrument"));
    if (read.instrument == 0) market.at("instrument").fail("money is not traded for money");
    if (world.model.instruments[read.instrument].instrument_class == InstrumentClass::credit)
      unit = world.model.units.parse("money");
  }
  const MechanismDescription& mechanism = find_mechanism(world, market.at("mechanism"));
  read.mechanism = mechanism.mechanism;
  read.mechanism_fields = &mechanism.fields;
  read.mechanism_name = mechanism.name;
  read.mechanism_plugin = mechanism.plugin;
  read.mechanism_watched = mechanism.watched;
  read.orders_stand = mechanism.orders_stand;
  read.book = mechanism.book;
  read.price_decimals = decimals(market, "price_decimals", 4);
  read.price_scale = std::pow(10.0, read.price_decimals);
  read.step = find_named(world.model.steps, market.at("step").as_text(), "step", market.at("step"));
  if (market.has("attributes")) {
    for (const Toml& attribute : market.at("attributes").elements()) read.attributes.push_back(attribute.as_text());
    if (read.attributes.size() > ONDOL_MAX_ATTRIBUTES)
      market.at("attributes").fail(fmt::format("more than {} attributes", ONDOL_MAX_ATTRIBUTES));
  }
  if (market.has("deposit")) {
    read.deposit = number(world, market.at("deposit"), world.model.units.parse("1"));
    if (!read.orders_stand)
      market.at("deposit").fail(
          fmt::format("mechanism '{}' keeps no standing orders, so they hold no deposit", mechanism.name));
    if (!(read.deposit >= 0 && read.deposit <= 1)) market.at("deposit").fail("expected 0 to 1");
  }
  if (market.has("forfeit")) {
    read.forfeit = number(world, market.at("forfeit"), world.model.units.parse("1"));
    if (!read.orders_stand)
      market.at("forfeit").fail(
          fmt::format("mechanism '{}' keeps no orders for a seller, so none is forfeited", mechanism.name));
    if (!(read.forfeit >= 0 && read.forfeit <= 1)) market.at("forfeit").fail("expected 0 to 1");
  }
  read.order_life = market.integer("order_life", 0);
  read.pairs = market.boolean("pairs", false);
  const bool regional = scope_is_region(market);
  const std::string purpose_name = market.text("purpose", name);
  const auto flow_class =
      choice(market, "class", "current",
             std::map<std::string, ondol_flow_class>{
                 {"current", ONDOL_CURRENT}, {"capital", ONDOL_CAPITAL}, {"financial", ONDOL_FINANCIAL}});
  check_memory_of_mechanism(world, market.at("mechanism"), mechanism, regional ? world.model.regions.size() : 1);
  read_mechanism_fields(world, read, mechanism, market);
  read.reach.assign(world.model.regions.size() * world.model.regions.size(), {});
  if (regional) {
    for (Index b = 0; b < world.model.regions.size(); ++b) {
      for (Index s = 0; s < world.model.regions.size(); ++s)
        read.reach[b * world.model.regions.size() + s].cost = b == s ? 1 : 0;
    }
  }
  if (market.has("reach")) {
    for (Toml& rule : market.at("reach").elements()) read_reach(world, read, rule);
  }
  for (Index r = 0; r < (regional ? world.model.regions.size() : 1); ++r) {
    read.region = regional ? r : none;
    read.label = regional ? name + "." + world.model.regions[r].name : name;
    read.hash = mix(name_hash(name)) + (regional ? name_hash(world.model.regions[r].luck) : 0);
    if (market.has("reference_price"))
      read.reference_price =
          number_for(world, market.at("reference_price"), world.model.units.parse("money") / unit, read.region);
    if (read.reference_price < 0) market.at("reference_price").fail("a negative price");
    const auto index = static_cast<Index>(world.model.markets.size());
    read.purpose = purpose(world, purpose_name, flow_class, index);
    world.model.steps[read.step].markets.push_back(index);
    world.model.markets.push_back(read);
  }
  market.finish();
}

}  // namespace

void read_markets(Reading& world) {
  for (auto& [name, market] : world.root.optional_table("markets").entries()) read_market(world, name, market);
}

Reach reach_of(const Reading& world, const Toml& rule) {
  Reach reach;
  if (rule.has("tariff")) reach.cost += number(world, rule.at("tariff"), world.model.units.parse("1"));
  if (rule.has("loss")) reach.share -= number(world, rule.at("loss"), world.model.units.parse("1"));
  if (!(reach.cost >= 1) || !(reach.share > 0 && reach.share <= 1))
    rule.fail("expected a tariff of at least 0 and a loss from 0 to below 1");
  if (!rule.boolean("allowed", true)) reach.cost = 0;
  return reach;
}

std::vector<Index> regions_at(const Reading& world, const Toml& rule, const char* key) {
  std::vector<Index> regions;
  const std::string name = rule.text(key, "*");
  if (name != "*") return {region(world, name, rule.at(key))};
  for (Index r = 0; r < world.model.regions.size(); ++r) regions.push_back(r);
  return regions;
}

}  // namespace ondol
