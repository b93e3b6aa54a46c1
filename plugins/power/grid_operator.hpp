/// A grid operator: buys electricity in bulk, sells it at a regulated tariff, and builds connections.
#pragma once

#include <ondol/sdk.hpp>

namespace ondol::power {

struct GridOperator {
  struct Params {
    double loss;
    double reserve;
    double margin;
    double pass_through;
    double highest_bid;
    double connection_price;
    double connection_work;
    double connection_baskets;
    double first_wage;
    double payout;
    double buffer;
    double loan_term;
  };
  struct Traits {};
  struct State {
    double tariff;
    double forecast;
    double connection_rate;
    double list_price;
    double wait;
    double planned;
    double connected;
    double outlay_hat;
  };
  static constexpr Buys wholesale{0, "wholesale", "MWh"};
  static constexpr Sells electricity{1, "electricity", "MWh"};
  static constexpr Sells connection{2, "connection", "MW_grid"};
  static constexpr Buys labour{3, "labour", "person_month"};
  static constexpr Buys goods{4, "goods", "basket"};
  static constexpr Issues share{5, "share"};
  static constexpr Issues loan{6, "loan"};
  static constexpr Sells loans{7, "loans"};
  static constexpr Reads policy_rate{8, "policy_rate"};
  static constexpr Purpose dividend{0, "dividend"};

  static void describe(Kind<GridOperator>& kind);
  static void finance(const Params&, const Traits&, State&, Agent&);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void produce(const Params&, const Traits&, State&, Agent&);
  static void spend(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::power
