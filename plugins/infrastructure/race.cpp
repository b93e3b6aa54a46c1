// How a firm that races for a platform believes, values, announces and judges.
#include "race.hpp"

#include <ondol/economics.hpp>

#include <algorithm>

namespace ondol::infrastructure {

namespace {

using Params = Race::Params;
using Traits = Race::Traits;
using State = Race::State;

// Sales of AI a year, by the month, and the yearly log growth over the months that it remembers.
void watch(const Params& p, State& s, const Agent& self, double ai_sales) {
  const double seen = ai_sales * self.ticks_per_year();
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

// Strength of all others: what is not modelled, and rivals by their announced targets; those abroad as far as they
// reach the home market.
double others(const Params& p, const Agent& self, Observes rivals) {
  double sum = strength(1.0, p.outside, p.returns);
  if (!(p.contested > 0)) return sum;
  for (const Member rival : self.members(rivals)) {
    if (rival.id() == self.id()) continue;
    const double reach = rival.region() == self.region() ? 1.0 : p.foreign_weight;
    sum += reach * strength(rival.value(1), rival.value(0), p.returns);
  }
  return sum;
}

// Months until a machine ordered now is there: the shortest wait among makers that take orders.
double shortest_wait(const Agent& self, Observes makers, double otherwise) {
  double wait = -1;
  for (const Member maker : self.members(makers)) {
    if (maker.value(2) > 0 && (wait < 0 || maker.value(1) < wait)) wait = maker.value(1);
  }
  return wait < 0 ? otherwise : wait;
}

}  // namespace

void Race::announce(const Params& p, const Traits& t, State& s, const Agent& self, Observes makers, double ai_sales,
                    double cash_flow, bool goes_on) const {
  watch(p, s, self, ai_sales);
  believe(p, t, s, self);
  s.wait = shortest_wait(self, makers, s.wait);
  const double lead = std::min((s.wait + p.building) / 12.0, p.most_lead);
  s.expected_market =
      expected_market(s.market_seen, s.expected_ai_sales, p.fastest_platform, lead, static_cast<int>(p.horizon));
  s.prize = prize(s.belief, p.at_risk, 12.0 * cash_flow, p.margin, p.part, s.expected_market);
  s.user_cost =
      user_cost(p.capital_cost, p.rent_weight, s.own_use, s.profitability, p.least_rent, p.most_rent, p.least_cost);
  s.target = goes_on ? exp(p.target_growth * lead) *
                           contest(s.prize, others(p, self, rivals), s.user_cost, s.weight, p.returns)
                     : 0.0;
}

double Race::wanted(const Params& p, State& s, double installed, double ordered, double life) {
  s.capital = std::max(0.0, installed + ordered);
  return wanted_orders(s.target, s.capital, installed, p.speed, life);
}

void Race::judge(const Params& p, const Traits& t, State& s, const Agent& self, double rent, double used,
                 double full_cost) {
  s.profitability = adapt(self, s.profitability, between(ratio(rent * std::min(1.0, used), full_cost, 1.0), 0.0, 100.0),
                          p.rent_speed);
  if (t.usual_own_use >= p.rents_below) {
    s.own_use = 1;
    return;
  }
  const double wanted = wanted_own_use(t.usual_own_use, ratio(full_cost, rent, 1.0), p.least_own_cost, p.most_own_cost,
                                       p.own_use_elasticity);
  s.own_use = adapt(self, s.own_use, wanted, p.own_use_speed);
}

double Race::ai(const State& s, const Agent& self) const {
  if (!self.bound(rivals)) return 0;
  double sum = 0;
  double count = 0;
  for (const Member rival : self.members(rivals)) {
    sum += rival.value(2);
    ++count;
  }
  return log(1.0 + ratio(s.intensity * count, sum, 1.0));
}

}  // namespace ondol::infrastructure
