// The dated budget's rules.
#include "programme.hpp"

#include <ondol/economics.hpp>

#include <algorithm>
#include <cmath>

namespace ondol::government {

namespace {

struct Grant {
  Instrument instrument;
  Peers recipients;
  Purpose purpose;
};

constexpr std::array<Grant, 4> grants = {{
    {infrastructure, Government::infrastructure_firms, Government::infrastructure_grants},
    {models, Government::model_firms, Government::model_grants},
    {applications, Government::application_firms, Government::application_grants},
    {data, Government::data_firms, Government::data_grants},
}};

template <class Port>
double count_here(Agent& self, Port port) {
  if (!self.bound(port)) return 0;
  double count = 0;
  for (const Member member : self.members(port)) count += member.region() == self.region() ? 1 : 0;
  return count;
}

// Pays `amount` in equal parts, in whole units of money, and returns what was paid.
template <class Port>
double pay_equally(Agent& self, Port port, double recipients, double amount, Purpose purpose) {
  const double unit = self.smallest_money();
  const double each = std::floor(amount / recipients / unit) * unit;
  for (const Member member : self.members(port)) {
    if (member.region() == self.region()) self.pay(member.id(), each, purpose);
  }
  return each * recipients;
}

template <class Port>
void pay_from_purse(Government::State& s, Agent& self, Port port, Instrument instrument, Purpose purpose, double part) {
  const double recipients = count_here(self, port);
  if (recipients == 0 || !(s.purse[instrument] > 0)) return;
  const double paid = pay_equally(self, port, recipients, part * s.purse[instrument], purpose);
  s.purse[instrument] = std::max(0.0, s.purse[instrument] - paid);
  s.grants_paid += paid;
}

}  // namespace

void authorise(const Government::Params& p, Government::State& s, Agent& self) {
  const std::array<double, instruments> shares = {p.infrastructure_share, p.models_share,     p.applications_share,
                                                  p.data_share,           p.households_share, p.compute_share,
                                                  p.seats_share};
  const double months = months_per_tick(self);
  for (std::size_t i = 0; i < instruments; ++i) {
    s.purse[i] += p.programme * months * shares[i];
    s.authorised += p.programme * months * shares[i];
  }
  s.stake_purse += p.stake * months;
  s.authorised += p.stake * months;
}

void pay_grants(const Government::Params& p, Government::State& s, Agent& self) {
  s.grants_paid = 0;
  double due = count_here(self, Government::people) > 0 ? s.purse[households] : 0.0;
  for (const Grant& grant : grants) due += count_here(self, grant.recipients) > 0 ? s.purse[grant.instrument] : 0.0;
  const double part = std::min(1.0, ratio(share_per_tick(self, p.most_grants) * self.money(), due, 1.0));
  for (const Grant& grant : grants) {
    pay_from_purse(s, self, grant.recipients, grant.instrument, grant.purpose, part);
  }
  pay_from_purse(s, self, Government::people, households, Government::household_grants, part);
}

void take_procured(Government::State& s, Instrument instrument, double spent, double share) {
  s.purse[instrument] = std::max(0.0, s.purse[instrument] - spent * std::clamp(share, 0.0, 1.0));
}

void order_stakes(Government::State& s, Agent& self) {
  if (!self.bound(Government::equity) || !self.bound(Government::stakes) || !(s.stake_purse > 0)) return;
  const Members firms = self.members(Government::stakes);
  const auto wanted = [&](const Offer& offer) {
    return offer.price() > 0 && firms.find(offer.seller()) < firms.size();
  };
  double count = 0;
  for (const Offer offer : self.offers(Government::equity)) count += wanted(offer) ? 1 : 0;
  for (const Offer offer : self.offers(Government::equity)) {
    if (!wanted(offer)) continue;
    const double shares = std::floor(s.stake_purse / count / offer.price());
    self.order(Government::equity, std::min(shares, offer.quantity()), offer);
  }
}

}  // namespace ondol::government
