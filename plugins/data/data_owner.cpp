// The data owner's description and rules.
#include "data_owner.hpp"

#include <ondol/economics.hpp>

#include <algorithm>

namespace ondol::data {

void DataOwner::describe(Kind<DataOwner>& kind) {
  kind.name("data_owner").doc("Licenses human data; a licence can be sold to many.");
  kind.param("growth", &Params::growth, "1/year")
      .initial(0.1)
      .range(-0.99, 10)
      .assumed(0.03, 0.2)
      .doc("Of its corpus.");
  kind.param("sales_target", &Params::sales_target, "1/month")
      .initial(0.02)
      .range(1e-9, 10)
      .assumed()
      .doc("Licences sold a month per token owned at which the price rests.");
  kind.param("price_gain", &Params::price_gain, "1/month")
      .initial(0.03)
      .range(0, 1)
      .assumed(0.01, 0.1)
      .doc("Of the price per unit of relative excess sales.");
  kind.param("staff", &Params::staff, "expert_month/month").initial(20).range(0, 1e9).assumed().doc("Who curate.");
  kind.param("most_gap", &Params::most_gap, "1")
      .initial(0.5)
      .range(0, 10)
      .assumed()
      .doc("Most that relative excess sales count.");
  kind.param("supply", &Params::supply, "1")
      .initial(10)
      .range(1, 1000000.0)
      .assumed()
      .doc("Licences on offer per token owned: data are not rival.");
  kind.param("staff_cover", &Params::staff_cover, "month")
      .initial(6)
      .range(0, 1000)
      .assumed(3, 12)
      .doc("Of wages, without which it hires fewer.");
  kind.param("wage_limit", &Params::wage_limit, "1")
      .initial(1.3)
      .range(1, 100)
      .assumed(1.1, 1.5)
      .doc("Most it bids over the last wage.");
  kind.state("corpus", &State::corpus, "Gtoken").range(0, 1e15).doc("Human data it owns.");
  kind.state("price", &State::price, "money/Gtoken").range(0, 1e15).doc("Of a licence.");
  kind.port(licences).attributes({"size"}).doc("Rights to train on its data.");
  kind.port(expertise).doc("Curators.");
  kind.part(finance, &Params::finance, &State::finance);
  kind.field("working_capital").initial(12).assumed(6, 18);
  kind.on<&DataOwner::hire>("hire", "Hires curators.");
  kind.on<&DataOwner::serve>("serve", "Offers licences.");
  kind.on<&DataOwner::close>("close", "Grows, prices, pays out.");
}

// As many curators as it can pay for some months.
void DataOwner::hire(const Params& p, const Traits&, State& s, Agent& self) {
  if (finance.is_winding_up(s.finance)) return;
  const double affordable = ratio(self.money(), p.staff_cover * self.price(expertise), p.staff);
  self.order(expertise, std::min(p.staff, affordable) * months_per_tick(self), p.wage_limit * self.price(expertise));
}

void DataOwner::serve(const Params& p, const Traits&, State& s, Agent& self) {
  self.use(expertise, self.available(expertise));
  if (finance.is_winding_up(s.finance)) return;
  const double wanted = std::max(0.0, p.supply * s.corpus - self.stock(licences));
  self.make(licences, wanted);
  self.offer(licences, self.stock(licences) + wanted, s.price, {ondol::log(std::max(1.0, s.corpus))});
}

// ln p <- ln p + gain clip(sales / target - 1, -gap, gap) a month.
void DataOwner::close(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  s.corpus *= growth_per_tick(self, p.growth);
  const double excess = ratio(self.sold(licences), p.sales_target * months * s.corpus, 1.0) - 1.0;
  s.price *= ondol::exp(p.price_gain * std::clamp(excess, -p.most_gap, p.most_gap) * months);
  finance.observe(p.finance, s.finance, self, self.revenue(licences), self.spent(expertise));
  if (finance.winds_up(p.finance, s.finance, self)) return self.withdraw(licences);
  finance.settle(p.finance, s.finance, self, 0);
}

}  // namespace ondol::data
