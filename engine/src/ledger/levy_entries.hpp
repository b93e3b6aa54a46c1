// What rules demand of every agent of their region: levies, which become dues.
#pragma once

#include "acting/acting.hpp"
#include "ledger/ledger.hpp"

#include <span>

namespace ondol {

class LevyEntries {
 public:
  LevyEntries(const Model& model, Ledger& ledger) : model_(model), ledger_(ledger) {}

  // In the order of chunks and records. Throws Violation.
  void book(std::span<const Chunk> chunks);

 private:
  const Model& model_;
  Ledger& ledger_;
};

}  // namespace ondol
