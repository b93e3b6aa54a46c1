/// A bank: creates money by lending to firms with cover and capital, and to the government; retires it on repayment.
#pragma once

#include <ondol/sdk.hpp>

namespace ondol::finance {

struct Bank {
  struct Params {
    double least_cover;
    double most_leverage;
    double capital_ratio;
    double wage_share;
    double reserve;
    double reserve_ratio;
    double payout;
  };
  struct Traits {};
  struct State {
    double claims;
    double loans_held;
    double wanted;
    double at_risk;
    double appetite;
    double lent;
  };

  static constexpr Buys loans{0, "loans"};
  static constexpr Buys bonds{1, "bonds"};
  static constexpr Issues money{2, "money"};
  static constexpr Issues share{3, "share"};
  static constexpr Buys labour{4, "labour", "person_month"};
  static constexpr Observes borrowers{5, "borrowers", "books"};
  static constexpr Observes treasury{6, "treasury", "treasury"};
  static constexpr Peers banks{7, "banks"};
  static constexpr Reads guaranteed_part{8, "guaranteed_part", "1"};
  static constexpr Peers guaranteed{9, "guaranteed"};
  static constexpr Purpose dividend{0, "dividend"};

  static void describe(Kind<Bank>& kind);
  static void open(const Params&, const Traits&, State&, Agent&);
  static void finance(const Params&, const Traits&, State&, Agent&);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::finance
