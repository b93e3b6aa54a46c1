// The trader's description and rules.
#include "trader.hpp"

#include <ondol/choice.hpp>
#include <ondol/economics.hpp>
#include <ondol/pricing.hpp>

#include <algorithm>

namespace ondol::industry {

void Trader::describe(Kind<Trader>& kind) {
  kind.name("trader").doc("Buys goods at home and offers them to other regions.");
  kind.param("margin", &Params::margin, "1")
      .initial(0.05)
      .range(0, 10)
      .assumed(0.02, 0.1)
      .doc("Asked over the home price.");
  kind.param("inventory", &Params::inventory, "month").initial(1.5).range(0, 60).assumed(1, 3).doc("Stock wanted.");
  kind.param("handling", &Params::handling, "1")
      .initial(0.03)
      .range(0, 1)
      .assumed()
      .doc("Wages of handling per value handled.");
  kind.param("stock_speed", &Params::stock_speed, "1/month")
      .initial(0.5)
      .range(0, 1)
      .assumed(0.2, 0.8)
      .doc("Of closing the gap to its stock.");
  kind.param("demand_speed", &Params::demand_speed, "1/month")
      .initial(0.25)
      .range(0, 1)
      .assumed(0.1, 0.4)
      .doc("Of expected sales towards those seen.");
  kind.param("unseen", &Params::unseen, "1")
      .initial(0.1)
      .range(0, 10)
      .assumed(0.05, 0.2)
      .doc("Demand beyond its sales that it takes for granted where it sold out.");
  kind.param("wage_limit", &Params::wage_limit, "1")
      .initial(1.3)
      .range(1, 100)
      .assumed(1.1, 1.5)
      .doc("Most it bids over the last wage.");
  kind.param("price_limit", &Params::price_limit, "1")
      .initial(1.1)
      .range(1, 100)
      .assumed(1, 1.3)
      .doc("Most it bids over the last home price.");
  kind.trait("size", &Traits::size, "1").initial(0).range(-50, 50).doc("Weight of its offers abroad, a logarithm.");
  kind.state("expected_demand", &State::expected_demand, "basket").range(0, 1e18).doc("Sales expected a tick.");
  kind.state("offered", &State::offered, "basket").range(0, 1e18).doc("Offered abroad in the latest tick.");
  kind.state("price", &State::price, "money/basket").range(0, 1e9).doc("Price asked abroad.");
  kind.port(goods).doc("Goods of its region.");
  kind.port(imports).attributes({"size"}).doc("The same goods, to other regions.");
  kind.port(labour).optional().doc("Work of handling.");
  kind.part(finance, &Params::finance, &State::finance);
  kind.field("working_capital").initial(2.2).assumed(1, 3).doc("w: of expected outlays, kept as money.");
  kind.field("payout").initial(0.5).assumed(0.3, 0.8);
  kind.field("patience").initial(0).doc("Short for so long it winds up; 0: never, for it is a region's trade.");
  kind.on<&Trader::hire>("hire", "Orders the work of handling.");
  kind.on<&Trader::produce>("produce", "Offers its stock abroad at a margin over the home price.");
  kind.on<&Trader::spend>("spend", "Buys at home what it expects to sell, and what its stock lacks.");
  kind.on<&Trader::close>("close", "Revises expected sales; pays out.");
}

void Trader::hire(const Params& p, const Traits&, State& s, Agent& self) {
  if (!self.bound(labour)) return;
  const double wage = self.price(labour);
  self.order(labour, p.handling * s.expected_demand * ratio(self.price(goods), wage), p.wage_limit * wage);
}

void Trader::produce(const Params& p, const Traits& traits, State& s, Agent& self) {
  if (self.bound(labour)) self.transform(labour, self.available(labour), goods, 0);
  s.offered = self.stock(goods);
  s.price = (1.0 + p.margin) * self.price(goods);
  self.offer(imports, s.offered, s.price, {traits.size});
}

// Buys what it expects to sell and a part of what its stock lacks.
void Trader::spend(const Params& p, const Traits&, State& s, Agent& self) {
  const double wanted =
      pricing::output_for_stock(self, s.expected_demand, self.stock(goods), p.inventory, p.stock_speed);
  self.order(goods, wanted, p.price_limit * self.price(goods));
}

void Trader::close(const Params& p, const Traits&, State& s, Agent& self) {
  const double sold = self.sold(imports);
  const double seen = choice::seen_demand(sold, s.offered - sold, 0, s.offered > 0 ? p.unseen : 0.0);
  s.expected_demand = adapt(self, s.expected_demand, seen, p.demand_speed);
  const double on_work = self.bound(labour) ? self.spent(labour) : 0.0;
  finance.observe(p.finance, s.finance, self, self.revenue(imports), self.spent(goods) + on_work);
  if (!finance.winds_up(p.finance, s.finance, self)) finance.settle(p.finance, s.finance, self, 0);
}

}  // namespace ondol::industry
