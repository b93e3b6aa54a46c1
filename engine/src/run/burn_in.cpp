#include "run/burn_in.hpp"

#include "model/field_value.hpp"

#include <algorithm>

namespace ondol {

KeptValues::KeptValues(const Model& model, const State& state, const std::vector<BurnInModel::Kept>& kept)
    : model_(model) {
  for (const BurnInModel::Kept& one : kept) {
    Values& values = values_.emplace_back(Values{one, 0, 0, {}, 0});
    if (one.signal != none) {
      values.signal = state.signals[one.signal];
      continue;
    }
    const KindDescription& kind = *model.kinds[model.populations[one.population].kind];
    const FieldDescription& field = kind.fields[one.field];
    values.offset = field.offset;
    values.size = field.count * field_type_size(field.type);
    const PopulationState& population = state.populations[one.population];
    for (Index row = 0; row < population.size; ++row) {
      const std::byte* at = population.state.data() + std::size_t{row} * kind.state_size + field.offset;
      values.bytes.insert(values.bytes.end(), at, at + values.size);
    }
  }
}

void KeptValues::put_back(State& state) const {
  for (const Values& values : values_) {
    if (values.kept.signal != none) {
      state.signals[values.kept.signal] = values.signal;
      std::vector<double>& history = state.signal_history[values.kept.signal];
      if (!history.empty()) history.front() = values.signal;
      continue;
    }
    PopulationState& population = state.populations[values.kept.population];
    const std::size_t row_size = model_.kinds[model_.populations[values.kept.population].kind]->state_size;
    for (Index row = 0; row < population.size; ++row) {
      const std::size_t first = std::size_t{population.agent(row) - population.first_agent} * values.size;
      if (first >= values.bytes.size()) break;  // rows ascend by agent: all from here on were born later
      std::copy_n(values.bytes.data() + first, values.size,
                  population.state.data() + std::size_t{row} * row_size + values.offset);
    }
  }
}

}  // namespace ondol
