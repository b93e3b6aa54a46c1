/// A fab: owns scarce capacity that takes months to build, and prices by how much of it is wanted.
#pragma once

#include <ondol/sdk.hpp>

namespace ondol::chips {

struct Fab {
  struct Params {
    double labour_per_unit;
    double baskets_per_unit;
    double capital_cost;
    double growth_limit;
    double inventory;
    double least_mark_up;
    double most_mark_up;
    double mark_up_gain;
    double payout;
    double buffer;
    double loan_term;
    double sales_multiple;
  };
  struct Traits {};
  struct State {
    double capacity;
    double mark_up;
    double price;
    double demand_hat;
    double planned;
    double made;
    double expansion;
    double outlay_hat;
    Pipeline<9> building;
  };
  static constexpr Buys labour{0, "labour", "person_month"};
  static constexpr Buys goods{1, "goods", "basket"};
  static constexpr Sells output{2, "output"};
  static constexpr Issues share{3, "share"};
  static constexpr Issues loan{4, "loan"};
  static constexpr Sells loans{5, "loans"};
  static constexpr Sells equity{6, "equity"};
  static constexpr Reads policy_rate{7, "policy_rate"};
  static constexpr Purpose dividend{0, "dividend"};

  static void describe(Kind<Fab>& kind);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void produce(const Params&, const Traits&, State&, Agent&);
  static void spend(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::chips
