/// Instruments without a string: a lump sum in equal parts, and one to people by heads.
#pragma once

#include <ondol/budget.hpp>
#include <ondol/sdk.hpp>

namespace ondol::policy {

/// Pays what it has in equal parts to all it leads to in its region.
struct LumpSum {
  struct Params {
    budget::Purse::Params purse;
  };
  struct Traits {};
  struct State {
    budget::Purse::State purse;
  };
  static constexpr Peers receivers{0, "receivers"};
  static constexpr budget::Purse purse{1, 0};
  static constexpr Purpose grant{budget::Purse::purposes, "lump sums", ONDOL_CAPITAL};

  static void describe(Kind<LumpSum>& kind);
  static void open(const Params&, const Traits&, State&, Agent&);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

/// Pays what it has to the households of its region, by heads: what other instruments are compared with.
struct HouseholdTransfer {
  struct Params {
    budget::Purse::Params purse;
  };
  struct Traits {};
  struct State {
    budget::Purse::State purse;
  };
  static constexpr Observes people{0, "people", "people"};
  static constexpr budget::Purse purse{1, 0};
  static constexpr Purpose transfer{budget::Purse::purposes, "programme transfers"};

  static void describe(Kind<HouseholdTransfer>& kind);
  static void open(const Params&, const Traits&, State&, Agent&);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::policy
