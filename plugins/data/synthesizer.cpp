// The synthesizer's description and rules.
#include "synthesizer.hpp"

#include <ondol/choice.hpp>
#include <ondol/economics.hpp>

#include <algorithm>

namespace ondol::data {

namespace {

double hours_for_a_gtoken(const Synthesizer::Params& p) { return p.hours_per_gtoken * (1.0 + p.verification); }

}  // namespace

void Synthesizer::describe(Kind<Synthesizer>& kind) {
  kind.name("synthesizer").doc("Makes verified synthetic data from compute.");
  kind.param("hours_per_gtoken", &Params::hours_per_gtoken, "accelerator_hour/Gtoken")
      .initial(1000)
      .range(0, 1e12)
      .assumed(300, 3000)
      .doc("Compute to write a billion tokens.");
  kind.param("verification", &Params::verification, "1")
      .initial(0.5)
      .range(0, 10)
      .assumed(0.2, 1)
      .doc("v: compute to verify, per compute to write.");
  kind.param("mark_up", &Params::mark_up, "1")
      .initial(0.4)
      .range(0, 10)
      .assumed(0.2, 0.8)
      .doc("Over the cost of compute.");
  kind.param("staff", &Params::staff, "expert_month/month").initial(20).range(0, 1e9).assumed().doc("Engineers.");
  kind.param("price_speed", &Params::price_speed, "1/month")
      .initial(0.3)
      .range(0, 1)
      .assumed(0.1, 0.5)
      .doc("Part of the way to cost and mark-up that the price goes.");
  kind.param("quota_speed", &Params::quota_speed, "1/month")
      .initial(0.3)
      .range(0, 1)
      .assumed(0.1, 0.5)
      .doc("Of what it makes towards what is wanted.");
  kind.param("hope", &Params::hope, "1")
      .initial(0.1)
      .range(0, 10)
      .assumed(0, 0.2)
      .doc("Made beyond the demand it sees.");
  kind.param("stock_months", &Params::stock_months, "month")
      .initial(2)
      .range(0, 100)
      .assumed(1, 3)
      .doc("Of sales, in stock.");
  kind.param("stock_part", &Params::stock_part, "1/month")
      .initial(0.2)
      .range(0, 1)
      .assumed(0.1, 0.4)
      .doc("Of what the stock lacks or has too much.");
  kind.param("least_quota", &Params::least_quota, "Gtoken/month")
      .initial(2)
      .range(0, 1000000000.0)
      .assumed(0.5, 10)
      .doc("Made whatever is seen.");
  kind.param("unseen", &Params::unseen, "1")
      .initial(0.3)
      .range(0, 10)
      .assumed(0.1, 0.5)
      .doc("Demand beyond its sales that it takes for granted where it sold out.");
  kind.param("staff_cover", &Params::staff_cover, "month")
      .initial(6)
      .range(0, 1000)
      .assumed(3, 12)
      .doc("Of wages, without which it hires fewer.");
  kind.param("most_compute", &Params::most_compute, "1/month")
      .initial(0.5)
      .range(0, 1)
      .assumed(0.3, 0.8)
      .doc("Of its money, most that it spends on compute.");
  kind.param("wage_limit", &Params::wage_limit, "1")
      .initial(1.3)
      .range(1, 100)
      .assumed(1.1, 1.5)
      .doc("Most it bids over the last wage.");
  kind.param("compute_limit", &Params::compute_limit, "1")
      .initial(1.8)
      .range(1, 100)
      .assumed(1.3, 2.5)
      .doc("Most it bids over the last price of compute.");
  kind.state("quota", &State::quota, "Gtoken/month").range(0, 1e15).doc("To be made.");
  kind.state("price", &State::price, "money/Gtoken").range(0, 1e15).doc("Asked.");
  kind.state("made", &State::made, "Gtoken").range(0, 1e15).doc("Made in the tick.");
  kind.port(compute).doc("Computing hours.");
  kind.port(expertise).doc("Engineers.");
  kind.port(synthetic).attributes({"size"}).doc("What it sells.");
  kind.part(finance, &Params::finance, &State::finance);
  kind.field("working_capital").initial(6).assumed(3, 9);
  kind.field("most_debt").initial(0);
  kind.on<&Synthesizer::hire>("hire", "Hires engineers.");
  kind.on<&Synthesizer::train>("train", "Rents compute.");
  kind.on<&Synthesizer::serve>("serve", "Writes, verifies, offers.");
  kind.on<&Synthesizer::close>("close", "Expects, prices, raises money or pays out.");
}

void Synthesizer::hire(const Params& p, const Traits&, State& s, Agent& self) {
  if (finance.is_winding_up(s.finance)) return;
  const double affordable = ratio(self.money(), p.staff_cover * self.price(expertise), p.staff);
  self.order(expertise, std::min(p.staff, affordable) * months_per_tick(self), p.wage_limit * self.price(expertise));
}

void Synthesizer::train(const Params& p, const Traits&, State& s, Agent& self) {
  self.use(expertise, self.available(expertise));
  if (finance.is_winding_up(s.finance)) return;
  const double price = self.price(compute);
  const double hours = s.quota * months_per_tick(self) * hours_for_a_gtoken(p);
  const double affordable = ratio(share_per_tick(self, p.most_compute) * self.money(), price);
  self.order(compute, std::min(hours, affordable), p.compute_limit * price);
}

void Synthesizer::serve(const Params& p, const Traits&, State& s, Agent& self) {
  const double hours = self.available(compute);
  s.made = ratio(hours, hours_for_a_gtoken(p));
  self.transform(compute, hours, synthetic, s.made);
  if (!finance.is_winding_up(s.finance))
    self.offer(synthetic, self.stock(synthetic) + s.made, s.price, {ondol::log(std::max(1.0, s.quota))});
}

// It makes the demand it sees, some more, and a part of what its stock lacks; the price moves to cost and mark-up.
void Synthesizer::close(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  const double sold = self.sold(synthetic) / months;
  const double stock = self.stock(synthetic);
  const double demand = choice::seen_demand(sold, stock / months, 0, p.unseen);
  const double wanted = (1.0 + p.hope) * demand - p.stock_part * (stock - p.stock_months * sold);
  s.quota = std::max(p.least_quota, adapt(self, s.quota, wanted, p.quota_speed));
  s.price = adapt(self, s.price, (1.0 + p.mark_up) * hours_for_a_gtoken(p) * self.price(compute), p.price_speed);
  finance.observe(p.finance, s.finance, self, self.revenue(synthetic), self.spent(compute) + self.spent(expertise));
  if (finance.winds_up(p.finance, s.finance, self)) return self.withdraw(synthetic);
  finance.settle(p.finance, s.finance, self, 0);
}

}  // namespace ondol::data
