// The data owner's description and rules.
#include "data_owner.hpp"

#include <ondol/economics.hpp>

#include <algorithm>

namespace ondol::data {

void DataOwner::describe(Kind<DataOwner>& kind) {
  kind.name("data_owner").doc("Licenses human data; a licence can be sold to many.");
  kind.param("growth", &Params::growth, "1/year").initial(0.1).range(-1, 10).doc("Of its corpus (assumed).");
  kind.param("sales_target", &Params::sales_target, "1/month")
      .initial(0.02)
      .range(1e-9, 10)
      .doc("Licences sold a month per token owned at which the price rests (assumed).");
  kind.param("price_gain", &Params::price_gain, "1/month")
      .initial(0.03)
      .range(0, 1)
      .doc("Of the price per unit of relative excess sales (assumed).");
  kind.param("staff", &Params::staff, "expert_month/month").initial(20).range(0, 1e9).doc("Who curate (assumed).");
  kind.param("payout", &Params::payout, "1")
      .initial(0.5)
      .range(0, 1)
      .doc("Share of money above the buffer that is paid out (assumed).");
  kind.state("corpus", &State::corpus, "Gtoken").range(0, 1e15).doc("Human data it owns.");
  kind.state("price", &State::price, "money/Gtoken").range(0, 1e15).doc("Of a licence.");
  kind.state("outlay_hat", &State::outlay_hat, "money").range(0, 1e18).doc("Smoothed outlays of a tick.");
  kind.port(licences).attributes({"size"}).doc("Rights to train on its data.");
  kind.port(expertise).doc("Curators.");
  kind.port(share).optional().doc("Its shares.");
  kind.purpose(dividend, "To owners.");
  kind.on<&DataOwner::hire>("hire", "Hires curators.");
  kind.on<&DataOwner::serve>("serve", "Offers licences.");
  kind.on<&DataOwner::close>("close", "Grows, prices, pays out.");
}

// As many curators as it can pay for half a year.
void DataOwner::hire(const Params& p, const Traits&, State&, Agent& self) {
  const double months = months_per_tick(self);
  const double affordable = ratio(self.money(), 6.0 / months * self.price(expertise));
  self.order(expertise, std::min(p.staff * months, affordable), 1.3 * self.price(expertise));
}

// Data are not rival: up to ten times the corpus is on offer.
void DataOwner::serve(const Params&, const Traits&, State& s, Agent& self) {
  self.use(expertise, self.available(expertise));
  const double wanted = std::max(0.0, 10.0 * s.corpus - self.stock(licences));
  self.make(licences, wanted);
  self.offer(licences, self.stock(licences) + wanted, s.price, {ondol::log(std::max(1.0, s.corpus))});
}

void DataOwner::close(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  s.corpus *= 1.0 + p.growth / 12.0 * months;
  const double tension =
      std::clamp(ratio(self.sold(licences), p.sales_target * months * s.corpus, 1.0) - 1.0, -0.5, 0.5);
  s.price *= 1.0 + p.price_gain * tension * months;
  s.outlay_hat = smooth(s.outlay_hat, self.spent(expertise), 0.3 * months);
  const double keep = 12.0 / months * s.outlay_hat;
  if (self.bound(share) && self.money() > keep) self.distribute(share, p.payout * (self.money() - keep), dividend);
}

}  // namespace ondol::data
