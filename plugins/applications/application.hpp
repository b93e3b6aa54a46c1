/// An application firm: brings a vendor's model into work places; a fixed team makes its margins swing from loss to
/// profit.
#pragma once

#include <ondol/sdk.hpp>

namespace ondol::applications {

struct Application {
  struct Params {
    double first_tokens;
    double token_elasticity;
    double first_token_price;
    double support;
    double staff_share;
    double price_sensitivity;
    double price_speed;
    double vendor_review;
    double model_weight;
    double data_weight;
    double experience_weight;
    double first_data;
    double first_experience;
    double sales_multiple;
    double payout;
    double months_to_exit;
  };
  struct Traits {};
  struct State {
    AgentId vendor;
    double vendor_quality;
    double quality;
    double price;
    double seats_hat;
    double experience;
    double staff;
    double tokens_per_seat;
    double token_price;
    double sales_hat;
    double outlay_hat;
    double round_age;
    double share;
    double months_short;
  };
  static constexpr Buys tokens{0, "tokens", "Mtoken"};
  static constexpr Buys expertise{1, "expertise", "expert_month"};
  static constexpr Buys licences{2, "licences", "Gtoken"};
  static constexpr Sells seats{3, "seats", "seat_month"};
  static constexpr Issues equity_share{4, "share"};
  static constexpr Sells equity{5, "equity"};
  static constexpr Writes ai_sales{6, "ai_sales", "money"};
  static constexpr Purpose dividend{0, "dividend"};

  static void describe(Kind<Application>& kind);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void query(const Params&, const Traits&, State&, Agent&);
  static void apply(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::applications
