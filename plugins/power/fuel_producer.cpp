// The fuel producer's description and rules.
#include "fuel_producer.hpp"

#include <ondol/economics.hpp>

#include <algorithm>

namespace ondol::power {

void FuelProducer::describe(Kind<FuelProducer>& kind) {
  kind.name("fuel_producer").doc("Digs up fuel; its price rises with utilisation.");
  kind.param("mark_up", &Params::mark_up, "1").range(0, 100).doc("Over wages, resource rent included.");
  kind.param("inventory", &Params::inventory, "month")
      .initial(1.5)
      .range(0, 100)
      .doc("Stock it aims at, in months of sales (assumed).");
  kind.param("slope", &Params::slope, "1")
      .initial(1)
      .range(0, 10)
      .doc("Of the log price in utilisation above 0.8 (assumed).");
  kind.param("growth", &Params::growth, "1/year")
      .initial(0.05)
      .range(0, 1)
      .doc("Of capacity while utilisation is above 0.85 (assumed).");
  kind.param("progress", &Params::progress, "1/year")
      .initial(0.01)
      .range(0, 1)
      .doc("Fall of labour per unit (assumed).");
  kind.param("payout", &Params::payout, "1")
      .initial(0.5)
      .range(0, 1)
      .doc("Share of money above the buffer that is paid out (assumed).");
  kind.param("buffer", &Params::buffer, "month").initial(2).range(0, 1000).doc("Months of wages it keeps (assumed).");
  kind.state("labour_per_unit", &State::labour_per_unit, "person_month/MWh_fuel").range(0, 1e6).doc("Work in a unit.");
  kind.state("capacity", &State::capacity, "MWh_fuel/month").range(0, 1e15).doc("Most it can dig up.");
  kind.state("sales_hat", &State::sales_hat, "MWh_fuel/month").range(0, 1e15).doc("Sales it expects.");
  kind.state("price", &State::price, "money/MWh_fuel").range(0, 1e9).doc("Asked.");
  kind.state("planned", &State::planned, "MWh_fuel").range(0, 1e15).doc("To be dug up in the tick.");
  kind.state("made", &State::made, "MWh_fuel").range(0, 1e15).doc("Dug up in the tick.");
  kind.state("seen", &State::seen, "MWh_fuel")
      .range(0, 1e15)
      .doc("Demand it saw: its sales, and more when it sold out.");
  kind.port(labour).doc("Workers.");
  kind.port(output).attributes({"size"}).doc("The fuel.");
  kind.port(share).optional().doc("Its shares.");
  kind.purpose(dividend, "To owners.");
  kind.on<&FuelProducer::hire>("hire", "Plans output, hires for it.");
  kind.on<&FuelProducer::produce>("produce", "Digs, offers its stock.");
  kind.on<&FuelProducer::close>("close", "Expects, prices, expands, pays out.");
}

void FuelProducer::hire(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  const double wanted = s.sales_hat * months + 0.3 * (p.inventory * s.sales_hat - self.stock(output));
  s.planned = std::clamp(wanted, 0.0, s.capacity * months);
  self.order(labour, s.planned * s.labour_per_unit, 1.3 * self.price(labour));
}

void FuelProducer::produce(const Params&, const Traits&, State& s, Agent& self) {
  const double sold = self.sold(output);
  s.seen = self.stock(output) <= 0.01 * sold ? 1.2 * sold : sold;
  const double hands = self.available(labour);
  s.made = std::min(s.planned, ratio(hands, s.labour_per_unit, s.planned));
  self.transform(labour, hands, output, s.made);
  self.offer(output, self.stock(output) + s.made, s.price, {ondol::log(std::max(1.0, s.capacity))});
}

// p* = (1 + mu) l w exp(slope clip(u - 0.8, -0.4, 0.8)), moved 0.3 a month (assumed): scarcity raises the rent.
void FuelProducer::close(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  s.sales_hat = smooth(s.sales_hat, s.seen / months, 0.2 * months);
  const double utilisation = ratio(s.sales_hat, s.capacity);
  const double scarcity = ondol::exp(p.slope * std::clamp(utilisation - 0.8, -0.4, 0.8));
  s.price = smooth(s.price, (1.0 + p.mark_up) * s.labour_per_unit * self.price(labour) * scarcity, 0.3 * months);
  if (utilisation > 0.85) s.capacity *= 1.0 + p.growth / 12.0 * months;
  s.labour_per_unit *= 1.0 - p.progress / 12.0 * months;
  const double keep =
      p.buffer / months * std::max(self.spent(labour), s.planned * s.labour_per_unit * self.price(labour));
  if (self.bound(share) && self.money() > keep) self.distribute(share, p.payout * (self.money() - keep), dividend);
}

}  // namespace ondol::power
