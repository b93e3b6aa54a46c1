#include "state/rows_by_agent.hpp"

namespace ondol {

void RowsByAgent::clear() {
  first_.clear();
  last_.clear();
  next_.clear();
}

void RowsByAgent::index(Index agents, const std::vector<Index>& agent_of) {
  clear();
  first_.resize(agents, none);
  last_.resize(agents, none);
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
