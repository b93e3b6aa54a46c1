// The synthesizer's description and rules.
#include "synthesizer.hpp"

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
      .doc("Compute to write a billion tokens (assumed).");
  kind.param("verification", &Params::verification, "1")
      .initial(0.5)
      .range(0, 10)
      .doc("v: compute to verify, per compute to write (assumed).");
  kind.param("mark_up", &Params::mark_up, "1").initial(0.4).range(0, 10).doc("Over the cost of compute (assumed).");
  kind.param("staff", &Params::staff, "expert_month/month").initial(20).range(0, 1e9).doc("Engineers (assumed).");
  kind.param("payout", &Params::payout, "1")
      .initial(0.5)
      .range(0, 1)
      .doc("Share of money above the buffer that is paid out (assumed).");
  kind.state("quota", &State::quota, "Gtoken").range(0, 1e15).doc("To be made in a tick.");
  kind.state("price", &State::price, "money/Gtoken").range(0, 1e15).doc("Asked.");
  kind.state("made", &State::made, "Gtoken").range(0, 1e15).doc("Made in the tick.");
  kind.state("outlay_hat", &State::outlay_hat, "money").range(0, 1e18).doc("Smoothed outlays of a tick.");
  kind.port(compute).doc("Computing hours.");
  kind.port(expertise).doc("Engineers.");
  kind.port(synthetic).attributes({"size"}).doc("What it sells.");
  kind.port(share).optional().doc("Its shares.");
  kind.port(equity).optional().attributes({"growth"}).doc("Where it sells new shares.");
  kind.purpose(dividend, "To owners.");
  kind.on<&Synthesizer::hire>("hire", "Hires engineers.");
  kind.on<&Synthesizer::train>("train", "Rents compute.");
  kind.on<&Synthesizer::serve>("serve", "Writes, verifies, offers.");
  kind.on<&Synthesizer::close>("close", "Expects, prices, raises money or pays out.");
}

void Synthesizer::hire(const Params& p, const Traits&, State&, Agent& self) {
  const double months = months_per_tick(self);
  const double affordable = ratio(self.money(), 6.0 / months * self.price(expertise));
  self.order(expertise, std::min(p.staff * months, affordable), 1.3 * self.price(expertise));
}

void Synthesizer::train(const Params& p, const Traits&, State& s, Agent& self) {
  self.use(expertise, self.available(expertise));
  const double hours = std::min(s.quota * hours_for_a_gtoken(p), ratio(0.5 * self.money(), self.price(compute)));
  self.order(compute, hours, 1.8 * self.price(compute));
}

void Synthesizer::serve(const Params& p, const Traits&, State& s, Agent& self) {
  const double hours = self.available(compute);
  s.made = ratio(hours, hours_for_a_gtoken(p));
  self.transform(compute, hours, synthetic, s.made);
  self.offer(synthetic, self.stock(synthetic) + s.made, s.price, {ondol::log(std::max(1.0, s.quota))});
}

// It makes what it sells and keeps two months of it; the price moves to cost and mark-up.
void Synthesizer::close(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  const double sold = self.sold(synthetic);
  const double stock = self.stock(synthetic);
  const double demand = sold > 0 && stock <= 0.01 * sold ? 1.3 * sold : sold;
  s.quota = std::max(2.0, smooth(s.quota, 1.1 * demand - 0.2 * (stock - 2.0 * sold), 0.3 * months));
  s.price = smooth(s.price, (1.0 + p.mark_up) * hours_for_a_gtoken(p) * self.price(compute), 0.3 * months);
  s.outlay_hat = smooth(s.outlay_hat, self.spent(compute) + self.spent(expertise), 0.3 * months);
  const double keep = 12.0 / months * s.outlay_hat;
  if (self.bound(share) && self.money() > keep) self.distribute(share, p.payout * (self.money() - keep), dividend);
  if (!self.bound(equity)) return;
  const double need = 4.0 / months * s.outlay_hat - self.money();
  if (need <= 0) return self.withdraw(equity);
  const double value = std::max(4.0 * need, self.equity());
  const double price = ratio(value, self.outstanding(share));
  if (price > 0) self.offer(equity, need / price, price, {0.5});
}

}  // namespace ondol::data
