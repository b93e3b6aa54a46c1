/// A producer of goods: a cell of the ordinary economy that hires, sells at a mark-up, and may adopt AI applications.
#pragma once

#include <ondol/choice.hpp>
#include <ondol/firm.hpp>
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
    double least_output;
    double stock_speed;
    double least_skill;
    double demand_gain;
    double stock_gain;
    double habit_gain;
    double most_tension;
    double least_mark_up;
    double most_mark_up;
    double price_speed;
    double sales_speed;
    double unseen;
    double least_productivity;
    double wage_limit;
    double seat_limit;
    firm::Finance::Params finance;
  };
  struct Traits {};
  struct State {
    double base_productivity;
    double productivity;
    double power_use;
    double price;
    double mark_up;
    double expected_sales_volume;
    double planned;
    double made;
    double workers;
    double adopted;
    double depth;
    std::array<double, 4> served;  // depth that bought seats served, by the month, oldest first
    double seats;
    double seats_wanted;
    double eligible;
    double app_quality;
    AgentId vendor;
    firm::Finance::State finance;
  };

  static constexpr Buys labour{0, "labour", "person_month"};
  static constexpr Buys expertise{1, "expertise", "expert_month"};
  static constexpr Buys electricity{2, "electricity", "MWh"};
  static constexpr Buys seats{3, "seats", "seat_month"};
  static constexpr Sells goods{4, "goods", "basket"};
  static constexpr Writes turnover{5, "turnover"};
  static constexpr Writes adopters{6, "adopters"};
  static constexpr Writes workforce{7, "workforce"};
  static constexpr firm::Finance finance{8, 0};
  static constexpr Reads voucher{13, "voucher", "1"};

  static void describe(Kind<Producer>& kind);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void supply(const Params&, const Traits&, State&, Agent&);
  static void produce(const Params&, const Traits&, State&, Agent&);
  static void adopt(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::industry
