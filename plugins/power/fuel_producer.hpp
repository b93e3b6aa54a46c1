/// A fuel producer: digs up fuel with labour, asks a mark-up that rises with utilisation.
#pragma once

#include <ondol/firm.hpp>
#include <ondol/sdk.hpp>

namespace ondol::power {

struct FuelProducer {
  struct Params {
    double mark_up;
    double inventory;
    double slope;
    double growth;
    double progress;
    double sales_speed;
    double stock_speed;
    double unseen;
    double usual_utilisation;
    double most_slack;
    double most_tight;
    double price_speed;
    double growth_utilisation;
    double wage_limit;
    firm::Finance::Params finance;
  };
  struct Traits {};
  struct State {
    double labour_per_unit;
    double capacity;
    double expected_demand;
    double price;
    double planned;
    double made;
    double seen;
    firm::Finance::State finance;
  };
  static constexpr Buys labour{0, "labour", "person_month"};
  static constexpr Sells output{1, "output", "MWh_fuel"};
  static constexpr firm::Finance finance{2, 0};

  static void describe(Kind<FuelProducer>& kind);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void produce(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::power
