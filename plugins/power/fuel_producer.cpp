// The fuel producer's description and rules.
#include "fuel_producer.hpp"

#include <ondol/choice.hpp>
#include <ondol/economics.hpp>
#include <ondol/pricing.hpp>

#include <algorithm>

namespace ondol::power {

void FuelProducer::describe(Kind<FuelProducer>& kind) {
  kind.name("fuel_producer").doc("Digs up fuel; its price rises with utilisation.");
  kind.param("mark_up", &Params::mark_up, "1").range(0, 100).doc("Over wages, resource rent included.");
  kind.param("inventory", &Params::inventory, "month")
      .initial(1.5)
      .range(0, 100)
      .assumed(1, 3)
      .doc("Stock it aims at, in months of sales.");
  kind.param("slope", &Params::slope, "1")
      .initial(1)
      .range(0, 10)
      .assumed(0.5, 2)
      .doc("Of the log price in utilisation beyond what is usual.");
  kind.param("growth", &Params::growth, "1/year")
      .initial(0.05)
      .range(0, 1)
      .assumed(0, 0.1)
      .doc("Of capacity while much of it is used.");
  kind.param("progress", &Params::progress, "1/year")
      .initial(0.01)
      .range(0, 0.99)
      .assumed(0, 0.03)
      .doc("Fall of labour per unit.");
  kind.param("sales_speed", &Params::sales_speed, "1/month")
      .initial(0.2)
      .range(0, 1)
      .assumed(0.1, 0.4)
      .doc("Of expected demand towards what is seen.");
  kind.param("stock_speed", &Params::stock_speed, "1/month")
      .initial(0.3)
      .range(0, 1)
      .assumed(0.1, 0.5)
      .doc("Of closing the gap to its stock.");
  kind.param("unseen", &Params::unseen, "1")
      .initial(0.2)
      .range(0, 10)
      .assumed(0.1, 0.3)
      .doc("Demand beyond its sales that it takes for granted where it sold out.");
  kind.param("usual_utilisation", &Params::usual_utilisation, "1")
      .initial(0.8)
      .range(0, 1)
      .assumed(0.7, 0.9)
      .doc("At which the price is labour and mark-up.");
  kind.param("most_slack", &Params::most_slack, "1")
      .initial(0.4)
      .range(0, 1)
      .assumed()
      .doc("Most that utilisation counts below that.");
  kind.param("most_tight", &Params::most_tight, "1")
      .initial(0.8)
      .range(0, 10)
      .assumed()
      .doc("Most that it counts above that.");
  kind.param("price_speed", &Params::price_speed, "1/month")
      .initial(0.3)
      .range(0, 1)
      .assumed(0.1, 0.5)
      .doc("Part of the way to that price.");
  kind.param("growth_utilisation", &Params::growth_utilisation, "1")
      .initial(0.85)
      .range(0, 10)
      .assumed(0.8, 0.9)
      .doc("Above which capacity grows.");
  kind.param("wage_limit", &Params::wage_limit, "1")
      .initial(1.3)
      .range(1, 100)
      .assumed(1.1, 1.5)
      .doc("Most it bids over the last wage.");
  kind.state("labour_per_unit", &State::labour_per_unit, "person_month/MWh_fuel").range(0, 1e6).doc("Work in a unit.");
  kind.state("capacity", &State::capacity, "MWh_fuel/month").range(0, 1e15).doc("Most it can dig up.");
  kind.state("expected_demand", &State::expected_demand, "MWh_fuel/month").range(0, 1e15).doc("Demand it expects.");
  kind.state("price", &State::price, "money/MWh_fuel").range(0, 1e9).doc("Asked.");
  kind.state("planned", &State::planned, "MWh_fuel").range(0, 1e15).doc("To be dug up in the tick.");
  kind.state("made", &State::made, "MWh_fuel").range(0, 1e15).doc("Dug up in the tick.");
  kind.state("seen", &State::seen, "MWh_fuel")
      .range(0, 1e15)
      .doc("Demand it saw: its sales, and more when it sold out.");
  kind.port(labour).doc("Workers.");
  kind.port(output).attributes({"size"}).doc("The fuel.");
  kind.part(finance, &Params::finance, &State::finance);
  kind.on<&FuelProducer::hire>("hire", "Plans output, hires for it.");
  kind.on<&FuelProducer::produce>("produce", "Digs, offers its stock.");
  kind.on<&FuelProducer::close>("close", "Expects, prices, expands, pays out or winds up.");
}

void FuelProducer::hire(const Params& p, const Traits&, State& s, Agent& self) {
  s.planned = 0;
  if (finance.is_winding_up(s.finance)) return;
  const double months = months_per_tick(self);
  const double wanted =
      pricing::output_for_stock(self, s.expected_demand * months, self.stock(output), p.inventory, p.stock_speed);
  s.planned = std::min(wanted, s.capacity * months);
  self.order(labour, s.planned * s.labour_per_unit, p.wage_limit * self.price(labour));
}

void FuelProducer::produce(const Params& p, const Traits&, State& s, Agent& self) {
  s.seen = choice::seen_demand(self.sold(output), self.stock(output), 0, p.unseen);
  const double hands = self.available(labour);
  s.made = std::min(s.planned, ratio(hands, s.labour_per_unit, s.planned));
  self.transform(labour, hands, output, s.made);
  if (!finance.is_winding_up(s.finance))
    self.offer(output, self.stock(output) + s.made, s.price, {ondol::log(std::max(1.0, s.capacity))});
}

// p* = (1 + mu) l w exp(slope clip(u - u0, -slack, tight)): scarcity raises the rent.
void FuelProducer::close(const Params& p, const Traits&, State& s, Agent& self) {
  s.expected_demand = adapt(self, s.expected_demand, s.seen / months_per_tick(self), p.sales_speed);
  const double utilisation = ratio(s.expected_demand, s.capacity);
  const double scarcity =
      ondol::exp(p.slope * std::clamp(utilisation - p.usual_utilisation, -p.most_slack, p.most_tight));
  s.price = adapt(self, s.price, (1.0 + p.mark_up) * s.labour_per_unit * self.price(labour) * scarcity, p.price_speed);
  if (utilisation > p.growth_utilisation) s.capacity *= growth_per_tick(self, p.growth);
  s.labour_per_unit *= growth_per_tick(self, -p.progress);
  finance.observe(p.finance, s.finance, self, self.revenue(output), self.spent(labour));
  if (finance.winds_up(p.finance, s.finance, self)) return self.withdraw(output);
  finance.settle(p.finance, s.finance, self, 0);
}

}  // namespace ondol::power
