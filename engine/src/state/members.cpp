// Member lists and disclosed columns.
#include "state/members.hpp"

#include "model/field_value.hpp"

#include <algorithm>

namespace ondol {

Members::Members(const Model& model, const State& state) : model_(model), state_(state) {
  for (const PopulationModel& population : model.populations) {
    for (const PortModel& port : population.ports) {
      const bool leads = port.bound && (port.type == ONDOL_PEERS || port.type == ONDOL_OBSERVES);
      if (!leads || view(port) != nullptr) continue;
      List& list = *lists_.emplace_back(std::make_unique<List>());
      list.populations = port.populations;
      list.record = port.record;
      if (port.record == none) continue;
      list.values.resize(model.observed_records[port.record].columns.size());
    }
  }
  refresh_lists();
}

const ondol_members* Members::view(const PortModel& port) const {
  for (const auto& list : lists_) {
    if (list->populations == port.populations && list->record == port.record) return &list->view;
  }
  return nullptr;
}

void Members::refresh_lists() {
  for (const auto& list : lists_) {
    list_members(*list);
    read_values(*list, true);
  }
}

void Members::refresh_fields(const std::vector<std::uint8_t>& acted) {
  for (const auto& list : lists_) {
    const auto& populations = list->populations;
    if (std::any_of(populations.begin(), populations.end(), [&](Index p) { return acted[p] != 0; }))
      read_values(*list, false);
  }
}

void Members::refresh_values() {
  for (const auto& list : lists_) read_values(*list, true);
}

void Members::list_members(List& list) {
  list.agent.clear();
  list.region.clear();
  for (const Index p : list.populations) {
    const PopulationModel& population = model_.populations[p];
    for (Index row = 0; row < state_.populations[p].size; ++row) {
      if (state_.populations[p].alive[row] == 0) continue;
      list.agent.push_back(state_.populations[p].agent(row));
      list.region.push_back(static_cast<std::uint16_t>(population.region));
    }
  }
  for (auto& column : list.values) column.resize(list.agent.size());
  list.columns.clear();
  for (const auto& column : list.values) list.columns.push_back(column.data());
  list.view = {sizeof(ondol_members),
               static_cast<std::uint32_t>(list.agent.size()),
               list.agent.data(),
               list.region.data(),
               list.columns.empty() ? nullptr : list.columns.data(),
               static_cast<std::uint32_t>(list.columns.size()),
               0};
}

void Members::read_values(List& list, bool books) {
  if (list.record == none) return;
  const ObservedRecord& record = model_.observed_records[list.record];
  for (std::size_t column = 0; column < record.columns.size(); ++column) {
    if (record.columns[column].book < 0) {
      read_field(list, column, record.columns[column].field);
    } else if (books) {
      read_books(list, column, record.columns[column].book);
    }
  }
}

void Members::read_books(List& list, std::size_t column, int book) {
  std::size_t member = 0;
  for (const Index p : list.populations) {
    const PopulationState& population = state_.populations[p];
    const std::array<const Column*, 6> books = {&population.money_held, &population.income,
                                                &population.assets(),   population.debts.written(),
                                                &population.equity,     population.arrears_owed.written()};
    const Column* values = books[static_cast<std::size_t>(book)];
    for (Index row = 0; row < population.size; ++row) {
      if (population.alive[row] == 0) continue;
      const Units value = values == nullptr ? 0 : (*values)[row];
      list.values[column][member++] = static_cast<double>(value) / model_.money_scale;
    }
  }
}

void Members::read_field(List& list, std::size_t column, const std::vector<Index>& fields) {
  std::size_t member = 0;
  for (std::size_t i = 0; i < list.populations.size(); ++i) {
    const Index p = list.populations[i];
    const KindDescription& kind = *model_.kinds[model_.populations[p].kind];
    const FieldDescription& field = kind.fields[fields[i]];
    const PopulationState& population = state_.populations[p];
    for (Index row = 0; row < population.size; ++row) {
      if (population.alive[row] == 0) continue;
      list.values[column][member++] =
          read_field_value(field, population.state.data() + std::size_t{row} * kind.state_size, 0);
    }
  }
}

}  // namespace ondol
