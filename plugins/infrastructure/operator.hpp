/// An operator of data centres: rents out computing hours, builds what it expects to rent out, or what it takes to keep
/// its place in a race for a platform, and can pay for.
#pragma once

#include "own_business.hpp"
#include "race.hpp"

#include <ondol/choice.hpp>
#include <ondol/firm.hpp>
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
    double uptime;
    std::array<double, 5> facility_life;  // of the same
    double capital_charge;
    double q_exponent;
    double most_q;
    double most_growth;
    double keep_up;
    double fill_vacant;
    double fastest_growth;
    double least_growth_step;
    double site_slack;
    double grid_horizon;
    double grid_lead;
    double commitment_speed;
    double blind_commitment;
    double build_ahead;
    double hours_ahead;
    double least_power;
    double hours_speed;
    double unseen;
    double most_gap;
    double price_floor;
    double growth_speed;
    double wage_limit;
    double power_limit;
    double price_limit;
    OwnBusiness::Params business;
    Race::Params race;
    choice::Makers::Params makers;
    firm::Finance::Params finance;
  };
  struct Traits {
    Race::Traits race;
  };
  struct State {
    double running;
    double power;
    double fleet_kw;
    double price;
    double utilisation;
    double expected_hours;
    double expected_growth;
    double sales_before;
    double return_on_capital;
    double wanted;
    double site_cost;
    double servers_due;
    double eligible;
    Pipeline<6> fitting;
    double own_hours;
    OwnBusiness::State business;
    Race::State race;
    firm::Finance::State finance;
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
  static constexpr Reads accelerator_kw{10, "accelerator_kw", "kW/accelerator"};
  static constexpr Writes ai_sales{11, "ai_sales", "money"};
  static constexpr Observes accelerator_makers{12, "accelerator_makers", "order_book"};
  static constexpr Observes storage_makers{13, "storage_makers", "order_book"};
  static constexpr Observes ups_makers{14, "ups_makers", "order_book"};
  static constexpr Observes cooling_makers{15, "cooling_makers", "order_book"};
  static constexpr Observes builders{16, "builders", "order_book"};
  static constexpr Observes grids{17, "grids", "order_book"};
  static constexpr Reads investment_credit{18, "investment_credit", "1"};
  static constexpr OwnBusiness business{19};
  static constexpr Race race{20};
  static constexpr firm::Finance finance{21, 0};
  static constexpr choice::Makers makers{};

  static void describe(Kind<Operator>& kind);
  static void open(const Params&, const Traits&, State&, Agent&);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void supply(const Params&, const Traits&, State&, Agent&);
  static void produce(const Params&, const Traits&, State&, Agent&);
  static void spend(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::infrastructure
