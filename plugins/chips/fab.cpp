// The fab's description and rules.
#include "fab.hpp"

#include <ondol/choice.hpp>
#include <ondol/economics.hpp>

#include <algorithm>

namespace ondol::chips {

namespace {

double unit_cost(const Fab::Params& p, const Agent& self) {
  return p.labour_per_unit * self.price(Fab::labour) + p.baskets_per_unit * self.price(Fab::goods);
}

double materials(const Fab::Params& p, const Fab::State& s) {
  return (1.0 + p.materials_reserve) * s.planned * p.baskets_per_unit;
}

}  // namespace

void Fab::describe(Kind<Fab>& kind) {
  kind.name("fab").doc("Owns scarce manufacturing capacity; sells what comes out of it.");
  kind.param("labour_per_unit", &Params::labour_per_unit, "person_month/{output}")
      .range(0, 1e12)
      .assumed()
      .doc("Work in a unit.");
  kind.param("baskets_per_unit", &Params::baskets_per_unit, "basket/{output}")
      .range(0, 1e12)
      .assumed()
      .doc("Materials in a unit.");
  kind.param("capital_cost", &Params::capital_cost, "basket*month/{output}")
      .range(0, 1e12)
      .assumed()
      .doc("Baskets that add capacity for a unit a month.");
  kind.param("growth_limit", &Params::growth_limit, "1/month")
      .initial(0.15)
      .range(0, 1)
      .assumed(0.08, 0.18)
      .doc("Most that capacity can be enlarged.");
  kind.param("inventory", &Params::inventory, "month")
      .initial(0.7)
      .range(0, 100)
      .assumed(0.3, 1.5)
      .doc("Stock it aims at, in months of demand.");
  kind.param("spare_capacity", &Params::spare_capacity, "1")
      .initial(0.15)
      .range(0, 10)
      .assumed(0.05, 0.3)
      .doc("Capacity wanted beyond expected demand.");
  kind.param("stock_speed", &Params::stock_speed, "1/month")
      .initial(0.3)
      .range(0, 1)
      .assumed(0.1, 0.5)
      .doc("Of closing the gap to its stock.");
  kind.param("least_run", &Params::least_run, "1")
      .initial(0.05)
      .range(0, 1)
      .assumed(0, 0.2)
      .doc("Share of its capacity that always runs.");
  kind.param("materials_reserve", &Params::materials_reserve, "1")
      .initial(0.2)
      .range(0, 10)
      .assumed(0.1, 0.5)
      .doc("Materials beyond those planned.");
  kind.param("demand_speed", &Params::demand_speed, "1/month")
      .initial(0.25)
      .range(0, 1)
      .assumed(0.1, 0.4)
      .doc("Of expected demand towards what is seen.");
  kind.param("wage_limit", &Params::wage_limit, "1")
      .initial(1.3)
      .range(1, 100)
      .assumed(1.1, 1.5)
      .doc("Most it bids over the last wage.");
  kind.param("price_limit", &Params::price_limit, "1")
      .initial(1.1)
      .range(1, 100)
      .assumed(1, 1.3)
      .doc("Most it bids over the last price of goods.");
  kind.state("capacity", &State::capacity, "{output}/month").range(0, 1e18).doc("Most it can make.");
  kind.state("price", &State::price, "money/{output}").range(0, 1e18).doc("Asked.");
  kind.state("expected_demand", &State::expected_demand, "{output}/month")
      .range(0, 1e18)
      .doc("Demand it expects, filled or not.");
  kind.state("planned", &State::planned, "{output}").range(0, 1e18).doc("To be made in the tick.");
  kind.state("made", &State::made, "{output}").range(0, 1e18).doc("Made in the tick.");
  kind.state("expansion", &State::expansion, "{output}/(month*month)")
      .range(0, 1e18)
      .doc("Capacity that it wants to begin a month.");
  kind.state("machines", &State::machines, "basket").range(0, 1e18).doc("Ordered for that.");
  kind.state("building", &State::building, "{output}/month")
      .range(0, 1e15)
      .doc("Capacity under construction, by months left (Kydland, Prescott 1982: time to build).");
  kind.port(labour).doc("Workers.");
  kind.port(goods).doc("Materials and machines.");
  kind.port(output).doc("What it makes.");
  kind.part(finance, &Params::finance, &State::finance);
  kind.part(pricing, &Params::pricing, &State::pricing);
  kind.field("mark_up_target").assumed(0.8, 1).doc("Expected demand over capacity at which the mark-up rests.");
  kind.field("mark_up_gain").initial(0.05).assumed(0.02, 0.1);
  kind.field("most_slack").initial(0.5).assumed();
  kind.field("most_tight").initial(1).assumed();
  kind.field("least_mark_up").initial(0.4).assumed(0.2, 0.6);
  kind.field("most_mark_up").initial(1.6).assumed(1.2, 2.5);
  kind.on<&Fab::hire>("hire", "Plans output, hires for it.");
  kind.on<&Fab::produce>("produce", "Makes within capacity, offers its stock.");
  kind.on<&Fab::spend>("spend", "Buys materials and machines; starts building.");
  kind.on<&Fab::close>("close", "Expects, prices, plans capacity, raises money or pays out.");
}

void Fab::hire(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  s.capacity += advance_by_months(self, s.building);
  s.planned = 0;
  if (finance.is_winding_up(s.finance)) return;
  const double wanted =
      pricing::output_for_stock(self, s.expected_demand * months, self.stock(output), p.inventory, p.stock_speed);
  s.planned = between(wanted, p.least_run * s.capacity * months, s.capacity * months);
  self.order(labour, s.planned * p.labour_per_unit, p.wage_limit * self.price(labour));
}

void Fab::produce(const Params& p, const Traits&, State& s, Agent& self) {
  const double hands = self.available(labour);
  const double held = self.available(goods);
  s.made =
      std::min({s.planned, ratio(hands, p.labour_per_unit, s.planned), ratio(held, p.baskets_per_unit, s.planned)});
  self.transform(labour, hands, output, 0);
  self.transform(goods, std::min(held, s.made * p.baskets_per_unit), output, s.made);
  if (!finance.is_winding_up(s.finance)) self.offer(output, self.stock(output) + s.made, s.price);
}

// Materials for the next tick, and the machines of the expansion as far as money allows.
void Fab::spend(const Params& p, const Traits&, State& s, Agent& self) {
  s.machines = 0;
  if (finance.is_winding_up(s.finance)) return;
  const double price = self.price(goods);
  const double wanted = s.expansion * p.capital_cost * price;
  s.machines = ratio(finance.invest(p.finance, s.finance, self, wanted, 0) * months_per_tick(self), price);
  self.order(goods, std::max(0.0, materials(p, s) - self.stock(goods)) + s.machines, p.price_limit * price);
}

// Mark-up by excess demand, price = (1 + mu) unit cost. Capacity is wanted for expected demand and some to spare, no
// faster than the limit.
void Fab::close(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  // Machines that arrived beyond materials go into building.
  const double installed = std::clamp(self.available(goods) - materials(p, s), 0.0, s.machines);
  self.use(goods, std::min(installed, self.available(goods)));
  s.building.add(ratio(installed, p.capital_cost), 8);

  s.expected_demand = adapt(self, s.expected_demand,
                            choice::seen_demand(self.sold(output), 1, self.demand(output), 0) / months, p.demand_speed);
  pricing.adjust(p.pricing, s.pricing, self, ratio(s.expected_demand, s.capacity, 1.0));
  s.price = pricing.price(p.pricing, s.pricing, self, s.price, unit_cost(p, self));
  s.expansion = std::clamp((1.0 + p.spare_capacity) * s.expected_demand - s.capacity - s.building.total(), 0.0,
                           p.growth_limit * s.capacity);
  const double outlays = std::max(0.0, self.spent(labour) + self.spent(goods) - installed * self.price(goods));
  finance.observe(p.finance, s.finance, self, self.revenue(output), outlays);
  if (finance.winds_up(p.finance, s.finance, self)) return self.withdraw(output);
  finance.settle(p.finance, s.finance, self, 0);
}

}  // namespace ondol::chips
