// The group's rules. What it believes, wants and is limited by are the functions of platform.hpp and the parts of the
// SDK.
#include "group.hpp"

#include "platform.hpp"

namespace ondol::groups {

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
double digital_price(const Params& p, const Agent& self) {
  return p.digital_cost * self.price(Group::goods) / (1.0 - p.digital_margin);
}
double digital_planned(const Params& p, const State& s, const Agent& self) {
  return (1.0 + p.digital_slack) * s.expected_digital * months_per_tick(self);
}
double other_investment(const Params& p, const State& s, const Agent& self) {
  return p.other_investment * s.expected_digital * months_per_tick(self);
}

// Baskets that the next tick's services and running machines take.
double inputs(const Params& p, const State& s, const Agent& self) {
  return digital_planned(p, s, self) * p.digital_cost + hours_of(p, self, self.stock(Group::machines)) * p.running;
}

// What orders placed will still cost, beyond what the market holds for them already.
double committed(const Params& p, const State& s, const Agent& self) {
  const double due =
      self.ordered(Group::machines) * self.price(Group::machines) + s.sites_due * p.site * self.price(Group::goods);
  return std::max(0.0, due - (self.money_held() - self.money()));
}

// Sales of AI a year, by the month, and the yearly log growth over the months that it remembers.
void watch(const Params& p, State& s, const Agent& self) {
  const double seen = self.signal(Group::ai_sales) * self.ticks_per_year();
  s.expected_ai_sales = s.expected_ai_sales > 0 ? adapt(self, s.expected_ai_sales, seen, p.sales_speed) : seen;
  for (int months = months_ending(self); months > 0; --months) remember(s.sales_by_month, s.expected_ai_sales);
  const auto& known = s.sales_by_month;
  std::size_t oldest = 0;
  while (oldest + 1 < known.size() && !(known[oldest] > 0)) ++oldest;
  const double years = static_cast<double>(known.size() - 1 - oldest) / 12.0;
  if (!(years > 0) || !(known.back() > 0)) return;
  s.growth = adapt(self, s.growth, between(log(known.back() / known[oldest]) / years, -1.0, 3.0), p.growth_speed);
}

void believe(const Params& p, const Traits& t, State& s, const Agent& self) {
  s.market_seen = std::max({s.market_seen, t.market, p.least_room * s.expected_ai_sales});
  const Observed seen = {s.growth, platform_growth(p.fastest_platform, s.expected_ai_sales, s.market_seen),
                         niche_growth(p.fastest_niche, s.expected_ai_sales, p.niche_market, p.most_of_niche), t.noise};
  s.belief = revised_belief(s.belief, seen, p.most_evidence, p.switching, p.prior, months_per_tick(self));
}

// Strength of all others: what is not modelled, rivals by their announced targets, and those abroad who reach the home
// market.
double others(const Params& p, const Agent& self) {
  double sum = strength(1.0, p.outside, p.returns);
  if (!(p.contested > 0)) return sum;
  for (const Member rival : self.members(Group::rivals)) {
    if (rival.id() != self.id()) sum += strength(rival.value(1), rival.value(0), p.returns);
  }
  if (!self.bound(Group::foreign_rivals)) return sum;
  for (const Member rival : self.members(Group::foreign_rivals))
    sum += p.foreign_weight * strength(rival.value(1), rival.value(0), p.returns);
  return sum;
}

// Months until a machine ordered now is there: the shortest wait among makers that take orders.
double shortest_wait(const Agent& self, double otherwise) {
  double wait = -1;
  for (const Member maker : self.members(Group::makers_seen)) {
    if (maker.value(2) > 0 && (wait < 0 || maker.value(1) < wait)) wait = maker.value(1);
  }
  return wait < 0 ? otherwise : wait;
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

// Smoothed rent over full cost, and what of its hours it keeps to itself at that.
void judge(const Params& p, const Traits& t, State& s, const Agent& self) {
  const double cost =
      full_cost(p.capital_cost, unit_capital(p, self), p.uptime * p.usual_utilisation, running_cost(p, self));
  const double rent = self.price(Group::compute);
  const double used = s.utilisation > 0 ? std::min(1.0, s.utilisation / p.usual_utilisation) : 1.0;
  s.profitability = adapt(self, s.profitability, between(ratio(rent * used, cost, 1.0), 0.0, 100.0), p.rent_speed);
  if (t.usual_own_use >= p.rents_below) {
    s.own_use = 1;
    return;
  }
  const double wanted =
      wanted_own_use(t.usual_own_use, ratio(cost, rent, 1.0), p.least_own_cost, p.most_own_cost, p.own_use_elasticity);
  s.own_use = adapt(self, s.own_use, wanted, p.own_use_speed);
}

// How much of its own hours stand behind a service, against the mean of the race.
double ai_of(const State& s, const Agent& self) {
  double sum = 0;
  double count = 0;
  for (const Member rival : self.members(Group::rivals)) {
    sum += rival.value(2);
    ++count;
  }
  return log(1.0 + ratio(s.intensity * count, sum, 1.0));
}

}  // namespace

// Belief, prize, user cost, and the target that all see.
void Group::open(const Params& p, const Traits& t, State& s, Agent& self) {
  watch(p, s, self);
  believe(p, t, s, self);
  s.wait = shortest_wait(self, s.wait);
  const double lead = std::min((s.wait + p.building) / 12.0, p.most_lead);
  s.expected_market = ondol::groups::expected_market(s.market_seen, s.expected_ai_sales, p.fastest_platform, lead,
                                                     static_cast<int>(p.horizon));
  s.prize = ondol::groups::prize(s.belief, p.at_risk, 12.0 * s.cash_flow, p.margin, p.part, s.expected_market);
  s.user_cost =
      ondol::groups::user_cost(p.capital_cost, p.rent_weight, s.own_use, s.profitability, p.least_rent, p.most_rent);
  s.target = finance.is_winding_up(s.finance)
                 ? 0.0
                 : exp(p.target_growth * lead) * contest(s.prize, others(p, self), s.user_cost, s.weight, p.returns);
}

// Orders for the date of delivery: the smaller of what pays and what money allows.
void Group::supply(const Params& p, const Traits&, State& s, Agent& self) {
  self.scrap(machines, share_per_tick(self, 1.0 / p.life) * self.available(machines));
  if (finance.is_winding_up(s.finance)) return;
  const double each = unit_capital(p, self);
  const double installed = self.stock(machines) * each;
  s.capital = installed + self.ordered(machines) * each;
  const double wanted = wanted_orders(s.target, s.capital, installed, p.speed, p.life);
  const double pays = finance.invest(p.finance, s.finance, self, wanted, committed(p, s, self));
  const double invested = std::min(pays, p.given * s.finance.affordable_investment);
  s.sites_due += makers.order(p.makers, self, machines, makers_seen, ratio(invested * months_per_tick(self), each));
}

// Machines run first, for inputs that are little beside those of its own services: for itself, and for those who rent.
void Group::serve(const Params& p, const Traits&, State& s, Agent& self) {
  const double baskets = self.available(goods);
  s.hours = std::min(hours_of(p, self, self.stock(machines)), ratio(baskets, p.running));
  const double left = std::max(0.0, baskets - s.hours * p.running);
  const double services = std::min(digital_planned(p, s, self), ratio(left, p.digital_cost));
  s.own_hours = s.own_use * s.hours;
  const double rented = s.hours - s.own_hours;
  self.transform(goods, std::min(services * p.digital_cost, baskets), digital, services);
  self.transform(goods, std::min(rented * p.running, self.available(goods)), compute, rented);
  self.use(goods, std::min(s.own_hours * p.running, self.available(goods)));
  s.intensity = ratio(s.own_hours, services);
  if (finance.is_winding_up(s.finance)) return;
  self.offer(digital, services, digital_price(p, self), {log(std::max(1.0, s.expected_digital)), ai_of(s, self)});
  self.offer(compute, rented, s.rent, {log(std::max(1.0, rented))});
}

void Group::spend(const Params& p, const Traits&, State& s, Agent& self) {
  if (finance.is_winding_up(s.finance)) return;
  const double wanted = inputs(p, s, self) + other_investment(p, s, self) + p.site * s.sites_due;
  self.order(goods, std::max(0.0, wanted - self.stock(goods)), p.price_limit * self.price(goods));
}

void Group::close(const Params& p, const Traits& t, State& s, Agent& self) {
  const double months = months_per_tick(self);
  // What arrived beyond inputs: other investment is spent, sites are built and stand at cost beside the machines.
  double spare = std::max(0.0, self.available(goods) - inputs(p, s, self));
  const double other = std::min(spare, other_investment(p, s, self));
  self.use(goods, other);
  const double built = std::min(s.sites_due, ratio(spare - other, p.site));
  self.transform(goods, std::min(built * p.site, self.available(goods)), machines, 0);
  s.sites_due -= built;

  const double services = self.sold(digital);
  const double seen = choice::seen_demand(services, self.stock(digital), 0, p.digital_slack);
  s.expected_digital = adapt(self, s.expected_digital, seen / months, p.digital_speed);
  const double flow = self.revenue(digital) - services * p.digital_cost * self.price(goods);
  s.cash_flow = adapt(self, s.cash_flow, flow / months, p.digital_speed);
  price_hours(p, s, self, s.hours - s.own_hours);
  judge(p, t, s, self);
  self.contribute(ai_sales, self.revenue(compute));

  const double on_sites = built * p.site * self.price(goods);
  finance.observe(p.finance, s.finance, self, self.revenue(digital) + self.revenue(compute),
                  std::max(0.0, self.spent(goods) - on_sites));
  if (finance.winds_up(p.finance, s.finance, self)) {
    self.withdraw(compute);
    return self.withdraw(digital);
  }
  finance.settle(p.finance, s.finance, self, committed(p, s, self));
}

}  // namespace ondol::groups
