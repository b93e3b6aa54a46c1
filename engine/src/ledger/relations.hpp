// Ties between agents: made and ended as rules ask, ended by exits.
#pragma once

#include "acting/acting.hpp"
#include "ledger/ledger.hpp"
#include "state/rows_by_agent.hpp"

#include <span>
#include <unordered_map>
#include <utility>

namespace ondol {

class Relations {
 public:
  Relations(const Model& model, State& state, const Ledger& ledger);

  // Ties two agents, unless they are, and says where the tie is. Its numbers begin as 0.
  Index tie(Index relation, Index from, Index to);
  // What rules bind and release, in the order of chunks and records. Throws Violation.
  void book(std::span<const Chunk> chunks);
  // Ends all ties of an agent that leaves.
  void leave(Index agent);
  // Drops what has ended, and says whether ties have changed since the last call.
  bool settle();

 private:
  // Two agents are tied by a relation at most once, whoever made the tie.
  struct Pair {
    Index relation, low, high;
    bool operator==(const Pair&) const = default;
  };
  struct HashOfPair {
    std::size_t operator()(const Pair& pair) const {
      return mix(mix(std::uint64_t{pair.low} << 32U | pair.high) + pair.relation);
    }
  };
  static Pair pair_of(Index relation, Index a, Index b) { return {relation, std::min(a, b), std::max(a, b)}; }

  void book(const Chunk& chunk, const ondol_tie_record& record);
  void end(Index row);
  void drop_ended();

  const Model& model_;
  State& state_;
  const Ledger& ledger_;
  std::unordered_map<Pair, Index, HashOfPair> row_of_;
  RowsByAgent from_, to_;
  std::size_t ended_ = 0;
  bool changed_ = false;
};

}  // namespace ondol
