// The group's rules. What it believes, wants and is limited by are its parts and the functions of platform.hpp.
#include "group.hpp"

#include "platform.hpp"

namespace ondol::infrastructure {

namespace {

using Params = Group::Params;
using Traits = Group::Traits;
using State = Group::State;

constexpr double hours_per_month = 730.5;

double hours_of(const Params& p, const Agent& self, double machines) {
  return machines * hours_per_month * p.uptime * months_per_tick(self);
}
// A machine and its part of a site.
double unit_capital(const Params& p, const Agent& self) {
  return self.price(Group::machines) + p.site * self.price(Group::goods);
}
double running_cost(const Params& p, const Agent& self) { return p.running * self.price(Group::goods); }

// Baskets that the next tick's services and running machines take.
double inputs(const Params& p, const State& s, const Agent& self) {
  return OwnBusiness::inputs(p.business, s.business, self) + hours_of(p, self, self.stock(Group::machines)) * p.running;
}

// What orders placed will still cost, beyond what the market holds for them already.
double committed(const Params& p, const State& s, const Agent& self) {
  const double due =
      self.ordered(Group::machines) * self.price(Group::machines) + s.sites_due * p.site * self.price(Group::goods);
  return std::max(0.0, due - (self.money_held() - self.money()));
}

// ln p <- ln p + gamma clip(ln(u / u*), +-gap) a month, never below running cost by some more.
void price_hours(const Params& p, State& s, const Agent& self, double offered) {
  if (!(offered > 0)) {
    s.utilisation = 0;
    s.rent = self.price(Group::compute);
    return;
  }
  const double sold = self.sold(Group::compute);
  s.utilisation = choice::seen_demand(sold, offered - sold, 0, p.most_gap) / offered;
  const double gap = log(std::max(1e-6, s.utilisation / p.usual_utilisation));
  s.rent *= exp(p.price_gain * between(gap, -p.most_gap, p.most_gap) * months_per_tick(self));
  s.rent = between(s.rent, p.price_floor * running_cost(p, self), 1e9);
}

}  // namespace

// Belief, prize, user cost, and the target that all see.
void Group::open(const Params& p, const Traits& t, State& s, Agent& self) {
  race.announce(p.race, t.race, s.race, self, makers_seen, self.signal(ai_sales), s.business.cash_flow,
                !finance.is_winding_up(s.finance));
}

// Orders for the date of delivery: the smaller of what pays and what money allows.
void Group::supply(const Params& p, const Traits&, State& s, Agent& self) {
  self.scrap(machines, share_per_tick(self, 1.0 / p.life) * self.available(machines));
  if (finance.is_winding_up(s.finance)) return;
  const double each = unit_capital(p, self);
  const double wanted =
      Race::wanted(p.race, s.race, self.stock(machines) * each, self.ordered(machines) * each, p.life);
  const double pays = finance.invest(p.finance, s.finance, self, wanted, committed(p, s, self));
  const double invested = std::min(pays, p.race.given * s.finance.affordable_investment);
  s.sites_due += makers.order(p.makers, self, machines, makers_seen, ratio(invested * months_per_tick(self), each));
}

// Machines run first, for inputs that are little beside those of its own services: for itself, and for those who rent.
void Group::serve(const Params& p, const Traits&, State& s, Agent& self) {
  const double baskets = self.available(goods);
  s.hours = std::min(hours_of(p, self, self.stock(machines)), ratio(baskets, p.running));
  s.own_hours = s.race.own_use * s.hours;
  const double rented = s.hours - s.own_hours;
  const double services = business.make(p.business, s.business, self, goods, baskets - s.hours * p.running);
  self.transform(goods, std::min(rented * p.running, self.available(goods)), compute, rented);
  self.use(goods, std::min(s.own_hours * p.running, self.available(goods)));
  s.race.intensity = ratio(s.own_hours, std::max(1.0, services));
  if (finance.is_winding_up(s.finance)) return;
  business.offer(p.business, s.business, self, goods, services, race.ai(s.race, self));
  self.offer(compute, rented, s.rent, {log(std::max(1.0, rented))});
}

void Group::spend(const Params& p, const Traits&, State& s, Agent& self) {
  if (finance.is_winding_up(s.finance)) return;
  const double other = OwnBusiness::other_investment(p.business, s.business, self);
  const double wanted = inputs(p, s, self) + other + p.site * s.sites_due;
  self.order(goods, std::max(0.0, wanted - self.stock(goods)), p.price_limit * self.price(goods));
}

void Group::close(const Params& p, const Traits& t, State& s, Agent& self) {
  // What arrived beyond inputs: other investment is spent, sites are built and stand at cost beside the machines.
  double spare = std::max(0.0, self.available(goods) - inputs(p, s, self));
  const double other = std::min(spare, OwnBusiness::other_investment(p.business, s.business, self));
  self.use(goods, other);
  const double built = std::min(s.sites_due, ratio(spare - other, p.site));
  self.transform(goods, std::min(built * p.site, self.available(goods)), machines, 0);
  s.sites_due -= built;

  business.observe(p.business, s.business, self, goods);
  price_hours(p, s, self, s.hours - s.own_hours);
  const double cost =
      full_cost(p.race.capital_cost, unit_capital(p, self), p.uptime * p.usual_utilisation, running_cost(p, self));
  const double used = s.utilisation > 0 ? s.utilisation / p.usual_utilisation : 1.0;
  Race::judge(p.race, t.race, s.race, self, self.price(compute), used, cost);
  self.contribute(ai_sales, self.revenue(compute));

  const double on_sites = built * p.site * self.price(goods);
  const double services = self.bound(business.digital) ? self.revenue(business.digital) : 0.0;
  finance.observe(p.finance, s.finance, self, services + self.revenue(compute),
                  std::max(0.0, self.spent(goods) - on_sites));
  if (finance.winds_up(p.finance, s.finance, self)) {
    self.withdraw(compute);
    if (self.bound(business.digital)) self.withdraw(business.digital);
    return;
  }
  finance.settle(p.finance, s.finance, self, committed(p, s, self));
}

}  // namespace ondol::infrastructure
