// The payments that the rules of a step ask for, and the money they set aside, booked on all threads.
#pragma once

#include "acting/acting.hpp"
#include "base/bins.hpp"
#include "base/scheduler.hpp"
#include "ledger/flow_tally.hpp"
#include "ledger/ledger.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ondol {

// Many agents pay many others at once. Payers lie in order of their chunks, payees anywhere; to write to memory in
// order on both sides, what a chunk's rules wrote is withdrawn and sorted by blocks of payees while it is at hand, and
// blocks deposit when all rules are done. Nobody sees the difference: what an agent holds is read by its own rules
// only. Sums of integers do not depend on order, so neither do results on the number of threads.
//
// What a rule took from its available money and did not pay at once (orders, repayments, capital of a founding) is set
// aside: reserved until it is booked.
class Payments {
 public:
  Payments(const Model& model, State& state, Ledger& ledger, Scheduler& scheduler);

  // Agents were born, or rows have moved.
  void fit_rows();
  // Before the rules of a step run, in so many batches of chunks.
  void begin(std::uint32_t batches);
  // Withdraws what a chunk pays and sets aside; different batches at once, the chunks of one in order.
  void take(std::uint32_t batch, const Chunk& chunk);
  // Deposits. Throws the Violation that comes first in the order of chunks and records.
  void book();

 private:
  // Payees are found by slots: their rows, with every population starting at a chunk of its own, so that no two blocks
  // touch the same chunk. Blocks are as small as lets a batch keep the ends of all of them in the fastest cache.
  static constexpr std::uint32_t most_blocks = 128, least_block_bits = 9, most_block_bits = 16;

  // Who pays and what for: runs of deposits share it.
  struct Source {
    Index population, purpose;
  };
  // Most are small: half the memory, which is what many of them cost.
  class SmallDeposit {
   public:
    SmallDeposit() = default;
    SmallDeposit(Units amount, Index slot, std::uint32_t source)
        : bits_(static_cast<std::uint64_t>(amount) | std::uint64_t{slot} << 32U | std::uint64_t{source} << 48U) {}
    Units amount() const { return static_cast<std::uint32_t>(bits_); }
    Index slot() const { return static_cast<std::uint16_t>(bits_ >> 32U); }  // within its block
    std::uint32_t source() const { return static_cast<std::uint32_t>(bits_ >> 48U); }

   private:
    std::uint64_t bits_ = 0;
  };
  class LargeDeposit {
   public:
    LargeDeposit() = default;
    LargeDeposit(Units amount, Index slot, std::uint32_t source) : amount_(amount), slot_(slot), source_(source) {}
    Units amount() const { return amount_; }
    Index slot() const { return slot_; }
    std::uint32_t source() const { return source_; }

   private:
    Units amount_ = 0;
    Index slot_ = 0;
    std::uint32_t source_ = 0;
  };
  struct Flow {
    Index from, to, purpose;
  };
  struct Owed {
    Index payer, payee, purpose;
    Units amount;
  };
  struct SetAside {
    Place place;
    Units amount;
  };
  struct Drawn {
    Place place;
    Units amount;
  };
  struct Batch {
    std::vector<Source> sources;
    Bins<SmallDeposit> small;  // by block
    Bins<LargeDeposit> large;  // by block
    std::vector<Flow> fresh;   // flows that have no row yet, in the order of their first payment
    std::vector<Owed> owed;
    std::vector<Drawn> drawn;                                 // of lines of credit
    std::vector<SetAside> set_aside;                          // in columns that do not exist yet
    std::array<std::array<Units, rows_per_chunk>, 3> paid{};  // by flow class and row of a chunk; zero between chunks
    std::optional<Violation> failure;
  };
  struct alignas(64) Block {
    FlowTally flows;
  };

  // One chunk's payments on their way into a batch.
  class Taking;

  std::uint32_t source(Batch& batch, Index population, Index purpose) const;
  void draw_rows(Batch& batch, const Chunk& chunk);
  void settle_rows(Batch& batch, const Chunk& chunk, std::uint32_t classes);
  Violation overdraft(const Chunk& chunk) const;
  void draw();
  void deposit(Index block);
  void ready(Index block);
  template <class Deposit>
  void deposit(Index block, const Batch& batch, std::span<const Deposit> deposits);
  bool is_capital(Index purpose) const { return model_.purposes[purpose].flow_class != ONDOL_CURRENT; }

  const Model& model_;
  State& state_;
  Ledger& ledger_;
  Scheduler& scheduler_;
  std::vector<Index> first_slot_;                // by population, and one past the last
  std::vector<Index> population_of_;             // by chunk of slots
  std::uint32_t block_bits_ = least_block_bits;  // slots of a block, 2^
  std::vector<Batch> batches_;
  std::uint32_t batch_count_ = 0;
  std::vector<Block> blocks_;
};

}  // namespace ondol
