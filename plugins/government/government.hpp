/// A government: taxes, transfers, public work and purchases, bonds, the policy rate, and money for programmes.
#pragma once

#include <ondol/budget.hpp>
#include <ondol/choice.hpp>
#include <ondol/sdk.hpp>

#include <array>

namespace ondol::government {

struct Government {
  struct Params {
    double public_jobs;
    double purchases;
    double pension;
    double benefit;
    double dividend_tax;
    double value_added_tax;
    double deficit_target;
    double natural_unemployment;
    double inflation_target;
    double real_rate;
    double bond_spread;
    double bond_term;
    double seats_target;
    double seats_speed;
    double research_compute;
    double accelerator_target;
    double accelerator_life;
    double stake;
    double programmes_by_taxes;
    double programmes_by_cuts;
    double tax_on_deficit;
    double tax_on_jobs;
    double least_labour_tax;
    double most_labour_tax;
    double rate_on_inflation;
    double rate_on_jobs;
    double most_rate;
    double bond_cover;
    double stimulus_gain;
    double least_stimulus;
    double most_stimulus;
    double most_purchases;
    double most_transfers;
    double most_accelerators;
    double accelerator_ramp;
    double deficit_speed;
    double outlay_speed;
    double turnover_speed;
    double wage_limit;
    double compute_limit;
    double seat_limit;
    double price_limit;
    choice::Makers::Params makers;
  };
  struct Traits {};
  struct State {
    double labour_tax;
    double programme_tax;
    double policy_rate;
    double turnover_hat;
    double unemployment;
    double inflation;
    double deficit;
    double outlay;
    double outlay_hat;
    double bonds;
    double money_before;
    double transfers_paid;
    double seats_per_worker;
    double accelerators_held;
    double stake_purse;
    std::array<double, 13> prices;  // of goods, oldest first
    budget::Treasury::State treasury;
  };

  static constexpr Buys labour{0, "labour", "person_month"};
  static constexpr Buys goods{1, "goods", "basket"};
  static constexpr Buys seat_market{2, "seats", "seat_month"};
  static constexpr Buys accelerators{3, "accelerators", "accelerator"};
  static constexpr Buys compute_market{4, "compute", "accelerator_hour"};
  static constexpr Buys equity{5, "equity"};
  static constexpr Sells bond_market{6, "bonds"};
  static constexpr Issues bond{7, "bond"};
  static constexpr Levies wage_base{8, "wage_base"};
  static constexpr Levies sales_base{9, "sales_base"};
  static constexpr Levies dividend_base{10, "dividend_base"};
  static constexpr Writes rate_signal{11, "policy_rate"};
  static constexpr Observes people{12, "people", "people"};
  static constexpr Observes makers{13, "makers", "order_book"};
  static constexpr Peers stakes{14, "stakes"};

  static constexpr budget::Treasury treasury{15, 4};

  static constexpr choice::Makers choice_of_makers{};

  static constexpr Purpose transfers{0, "transfers"};
  static constexpr Purpose labour_tax{1, "labour tax"};
  static constexpr Purpose value_added_tax{2, "value added tax"};
  static constexpr Purpose capital_income_tax{3, "capital income tax"};

  static void describe(Kind<Government>& kind);
  static void open(const Params&, const Traits&, State&, Agent&);
  static void finance(const Params&, const Traits&, State&, Agent&);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void supply(const Params&, const Traits&, State&, Agent&);
  static void train(const Params&, const Traits&, State&, Agent&);
  static void adopt(const Params&, const Traits&, State&, Agent&);
  static void spend(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::government
