// Flows counted by one of many tasks, and added to the books when all are done.
#pragma once

#include "ledger.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace ondol {

// Sums of integers do not depend on order, so neither do the books on which task counted what. Only rows of flows that
// do not exist yet have to be made in a stated order: by whoever uses this, when any() says so.
class FlowTally {
 public:
  // Between two populations.
  void add(const Ledger& ledger, Index from, Index to, Index purpose, Units amount, Units quantity) {
    // Most come in runs of the same.
    if (from != from_ || to != to_ || purpose != purpose_) {
      row_ = ledger.flow_row(from, to, purpose);
      from_ = from, to_ = to, purpose_ = purpose;
    }
    if (row_ < 0) {
      fresh_.push_back({from, to, purpose, amount, quantity});
      return;
    }
    const auto place = static_cast<std::size_t>(row_);
    if (sums_.size() <= place) sums_.resize(place + 1);
    if (sums_[place].amount == 0 && sums_[place].quantity == 0) touched_.push_back(place);
    sums_[place].amount += amount;
    sums_[place].quantity += quantity;
  }
  // Whether it came upon a flow that has no row.
  bool fresh() const { return !fresh_.empty(); }
  // Adds up and starts anew.
  void book(Ledger& ledger, State& state) {
    for (const Fresh& flow : fresh_) ledger.count_flow(flow.from, flow.to, flow.purpose, flow.amount, flow.quantity);
    fresh_.clear();
    for (const std::size_t row : touched_) {
      const Sum sum = std::exchange(sums_[row], {});
      state.flows[row].amount += sum.amount;
      state.flows[row].quantity += sum.quantity;
    }
    touched_.clear();
    from_ = none;
  }

 private:
  struct Sum {
    Units amount = 0, quantity = 0;
  };
  struct Fresh {
    Index from, to, purpose;
    Units amount, quantity;
  };
  Index from_ = none, to_ = none, purpose_ = none;  // of the last added, and
  std::int32_t row_ = -1;                           // where it is counted
  std::vector<Sum> sums_;                           // by row of State::flows
  std::vector<std::size_t> touched_;
  std::vector<Fresh> fresh_;
};

}  // namespace ondol
