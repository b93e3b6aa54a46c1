/// Stakes: the state buys a part of what firms issue, and their dividends are the treasury's.
#pragma once

#include <ondol/budget.hpp>
#include <ondol/sdk.hpp>

namespace ondol::policy {

/// Takes up to a part of every new share that the firms of its region offer, at their price, all alike where money is
/// short; passes dividends on to the treasury.
struct Stake {
  struct Params {
    double public_share;
    budget::Purse::Params purse;
  };
  struct Traits {};
  struct State {
    double shares;
    double dividends;
    budget::Purse::State purse;
  };
  static constexpr Buys equity{0, "equity"};
  static constexpr Peers firms{1, "firms"};
  static constexpr Receipts income{2, "income"};
  static constexpr budget::Purse purse{3, 0};
  static constexpr Purpose passed_on{budget::Purse::purposes, "dividends of the state"};

  static void describe(Kind<Stake>& kind);
  static void open(const Params&, const Traits&, State&, Agent&);
  static void finance(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::policy
