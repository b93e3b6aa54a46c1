#include "state/rows_by_agent.hpp"

namespace ondol {

RowsByAgent::Ends& RowsByAgent::ends(Index agent) {
  const Index p = state_.population_of(agent);
  if (p >= ends_.size()) ends_.resize(state_.populations.size());
  std::vector<Ends>& of_population = ends_[p];
  const Index ordinal = agent - state_.populations[p].first_agent;
  if (ordinal >= of_population.size()) of_population.resize(state_.populations[p].ever);
  return of_population[ordinal];
}

Index RowsByAgent::first(Index agent) const {
  const Index p = state_.population_of(agent);
  const Index ordinal = agent - state_.populations[p].first_agent;
  return p < ends_.size() && ordinal < ends_[p].size() ? ends_[p][ordinal].first : none;
}

void RowsByAgent::clear(const std::vector<Index>& agent_of) {
  if (indexed_) {
    for (const Index agent : agent_of) ends(agent) = {};
  }
  next_.clear();
  indexed_ = false;
}

void RowsByAgent::index(const std::vector<Index>& agent_of) {
  indexed_ = true;
  for (const Index agent : agent_of) add(agent);
}

std::vector<Index> RowsByAgent::listed() const {
  std::vector<Index> rows;
  for (const std::vector<Ends>& of_population : ends_) {
    for (const Ends& of_agent : of_population) {
      for (Index row = of_agent.first; row != none; row = next_[row]) rows.push_back(row);
    }
  }
  return rows;
}

void RowsByAgent::relist(const std::vector<Index>& agent_of, const std::vector<Index>& rows) {
  indexed_ = true;
  next_.assign(agent_of.size(), none);
  for (const Index row : rows) append(agent_of[row], row);
}

void RowsByAgent::add(Index agent) {
  const auto row = static_cast<Index>(next_.size());
  next_.push_back(none);
  append(agent, row);
}

void RowsByAgent::append(Index agent, Index row) {
  Ends& at = ends(agent);
  (at.first == none ? at.first : next_[at.last]) = row;
  at.last = row;
}

}  // namespace ondol
