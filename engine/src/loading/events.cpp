// Dated events.
#include "base/nearest.hpp"
#include "loading/markets.hpp"
#include "loading/names.hpp"
#include "loading/populations.hpp"
#include "loading/sections.hpp"
#include "loading/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace ondol {

namespace {

void read_param_event(Reading& world, const Toml& event, Event read) {
  const std::string field_name = event.at("param").as_text();
  for (const Index p : all_populations_at(world, event.at("population"))) {
    const PopulationModel& population = world.model.populations[p];
    const KindDescription& kind = *world.model.kinds[population.kind];
    std::vector<std::string> params;
    read.target = Event::Target::param;
    read.index = p;
    read.field = none;
    for (Index f = 0; f < kind.fields.size(); ++f) {
      if (kind.fields[f].role != ONDOL_PARAM) continue;
      params.push_back(kind.fields[f].name);
      if (kind.fields[f].name == field_name) read.field = f;
    }
    if (read.field == none)
      event.at("param").fail(
          fmt::format("kind '{}' has no parameter '{}'{}", kind.name, field_name, suggestion(field_name, params)));
    const Within there(world, scope_of(world, p));
    const auto node = for_region(world, event.at("value"), population.region);
    if (!node) continue;
    const FieldDescription& field = kind.fields[read.field];
    const Unit unit = unit_of(world, field, &population, *node);
    each_component(field, *node, [&](std::uint32_t i, const Toml& value) {
      read.component = i;
      read.value = in_range(field, number(world, value, unit), value);
      read.text = fmt::format("{}: {} = {} {}", population.name, field.name, read.value, unit.text());
      world.model.events.push_back(read);
    });
  }
}

// Members of a population that come or leave.
void read_cohort_event(Reading& world, const Toml& event, Event read, const char* key) {
  const bool founds = std::string(key) == "found";
  read.target = founds ? Event::Target::found : Event::Target::leave;
  for (const Index p : all_populations_at(world, event.at("population"))) {
    const auto node = for_region(world, event.at(key), world.model.populations[p].region);
    if (!node) continue;
    const bool all = !founds && node->is_text() && node->as_text() == "all";
    read.index = p;
    read.count = all ? none : count_at(*node);
    read.text = all ? fmt::format("{}: all leave", world.model.populations[p].name)
                    : fmt::format("{}: {} {}", world.model.populations[p].name, read.count, founds ? "join" : "leave");
    world.model.events.push_back(read);
  }
}

void read_signal_event(Reading& world, const Toml& event, Event read) {
  const std::string name = event.at("signal").as_text();
  const SignalModel& named = world.model.signals[find_named(world.model.signals, name, "signal", event.at("signal"))];
  if (named.by_agent || !named.statistic.populations.empty())
    event.at("signal").fail(fmt::format("signal '{}' is reckoned from what agents do; no event sets it", name));
  read.target = Event::Target::signal;
  for (Index s = 0; s < world.model.signals.size(); ++s) {
    const SignalModel& signal = world.model.signals[s];
    if (signal.name != name ||
        (event.has("region") && signal.region != region(world, event.at("region").as_text(), event.at("region"))))
      continue;
    read.index = s;
    read.value = number_for(world, event.at("value"), signal.unit, signal.region);
    read.text = fmt::format("signal {}: {} {}", name, read.value, signal.unit.text());
    world.model.events.push_back(read);
  }
}

void read_reach_event(Reading& world, const Toml& event, Event read) {
  const std::string name = event.at("market").as_text();
  find_named(world.model.markets, name, "market", event.at("market"));
  read.target = Event::Target::reach;
  read.reach = reach_of(world, event);
  for (Index m = 0; m < world.model.markets.size(); ++m) {
    if (world.model.markets[m].name != name) continue;
    for (const Index b : regions_at(world, event, "buyer")) {
      for (const Index s : regions_at(world, event, "seller")) {
        read.index = m;
        read.buyer_region = b;
        read.seller_region = s;
        read.text = fmt::format("market {}: {} may buy from {}: {}", name, world.model.regions[b].name,
                                world.model.regions[s].name, read.reach.cost == 0 ? "no" : "yes");
        world.model.events.push_back(read);
      }
    }
  }
}

std::int64_t tick_of(const Reading& world, const Toml& event) {
  if (event.has("at") == event.has("tick")) event.fail("an event happens either `at` a date or in a `tick`");
  const Toml at = event.at(event.has("at") ? "at" : "tick");
  if (event.has("at") && !world.model.calendar) at.fail("a world without a `start` date has no dates; give `tick`");
  const std::int64_t tick = event.has("at") ? at.guarded([&] { return world.model.calendar->tick_of(at.as_text()); })
                                            : event.integer("tick", 0);
  if (tick < 0) at.fail("before the first tick");
  return tick;
}

void read_event(Reading& world, const std::string& name, const Toml& event) {
  Event read;
  read.name = name;
  read.tick = tick_of(world, event);
  read.order = event.integer("order", 0);
  read.source = event.text("source", event.where());
  if (event.has("found") && event.has("leave")) event.fail("members join or leave; make two events of it");
  if (event.has("found")) {
    read_cohort_event(world, event, read, "found");
  } else if (event.has("leave")) {
    read_cohort_event(world, event, read, "leave");
  } else if (event.has("population")) {
    read_param_event(world, event, read);
  } else if (event.has("signal")) {
    read_signal_event(world, event, read);
  } else if (event.has("market")) {
    read_reach_event(world, event, read);
  } else {
    event.fail(
        "an event changes a `param` of a `population`, founds members of it or lets them leave, or changes a `signal` "
        "or the "
        "reach of a `market`");
  }
  event.text("doc", "");
  event.finish();
}

// What happens when, in what order, and to what: two events of one key would leave to chance which counts.
auto key_of(const Event& event) {
  return std::tuple(event.tick, event.order, event.target, event.index, event.field, event.component,
                    event.buyer_region, event.seller_region);
}

void refuse_ties(const Reading& world) {
  std::map<decltype(key_of(Event{})), const Event*> known;
  for (const Event& event : world.model.events) {
    const auto [other, free] = known.emplace(key_of(event), &event);
    if (free || other->second->name == event.name) continue;
    world.root.at("events")
        .at(event.name)
        .fail(fmt::format("sets what event '{}' sets at the same time ({}); say an `order`", other->second->name,
                          event.text));
  }
}

}  // namespace

void read_events(Reading& world) {
  if (!world.root.has("events")) return;
  const Toml events = world.root.at("events");
  if (events.is_array()) events.fail("events have names: write [events.NAME], not [[events]]");
  for (const auto& [name, event] : events.entries()) read_event(world, name, event);
  refuse_ties(world);
  std::stable_sort(world.model.events.begin(), world.model.events.end(), [](const Event& a, const Event& b) {
    return std::pair(a.tick, a.order) < std::pair(b.tick, b.order);
  });
}

}  // namespace ondol
