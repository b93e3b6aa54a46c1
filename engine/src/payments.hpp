// The payments that the rules of a step asked for, booked on all threads.
#pragma once

#include "acting.hpp"
#include "flow_tally.hpp"
#include "ledger.hpp"
#include "scheduler.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ondol {

// Many agents pay many others at once. Payers lie in order of their chunks, payees anywhere; to write to memory in
// order on both sides, slabs of chunks first withdraw and sort what they withdrew by blocks of payees, then blocks
// deposit. Sums of integers do not depend on order, so neither do results on the number of threads.
class Payments {
 public:
  Payments(const Model& model, State& state, Ledger& ledger, Scheduler& scheduler);

  // Throws the Violation that comes first in the order of chunks and records.
  void book(std::span<const Chunk> chunks);

 private:
  static constexpr Index chunks_per_slab = 64;
  static constexpr Index agents_per_block = 1U << 14U;

  struct Deposit {
    Index payee;
    Index from;  // the payer's population
    Units amount;
    Index purpose;
  };
  struct Slab {
    std::vector<Deposit> deposits;     // by block of the payee
    std::vector<std::uint32_t> start;  // [block], and one more for the end
    std::optional<Violation> failure;
    bool owes = false;
  };
  struct Block {
    FlowTally flows;
    bool to_the_dead = false;
  };

  void withdraw(Slab& slab, std::span<const Chunk> chunks);
  void deposit(Index block);
  [[noreturn]] void blame_who_pays_the_dead(std::span<const Chunk> chunks) const;
  void count_flows(std::span<const Chunk> chunks);
  void owe(std::span<const Chunk> chunks);

  const Model& model_;
  State& state_;
  Ledger& ledger_;
  Scheduler& scheduler_;
  std::vector<Slab> slabs_;
  std::vector<Block> blocks_;
  std::span<const Chunk> chunks_;  // being booked
  std::uint32_t slab_count_ = 0;
};

}  // namespace ondol
