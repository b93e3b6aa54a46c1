/// A producer of goods: a cell of the ordinary economy that hires, sells at a mark-up, and may adopt AI applications.
#pragma once

#include <ondol/sdk.hpp>

#include <array>

namespace ondol::industry {

struct Producer {
  struct Params {
    double mark_up;
    double value_added_tax;
    double inventory;
    double expert_share;
    double expert_reference;
    double trend;
    double exposed;
    double gain_max;
    double gain_half;
    double innovation;
    double imitation;
    double gate;
    double deepening;
    double learning_cost;
    double first_adopters;
    double first_depth;
    double vendor_review;
    double seat_budget;
    double payout;
    double buffer;
    double loan_term;
  };
  struct Traits {};
  struct State {
    double base_productivity;
    double productivity;
    double power_use;
    double price;
    double mark_up;
    double sales_hat;
    double planned;
    double made;
    double workers;
    double adopted;
    double depth;
    std::array<double, 4> served;  // depth that bought seats served, oldest first
    double seats;
    double seats_wanted;
    double app_quality;
    AgentId vendor;
    double outlay_hat;
    double surplus_hat;
  };

  static constexpr Buys labour{0, "labour", "person_month"};
  static constexpr Buys expertise{1, "expertise", "expert_month"};
  static constexpr Buys electricity{2, "electricity", "MWh"};
  static constexpr Buys seats{3, "seats", "seat_month"};
  static constexpr Sells goods{4, "goods", "basket"};
  static constexpr Issues share{5, "share"};
  static constexpr Issues loan{6, "loan"};
  static constexpr Sells loans{7, "loans"};
  static constexpr Reads policy_rate{8, "policy_rate"};
  static constexpr Writes turnover{9, "turnover"};
  static constexpr Writes adopters{10, "adopters"};
  static constexpr Writes workforce{11, "workforce"};
  static constexpr Purpose dividend{0, "dividend"};

  static void describe(Kind<Producer>& kind);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void supply(const Params&, const Traits&, State&, Agent&);
  static void produce(const Params&, const Traits&, State&, Agent&);
  static void adopt(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::industry
