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
      .assumed()
      .doc("Of running, beside fuel.");
  kind.param("availability", &Params::availability, "1").range(0, 1).doc("Share of the hours in which it can run.");
  kind.param("workers", &Params::workers, "person_month/(MW*month)")
      .initial(0.1)
      .range(0, 1e6)
      .assumed()
      .doc("To keep it.");
  kind.param("capital_cost", &Params::capital_cost, "money/MW").range(0, 1e12).doc("Of new capacity.");
  kind.param("growth_limit", &Params::growth_limit, "1/year")
      .initial(0.06)
      .range(0, 10)
      .assumed(0.03, 0.12)
      .doc("Most that capacity can grow.");
  kind.param("capital_charge", &Params::capital_charge, "1/year")
      .initial(0.09)
      .range(0, 1)
      .assumed(0.06, 0.12)
      .doc("Return asked of new capacity.");
  kind.param("life", &Params::life, "month").initial(480).range(1, 1e5).assumed().doc("Of capacity.");
  kind.param("fuel_stock", &Params::fuel_stock, "month")
      .initial(2.5)
      .range(0, 100)
      .assumed()
      .doc("Months of fuel it keeps; with less a price spike blacks a region out.");
  kind.param("fuel_speed", &Params::fuel_speed, "1/month")
      .initial(0.5)
      .range(0, 1)
      .assumed(0.3, 0.8)
      .doc("Of closing the gap to its stock of fuel.");
  kind.param("fuel_cover", &Params::fuel_cover, "month")
      .initial(1.2)
      .range(0, 100)
      .assumed(1, 2)
      .doc("Least fuel it aims at, in months of running all it can.");
  kind.param("most_fuel", &Params::most_fuel, "month")
      .initial(3)
      .range(0, 100)
      .assumed(2, 4)
      .doc("Most fuel it aims at, likewise.");
  kind.param("least_staff", &Params::least_staff, "1")
      .initial(0.25)
      .range(0, 1)
      .assumed(0.1, 0.5)
      .doc("Share of its workers that an idle plant keeps.");
  kind.param("maintenance_share", &Params::maintenance_share, "1")
      .initial(0.7)
      .range(0, 1)
      .assumed(0.5, 0.9)
      .doc("Of other cost, spent on goods.");
  kind.param("usual_tightness", &Params::usual_tightness, "1")
      .initial(0.8)
      .range(0, 1)
      .assumed(0.7, 0.9)
      .doc("Electricity sold over offered in its region, beyond which it builds whatever the price.");
  kind.param("tightness_range", &Params::tightness_range, "1")
      .initial(0.1)
      .range(0.001, 1)
      .assumed(0.05, 0.2)
      .doc("From there to building as fast as it can.");
  kind.param("full_replacement", &Params::full_replacement, "1")
      .initial(0.5)
      .range(0.001, 1)
      .assumed(0.3, 0.7)
      .doc("Use of capacity below which it is not replaced in full.");
  kind.param("burn_speed", &Params::burn_speed, "1/month")
      .initial(0.2)
      .range(0, 1)
      .assumed(0.1, 0.4)
      .doc("Of expected burn towards what is burnt.");
  kind.param("wage_limit", &Params::wage_limit, "1")
      .initial(1.3)
      .range(1, 100)
      .assumed(1.1, 1.5)
      .doc("Most it bids over the last wage.");
  kind.param("fuel_limit", &Params::fuel_limit, "1")
      .initial(1.5)
      .range(1, 100)
      .assumed(1.2, 2)
      .doc("Most it bids over the last price of fuel.");
  kind.param("price_limit", &Params::price_limit, "1")
      .initial(1.1)
      .range(1, 100)
      .assumed(1, 1.3)
      .doc("Most it bids over the last price of goods.");
  kind.state("capacity", &State::capacity, "MW").range(0, 1e12).doc("Installed.");
  kind.state("marginal_cost", &State::marginal_cost, "money/MWh").range(0, 1e9).doc("Asked.");
  kind.state("dispatched", &State::dispatched, "MWh").range(0, 1e15).doc("Sold in the tick.");
  kind.state("expected_burn", &State::expected_burn, "MWh_fuel/month").range(0, 1e15).doc("Fuel it expects to burn.");
  kind.state("investment", &State::investment, "MW/month").range(0, 1e12).doc("New capacity it wants to begin.");
  kind.state("machines", &State::machines, "basket").range(0, 1e18).doc("Ordered for new capacity.");
  kind.state("building", &State::building, "MW")
      .range(0, 1e12)
      .doc("Capacity under construction, by months left (Kydland, Prescott 1982: time to build).");
  kind.port(wholesale).doc("Where it sells.");
  kind.port(fuel).optional().doc("What it burns.");
  kind.port(labour).doc("Workers.");
  kind.port(goods).doc("Maintenance and machines.");
  kind.port(capacity_offered).optional().doc("Electricity that could be generated.");
  kind.part(finance, &Params::finance, &State::finance);
  kind.field("patience")
      .initial(0)
      .doc("Short for so long it winds up; 0: never, for it is a technology's whole fleet.");
  kind.on<&PowerPlant::open>("open", "Offers what capacity and fuel allow, at marginal cost.");
  kind.on<&PowerPlant::hire>("hire", "Burns fuel for what it sold, hires.");
  kind.on<&PowerPlant::supply>("supply", "Orders fuel.");
  kind.on<&PowerPlant::spend>("spend", "Buys maintenance and machines.");
  kind.on<&PowerPlant::close>("close", "Builds, plans, pays out.");
}

// Marginal cost = heat rate * fuel price + other cost. Merit-order dispatch at marginal cost is the textbook rule of
// power pools (Schweppe et al. 1988, "Spot Pricing of Electricity").
void PowerPlant::open(const Params& p, const Traits&, State& s, Agent& self) {
  s.capacity += advance_by_months(self, s.building);
  s.capacity *= 1.0 - share_per_tick(self, 1.0 / p.life);
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
  const double months = months_per_tick(self);
  s.dispatched = self.sold(wholesale);
  if (burns(p, self)) {
    const double burn = std::min(s.dispatched * p.heat_rate, self.available(fuel));
    self.use(fuel, burn);
    s.expected_burn = adapt(self, s.expected_burn, burn / months, p.burn_speed);
  }
  const double staffed = std::max(p.least_staff, use_of_capacity(p, s, self));
  self.order(labour, p.workers * s.capacity * staffed * months, p.wage_limit * self.price(labour));
}

// What it burns, and a part of what its stock lacks of fuel_stock months, at least and most so many of running all.
void PowerPlant::supply(const Params& p, const Traits&, State& s, Agent& self) {
  self.use(labour, self.available(labour));
  if (!burns(p, self)) return;
  const double months = months_per_tick(self);
  const double burn = std::max(s.expected_burn * months, s.dispatched * p.heat_rate);
  const double all = full_burn(p, s, self) / months;
  const double aim = between(p.fuel_stock * s.expected_burn, p.fuel_cover * all, p.most_fuel * all);
  const double wanted = burn + share_per_tick(self, p.fuel_speed) * (aim - self.stock(fuel));
  if (wanted > 0) self.order(fuel, wanted, p.fuel_limit * self.price(fuel));
}

// Maintenance is a part of other cost (the rest is wages); machines for what was planned, as far as money allows, paid
// as they are ordered.
void PowerPlant::spend(const Params& p, const Traits&, State& s, Agent& self) {
  const double price = self.price(goods);
  const double invested = finance.invest(p.finance, s.finance, self, s.investment * p.capital_cost, 0);
  s.machines = ratio(invested * months_per_tick(self), price);
  self.order(goods, ratio(p.maintenance_share * s.dispatched * p.other_cost, price) + s.machines,
             p.price_limit * price);
}

// New capacity where the wholesale price pays its long-run cost or the region runs short:
//   dK = K [1/life + g/12 max(clip(p / LRMC - 1, 0, 1), tightness)], LRMC = charge * capital / (8766 availability) + c,
// tightness = clip((volume / offered - usual) / range, 0, 1). It arrives after 24 months.
void PowerPlant::close(const Params& p, const Traits&, State& s, Agent& self) {
  const double baskets = self.available(goods);
  self.use(goods, baskets);
  const double price = self.price(goods);
  const double maintenance = ratio(p.maintenance_share * s.dispatched * p.other_cost, price);
  const double machines = std::clamp(baskets - maintenance, 0.0, s.machines);
  s.building.add(ratio(machines * price, p.capital_cost), 24);

  const double long_run_cost =
      p.capital_cost * p.capital_charge / (12.0 * hours_per_month * p.availability) + s.marginal_cost;
  const double offered = self.bound(capacity_offered) ? self.signal(capacity_offered) : 0.0;
  const double tightness =
      std::clamp((ratio(self.volume(wholesale), offered) - p.usual_tightness) / p.tightness_range, 0.0, 1.0);
  const double margin = std::clamp(ratio(self.price(wholesale), long_run_cost) - 1.0, 0.0, 1.0);
  const double replaced = std::min(1.0, use_of_capacity(p, s, self) / p.full_replacement) / p.life;
  s.investment = s.capacity * (replaced + p.growth_limit / 12.0 * std::max(margin, tightness));

  const double on_fuel = self.bound(fuel) ? self.spent(fuel) : 0.0;
  const double on_goods = std::max(0.0, self.spent(goods) - machines * price);
  finance.observe(p.finance, s.finance, self, self.revenue(wholesale), self.spent(labour) + on_fuel + on_goods);
  if (finance.winds_up(p.finance, s.finance, self)) return;
  finance.settle(p.finance, s.finance, self, 0);
}

}  // namespace ondol::power
