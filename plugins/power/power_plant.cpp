// The power plant's description and rules.
#include "power_plant.hpp"

#include <ondol/economics.hpp>

#include <algorithm>

namespace ondol::power {

namespace {

constexpr double hours_per_month = 730.5;

double hours(const Agent& self) { return hours_per_month * months_per_tick(self); }

bool burns(const PowerPlant::Params& p, const Agent& self) { return p.heat_rate > 0 && self.bound(PowerPlant::fuel); }

double full_burn(const PowerPlant::Params& p, const PowerPlant::State& s, const Agent& self) {
  return s.capacity * p.availability * hours(self) * p.heat_rate;
}

// Share of what it could have run that it did.
double use_of_capacity(const PowerPlant::Params& p, const PowerPlant::State& s, const Agent& self) {
  return std::clamp(ratio(s.dispatched, s.capacity * p.availability * hours(self)), 0.0, 1.0);
}

}  // namespace

void PowerPlant::describe(Kind<PowerPlant>& kind) {
  kind.name("power_plant")
      .doc("One technology's fleet in a region, offered at marginal cost in a call auction: the merit order.");
  kind.param("heat_rate", &Params::heat_rate, "MWh_fuel/MWh")
      .initial(0)
      .range(0, 100)
      .doc("Fuel for a unit of electricity; 0: none.");
  kind.param("other_cost", &Params::other_cost, "money/MWh")
      .initial(0)
      .range(0, 1e6)
      .doc("Of running, beside fuel (assumed).");
  kind.param("availability", &Params::availability, "1").range(0, 1).doc("Share of the hours in which it can run.");
  kind.param("workers", &Params::workers, "person_month/(MW*month)")
      .initial(0.1)
      .range(0, 1e6)
      .doc("To keep it (assumed).");
  kind.param("capital_cost", &Params::capital_cost, "money/MW").range(0, 1e12).doc("Of new capacity.");
  kind.param("growth_limit", &Params::growth_limit, "1/year")
      .initial(0.06)
      .range(0, 10)
      .doc("Most that capacity can grow (assumed).");
  kind.param("capital_charge", &Params::capital_charge, "1/year")
      .initial(0.09)
      .range(0, 1)
      .doc("Return asked of new capacity (assumed).");
  kind.param("life", &Params::life, "month").initial(480).range(1, 1e5).doc("Of capacity (assumed).");
  kind.param("fuel_stock", &Params::fuel_stock, "month")
      .initial(2.5)
      .range(0, 100)
      .doc("Months of fuel it keeps (assumed); with less a price spike blacks a region out.");
  kind.param("payout", &Params::payout, "1")
      .initial(0.5)
      .range(0, 1)
      .doc("Share of money above the buffer that is paid out (assumed).");
  kind.state("capacity", &State::capacity, "MW").range(0, 1e12).doc("Installed.");
  kind.state("marginal_cost", &State::marginal_cost, "money/MWh").range(0, 1e9).doc("Asked.");
  kind.state("dispatched", &State::dispatched, "MWh").range(0, 1e15).doc("Sold in the tick.");
  kind.state("burn_hat", &State::burn_hat, "MWh_fuel").range(0, 1e15).doc("Fuel it expects to burn in a tick.");
  kind.state("investment", &State::investment, "MW").range(0, 1e12).doc("New capacity it wants to begin.");
  kind.state("building", &State::building, "MW")
      .range(0, 1e12)
      .doc("Capacity under construction, by months left (Kydland, Prescott 1982: time to build).");
  kind.port(wholesale).doc("Where it sells.");
  kind.port(fuel).optional().doc("What it burns.");
  kind.port(labour).doc("Workers.");
  kind.port(goods).doc("Maintenance and machines.");
  kind.port(share).optional().doc("Its shares.");
  kind.port(capacity_offered).optional().doc("Electricity that could be generated.");
  kind.purpose(dividend, "To owners.");
  kind.on<&PowerPlant::open>("open", "Offers what capacity and fuel allow, at marginal cost.");
  kind.on<&PowerPlant::hire>("hire", "Burns fuel for what it sold, hires.");
  kind.on<&PowerPlant::supply>("supply", "Orders fuel.");
  kind.on<&PowerPlant::spend>("spend", "Buys maintenance and machines.");
  kind.on<&PowerPlant::close>("close", "Builds, plans, pays out.");
}

// Marginal cost = heat rate * fuel price + other cost. Merit-order dispatch at marginal cost is the textbook rule of
// power pools (Schweppe et al. 1988, "Spot Pricing of Electricity").
void PowerPlant::open(const Params& p, const Traits&, State& s, Agent& self) {
  s.capacity += s.building.advance();
  s.capacity *= 1.0 - months_per_tick(self) / p.life;
  double able = s.capacity * p.availability * hours(self);
  s.marginal_cost = p.other_cost;
  if (p.heat_rate > 0 && self.bound(fuel)) {
    able = std::min(able, self.stock(fuel) / p.heat_rate);
    s.marginal_cost += p.heat_rate * self.price(fuel);
  }
  self.make(wholesale, able);
  self.offer(wholesale, able, s.marginal_cost);
  if (self.bound(capacity_offered)) self.contribute(capacity_offered, able);
}

void PowerPlant::hire(const Params& p, const Traits&, State& s, Agent& self) {
  s.dispatched = self.sold(wholesale);
  if (burns(p, self)) {
    const double burn = std::min(s.dispatched * p.heat_rate, self.available(fuel));
    self.use(fuel, burn);
    s.burn_hat = smooth(s.burn_hat, burn, 0.2 * months_per_tick(self));
  }
  // Idle plants keep a quarter of their staff (assumed).
  const double staffed = std::max(0.25, use_of_capacity(p, s, self));
  self.order(labour, p.workers * s.capacity * staffed * months_per_tick(self), 1.3 * self.price(labour));
}

void PowerPlant::supply(const Params& p, const Traits&, State& s, Agent& self) {
  self.use(labour, self.available(labour));
  if (!burns(p, self)) return;
  const double months = months_per_tick(self);
  const double burn = s.dispatched * p.heat_rate;
  const double aim = std::max(p.fuel_stock / months * s.burn_hat, 1.2 * full_burn(p, s, self));
  const double wanted =
      std::max(s.burn_hat, burn) + 0.5 * (std::min(aim, 3.0 * full_burn(p, s, self)) - self.stock(fuel));
  if (wanted > 0) self.order(fuel, wanted, 1.5 * self.price(fuel));
}

// Maintenance is 0.7 of other cost (the rest is wages); machines for what was planned, paid as they are ordered.
void PowerPlant::spend(const Params& p, const Traits&, State& s, Agent& self) {
  const double maintenance = ratio(0.7 * s.dispatched * p.other_cost, self.price(goods));
  const double machines = ratio(std::min(s.investment * p.capital_cost, 0.5 * self.money()), self.price(goods));
  self.order(goods, maintenance + machines, 1.1 * self.price(goods));
  s.investment = ratio(machines * self.price(goods), p.capital_cost);
}

// New capacity where the wholesale price pays its long-run cost or the region runs short:
//   dK = K [1/life + g/12 max(clip(p / LRMC - 1, 0, 1), tightness)], LRMC = charge * capital / (8766 availability) + c,
// tightness = clip((volume / offered - 0.8) / 0.1, 0, 1). It arrives after 24 months.
void PowerPlant::close(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  const double spent_baskets = self.available(goods);
  self.use(goods, spent_baskets);
  const double maintenance = ratio(0.7 * s.dispatched * p.other_cost, self.price(goods));
  const double machines = std::max(0.0, spent_baskets - maintenance) * self.price(goods);
  s.building.add(std::min(s.investment, ratio(machines, p.capital_cost)), 24);

  const double long_run_cost =
      p.capital_cost * p.capital_charge / (12.0 * hours_per_month * p.availability) + s.marginal_cost;
  const double offered = self.bound(capacity_offered) ? self.signal(capacity_offered) : 0.0;
  const double tightness = std::clamp((ratio(self.volume(wholesale), offered) - 0.8) / 0.1, 0.0, 1.0);
  const double margin = std::clamp(ratio(self.price(wholesale), long_run_cost) - 1.0, 0.0, 1.0);
  // What runs less than half of the time is not replaced in full.
  const double replaced = std::min(1.0, 2.0 * use_of_capacity(p, s, self)) / p.life;
  s.investment = s.capacity * months * (replaced + p.growth_limit / 12.0 * std::max(margin, tightness));

  const double wages = p.workers * s.capacity * months * self.price(labour);
  double keep = 2.0 * wages + 2.0 * s.investment * p.capital_cost + 2.0 * s.dispatched * p.other_cost;
  if (burns(p, self)) keep += std::max(2.5 / months * s.burn_hat, 1.2 * full_burn(p, s, self)) * self.price(fuel);
  if (self.bound(share) && self.money() > keep) self.distribute(share, p.payout * (self.money() - keep), dividend);
}

}  // namespace ondol::power
