/// A trader: buys goods where it is and offers them to other regions.
#pragma once

#include <ondol/sdk.hpp>

namespace ondol::industry {

struct Trader {
  struct Params {
    double margin;
    double inventory;
    double handling;
    double payout;
    double buffer;
  };
  struct Traits {
    double size;
  };
  struct State {
    double demand_hat;
    double offered;
    double price;
  };

  static constexpr Buys goods{0, "goods", "basket"};
  static constexpr Sells imports{1, "imports", "basket"};
  static constexpr Buys labour{2, "labour", "person_month"};
  static constexpr Issues share{3, "share"};
  static constexpr Purpose dividend{0, "dividend"};

  static void describe(Kind<Trader>& kind);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void produce(const Params&, const Traits&, State&, Agent&);
  static void spend(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::industry
