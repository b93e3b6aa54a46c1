/// A fab: owns scarce capacity that takes months to build, and prices by how much of it is wanted.
#pragma once

#include <ondol/firm.hpp>
#include <ondol/pricing.hpp>
#include <ondol/sdk.hpp>

namespace ondol::chips {

struct Fab {
  struct Params {
    double labour_per_unit;
    double baskets_per_unit;
    double capital_cost;
    double growth_limit;
    double inventory;
    double spare_capacity;
    double stock_speed;
    double least_run;
    double materials_reserve;
    double demand_speed;
    double wage_limit;
    double price_limit;
    pricing::MarkUp::Params pricing;
    firm::Finance::Params finance;
  };
  struct Traits {};
  struct State {
    double capacity;
    double price;
    double expected_demand;
    double planned;
    double made;
    double expansion;
    double machines;
    Pipeline<8> building;
    pricing::MarkUp::State pricing;
    firm::Finance::State finance;
  };
  static constexpr Buys labour{0, "labour", "person_month"};
  static constexpr Buys goods{1, "goods", "basket"};
  static constexpr Sells output{2, "output"};
  static constexpr firm::Finance finance{3, 0};
  static constexpr pricing::MarkUp pricing{};

  static void describe(Kind<Fab>& kind);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void produce(const Params&, const Traits&, State&, Agent&);
  static void spend(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::chips
