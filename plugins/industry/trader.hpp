/// A trader: buys goods where it is and offers them to other regions.
#pragma once

#include <ondol/firm.hpp>
#include <ondol/sdk.hpp>

namespace ondol::industry {

struct Trader {
  struct Params {
    double margin;
    double inventory;
    double handling;
    double stock_speed;
    double demand_speed;
    double unseen;
    double wage_limit;
    double price_limit;
    firm::Finance::Params finance;
  };
  struct Traits {
    double size;
  };
  struct State {
    double expected_demand;
    double offered;
    double price;
    firm::Finance::State finance;
  };

  static constexpr Buys goods{0, "goods", "basket"};
  static constexpr Sells imports{1, "imports", "basket"};
  static constexpr Buys labour{2, "labour", "person_month"};
  static constexpr firm::Finance finance{3, 0};

  static void describe(Kind<Trader>& kind);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void produce(const Params&, const Traits&, State&, Agent&);
  static void spend(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::industry
