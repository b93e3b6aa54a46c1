/// Grants to the best few of a field, judged by quality.
#pragma once

#include <ondol/budget.hpp>
#include <ondol/sdk.hpp>

namespace ondol::policy {

/// Every month the m best of the contestants in its region, by the quality that they disclose, share its money in equal
/// parts; those of equal quality as the last of them share with them.
struct Tournament {
  struct Params {
    double winners;
    budget::Purse::Params purse;
  };
  struct Traits {};
  struct State {
    double least_quality;
    budget::Purse::State purse;
  };
  static constexpr Observes contestants{0, "contestants", "model"};
  static constexpr budget::Purse purse{1, 0};
  static constexpr Purpose prize{budget::Purse::purposes, "prizes", ONDOL_CAPITAL};

  static void describe(Kind<Tournament>& kind);
  static void open(const Params&, const Traits&, State&, Agent&);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::policy
