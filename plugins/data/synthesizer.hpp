/// A synthesizer: turns rented compute into verified synthetic data.
#pragma once

#include <ondol/firm.hpp>
#include <ondol/sdk.hpp>

namespace ondol::data {

struct Synthesizer {
  struct Params {
    double hours_per_gtoken;
    double verification;
    double mark_up;
    double staff;
    double price_speed;
    double quota_speed;
    double hope;
    double stock_months;
    double stock_part;
    double least_quota;
    double unseen;
    double staff_cover;
    double most_compute;
    double wage_limit;
    double compute_limit;
    firm::Finance::Params finance;
  };
  struct Traits {};
  struct State {
    double quota;
    double price;
    double made;
    firm::Finance::State finance;
  };
  static constexpr Buys compute{0, "compute", "accelerator_hour"};
  static constexpr Buys expertise{1, "expertise", "expert_month"};
  static constexpr Sells synthetic{2, "synthetic", "Gtoken"};
  static constexpr firm::Finance finance{3, 0};

  static void describe(Kind<Synthesizer>& kind);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void train(const Params&, const Traits&, State&, Agent&);
  static void serve(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::data
