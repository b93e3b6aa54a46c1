/// Places in training: public money hires teachers now, and specialists come of it after a lag.
#pragma once

#include <ondol/budget.hpp>
#include <ondol/sdk.hpp>

namespace ondol::policy {

/// Buys specialists' time as teachers and pays its trainees; each place takes so much of both. After the lag of months
/// the trained are told to the households of its region, by their ordinary work, who from then on offer them as
/// specialists and no longer as ordinary workers.
struct Training {
  struct Params {
    double teaching;
    double stipend;
    double lag;
    double fee_limit;
    budget::Purse::Params purse;
  };
  struct Traits {};
  struct State {
    double begun;
    double learning;
    double trained;
    Pipeline<60> classes;
    budget::Purse::State purse;
  };
  static constexpr Buys teachers{0, "teachers", "expert_month"};
  static constexpr Writes specialists{1, "specialists", "expert_month"};
  static constexpr Observes people{2, "people", "people"};
  static constexpr budget::Purse purse{3, 0};
  static constexpr Purpose stipends{budget::Purse::purposes, "stipends"};

  static void describe(Kind<Training>& kind);
  static void open(const Params&, const Traits&, State&, Agent&);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::policy
