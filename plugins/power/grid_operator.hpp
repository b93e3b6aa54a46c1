/// A grid operator: buys electricity in bulk, sells it at a regulated tariff, and builds connections.
#pragma once

#include <ondol/choice.hpp>
#include <ondol/firm.hpp>
#include <ondol/sdk.hpp>

namespace ondol::power {

struct GridOperator {
  struct Params {
    double loss;
    double reserve;
    double margin;
    double pass_through;
    double highest_bid;
    double connection_price;
    double connection_work;
    double connection_baskets;
    double first_wage;
    double connection_margin;
    double connection_growth;
    double connection_loss;
    double connection_gain;
    double usual_queue;
    double work_off;
    double spare_connections;
    double materials_reserve;
    double least_bid;
    double forecast_speed;
    double unseen;
    double wage_limit;
    double price_limit;
    double crew_equipment;
    choice::OrderBook::Params book;
    firm::Finance::Params finance;
  };
  struct Traits {};
  struct State {
    double tariff;
    double forecast;
    double connection_rate;
    double planned;
    double connected;
    double network_money;
    double equipment_part;
    choice::OrderBook::State book;
    firm::Finance::State finance;
  };
  static constexpr Buys wholesale{0, "wholesale", "MWh"};
  static constexpr Sells electricity{1, "electricity", "MWh"};
  static constexpr Sells connection{2, "connection", "MW_grid"};
  static constexpr Buys labour{3, "labour", "person_month"};
  static constexpr Buys goods{4, "goods", "basket"};
  static constexpr firm::Finance finance{5, 0};
  static constexpr Receipts network_grants{10, "network_grants"};
  static constexpr choice::OrderBook book{"money/MW_grid", "MW_grid/month"};

  static void describe(Kind<GridOperator>& kind);
  static void buy(const Params&, const Traits&, State&, Agent&);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void produce(const Params&, const Traits&, State&, Agent&);
  static void spend(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::power
