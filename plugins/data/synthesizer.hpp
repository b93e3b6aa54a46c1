/// A synthesizer: turns rented compute into verified synthetic data.
#pragma once

#include <ondol/sdk.hpp>

namespace ondol::data {

struct Synthesizer {
  struct Params {
    double hours_per_gtoken;
    double verification;
    double mark_up;
    double staff;
    double payout;
  };
  struct Traits {};
  struct State {
    double quota;
    double price;
    double made;
    double outlay_hat;
  };
  static constexpr Buys compute{0, "compute", "accelerator_hour"};
  static constexpr Buys expertise{1, "expertise", "expert_month"};
  static constexpr Sells synthetic{2, "synthetic", "Gtoken"};
  static constexpr Issues share{3, "share"};
  static constexpr Sells equity{4, "equity"};
  static constexpr Purpose dividend{0, "dividend"};

  static void describe(Kind<Synthesizer>& kind);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void train(const Params&, const Traits&, State&, Agent&);
  static void serve(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::data
