// What rules do with instruments they issue (money issued and retired, credit repaid, income distributed) and with
// credit that they hold or grant (forgiven, at another rate, its collateral seized, lines of it).
#pragma once

#include "acting/acting.hpp"
#include "base/moment.hpp"
#include "ledger/ledger.hpp"

#include <span>

namespace ondol {

class ClaimEntries {
 public:
  ClaimEntries(const Model& model, Ledger& ledger) : model_(model), ledger_(ledger) {}

  // In the order of chunks and records. Throws Violation.
  void book(std::span<const Chunk> chunks, const Moment& now);

 private:
  void book(const Chunk& chunk, const ondol_claim_record& record, const Moment& now);

  const Model& model_;
  Ledger& ledger_;
};

}  // namespace ondol
