// How agents come into being: the state a run starts from, and agents founded later.
#pragma once

#include "ledger/ledger.hpp"
#include "ledger/relations.hpp"
#include "state/state.hpp"

#include <cstdint>

namespace ondol {

// When those who are there from the start are drawn.
Moment moment_of_genesis(std::uint64_t seed);
// Laid out for the model, without agents.
State empty_state(const Model& model);
// All columns at their final size, agents drawn, holdings, money and signals in place; claims need the ledger.
State make_state(const Model& model, const Moment& now);
// Adds the claims that exist at the start.
void add_initial_claims(const Model& model, Ledger& ledger, const Moment& now);
// Adds the ties that exist at the start.
void add_initial_ties(const Model& model, State& state, Relations& relations, const Moment& now);
// What a member starts with, of luck: of what it is, whoever else is there; and of money and goods.
std::uint64_t luck_of_member(const PopulationModel& population, Index ordinal);
void give_start_holdings(const Model& model, State& state, Index population, Index row, const Moment& now);
// The next agent of a population: traits and state drawn by its luck, no holdings. Returns its id.
Index add_agent(const Model& model, State& state, Index population, std::uint64_t luck, Index founder,
                const Moment& now);

}  // namespace ondol
