#include "state/rows.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace ondol {

namespace {

Index chunks_of(Index rows) { return (rows + rows_per_chunk - 1) / rows_per_chunk; }

void resize(const Model& model, Index p, State& state, Index rows) {
  PopulationState& population = state.populations[p];
  const KindDescription& kind = *model.kinds[model.populations[p].kind];
  for_each_column(model.populations[p], population, [rows](auto& column) { column.resize(rows); });
  population.traits.resize(std::size_t{rows} * kind.traits_size);
  population.state.resize(std::size_t{rows} * kind.state_size);
  // What is new is zero, and so are its flows of this tick.
  population.flows_tick.resize(chunks_of(rows), state.tick);
  population.size = rows;
}

// Those that stay, in their order.
std::vector<Index> living_rows(const PopulationState& population) {
  std::vector<Index> rows;
  rows.reserve(population.living);
  for (Index row = 0; row < population.size; ++row) {
    if (population.alive[row] != 0) rows.push_back(row);
  }
  return rows;
}

template <class T>
void close_up(std::vector<T>& column, const std::vector<Index>& kept) {
  for (std::size_t i = 0; i < kept.size(); ++i) column[i] = column[kept[i]];
}
template <class T>
void close_up(Late<T>& column, const std::vector<Index>& kept) {
  if (column.written() != nullptr) close_up(column.values(), kept);
}
void close_up(Bytes& bytes, std::size_t row_size, const std::vector<Index>& kept) {
  if (row_size == 0) return;
  for (std::size_t i = 0; i < kept.size(); ++i)
    std::memmove(bytes.data() + i * row_size, bytes.data() + kept[i] * row_size, row_size);
}

void note_departures(PopulationState& population) {
  for (Index row = 0; row < population.size; ++row) {
    if (population.alive[row] == 0)
      population.departed.push_back(
          {population.agent(row), population.founder[row], population.born[row], population.died[row]});
  }
}

void renumber(PopulationState& population, const std::vector<Index>& kept) {
  if (!std::exchange(population.moved, true)) {
    population.ids.resize(population.size);
    for (Index row = 0; row < population.size; ++row) population.ids[row] = population.first_agent + row;
    population.row_of.resize(population.ever);
  }
  for (const Index agent : population.ids) population.row_of[agent - population.first_agent] = none;
  close_up(population.ids, kept);
  population.ids.resize(kept.size());
  for (Index row = 0; row < kept.size(); ++row) population.row_of[population.ids[row] - population.first_agent] = row;
}

void drop(const Model& model, Index p, State& state) {
  PopulationState& population = state.populations[p];
  const KindDescription& kind = *model.kinds[model.populations[p].kind];
  const std::vector<Index> kept = living_rows(population);
  population.restart_flows(state.tick);
  note_departures(population);
  renumber(population, kept);
  for_each_column(model.populations[p], population, [&kept](auto& column) { close_up(column, kept); });
  close_up(population.traits, kind.traits_size, kept);
  close_up(population.state, kind.state_size, kept);
  resize(model, p, state, static_cast<Index>(kept.size()));
}

}  // namespace

void lay_out(const Model& model, Index p, State& state) {
  const PopulationModel& from = model.populations[p];
  PopulationState& population = state.populations[p];
  population.first_agent = from.first_agent;
  population.params = from.params;
  population.accounts.resize(from.accounts.size());
  population.ports.resize(from.ports.size());
  for (Index levy = 0; levy < model.levies.size(); ++levy) {
    if (model.levies[levy].region != from.region || model.levies[levy].income) continue;
    population.levies.push_back(levy);
    population.levy_base.emplace_back();
  }
  for (std::size_t i = 0; i < from.ports.size(); ++i) {
    if (!from.ports[i].bound || from.ports[i].type != ONDOL_RECEIPTS) continue;
    population.ports[i].receipts = static_cast<Index>(population.levy_base.size());
    population.levy_base.emplace_back();
  }
}

Index add_rows(const Model& model, Index p, State& state, Index count) {
  PopulationState& population = state.populations[p];
  const Index first = population.size;
  resize(model, p, state, first + count);
  std::fill(population.alive.begin() + first, population.alive.end(), 1);
  for (Index row = first; population.moved && row < population.size; ++row) {
    population.ids.push_back(population.first_agent + static_cast<Index>(population.row_of.size()));
    population.row_of.push_back(row);
  }
  population.ever += count;
  population.living += count;
  return first;
}

bool drop_dead_rows(const Model& model, State& state) {
  bool moved = false;
  for (Index p = 0; p < state.populations.size(); ++p) {
    const PopulationState& population = state.populations[p];
    if ((population.size - population.living) * 4 <= population.size) continue;
    drop(model, p, state);
    moved = true;
  }
  return moved;
}

}  // namespace ondol
