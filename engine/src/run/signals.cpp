#include "run/signals.hpp"

#include "acting/records.hpp"
#include "model/field_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ondol {

Signals::Signals(const Model& model, State& state, const Ledger& ledger)
    : model_(model), state_(state), ledger_(ledger), readers_(model.signals.size()) {
  for (Index p = 0; p < model.populations.size(); ++p) {
    for (Index i = 0; i < model.populations[p].ports.size(); ++i) {
      if (!model.populations[p].ports[i].told) continue;
      Reader& reader = readers_[model.populations[p].ports[i].target].emplace_back(Reader{p, i, {}});
      const PopulationState& population = state.populations[p];
      for (Index row = 0; row < population.size; ++row) {
        if (population.ports[i].sums[row].count != 0) reader.told.push_back(population.agent(row));
      }
    }
  }
}

// ---- What agents tell one another

// A signal is told anew in every step in which some agents act that may tell it.
void Signals::tell(std::span<const Chunk> chunks) {
  for (const Chunk& chunk : chunks) {
    for (const PortModel& port : model_.populations[chunk.population].ports) {
      if (port.bound && port.type == ONDOL_WRITES) forget(port.target);
    }
  }
  for (const Chunk& chunk : chunks) {
    chunk.outboxes->for_each<ondol_sum_record>(ONDOL_OUT_SUM,
                                               [&](const ondol_sum_record& record) { tell(chunk, record); });
  }
}

void Signals::forget(Index signal) {
  for (Reader& reader : readers_[signal]) {
    for (const Index agent : reader.told) {
      const Index row = state_.populations[reader.population].row(agent);
      if (row != none) state_.populations[reader.population].ports[reader.port].sums[row] = {};
    }
    reader.told.clear();
  }
}

void Signals::tell(const Chunk& chunk, const ondol_sum_record& record) {
  const PortModel& port = port_of_record(model_, chunk, record.row, record.port, {ONDOL_WRITES}, "tells a number");
  const SignalModel& signal = model_.signals[port.target];
  const auto refuse = [&](const char* why) {
    throw Violation{chunk.agent(record.row), fmt::format("tells a number by signal '{}' {}", signal.name, why)};
  };
  if (!signal.by_agent) refuse("to one agent; its `scope` would have to be \"agent\"");
  if (!std::isfinite(record.value)) refuse("that is not finite");
  if (!ledger_.alive(record.to)) refuse("to an agent that does not live");
  const Place to = ledger_.place(record.to);
  const double value = record.value / port.value_factor;
  bool reads = false;
  for (Reader& reader : readers_[port.target]) {
    if (reader.population != to.population) continue;
    reads = true;
    ondol_sums& sums = state_.populations[to.population].ports[reader.port].sums[to.row];
    if (sums.count == 0) reader.told.push_back(record.to);
    sums.minimum = sums.count == 0 ? value : std::min(sums.minimum, value);
    sums.maximum = sums.count == 0 ? value : std::max(sums.maximum, value);
    sums.sum += value;
    ++sums.count;
  }
  if (!reads) refuse("to an agent whose kind does not read it");
}

// ---- What agents contribute

void Signals::contribute(std::span<const Chunk> chunks) {
  totals_.clear();
  for (const Chunk& chunk : chunks) {
    const PopulationModel& population = model_.populations[chunk.population];
    for (Index i = 0; i < population.ports.size(); ++i) {
      const PortModel& port = population.ports[i];
      const ondol_contribution& contribution = chunk.contributions[i];
      if (!port.bound || port.type != ONDOL_WRITES || contribution.count == 0) continue;
      if (chunk.rule->step == ONDOL_BIRTH)
        throw Violation{chunk.agent(0), fmt::format("contributes to signal '{}' in its rule of birth, for all others",
                                                    model_.signals[port.target].name)};
      auto found =
          std::find_if(totals_.begin(), totals_.end(), [&](const Total& total) { return total.signal == port.target; });
      if (found == totals_.end()) found = totals_.insert(totals_.end(), {port.target, 0, 0, 0});
      Total& total = *found;
      total.sum += contribution.sum / port.value_factor;
      const double maximum = contribution.maximum / port.value_factor;
      total.maximum = total.count == 0 ? maximum : std::max(total.maximum, maximum);
      total.count += contribution.count;
    }
  }
  for (const Total& total : totals_) {
    const SignalModel& described = model_.signals[total.signal];
    if (described.by_agent)
      throw Violation{none, fmt::format("signal '{}' is told to one agent at a time, but was contributed to without "
                                        "saying to whom",
                                        described.name)};
    if (described.aggregate == Aggregate::single && total.count > 1) {
      throw Violation{none, fmt::format("signal '{}' has one writer but was set {} times in one step", described.name,
                                        total.count)};
    }
    const double mean = total.sum / static_cast<double>(total.count);
    state_.signals[total.signal] = described.aggregate == Aggregate::mean      ? mean
                                   : described.aggregate == Aggregate::maximum ? total.maximum
                                                                               : total.sum;
  }
}

// ---- Statistics

void Signals::reckon(const std::vector<std::uint8_t>& acted) {
  for (Index s = 0; s < model_.signals.size(); ++s) {
    const Statistic& statistic = model_.signals[s].statistic;
    const auto books = [](const Statistic::Number& number) { return number.book >= 0; };
    const bool changed = std::any_of(statistic.populations.begin(), statistic.populations.end(),
                                     [&](Index p) { return acted[p] != 0; }) ||
                         std::any_of(statistic.of.begin(), statistic.of.end(), books) ||
                         std::any_of(statistic.weight.begin(), statistic.weight.end(), books);
    if (changed) reckon(s);
  }
}

void Signals::reckon() {
  for (Index s = 0; s < model_.signals.size(); ++s) reckon(s);
}

double Signals::number(Index population, Index row, const Statistic::Number& number) const {
  const PopulationState& state = state_.populations[population];
  if (number.book < 0) {
    const KindDescription& kind = *model_.kinds[model_.populations[population].kind];
    return read_field_value(kind.fields[number.field], state.state.data() + std::size_t{row} * kind.state_size, 0);
  }
  const Units books[] = {state.money_held[row], state.income[row], state.assets()[row],
                         state.debts[row],      state.equity[row], state.arrears_owed[row]};
  return static_cast<double>(books[number.book]) / model_.money_scale;
}

// use(number, weight) of every agent that lives, in order.
template <class Use>
void Signals::for_each_number(const Statistic& statistic, Use&& use) const {
  for (std::size_t i = 0; i < statistic.populations.size(); ++i) {
    const Index p = statistic.populations[i];
    const PopulationState& state = state_.populations[p];
    for (Index row = 0; row < state.size; ++row) {
      if (state.alive[row] == 0) continue;
      use(statistic.of.empty() ? 1 : number(p, row, statistic.of[i]) * statistic.of[i].factor,
          statistic.weight.empty() ? 1 : number(p, row, statistic.weight[i]) * statistic.weight[i].factor);
    }
  }
}

// Of nobody, and a mean without weight, it is what the signal is at first.
void Signals::reckon(Index signal) {
  const SignalModel& model = model_.signals[signal];
  const Statistic& statistic = model.statistic;
  if (statistic.populations.empty()) return;
  double& result = state_.signals[signal];
  double count = 0, sum = 0, weights = 0, minimum = 0, maximum = 0;
  numbers_.clear();
  for_each_number(statistic, [&](double value, double weight) {
    minimum = count == 0 ? value : std::min(minimum, value);
    maximum = count == 0 ? value : std::max(maximum, value);
    ++count;
    sum += value * weight;
    weights += weight;
    if (statistic.aggregate == Statistic::Aggregate::quantile) numbers_.push_back(value);
  });
  switch (statistic.aggregate) {
    case Statistic::Aggregate::count:
      result = count;
      return;
    case Statistic::Aggregate::sum:
      result = sum;
      return;
    case Statistic::Aggregate::mean:
      result = weights != 0 ? sum / weights : model.initial;
      return;
    case Statistic::Aggregate::minimum:
      result = count > 0 ? minimum : model.initial;
      return;
    case Statistic::Aggregate::maximum:
      result = count > 0 ? maximum : model.initial;
      return;
    case Statistic::Aggregate::quantile:
      break;
  }
  if (numbers_.empty()) {
    result = model.initial;
    return;
  }
  // Between the two numbers around its place, of n in order from 0 to n - 1.
  const double place = statistic.quantile * (count - 1);
  const auto below = numbers_.begin() + static_cast<std::ptrdiff_t>(place);
  std::nth_element(numbers_.begin(), below, numbers_.end());
  const double part = place - std::floor(place);
  result = part == 0 ? *below : *below + part * (*std::min_element(below + 1, numbers_.end()) - *below);
}

void Signals::end_tick() {
  reckon();
  for (std::size_t s = 0; s < state_.signal_history.size(); ++s) {
    std::vector<double>& history = state_.signal_history[s];
    if (history.empty()) continue;
    std::move_backward(history.begin(), history.end() - 1, history.end());
    history.front() = state_.signals[s];
  }
}

}  // namespace ondol
