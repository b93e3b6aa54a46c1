/// A power plant: one technology's fleet, offered at marginal cost.
#pragma once

#include <ondol/sdk.hpp>

namespace ondol::power {

struct PowerPlant {
  struct Params {
    double heat_rate;
    double other_cost;
    double availability;
    double workers;
    double capital_cost;
    double growth_limit;
    double capital_charge;
    double life;
    double fuel_stock;
    double payout;
  };
  struct Traits {};
  struct State {
    double capacity;
    double marginal_cost;
    double dispatched;
    double burn_hat;
    double investment;
    Pipeline<24> building;
  };
  static constexpr Sells wholesale{0, "wholesale", "MWh"};
  static constexpr Buys fuel{1, "fuel", "MWh_fuel"};
  static constexpr Buys labour{2, "labour", "person_month"};
  static constexpr Buys goods{3, "goods", "basket"};
  static constexpr Issues share{4, "share"};
  static constexpr Writes capacity_offered{5, "capacity_offered", "MWh"};
  static constexpr Purpose dividend{0, "dividend"};

  static void describe(Kind<PowerPlant>& kind);
  static void open(const Params&, const Traits&, State&, Agent&);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void supply(const Params&, const Traits&, State&, Agent&);
  static void spend(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::power
