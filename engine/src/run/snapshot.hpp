// States of runs as bytes that know what they belong to: a header, which world, plugins and engine, and the state.
#pragma once

#include "ledger/ledger.hpp"
#include "state/state.hpp"

#include <ondol/engine/snapshot.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ondol {

std::vector<std::byte> snapshot_bytes(const Model& model, std::uint64_t seed, const State& state,
                                      const LedgerMemory& memory);

struct Taken {
  State state;
  LedgerMemory memory;
};

// The state, for a run of a model that may part from the snapshot's world from then on. Throws Error(output) where it
// is none.
Taken state_in(const Snapshot& snapshot, const Model& model);

}  // namespace ondol
