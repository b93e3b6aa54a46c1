/// A model developer: trains by scaling law on rented compute, sells tokens at logit-Bertrand prices, lives on its
/// runway.
#pragma once

#include <ondol/sdk.hpp>

namespace ondol::models {

struct Developer {
  struct Params {
    bool open;
    double final_share;
    double flops;
    double algorithm_growth;
    double diffusion;
    double open_diffusion;
    double runway;
    double sales_share;
    double price_sensitivity;
    double price_speed;
    double first_hours;
    double synthetic_worth;
    double licence_term;
    double synthetic_term;
    double repeats_worth;
    double unique_tokens;
    double staff_share;
    double sales_multiple;
    double payout;
    double months_to_exit;
  };
  struct Traits {};
  struct State {
    double algorithm;
    double operations;
    double last_operations;
    double quality;
    double parameters;
    double tokens;
    double hours_per_token;
    double price;
    double tokens_hat;
    double sales_hat;
    double outlay_hat;
    double staff;
    double age;
    double round_age;
    double research_hours;
    double share;
    double months_short;
  };
  static constexpr Buys compute{0, "compute", "accelerator_hour"};
  static constexpr Buys expertise{1, "expertise", "expert_month"};
  static constexpr Buys licences{2, "licences", "Gtoken"};
  static constexpr Buys synthetic{3, "synthetic", "Gtoken"};
  static constexpr Sells token_market{4, "tokens", "Mtoken"};
  static constexpr Issues equity_share{5, "share"};
  static constexpr Sells equity{6, "equity"};
  static constexpr Writes best_algorithm{7, "best_algorithm"};
  static constexpr Writes open_algorithm{8, "open_algorithm"};
  static constexpr Writes ai_sales{9, "ai_sales", "money"};
  static constexpr Purpose dividend{0, "dividend"};

  static void describe(Kind<Developer>& kind);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void train(const Params&, const Traits&, State&, Agent&);
  static void serve(const Params&, const Traits&, State&, Agent&);
  static void query(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::models
