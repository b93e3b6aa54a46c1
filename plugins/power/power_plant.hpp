/// A power plant: one technology's fleet, offered at marginal cost.
#pragma once

#include <ondol/firm.hpp>
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
    double fuel_speed;
    double most_fuel;
    double fuel_cover;
    double least_staff;
    double maintenance_share;
    double usual_tightness;
    double tightness_range;
    double full_replacement;
    double burn_speed;
    double wage_limit;
    double fuel_limit;
    double price_limit;
    firm::Finance::Params finance;
  };
  struct Traits {};
  struct State {
    double capacity;
    double marginal_cost;
    double dispatched;
    double expected_burn;
    double investment;
    double machines;
    Pipeline<24> building;
    firm::Finance::State finance;
  };
  static constexpr Sells wholesale{0, "wholesale", "MWh"};
  static constexpr Buys fuel{1, "fuel", "MWh_fuel"};
  static constexpr Buys labour{2, "labour", "person_month"};
  static constexpr Buys goods{3, "goods", "basket"};
  static constexpr Writes capacity_offered{4, "capacity_offered", "MWh"};
  static constexpr firm::Finance finance{5, 0};

  static void describe(Kind<PowerPlant>& kind);
  static void open(const Params&, const Traits&, State&, Agent&);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void supply(const Params&, const Traits&, State&, Agent&);
  static void spend(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::power
