// Agents that come later: founded by others, with what these hand over, or in cohorts by a dated event.
#pragma once

#include "acting/acting.hpp"
#include "base/moment.hpp"
#include "ledger/ledger.hpp"
#include "state/state.hpp"

#include <cstdint>
#include <vector>

namespace ondol {

class Births {
 public:
  Births(const Model& model, State& state, Ledger& ledger) : model_(model), state_(state), ledger_(ledger) {}

  void begin_step();
  // By population: the first row of those founded since the step began.
  const std::vector<Index>& first_newborn() const { return first_newborn_; }
  // Founds an agent by the luck of its founder and its count of births in the step; what is paid in makes the founder
  // its owner, where it has shares.
  void found(const Chunk& chunk, const ondol_life_record& record, const Moment& now);
  // What the founder hands to the agent it founded last: a field's value, or goods.
  void endow(const Chunk& chunk, const ondol_life_record& record);
  // So many more, as a population's members are at the start. Their money is issued for them.
  void found_cohort(Index population, Index count, const Moment& now);
  // So many members, by luck; all, if there are no more.
  std::vector<Index> draw_members(Index population, Index count, const Moment& now) const;

 private:
  void require_room(Index population, Index founder) const;
  Index target_of(const Chunk& chunk, const ondol_life_record& record) const;
  void pay_in(Index child, Units money, Index purpose);
  void set_field(const char* name, double value);
  void issue_money(Index population, Index row, const Moment& now);

  const Model& model_;
  State& state_;
  Ledger& ledger_;
  Index founder_ = none;      // of this step, the latest,
  std::uint32_t births_ = 0;  // how many others it has founded in it before,
  Index child_ = none;        // and whom it has founded last
  std::vector<Index> first_newborn_;
};

}  // namespace ondol
