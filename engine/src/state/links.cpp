// Laying out links by agent: how many each has, then each in its place.
#include "state/links.hpp"

#include <algorithm>

namespace ondol {

namespace {

constexpr std::size_t claim_values = 3;  // amount, rate, term
constexpr std::size_t tie_values = 2;    // since, whether made here; behind the attributes

bool has_links(const PortModel& port) { return port.bound && (port.lists_claims || port.type == ONDOL_RELATES); }

}  // namespace

Links::Links(const Model& model, const State& state) : model_(model), state_(state) {
  for (const PopulationModel& population : model.populations) {
    for (const PortModel& port : population.ports) {
      if (!has_links(port) || list_of(port) != nullptr) continue;
      List& list = *lists_.emplace_back(std::make_unique<List>());
      list.type = port.type;
      list.target = port.target;
      list.attributes = port.attributes;
      list.values.resize(port.type == ONDOL_RELATES ? port.attributes.size() + tie_values : claim_values);
    }
  }
  refresh_claims();
  refresh_ties();
}

const Links::List* Links::list_of(const PortModel& port) const {
  for (const auto& list : lists_) {
    if (list->type == port.type && list->target == port.target && list->attributes == port.attributes)
      return list.get();
  }
  return nullptr;
}

const ondol_links* Links::view(const PortModel& port) const {
  const List* list = has_links(port) ? list_of(port) : nullptr;
  return list == nullptr ? nullptr : &list->view;
}

const Index* Links::first_of(const PortModel& port, Index population, Index row) const {
  const List* list = has_links(port) ? list_of(port) : nullptr;
  return list == nullptr ? nullptr : list->first.data() + first_slot_[population] + row;
}

Index Links::slot(Index agent) const {
  const Place at = state_.place(agent);
  return first_slot_[at.population] + at.row;
}

void Links::refresh_claims() {
  for (const auto& list : lists_) {
    if (list->type != ONDOL_RELATES) list_claims(*list);
  }
}

void Links::refresh_ties() {
  for (const auto& list : lists_) {
    if (list->type == ONDOL_RELATES) list_ties(*list);
  }
}

// each(put) calls put(agent, other, number) for every link, where number(value) is one of its numbers.
template <class Each>
void Links::lay_out(List& list, Each&& each) {
  first_slot_.assign(1, 0);
  for (const PopulationState& population : state_.populations)
    first_slot_.push_back(first_slot_.back() + population.size);
  list.first.assign(first_slot_.back() + 1, 0);
  each([&](Index agent, Index, const auto&) { ++list.first[slot(agent) + 1]; });
  for (std::size_t row = 1; row < list.first.size(); ++row) list.first[row] += list.first[row - 1];
  list.next = list.first;
  list.other.resize(list.first.back());
  for (auto& column : list.values) column.resize(list.first.back());
  each([&](Index agent, Index other, const auto& number) {
    const Index at = list.next[slot(agent)]++;
    list.other[at] = other;
    for (std::size_t value = 0; value < list.values.size(); ++value) list.values[value][at] = number(value);
  });
  list.columns.clear();
  for (const auto& column : list.values) list.columns.push_back(column.data());
  list.view = {sizeof(ondol_links), static_cast<std::uint32_t>(list.values.size()), list.other.data(),
               list.columns.data()};
}

void Links::list_claims(List& list) {
  const Claims& claims = state_.claims;
  const double scale = model_.instruments[list.target].scale;
  const bool owned = list.type == ONDOL_OWNS;
  lay_out(list, [&](const auto& put) {
    for (std::size_t i = 0; i < claims.size(); ++i) {
      if (claims.instrument[i] != list.target || claims.amount[i] == 0) continue;
      put(owned ? claims.holder[i] : claims.issuer[i], owned ? claims.issuer[i] : claims.holder[i],
          [&](std::size_t value) {
            return value == 0   ? static_cast<double>(claims.amount[i]) / scale
                   : value == 1 ? claims.rate[i]
                                : static_cast<double>(claims.term[i]);
          });
    }
  });
}

void Links::list_ties(List& list) {
  const Ties& ties = state_.ties;
  const std::size_t attributes = list.attributes.size();
  lay_out(list, [&](const auto& put) {
    for (std::size_t i = 0; i < ties.size(); ++i) {
      if (ties.relation[i] != list.target) continue;
      const auto number = [&](bool mine) {
        return [&ties, &list, attributes, i, mine](std::size_t value) {
          return value < attributes    ? ties.values[list.attributes[value]][i]
                 : value == attributes ? static_cast<double>(ties.since[i])
                                       : static_cast<double>(mine);
        };
      };
      put(ties.from[i], ties.to[i], number(true));
      put(ties.to[i], ties.from[i], number(false));
    }
  });
}

}  // namespace ondol
