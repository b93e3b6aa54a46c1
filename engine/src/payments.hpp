// The payments that the rules of a step ask for, booked on all threads.
#pragma once

#include "acting.hpp"
#include "flow_tally.hpp"
#include "ledger.hpp"
#include "scheduler.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace ondol {

// Many agents pay many others at once. Payers lie in order of their chunks, payees anywhere; to write to memory in
// order on both sides, what a chunk's rules wrote is withdrawn and sorted by blocks of payees while it is at hand, and
// blocks deposit when all rules are done. Nobody sees the difference: what an agent holds is read by its own rules
// only. Sums of integers do not depend on order, so neither do results on the number of threads.
class Payments {
 public:
  Payments(const Model& model, State& state, Ledger& ledger, Scheduler& scheduler);

  // Before the rules of a step run, in so many batches of chunks.
  void begin(std::uint32_t batches);
  // Withdraws what a chunk pays; different batches at once, the chunks of one in order.
  void take(std::uint32_t batch, const Chunk& chunk);
  // Deposits. Throws the Violation that comes first in the order of chunks and records.
  void book();

 private:
  // Blocks are as small as lets a batch keep the ends of all of them in the fastest cache.
  static constexpr std::uint32_t least_block_bits = 12;
  static constexpr std::uint32_t most_blocks = 256;

  // Who pays and what for: runs of deposits share it.
  struct Source {
    Index population, purpose;
  };
  struct Deposit {
    Index payee;
    std::uint32_t source;
    Units amount;
  };
  struct Flow {
    Index from, to, purpose;
  };
  struct Owed {
    Index payer, payee, purpose;
    Units amount;
  };
  struct Batch {
    std::vector<Source> sources;
    std::vector<std::vector<Deposit>> deposits;  // by block of the payee
    std::vector<Flow> fresh;                     // flows that have no row yet, in the order of their first payment
    std::vector<Owed> owed;
    std::optional<Violation> failure;
  };
  struct alignas(64) Block {
    FlowTally flows;
  };

  // The population of agents looked up one after another, most of them in the same one.
  class Near {
   public:
    explicit Near(const Model& model) : model_(&model) {}
    // Whether that is another one than before.
    bool find(Index agent);
    Index population() const { return population_; }
    Index row(Index agent) const { return agent - first_; }

   private:
    const Model* model_;
    Index population_ = none, first_ = 0, count_ = 0;
  };

  std::uint32_t source(Batch& batch, Index population, Index purpose) const;
  void deposit(Index block);
  bool is_capital(Index purpose) const { return model_.purposes[purpose].flow_class != ONDOL_CURRENT; }

  const Model& model_;
  State& state_;
  Ledger& ledger_;
  Scheduler& scheduler_;
  std::uint32_t block_bits_ = least_block_bits;
  std::vector<Batch> batches_;
  std::uint32_t batch_count_ = 0;
  std::vector<Block> blocks_;
};

}  // namespace ondol
