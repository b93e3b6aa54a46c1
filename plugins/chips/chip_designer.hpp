/// A chip designer: turns wafers, memory and boards into accelerators, does research, and prices by its backlog.
#pragma once

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
    double backlog_target;
    double backlog_gain;
    double least_mark_up;
    double most_mark_up;
    double payout;
    double sales_multiple;
  };
  struct Traits {};
  struct State {
    double per_wafer;
    double kw;
    double mark_up;
    double list_price;
    double wait;
    double orders_hat;
    double staff;
    double made;
    double unit_cost;
    double sales_hat;
    double generation;
  };
  static constexpr Buys wafers{0, "wafers", "wafer"};
  static constexpr Buys memory{1, "memory", "stack"};
  static constexpr Buys goods{2, "goods", "basket"};
  static constexpr Buys expertise{3, "expertise", "expert_month"};
  static constexpr Sells accelerators{4, "accelerators", "accelerator"};
  static constexpr Issues share{5, "share"};
  static constexpr Sells equity{6, "equity"};
  static constexpr Observes rivals{7, "rivals", "chip"};
  static constexpr Writes accelerator_kw{8, "accelerator_kw", "kW/accelerator"};
  static constexpr Purpose dividend{0, "dividend"};

  static void describe(Kind<ChipDesigner>& kind);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void supply(const Params&, const Traits&, State&, Agent&);
  static void produce(const Params&, const Traits&, State&, Agent&);
  static void spend(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::chips
