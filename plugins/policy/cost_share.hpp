/// A share of what others spend on something eligible: a tax credit or matching grant on investment, or a voucher.
#pragma once

#include <ondol/budget.hpp>
#include <ondol/sdk.hpp>

namespace ondol::policy {

/// Pays the rate r of what each claimant spent in the last tick on what is eligible, E, beyond its base b:
///     r (E - a b)^+,
/// b the mean of E over some twelve months until the programme was announced, a the part of it that does not count: 1
/// for a credit on additional spending, 0 for a voucher. All claims are cut alike where money is short. While it is
/// open it tells the rate by a signal, which enters the claimants' cost of the next unit.
struct CostShare {
  struct Params {
    double rate;
    double base_share;
    double base_months;
    budget::Purse::Params purse;
  };
  struct Traits {};
  struct State {
    double eligible;
    double additional;
    double base;
    budget::Purse::State purse;
  };
  static constexpr Observes claimants{0, "claimants", "outlay"};
  static constexpr Writes rate{1, "rate", "1"};
  static constexpr Relates claims{2, "claims"};
  static constexpr budget::Purse purse{3, 0};
  static constexpr Purpose grant{budget::Purse::purposes, "shared costs", ONDOL_CAPITAL};

  static void describe(Kind<CostShare>& kind);
  static void open(const Params&, const Traits&, State&, Agent&);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::policy
