/// A digital business beside computing: services made of goods, sold at a margin, whose customers AI draws. A described
/// part.
#pragma once

#include <ondol/economics.hpp>
#include <ondol/sdk.hpp>

namespace ondol::infrastructure {

/// Takes one port, `digital`; unbound, there is no such business. A kind calls serve() where it makes things, orders
/// needs() of goods, and calls observe() where its tick ends.
struct OwnBusiness {
  struct Params {
    double digital_cost;
    double digital_margin;
    double digital_slack;
    double digital_speed;
    double other_investment;
  };
  struct State {
    double cash_flow;
    double expected_digital;
  };
  Sells digital;

  static constexpr std::uint16_t ports = 1;
  constexpr explicit OwnBusiness(std::uint16_t port) : digital{port, "digital", "digital_service"} {}

  /// Services it means to make in a tick.
  static double planned(const Params&, const State&, const Agent&);
  /// Goods that they take.
  static double inputs(const Params&, const State&, const Agent&);
  /// Goods that it invests in a tick.
  static double other_investment(const Params&, const State&, const Agent&);
  /// Makes services of at most `baskets` goods; returns how many.
  double make(const Params&, const State&, Agent&, Buys goods, double baskets) const;
  /// Offers them, drawing customers by size and by `ai`.
  void offer(const Params&, const State&, Agent&, Buys goods, double services, double ai) const;
  /// Takes in what was sold.
  void observe(const Params&, State&, Agent&, Buys goods) const;

  void describe(auto& part) const {
    part.param("digital_cost", &Params::digital_cost, "basket/digital_service")
        .initial(0.6)
        .range(1e-09, 1e+09)
        .assumed()
        .doc("Inputs of a service of its own business (60 % of sales).");
    part.param("digital_margin", &Params::digital_margin, "1")
        .initial(0.4)
        .range(0, 0.99)
        .assumed(0.3, 0.5)
        .doc("Of its price, that is left after them.");
    part.param("digital_slack", &Params::digital_slack, "1")
        .initial(0.1)
        .range(0, 10)
        .assumed(0.05, 0.2)
        .doc("Services made beyond those expected to sell.");
    part.param("digital_speed", &Params::digital_speed, "1/month")
        .initial(0.3)
        .range(0, 1)
        .assumed(0.1, 0.5)
        .doc("Of expected services and cash flow towards those seen.");
    part.param("other_investment", &Params::other_investment, "basket/digital_service")
        .initial(0.1)
        .range(0, 1e+09)
        .assumed(0.05, 0.15)
        .doc("m0: investment of its own business (order of three quarters of groups' investment of 2022).");
    part.state("cash_flow", &State::cash_flow, "money/month")
        .range(-1e+18, 1e+18)
        .doc("Of its own business, before investment.");
    part.state("expected_digital", &State::expected_digital, "digital_service/month")
        .range(0, 1e+18)
        .doc("Services it expects to sell.");
    part.port(digital).optional().attributes({"size", "ai"}).doc("Services of its own business.");
  }
};

}  // namespace ondol::infrastructure
