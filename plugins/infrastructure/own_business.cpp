// How a group serves the customers of its own business.
#include "own_business.hpp"

#include <ondol/choice.hpp>

#include <algorithm>

namespace ondol::infrastructure {

double OwnBusiness::planned(const Params& p, const State& s, const Agent& self) {
  return (1.0 + p.digital_slack) * s.expected_digital * months_per_tick(self);
}

double OwnBusiness::inputs(const Params& p, const State& s, const Agent& self) {
  return p.digital_cost * planned(p, s, self);
}

double OwnBusiness::other_investment(const Params& p, const State& s, const Agent& self) {
  return p.other_investment * s.expected_digital * months_per_tick(self);
}

double OwnBusiness::make(const Params& p, const State& s, Agent& self, Buys goods, double baskets) const {
  if (!self.bound(digital)) return 0;
  const double services = std::min(planned(p, s, self), ratio(std::max(0.0, baskets), p.digital_cost));
  self.transform(goods, std::min(services * p.digital_cost, self.available(goods)), digital, services);
  return services;
}

void OwnBusiness::offer(const Params& p, const State& s, Agent& self, Buys goods, double services, double ai) const {
  if (!self.bound(digital)) return;
  const double price = p.digital_cost * self.price(goods) / (1.0 - p.digital_margin);
  self.offer(digital, services, price, {log(std::max(1.0, s.expected_digital)), ai});
}

void OwnBusiness::observe(const Params& p, State& s, Agent& self, Buys goods) const {
  if (!self.bound(digital)) return;
  const double months = months_per_tick(self);
  const double services = self.sold(digital);
  const double seen = choice::seen_demand(services, self.stock(digital), 0, p.digital_slack);
  s.expected_digital = adapt(self, s.expected_digital, seen / months, p.digital_speed);
  const double flow = self.revenue(digital) - services * p.digital_cost * self.price(goods);
  s.cash_flow = adapt(self, s.cash_flow, flow / months, p.digital_speed);
}

}  // namespace ondol::infrastructure
