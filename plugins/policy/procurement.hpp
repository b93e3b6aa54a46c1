/// The state as first customer: buys from sellers of its own region, and uses what it bought.
#pragma once

#include <ondol/budget.hpp>
#include <ondol/sdk.hpp>

namespace ondol::policy {

/// Spreads its money over the offers of its region in equal parts, each at its price and as far as it goes.
struct Procurement {
  struct Params {
    budget::Purse::Params purse;
    double price_limit;
  };
  struct Traits {};
  struct State {
    double bought;
    budget::Purse::State purse;
  };
  static constexpr Buys product{0, "product"};
  static constexpr budget::Purse purse{1, 0};

  static void describe(Kind<Procurement>& kind);
  static void open(const Params&, const Traits&, State&, Agent&);
  static void adopt(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::policy
