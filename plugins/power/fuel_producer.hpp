/// A fuel producer: digs up fuel with labour, asks a mark-up that rises with utilisation.
#pragma once

#include <ondol/sdk.hpp>

namespace ondol::power {

struct FuelProducer {
  struct Params {
    double mark_up;
    double inventory;
    double slope;
    double growth;
    double progress;
    double payout;
    double buffer;
  };
  struct Traits {};
  struct State {
    double labour_per_unit;
    double capacity;
    double sales_hat;
    double price;
    double planned;
    double made;
    double seen;
  };
  static constexpr Buys labour{0, "labour", "person_month"};
  static constexpr Sells output{1, "output", "MWh_fuel"};
  static constexpr Issues share{2, "share"};
  static constexpr Purpose dividend{0, "dividend"};

  static void describe(Kind<FuelProducer>& kind);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void produce(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::power
