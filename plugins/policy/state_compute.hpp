/// Hours of computing that the state rents at home and passes on.
#pragma once

#include <ondol/budget.hpp>
#include <ondol/sdk.hpp>

namespace ondol::policy {

/// Spreads its money over the offers of its region in equal parts, each at its price and as far as it goes, and hands
/// the hours to the users of its region by equal quotas; hours without a user are lost and counted.
struct StateCompute {
  struct Params {
    budget::Purse::Params purse;
    double price_limit;
  };
  struct Traits {};
  struct State {
    double rented;
    double passed_on;
    double unused;
    budget::Purse::State purse;
  };
  static constexpr Buys hours{0, "hours", "accelerator_hour"};
  static constexpr Peers users{1, "users"};
  static constexpr budget::Purse purse{2, 0};

  static void describe(Kind<StateCompute>& kind);
  static void open(const Params&, const Traits&, State&, Agent&);
  static void train(const Params&, const Traits&, State&, Agent&);
  static void serve(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::policy
