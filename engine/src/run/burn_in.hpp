// What a burn-in puts back: states of who was there at the start, and signals.
#pragma once

#include "model/model.hpp"
#include "state/state.hpp"

#include <vector>

namespace ondol {

// Made from the state of the start. Whoever is born later keeps what it has come to. Books are not touched: money,
// goods, claims and dues are what they became.
class KeptValues {
 public:
  KeptValues(const Model& model, const State& state, const std::vector<BurnInModel::Kept>& kept);
  void put_back(State& state) const;

 private:
  struct Values {
    BurnInModel::Kept kept;
    std::size_t offset = 0, size = 0;  // of the field in a row of state
    std::vector<std::byte> bytes;      // by agent
    double signal = 0;
  };
  const Model& model_;
  std::vector<Values> values_;
};

}  // namespace ondol
