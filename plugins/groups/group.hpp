/// A group: a firm with a digital business of its own that holds AI capital for a platform that may come, rents part of
/// it out, and races rivals for position.
#pragma once

#include <ondol/choice.hpp>
#include <ondol/firm.hpp>
#include <ondol/sdk.hpp>

#include <array>

namespace ondol::groups {

struct Group {
  struct Params {
    double fastest_platform;
    double fastest_niche;
    double niche_market;
    double most_of_niche;
    double least_room;
    double most_evidence;
    double switching;
    double prior;
    double sales_speed;
    double growth_speed;
    double horizon;
    double at_risk;
    double margin;
    double part;
    double returns;
    double contested;
    double outside;
    double foreign_weight;
    double target_growth;
    double capital_cost;
    double rent_weight;
    double least_rent;
    double most_rent;
    double rent_speed;
    double speed;
    double life;
    double building;
    double most_lead;
    double site;
    double uptime;
    double running;
    double usual_utilisation;
    double price_gain;
    double most_gap;
    double price_floor;
    double own_use_speed;
    double own_use_elasticity;
    double least_own_cost;
    double most_own_cost;
    double rents_below;
    double digital_cost;
    double digital_margin;
    double digital_slack;
    double digital_speed;
    double other_investment;
    double given;
    double price_limit;
    choice::Makers::Params makers;
    firm::Finance::Params finance;
  };
  struct Traits {
    double market;
    double noise;
    double usual_own_use;
  };
  struct State {
    double belief;
    double market_seen;
    std::array<double, 13> sales_by_month;
    double expected_ai_sales;
    double growth;
    double expected_market;
    double cash_flow;
    double prize;
    double user_cost;
    double target;
    double capital;
    double weight;
    double own_use;
    double intensity;
    double rent;
    double utilisation;
    double profitability;
    double expected_digital;
    double own_hours;
    double hours;
    double sites_due;
    double wait;
    firm::Finance::State finance;
  };
  static constexpr Buys machines{0, "machines", "accelerator"};
  static constexpr Buys goods{1, "goods", "basket"};
  static constexpr Sells compute{2, "compute", "accelerator_hour"};
  static constexpr Sells digital{3, "digital", "digital_service"};
  static constexpr Writes ai_sales{4, "ai_sales", "money"};
  static constexpr Observes makers_seen{5, "machine_makers", "order_book"};
  static constexpr Observes rivals{6, "rivals", "race"};
  static constexpr Observes foreign_rivals{7, "foreign_rivals", "race"};
  static constexpr firm::Finance finance{8, 0};
  static constexpr choice::Makers makers{};

  static void describe(Kind<Group>& kind);
  static void open(const Params&, const Traits&, State&, Agent&);
  static void supply(const Params&, const Traits&, State&, Agent&);
  static void serve(const Params&, const Traits&, State&, Agent&);
  static void spend(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::groups
