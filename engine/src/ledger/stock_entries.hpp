// The goods that the rules of a step make, use, scrap, transform and deliver, booked on all threads.
#pragma once

#include "acting/acting.hpp"
#include "base/scheduler.hpp"
#include "ledger/ledger.hpp"

#include <optional>
#include <span>
#include <vector>

namespace ondol {

// A chunk's entries touch its own rows only, so batches of chunks are booked apart; what they add to the totals of
// goods is summed when all are done.
class StockEntries {
 public:
  StockEntries(const Model& model, State& state, Ledger& ledger, Scheduler& scheduler);

  // Throws the Violation that comes first in the order of chunks and records.
  void book(std::span<const Chunk> chunks);

 private:
  // Goods for another agent, whose account other batches may be writing to: handed over when all have booked.
  struct Delivery {
    Index giver, taker, good;
    Units quantity;
  };
  struct alignas(64) Batch {
    std::vector<Delivery> deliveries;
    std::vector<GoodFlows> totals;  // by good
    std::optional<Violation> failure;
  };

  void book(Batch& batch, const Chunk& chunk);
  Index account(const Chunk& chunk, const ondol_stock_record& record, std::uint16_t port) const;
  // What left the account was worth.
  Units remove(Place place, Index account, Units quantity);

  const Model& model_;
  State& state_;
  Ledger& ledger_;
  Scheduler& scheduler_;
  std::vector<Batch> batches_;
};

}  // namespace ondol
