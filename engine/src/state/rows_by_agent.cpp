#include "state/rows_by_agent.hpp"

namespace ondol {

void RowsByAgent::clear(const std::vector<Index>& agent_of) {
  if (indexed_) {
    for (const Index agent : agent_of) first_[agent] = last_[agent] = none;
  }
  next_.clear();
  indexed_ = false;
}

void RowsByAgent::index(Index agents, const std::vector<Index>& agent_of) {
  first_.resize(agents, none);
  last_.resize(agents, none);
  indexed_ = true;
  for (const Index agent : agent_of) add(agent);
}

void RowsByAgent::add(Index agent) {
  const auto row = static_cast<Index>(next_.size());
  next_.push_back(none);
  append(agent, row);
}

void RowsByAgent::append(Index agent, Index row) {
  (first_[agent] == none ? first_[agent] : next_[last_[agent]]) = row;
  last_[agent] = row;
}

}  // namespace ondol
