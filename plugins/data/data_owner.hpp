/// A data owner: licenses a stock of human data that grows, at a posted price.
#pragma once

#include <ondol/sdk.hpp>

namespace ondol::data {

struct DataOwner {
  struct Params {
    double growth;
    double sales_target;
    double price_gain;
    double staff;
    double payout;
  };
  struct Traits {};
  struct State {
    double corpus;
    double price;
    double outlay_hat;
  };
  static constexpr Sells licences{0, "licences", "Gtoken"};
  static constexpr Buys expertise{1, "expertise", "expert_month"};
  static constexpr Issues share{2, "share"};
  static constexpr Purpose dividend{0, "dividend"};

  static void describe(Kind<DataOwner>& kind);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void serve(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::data
