/// A model developer: trains by scaling law on rented compute, sells tokens at logit-Bertrand prices, lives on its
/// runway.
#pragma once

#include <ondol/firm.hpp>
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
    double plan_months;
    double sales_share;
    double price_speed;
    double first_hours;
    double synthetic_worth;
    double licence_term;
    double synthetic_term;
    double repeats_worth;
    double unique_tokens;
    double staff_share;
    double size_exponent;
    double effort_scale;
    double effort_exponent;
    double least_effort;
    double most_effort;
    double fading;
    double least_age;
    double patience_for_compute;
    double enough_compute;
    double least_lerner;
    double most_lerner;
    double least_margin;
    double serving_reserve;
    double research_serves;
    double most_spent;
    double most_served;
    double data_of_sales;
    double data_of_money;
    double synthetic_of_sales;
    double data_shortage;
    double demand_speed;
    double staff_speed;
    double least_staff;
    double unseen;
    double wage_limit;
    double compute_limit;
    double data_limit;
    firm::Finance::Params finance;
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
    double expected_tokens;
    double staff;
    double age;
    double research_hours;
    double given_hours;
    double market_share;
    double eligible;
    firm::Finance::State finance;
  };
  static constexpr Buys compute{0, "compute", "accelerator_hour"};
  static constexpr Buys expertise{1, "expertise", "expert_month"};
  static constexpr Buys licences{2, "licences", "Gtoken"};
  static constexpr Buys synthetic{3, "synthetic", "Gtoken"};
  static constexpr Sells token_market{4, "tokens", "Mtoken"};
  static constexpr Writes best_algorithm{5, "best_algorithm"};
  static constexpr Writes open_algorithm{6, "open_algorithm"};
  static constexpr Writes ai_sales{7, "ai_sales", "money"};
  static constexpr firm::Finance finance{8, 0};
  static constexpr Reads voucher{13, "voucher", "1"};

  static void describe(Kind<Developer>& kind);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void train(const Params&, const Traits&, State&, Agent&);
  static void serve(const Params&, const Traits&, State&, Agent&);
  static void query(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::models
