// Flows counted by one of many tasks, and added to the books when all are done.
#pragma once

#include "ledger/ledger.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace ondol {

// Sums of integers do not depend on order, so neither do the books on which task counted what. Only rows of flows that
// do not exist yet have to be made in a stated order: by whoever uses this, when fresh() says so.
class FlowTally {
 public:
  // Between two populations.
  void add(const Ledger& ledger, Index from, Index to, Index purpose, Units amount, Units quantity) {
    // Most come in runs of the same.
    if (from != run_.from || to != run_.to || purpose != run_.purpose) {
      end_run();
      run_ = {from, to, purpose, 0, 0};
      row_ = ledger.flow_row(from, to, purpose);
    }
    run_.amount += amount;
    run_.quantity += quantity;
  }
  // Whether it came upon a flow that has no row.
  bool fresh() const { return !fresh_.empty() || (run_.from != none && row_ < 0); }
  // Adds up and starts anew.
  void book(Ledger& ledger, State& state) {
    end_run();
    for (const Flow& flow : fresh_) ledger.count_flow(flow.from, flow.to, flow.purpose, flow.amount, flow.quantity);
    fresh_.clear();
    for (const std::size_t row : touched_) {
      const Sum sum = std::exchange(sums_[row], {});
      state.flows[row].amount += sum.amount;
      state.flows[row].quantity += sum.quantity;
    }
    touched_.clear();
  }

 private:
  struct Flow {
    Index from = none, to = none, purpose = none;
    Units amount = 0, quantity = 0;
  };
  struct Sum {
    Units amount = 0, quantity = 0;
  };

  void end_run() {
    const Flow run = std::exchange(run_, {});
    if (run.from == none) return;
    if (row_ < 0) {
      fresh_.push_back(run);
      return;
    }
    const auto place = static_cast<std::size_t>(row_);
    if (sums_.size() <= place) sums_.resize(place + 1);
    Sum& sum = sums_[place];
    if (sum.amount == 0 && sum.quantity == 0) touched_.push_back(place);
    sum.amount += run.amount;
    sum.quantity += run.quantity;
  }

  Flow run_;               // what the latest of the same add up to, and
  std::int32_t row_ = -1;  // where it is counted
  std::vector<Sum> sums_;  // by row of State::flows
  std::vector<std::size_t> touched_;
  std::vector<Flow> fresh_;
};

}  // namespace ondol
