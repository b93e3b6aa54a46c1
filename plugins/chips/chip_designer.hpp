/// A chip designer: turns wafers, memory and boards into accelerators, does research, and prices by its share of
/// the market.
#pragma once

#include <ondol/choice.hpp>
#include <ondol/firm.hpp>
#include <ondol/pricing.hpp>
#include <ondol/sdk.hpp>

namespace ondol::chips {

struct ChipDesigner {
  struct Params {
    double stacks;
    double boards;
    double first_per_wafer;
    double research_rate;
    double research_scale;
    double research_share;
    double imitation_scale;
    double thrift;
    double least_step;
    double step_range;
    double power_saving;
    double launch_gap;
    double switch_months;
    double imitation_step;
    double imitation_months;
    double work_off;
    double base_output;
    double least_output;
    double most_output;
    double inputs_cover;
    double stock_cover;
    double input_price_weight;
    double orders_speed;
    double staff_speed;
    double least_staff;
    double staff_scale;
    double within_elasticity;
    double across_elasticity;
    double share_speed;
    double price_speed;
    double software_growth;
    double wage_limit;
    double price_limit;
    choice::OrderBook::Params book;
    firm::Finance::Params finance;
  };
  struct Traits {};
  struct State {
    double per_wafer;
    double kw;
    double expected_orders;
    double staff;
    double meant;
    double made;
    double unit_cost;
    double mark_up;
    double sales_share;
    double found;
    double launched;
    double launch_age;
    double generation;
    choice::OrderBook::State book;
    firm::Finance::State finance;
  };
  static constexpr Buys wafers{0, "wafers", "wafer"};
  static constexpr Buys memory{1, "memory", "stack"};
  static constexpr Buys goods{2, "goods", "basket"};
  static constexpr Buys expertise{3, "expertise", "expert_month"};
  static constexpr Sells accelerators{4, "accelerators", "accelerator"};
  static constexpr Observes rivals{5, "rivals", "chip"};
  static constexpr Writes accelerator_kw{6, "accelerator_kw", "kW/accelerator"};
  static constexpr firm::Finance finance{7, 0};
  static constexpr choice::OrderBook book{"money/accelerator", "accelerator/month"};

  static void describe(Kind<ChipDesigner>& kind);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void supply(const Params&, const Traits&, State&, Agent&);
  static void produce(const Params&, const Traits&, State&, Agent&);
  static void spend(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::chips
