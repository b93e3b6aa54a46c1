/// Loans guaranteed: the state bears a part of what banks lose on firms that fail.
#pragma once

#include <ondol/budget.hpp>
#include <ondol/sdk.hpp>

namespace ondol::policy {

/// While its purse has something to spend it tells banks which part g of a loan it bears. Of a guaranteed firm of its
/// region that begins to wind up it pays the banks there, in equal parts as they hold its loans,
///     g (D - A)^+,
/// debts D and assets A of its books as the last tick ended.
struct Guarantee {
  struct Params {
    double guaranteed;
    budget::Purse::Params purse;
  };
  struct Traits {};
  struct State {
    double called;
    double failed;
    budget::Purse::State purse;
  };
  static constexpr Observes books{0, "books", "books"};
  static constexpr Observes firms{1, "firms", "insolvency"};
  static constexpr Peers banks{2, "banks"};
  static constexpr Writes guaranteed_part{3, "guaranteed_part", "1"};
  static constexpr budget::Purse purse{4, 0};
  static constexpr Purpose losses{budget::Purse::purposes, "guarantees called", ONDOL_CAPITAL};

  static void describe(Kind<Guarantee>& kind);
  static void open(const Params&, const Traits&, State&, Agent&);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::policy
