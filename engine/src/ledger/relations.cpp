#include "ledger/relations.hpp"

#include "acting/records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ondol {

Relations::Relations(const Model& model, State& state, const Ledger& ledger)
    : model_(model), state_(state), ledger_(ledger), from_(state), to_(state) {
  const Ties& ties = state.ties;
  if (ties.size() == 0) return;
  from_.index(ties.from);
  to_.index(ties.to);
  for (Index row = 0; row < ties.size(); ++row) {
    if (ties.relation[row] == none) {
      ++ended_;
    } else {
      row_of_[pair_of(ties.relation[row], ties.from[row], ties.to[row])] = row;
    }
  }
}

void Relations::book(std::span<const Chunk> chunks) {
  for (const Chunk& chunk : chunks) {
    chunk.outboxes->for_each<ondol_tie_record>(ONDOL_OUT_TIE,
                                               [&](const ondol_tie_record& record) { book(chunk, record); });
  }
}

void Relations::book(const Chunk& chunk, const ondol_tie_record& record) {
  const char* does = record.action == ONDOL_BIND ? "binds" : "releases";
  const PortModel& port = port_of_record(model_, chunk, record.row, record.port, {ONDOL_RELATES}, does);
  const Index agent = chunk.agent(record.row);
  const std::string& relation = model_.relations[port.target].name;
  const auto known = row_of_.find(pair_of(port.target, agent, record.other));
  if (record.action == ONDOL_RELEASE) {
    if (known != row_of_.end()) end(known->second);
    return;
  }
  if (record.action != ONDOL_BIND || record.value_count > port.attributes.size())
    throw Violation{agent, fmt::format("does with relation '{}' what it does not allow", relation)};
  if (record.other == agent || !ledger_.alive(record.other))
    throw Violation{agent, fmt::format("binds itself by relation '{}' to {}", relation,
                                       record.other == agent ? "itself" : "an agent that does not live")};
  const Index row = tie(port.target, agent, record.other);
  for (std::size_t i = 0; i < record.value_count; ++i) {
    if (!std::isfinite(record.values[i]))
      throw Violation{agent, fmt::format("binds by relation '{}' with a number that is not finite", relation)};
    state_.ties.values[port.attributes[i]][row] = record.values[i];
  }
}

Index Relations::tie(Index relation, Index from, Index to) {
  Ties& ties = state_.ties;
  changed_ = true;
  const auto row = static_cast<Index>(ties.size());
  const auto [known, added] = row_of_.try_emplace(pair_of(relation, from, to), row);
  if (!added) return known->second;
  if (!from_.indexed()) from_.index(ties.from);
  if (!to_.indexed()) to_.index(ties.to);
  from_.add(from);
  to_.add(to);
  ties.relation.push_back(relation);
  ties.from.push_back(from);
  ties.to.push_back(to);
  ties.since.push_back(state_.tick);
  for (auto& column : ties.values) column.push_back(0);
  return row;
}

void Relations::end(Index row) {
  Ties& ties = state_.ties;
  row_of_.erase(pair_of(ties.relation[row], ties.from[row], ties.to[row]));
  ties.relation[row] = none;
  ++ended_;
  changed_ = true;
}

void Relations::leave(Index agent) {
  for (const RowsByAgent* rows : {&from_, &to_}) {
    for (const Index row : rows->of(agent)) {
      if (state_.ties.relation[row] != none) end(row);
    }
  }
}

bool Relations::settle() {
  if (ended_ * 4 > state_.ties.size()) drop_ended();
  return std::exchange(changed_, false);
}

void Relations::drop_ended() {
  Ties& ties = state_.ties;
  from_.clear(ties.from);
  to_.clear(ties.to);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < ties.size(); ++i) {
    if (ties.relation[i] == none) continue;
    row_of_[pair_of(ties.relation[i], ties.from[i], ties.to[i])] = static_cast<Index>(kept);
    ties.move_row(kept++, i);
  }
  ties.resize(kept);
  ended_ = 0;
  from_.index(ties.from);
  to_.index(ties.to);
}

}  // namespace ondol
