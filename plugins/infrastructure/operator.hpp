/// An operator of data centres: rents out computing hours, builds what it expects to rent out and can pay for.
#pragma once

#include <ondol/sdk.hpp>

#include <array>

namespace ondol::infrastructure {

struct Operator {
  struct Params {
    double overhead;
    double usage;
    std::array<double, 5> per_megawatt;  // storage, ups, cooling, construction, connection
    double servers;
    double life;
    double target_utilisation;
    double spare;
    double speed;
    double hurdle;
    double experts;
    double price_gain;
    double commitment;
    double commitment_power;
    double commitment_months;
    double payout;
    double sales_multiple;
    double loan_term;
  };
  struct Traits {};
  struct State {
    double running;
    double power;
    double fleet_kw;
    double price;
    double utilisation;
    double hours_hat;
    double growth_hat;
    double sales_before;
    double sales_hat;
    double return_on_capital;
    double wanted;
    double site_cost;
    double servers_due;
    double operations;
    Pipeline<6> fitting;
  };
  static constexpr Buys accelerators{0, "accelerators", "accelerator"};
  static constexpr Buys storage{1, "storage", "MWh_storage"};
  static constexpr Buys ups{2, "ups", "MW_ups"};
  static constexpr Buys cooling{3, "cooling", "MW_cooling"};
  static constexpr Buys construction{4, "construction", "MW_shell"};
  static constexpr Buys connection{5, "connection", "MW_grid"};
  static constexpr Buys electricity{6, "electricity", "MWh"};
  static constexpr Buys expertise{7, "expertise", "expert_month"};
  static constexpr Buys goods{8, "goods", "basket"};
  static constexpr Sells compute{9, "compute", "accelerator_hour"};
  static constexpr Issues share{10, "share"};
  static constexpr Issues loan{11, "loan"};
  static constexpr Sells loans{12, "loans"};
  static constexpr Sells equity{13, "equity"};
  static constexpr Reads policy_rate{14, "policy_rate"};
  static constexpr Reads accelerator_kw{15, "accelerator_kw", "kW/accelerator"};
  static constexpr Writes ai_sales{16, "ai_sales", "money"};
  static constexpr Observes accelerator_makers{17, "accelerator_makers", "order_book"};
  static constexpr Observes storage_makers{18, "storage_makers", "order_book"};
  static constexpr Observes ups_makers{19, "ups_makers", "order_book"};
  static constexpr Observes cooling_makers{20, "cooling_makers", "order_book"};
  static constexpr Observes builders{21, "builders", "order_book"};
  static constexpr Observes grids{22, "grids", "order_book"};
  static constexpr Purpose dividend{0, "dividend"};

  static void describe(Kind<Operator>& kind);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void supply(const Params&, const Traits&, State&, Agent&);
  static void produce(const Params&, const Traits&, State&, Agent&);
  static void spend(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::infrastructure
