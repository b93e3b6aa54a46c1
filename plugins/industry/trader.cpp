// The trader's description and rules.
#include "trader.hpp"

#include <ondol/economics.hpp>

#include <algorithm>

namespace ondol::industry {

void Trader::describe(Kind<Trader>& kind) {
  kind.name("trader").doc("Buys goods at home and offers them to other regions.");
  kind.param("margin", &Params::margin, "1").initial(0.05).range(0, 10).doc("Asked over the home price (assumed).");
  kind.param("inventory", &Params::inventory, "month").initial(1.5).range(0, 60).doc("Stock wanted (assumed).");
  kind.param("handling", &Params::handling, "1")
      .initial(0.03)
      .range(0, 1)
      .doc("Wages of handling per value handled (assumed).");
  kind.param("payout", &Params::payout, "1/month")
      .initial(0.5)
      .range(0, 1)
      .doc("Share of money beyond the buffer that is paid out (assumed).");
  kind.param("buffer", &Params::buffer, "month").initial(2.2).range(0, 60).doc("Purchases kept as money (assumed).");
  kind.trait("size", &Traits::size, "1").initial(0).range(-50, 50).doc("Weight of its offers abroad, a logarithm.");
  kind.state("demand_hat", &State::demand_hat, "basket").range(0, 1e18).doc("Sales expected a tick.");
  kind.state("offered", &State::offered, "basket").range(0, 1e18).doc("Offered abroad in the latest tick.");
  kind.state("price", &State::price, "money/basket").range(0, 1e9).doc("Price asked abroad.");
  kind.port(goods).doc("Goods of its region.");
  kind.port(imports).attributes({"size"}).doc("The same goods, to other regions.");
  kind.port(labour).optional().doc("Work of handling.");
  kind.port(share).optional().doc("Its shares.");
  kind.purpose(dividend, "Profit paid to shareholders.");
  kind.on<&Trader::hire>("hire", "Orders the work of handling.");
  kind.on<&Trader::produce>("produce", "Offers its stock abroad at a margin over the home price.");
  kind.on<&Trader::spend>("spend", "Buys at home what it expects to sell, and what its stock lacks.");
  kind.on<&Trader::close>("close", "Revises expected sales; pays out.");
}

void Trader::hire(const Params& p, const Traits&, State& s, Agent& self) {
  if (!self.bound(labour)) return;
  const double wage = self.price(labour);
  self.order(labour, p.handling * s.demand_hat * ratio(self.price(goods), wage), 1.3 * wage);
}

void Trader::produce(const Params& p, const Traits& traits, State& s, Agent& self) {
  if (self.bound(labour)) self.transform(labour, self.available(labour), goods, 0);
  s.offered = self.stock(goods);
  s.price = (1.0 + p.margin) * self.price(goods);
  self.offer(imports, s.offered, s.price, {traits.size});
}

// Buys D + .5 (inventory D - stock), D expected sales (speed assumed).
void Trader::spend(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  const double gap = p.inventory / months * s.demand_hat - self.stock(goods);
  const double wanted = std::max(0.0, s.demand_hat + std::min(0.5 * months, 1.0) * gap);
  self.order(goods, wanted, 1.1 * self.price(goods));
}

void Trader::close(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  const double sold = self.sold(imports);
  const bool sold_out = s.offered > 0 && s.offered - sold <= 0.01 * sold;
  s.demand_hat = smooth(s.demand_hat, sold_out ? 1.1 * sold : sold, 0.25 * months);
  const double free = self.money() - p.buffer / months * s.demand_hat * self.price(goods);
  if (self.bound(share) && free > 0) self.distribute(share, std::min(1.0, p.payout * months) * free, dividend);
}

}  // namespace ondol::industry
