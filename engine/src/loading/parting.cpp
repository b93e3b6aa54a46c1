// Comparing worlds as documents, and their events one by one.
#include "loading/parting.hpp"

#include "loading/toml_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <sstream>

namespace ondol {

namespace {

std::string text_of(const toml::node& node) {
  std::ostringstream out;
  node.visit([&](const auto& value) { out << toml::toml_formatter(value); });
  return out.str();
}

// On one line, and not long.
std::string shown(const toml::node& node) {
  constexpr std::size_t most = 60;
  std::string text = text_of(node);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text.size() <= most ? text : text.substr(0, most) + "...";
}

// The first value of one document that the other does not have, on the same way; empty: none.
std::string difference(const toml::table& here, const toml::table& there, const std::string& way) {
  for (const auto& [key, value] : here) {
    const std::string name = way.empty() ? std::string(key.str()) : fmt::format("{}.{}", way, key.str());
    const toml::node* const other = there.get(key.str());
    if (other == nullptr) return fmt::format("{} is {} here, and nothing there", name, shown(value));
    if (value.is_table() && other->is_table()) {
      if (std::string found = difference(*value.as_table(), *other->as_table(), name); !found.empty()) return found;
      continue;
    }
    if (value.type() != other->type() || text_of(value) != text_of(*other))
      return fmt::format("{} is {} here, and {} there", name, shown(value), shown(*other));
  }
  for (const auto& [key, value] : there) {
    const std::string name = way.empty() ? std::string(key.str()) : fmt::format("{}.{}", way, key.str());
    if (here.get(key.str()) == nullptr) return fmt::format("{} is nothing here, and {} there", name, shown(value));
  }
  return "";
}

toml::table without(std::initializer_list<const char*> keys, const Model& model) {
  toml::table document = parse_toml(model.text, model.path);
  for (const char* key : keys) document.erase(key);
  return document;
}

// Of what decides a run from its first tick on.
toml::table foundations(const Model& model) {
  return without({"events", "ticks", "record", "seed", "name", "doc"}, model);
}

bool same(const Event& a, const Event& b) {
  return a.tick == b.tick && a.target == b.target && a.index == b.index && a.field == b.field &&
         a.component == b.component && a.buyer_region == b.buyer_region && a.seller_region == b.seller_region &&
         a.count == b.count && a.value == b.value && a.reach.cost == b.reach.cost && a.reach.share == b.reach.share;
}

}  // namespace

Parting parting_of(const Model& here, const Model& there) {
  if (here.text == there.text) return {};
  if (const std::string found = difference(foundations(here), foundations(there), ""); !found.empty())
    return {Parting::before_the_first, found};
  return parting_of_events(here, there);
}

std::string text_without_events(const Model& model) {
  return text_of(without({"events", "seed", "name", "doc"}, model));
}

Parting parting_of_events(const Model& here, const Model& there) {
  // By tick and order: luck of an event is of its place among all.
  const std::size_t both = std::min(here.events.size(), there.events.size());
  for (std::size_t i = 0; i < both; ++i) {
    const Event& mine = here.events[i];
    const Event& other = there.events[i];
    if (same(mine, other)) continue;
    const Event& first = other.tick < mine.tick ? other : mine;
    return {first.tick, fmt::format("event '{}' of tick {} is not the same in both", first.name, first.tick)};
  }
  for (const Model* longer : {&here, &there}) {
    if (longer->events.size() == both) continue;
    const Event& next = longer->events[both];
    return {next.tick, fmt::format("event '{}' of tick {} is only in one", next.name, next.tick)};
  }
  return {};
}

}  // namespace ondol
