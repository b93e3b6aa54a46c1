// How agents come into being: the state a run starts from, and agents founded later.
#pragma once

#include "ledger/ledger.hpp"
#include "state/state.hpp"

#include <cstdint>

namespace ondol {

// All columns at their final size, agents drawn, holdings, money and signals in place; claims need the ledger.
State make_state(const Model& model, std::uint64_t seed);
// Adds the claims that exist at the start.
void add_initial_claims(const Model& model, Ledger& ledger, std::uint64_t seed);
// The next agent of a population: traits and state drawn by its luck, no holdings. Returns its id.
Index add_agent(const Model& model, State& state, Index population, std::uint64_t luck, Index founder,
                std::uint64_t seed);

}  // namespace ondol
