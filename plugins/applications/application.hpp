/// An application firm: brings a vendor's model into work places; a fixed team makes its margins swing from loss to
/// profit.
#pragma once

#include <ondol/choice.hpp>
#include <ondol/firm.hpp>
#include <ondol/sdk.hpp>

namespace ondol::applications {

struct Application {
  struct Params {
    double first_tokens;
    double token_elasticity;
    double first_token_price;
    double support;
    double staff_share;
    double price_speed;
    double vendor_review;
    double model_weight;
    double data_weight;
    double experience_weight;
    double first_data;
    double first_experience;
    double least_lerner;
    double most_lerner;
    double hope;
    double least_seats;
    double demand_speed;
    double staff_speed;
    double least_staff;
    double unserved;
    double token_reserve;
    double data_of_sales;
    double most_wages;
    double least_size;
    double wage_limit;
    double token_limit;
    double data_limit;
    firm::Finance::Params finance;
  };
  struct Traits {};
  struct State {
    AgentId vendor;
    double vendor_quality;
    double quality;
    double price;
    double expected_seats;
    double experience;
    double staff;
    double tokens_per_seat;
    double token_price;
    double market_share;
    double eligible;
    firm::Finance::State finance;
  };
  static constexpr Buys tokens{0, "tokens", "Mtoken"};
  static constexpr Buys expertise{1, "expertise", "expert_month"};
  static constexpr Buys licences{2, "licences", "Gtoken"};
  static constexpr Sells seats{3, "seats", "seat_month"};
  static constexpr Writes ai_sales{4, "ai_sales", "money"};
  static constexpr firm::Finance finance{5, 0};
  static constexpr Reads voucher{10, "voucher", "1"};

  static void describe(Kind<Application>& kind);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void query(const Params&, const Traits&, State&, Agent&);
  static void apply(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::applications
