// The operator's description and rules.
#include "operator.hpp"

#include <ondol/economics.hpp>

#include <algorithm>

namespace ondol::infrastructure {

namespace {

using Params = Operator::Params;
using State = Operator::State;

constexpr double hours_per_month = 730.5;
constexpr double uptime = 0.95;

// What a megawatt of computing load takes, and who sells it.
struct Facility {
  Buys port;
  Observes makers;
  double wear;  // 1/month
};
constexpr std::array<Facility, 5> facilities = {{{Operator::storage, Operator::storage_makers, 1.0 / 120},
                                                 {Operator::ups, Operator::ups_makers, 1.0 / 120},
                                                 {Operator::cooling, Operator::cooling_makers, 1.0 / 120},
                                                 {Operator::construction, Operator::builders, 1.0 / 360},
                                                 {Operator::connection, Operator::grids, 1.0 / 360}}};
constexpr std::size_t shell = 3;
constexpr std::size_t grid = 4;

double hours(const Agent& self) { return hours_per_month * months_per_tick(self); }
double megawatts(const Params& p, double accelerators, double kw) { return accelerators * kw * p.overhead / 1000.0; }
// Electricity of an hour of one accelerator, cooling and losses included (power usage effectiveness).
double megawatt_hours(const Params& p, const State& s) { return s.fleet_kw * p.overhead * p.usage / 1000.0; }

// Leontief: the power that all five inputs can carry; the scarcest sets it. Shells count once they are fitted out.
double carried_power(const Params& p, const State& s, const Agent& self) {
  double power = 1e18;
  for (std::size_t i = 0; i < facilities.size(); ++i) {
    const double ready = self.stock(facilities[i].port) - (i == shell ? s.fitting.total() : 0.0);
    power = std::min(power, ratio(std::max(0.0, ready), p.per_megawatt[i], 1e18));
  }
  return power;
}

double running_cost(const Params& p, const State& s, const Agent& self) {
  return megawatt_hours(p, s) * self.price(Operator::electricity) +
         p.experts * self.price(Operator::expertise) / hours_per_month;
}

// All that one more accelerator takes: itself, servers around it, and its part of a facility.
double unit_capital(const Params& p, const Agent& self) {
  double facility = 0;
  for (std::size_t i = 0; i < facilities.size(); ++i) facility += p.per_megawatt[i] * self.price(facilities[i].port);
  return self.price(Operator::accelerators) + p.servers * self.price(Operator::goods) +
         megawatts(p, 1.0, self.signal(Operator::accelerator_kw)) * facility;
}

// Orders from a maker drawn by list price, wait and nearness: weight exp(-2 ln p - 0.1 wait + 0.5 [own region])
// (assumed). Returns the quantity placed.
double order_from_a_maker(Agent& self, Buys port, Observes makers, double quantity) {
  const auto members = self.members(makers);
  const auto chosen = draw_by_weight(members, self.uniform("maker", port.index), [&](const Member& maker) {
    if (!(maker.value(0) > 0)) return 0.0;
    const double home = maker.region() == self.region() ? 0.5 : 0.0;
    return ondol::exp(-2.0 * ondol::log(maker.value(0)) - 0.1 * std::min(maker.value(1), 120.0) + home);
  });
  if (chosen == members.end() || !(quantity > 0)) return 0.0;
  return self.order(port, quantity, (*chosen).value(0), (*chosen).id());
}

// What its standing orders will still cost when they are delivered, four fifths of their worth (the rest is deposit).
double committed_money(const Agent& self) {
  double sum = self.ordered(Operator::accelerators) * self.price(Operator::accelerators);
  for (const Facility& facility : facilities) sum += self.ordered(facility.port) * self.price(facility.port);
  return 0.8 * sum;
}

double free_funds(const State& s, const Agent& self) {
  return std::max(0.0, self.money() - committed_money(self) - 1.5 * s.operations);
}

// Power it can count on: connections it holds, and those ordered as far as the grid's queue lets them come in a year.
double power_in_sight(const Params& p, const Agent& self) {
  double wait = 12.0;
  for (const Member member : self.members(Operator::grids)) {
    if (member.region() == self.region()) wait = std::max(1.0, member.value(1));
  }
  const double coming = self.ordered(Operator::connection) * std::clamp(12.0 / wait, 0.0, 1.0);
  return (self.stock(Operator::connection) + coming) / std::max(1e-9, p.per_megawatt[grid]);
}

// Desired capital with Tobin's q: K* = H (1 + g) (1 + spare) / (u* h) q, q = (return / (hurdle + rate + 0.2))^0.7,
// where the return is a year's margin at the market's price over all that an accelerator takes (Tobin 1969; Kydland,
// Prescott 1982; exponents and speeds assumed). Returns the accelerators wanted this month.
double wanted_accelerators(const Params& p, State& s, Agent& self) {
  const double held = self.stock(Operator::accelerators);
  const double coming = self.ordered(Operator::accelerators);
  const double capital = unit_capital(p, self);
  const double margin = self.price(Operator::compute) * p.target_utilisation - running_cost(p, s, self);
  s.return_on_capital = std::clamp(ratio(margin * hours_per_month * 12.0, capital), -10.0, 100.0);
  const double rate = self.bound(Operator::policy_rate) ? self.signal(Operator::policy_rate) : 0.0;
  const double q =
      std::clamp(ondol::pow(std::max(1e-6, ratio(s.return_on_capital, 0.2 + rate + p.hurdle)), 0.7), 0.0, 2.5);
  const double growth = std::clamp(s.growth_hat, 0.0, 1.0);
  const double desired = s.hours_hat * (1.0 + growth) * (1.0 + p.spare) / (p.target_utilisation * hours_per_month) * q;
  double wanted = p.speed * (desired - held - coming) + (desired > 0.8 * held ? held / p.life : 0.0);
  const double kw = std::max(1e-6, self.signal(Operator::accelerator_kw));
  const double vacant =
      q > 1 ? 0.1 * std::max(0.0, s.power - megawatts(p, held + coming, s.fleet_kw)) * 1000.0 / (kw * p.overhead) : 0.0;
  wanted = std::min(std::max(0.0, wanted) + vacant, 0.12 * held + 200.0 + vacant);
  const double most = 1.25 * power_in_sight(p, self) * 1000.0 / (kw * p.overhead) - held - coming;
  wanted = std::min(wanted, std::max(0.0, most));
  const double step = std::max(0.0, p.commitment - held - coming) / 6.0;
  return std::max(wanted, std::min(step, std::max(0.0, most) + 0.25 * step));
}

// Every input is ordered for its own gap: the power of what it has, has ordered and will want, or was committed.
void order_facilities(const Params& p, State& s, Agent& self) {
  const double kw = std::max(1e-6, self.signal(Operator::accelerator_kw));
  const double load = megawatts(p, self.stock(Operator::accelerators), s.fleet_kw) +
                      megawatts(p, self.ordered(Operator::accelerators) + 6.0 * s.wanted, kw);
  const double sight = power_in_sight(p, self);
  s.site_cost = 0;
  for (std::size_t i = 0; i < facilities.size(); ++i) {
    const Buys port = facilities[i].port;
    const double per = p.per_megawatt[i];
    if (!(per > 0)) continue;
    const double under_way = (self.stock(port) + self.ordered(port)) / per;
    const double step = p.commitment_power / p.commitment_months;
    double target = std::max(load, std::min(p.commitment_power, under_way + step));
    if (i != grid) target = std::min(target, 1.05 * sight);
    const double gap = std::max(0.0, target - under_way) * per;
    s.site_cost += gap * self.price(port);
    const double affordable = ratio(0.5 * free_funds(s, self), self.price(port));
    order_from_a_maker(self, port, facilities[i].makers, std::min(gap, affordable));
  }
}

// Equipment wears and is scrapped: accelerators after their life, the rest more slowly.
void wear(const Params& p, Agent& self) {
  const double months = months_per_tick(self);
  self.scrap(Operator::accelerators, self.available(Operator::accelerators) * std::min(1.0, months / p.life));
  for (const Facility& facility : facilities)
    self.scrap(facility.port, self.available(facility.port) * std::min(1.0, facility.wear * months));
}

// Half of a gap in funds as a loan, and shares for one and a half times. Investors value the firm at its equity, its
// sales or four times what it asks for, whichever is most: a round takes a fifth of it at most (assumed).
void raise_money(const Params& p, const State& s, Agent& self, double gap) {
  const double per_year = self.ticks_per_year();
  if (self.bound(Operator::loans)) {
    const double amount = 0.5 * gap;
    const double policy = self.bound(Operator::policy_rate) ? self.signal(Operator::policy_rate) : 0.0;
    const double rate = policy + 0.02 + 0.04 * std::min(5.0, ratio(self.debts(), self.assets(), 1.0));
    const double surplus = std::max(0.0, s.sales_hat - s.operations) * per_year;
    const double service = (self.outstanding(Operator::loan) + amount) * (rate + 12.0 / p.loan_term);
    self.offer(Operator::loans, amount, 1.0,
               {rate / per_year, p.loan_term / months_per_tick(self), ratio(surplus, service)});
  }
  if (!self.bound(Operator::equity)) return;
  const double need = 1.5 * gap;
  const double value = std::max({4.0 * need, self.equity(), p.sales_multiple * s.sales_hat * per_year});
  const double price = ratio(value, self.outstanding(Operator::share));
  if (price > 0) self.offer(Operator::equity, need / price, price, {std::clamp(s.growth_hat, 0.2, 3.0)});
}

}  // namespace

void Operator::describe(Kind<Operator>& kind) {
  kind.name("operator").doc("Runs data centres: rents out computing hours, builds from real inputs over months.");
  kind.param("overhead", &Params::overhead, "1")
      .initial(1.4)
      .range(1, 10)
      .doc("Power of a server per power of its accelerators (assumed).");
  kind.param("usage", &Params::usage, "1")
      .initial(1.15)
      .range(1, 10)
      .doc("Power usage effectiveness: 1.1 to 1.2 for hyperscale sites (Uptime Institute surveys give 1.56 for all).");
  kind.param("per_megawatt", &Params::per_megawatt, "1")
      .initial(1)
      .range(0, 1e6)
      .doc("Storage MWh, UPS, cooling, shell and connection MW for a megawatt of load (assumed).");
  kind.param("servers", &Params::servers, "basket/accelerator")
      .initial(7000)
      .range(0, 1e9)
      .doc("Servers and network around one (assumed).");
  kind.param("life", &Params::life, "month")
      .initial(60)
      .range(1, 1000)
      .doc("Of accelerators: 5 years, as large clouds depreciate servers.");
  kind.param("target_utilisation", &Params::target_utilisation, "1")
      .initial(0.75)
      .range(0.01, 1)
      .doc("u*: at which the price rests (assumed).");
  kind.param("spare", &Params::spare, "1").initial(0.15).range(0, 10).doc("Capacity beyond what it expects (assumed).");
  kind.param("speed", &Params::speed, "1/month")
      .initial(0.12)
      .range(0, 1)
      .doc("Of closing the gap to desired capital (assumed).");
  kind.param("hurdle", &Params::hurdle, "1/year")
      .initial(0.08)
      .range(0, 10)
      .doc("Return asked above the policy rate and depreciation (assumed).");
  kind.param("experts", &Params::experts, "expert_month/(accelerator*month)")
      .initial(0.0015)
      .range(0, 10)
      .doc("To run one (assumed).");
  kind.param("price_gain", &Params::price_gain, "1/month")
      .initial(0.12)
      .range(0, 10)
      .doc("gamma_u: of the log price per unit of utilisation (assumed).");
  kind.param("commitment", &Params::commitment, "accelerator")
      .initial(0)
      .range(0, 1e12)
      .doc("Announced fleet, built as far as it is financed and powered.");
  kind.param("commitment_power", &Params::commitment_power, "MW")
      .initial(0)
      .range(0, 1e9)
      .doc("Announced site, likewise.");
  kind.param("commitment_months", &Params::commitment_months, "month")
      .initial(24)
      .range(1, 1000)
      .doc("Over which the site's inputs are ordered.");
  kind.param("payout", &Params::payout, "1")
      .initial(0.1)
      .range(0, 1)
      .doc("Share of money above the buffer that is paid out (assumed).");
  kind.param("sales_multiple", &Params::sales_multiple, "1")
      .initial(6)
      .range(0, 1000)
      .doc("Value of the firm in years of sales, in a share round (assumed).");
  kind.param("loan_term", &Params::loan_term, "month").initial(60).range(1, 1000).doc("Of its loans (assumed).");
  kind.state("running", &State::running, "accelerator").range(0, 1e15).doc("Powered.");
  kind.state("power", &State::power, "MW").range(0, 1e12).doc("Load that its sites can carry.");
  kind.state("fleet_kw", &State::fleet_kw, "kW/accelerator").range(0, 1e6).doc("Mean power of its accelerators.");
  kind.state("price", &State::price, "money/accelerator_hour").range(0, 1e9).doc("Asked for an hour.");
  kind.state("utilisation", &State::utilisation, "1").range(0, 10).doc("Hours sold over hours possible.");
  kind.state("hours_hat", &State::hours_hat, "accelerator_hour/month")
      .range(0, 1e18)
      .doc("H: hours it expects to rent out.");
  kind.state("growth_hat", &State::growth_hat, "1/year").range(-10, 100).doc("Smoothed growth of all AI sales.");
  kind.state("sales_before", &State::sales_before, "money").range(0, 1e18).doc("All AI sales of the tick before.");
  kind.state("sales_hat", &State::sales_hat, "money").range(0, 1e18).doc("Its smoothed sales of a tick.");
  kind.state("return_on_capital", &State::return_on_capital, "1/year")
      .range(-10, 100)
      .doc("Margin of a new accelerator over all that it takes.");
  kind.state("wanted", &State::wanted, "accelerator")
      .range(0, 1e15)
      .doc("It would order this tick with the money for it.");
  kind.state("site_cost", &State::site_cost, "money").range(0, 1e18).doc("Of the facilities that it lacks.");
  kind.state("servers_due", &State::servers_due, "accelerator")
      .range(0, 1e15)
      .doc("Accelerators whose servers are still to be bought.");
  kind.state("operations", &State::operations, "money").range(0, 1e18).doc("Electricity and experts of a tick.");
  kind.state("fitting", &State::fitting, "MW_shell").range(0, 1e12).doc("Shells being fitted out, by months left.");
  kind.port(accelerators).doc("In a market with standing orders, like the five below.");
  kind.port(storage).doc("Battery storage.");
  kind.port(ups).doc("Uninterruptible power supply.");
  kind.port(cooling).doc("Liquid or immersion cooling.");
  kind.port(construction).doc("Shells.");
  kind.port(connection).doc("Connections to the grid.");
  kind.port(electricity).doc("Power.");
  kind.port(expertise).doc("Engineers.");
  kind.port(goods).doc("Servers and network.");
  kind.port(compute).attributes({"size"}).doc("What it rents out.");
  kind.port(share).optional().doc("Its shares.");
  kind.port(loan).optional().doc("Its loans.");
  kind.port(loans).optional().attributes({"rate", "term", "cover"}).doc("Where it borrows.");
  kind.port(equity).optional().attributes({"growth"}).doc("Where it sells new shares.");
  kind.port(policy_rate).optional().doc("Base of its hurdle and of its loans.");
  kind.port(accelerator_kw).doc("Power of accelerators made now.");
  kind.port(ai_sales).optional().doc("Sales of the AI layers.");
  kind.port(accelerator_makers).attributes({"list_price", "wait"}).doc("Whom it may order accelerators from.");
  kind.port(storage_makers).attributes({"list_price", "wait"}).doc("Storage.");
  kind.port(ups_makers).attributes({"list_price", "wait"}).doc("UPS.");
  kind.port(cooling_makers).attributes({"list_price", "wait"}).doc("Cooling.");
  kind.port(builders).attributes({"list_price", "wait"}).doc("Construction.");
  kind.port(grids).attributes({"list_price", "wait"}).doc("Connections.");
  kind.purpose(dividend, "To owners.");
  kind.on<&Operator::hire>("hire", "Hires engineers.");
  kind.on<&Operator::supply>("supply", "Buys power; decides to build, orders all inputs.");
  kind.on<&Operator::produce>("produce", "Runs what is powered, offers the hours.");
  kind.on<&Operator::spend>("spend", "Buys servers.");
  kind.on<&Operator::close>("close", "Expects, prices, raises money or pays out.");
}

void Operator::hire(const Params& p, const Traits&, State& s, Agent& self) {
  self.order(expertise, p.experts * s.running * months_per_tick(self), 1.3 * self.price(expertise));
}

void Operator::supply(const Params& p, const Traits&, State& s, Agent& self) {
  self.use(expertise, self.available(expertise));
  s.fitting.advance();
  s.fitting.add(self.bought(construction), 6);
  s.power = carried_power(p, s, self);
  s.running = std::min(self.stock(accelerators), ratio(s.power * 1000.0, s.fleet_kw * p.overhead, 1e18));
  const double most = s.running * hours(self) * uptime;
  // Buying for few hours would be a trap: scarce hours, a high price, few hours sold.
  const double planned = std::min(most, std::max(1.4 * s.hours_hat * months_per_tick(self), 0.6 * most));
  self.order(electricity, planned * megawatt_hours(p, s), 1.5 * self.price(electricity));

  s.wanted = wanted_accelerators(p, s, self);
  const double affordable = ratio(free_funds(s, self), unit_capital(p, self));
  s.servers_due += order_from_a_maker(self, accelerators, accelerator_makers, std::min(s.wanted, affordable));
  order_facilities(p, s, self);
}

void Operator::produce(const Params& p, const Traits&, State& s, Agent& self) {
  const double arrived = self.bought(accelerators);
  const double held = self.stock(accelerators);
  if (held > 0) s.fleet_kw += std::clamp(arrived / held, 0.0, 1.0) * (self.signal(accelerator_kw) - s.fleet_kw);
  wear(p, self);
  const double per_hour = megawatt_hours(p, s);
  const double power = self.available(electricity);
  const double served = std::min(s.running * hours(self) * uptime, ratio(power, per_hour));
  self.transform(electricity, power, compute, served);
  self.offer(compute, served, s.price, {ondol::log(std::max(1.0, s.running))});
}

void Operator::spend(const Params& p, const Traits&, State& s, Agent& self) {
  self.use(goods, self.available(goods));
  const double affordable = ratio(0.5 * self.money(), self.price(goods));
  const double baskets = std::min(s.servers_due * p.servers, affordable);
  self.order(goods, baskets, 1.1 * self.price(goods));
  s.servers_due = std::max(0.0, s.servers_due - ratio(baskets, p.servers, s.servers_due));
}

// ln p <- ln p + gamma clip(u - u*, -1/2, 1/2), u over what could run and not over what was offered; never below
// running cost by a tenth more (posted price with utilisation feedback; the gain is assumed).
void Operator::close(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  const double sold = self.sold(compute);
  const bool sold_out = sold > 0 && self.stock(compute) <= 0.01 * sold;
  const double seen = sold_out ? 1.15 * sold : sold;
  s.hours_hat = smooth(s.hours_hat, seen / months, 0.25 * months);
  s.utilisation = std::min(10.0, ratio(seen, s.running * hours(self) * uptime));
  if (s.running > 0) {
    const double gap = std::clamp(s.utilisation - p.target_utilisation, -0.5, 0.5);
    s.price = between(s.price * ondol::exp(p.price_gain * gap * months), 1.1 * running_cost(p, s, self), 1e6);
  } else {
    s.price = self.price(compute);
  }
  s.operations = self.spent(electricity) + self.spent(expertise);
  s.sales_hat = smooth(s.sales_hat, self.revenue(compute), 0.2 * months);
  if (self.bound(ai_sales)) {
    const double now = self.signal(ai_sales);
    const double growth = std::clamp((ratio(now, s.sales_before, 1.0) - 1.0) * self.ticks_per_year(), -1.0, 3.0);
    if (s.sales_before > 0) s.growth_hat = smooth(s.growth_hat, growth, 0.05 * months);
    s.sales_before = now;
    self.contribute(ai_sales, self.revenue(compute));
  }

  const double planned = std::max(2.0 * s.wanted * unit_capital(p, self), s.site_cost);
  const double gap = planned - free_funds(s, self);
  if (gap > 0) {
    raise_money(p, s, self, gap);
  } else {
    if (self.bound(loans)) self.withdraw(loans);
    if (self.bound(equity)) self.withdraw(equity);
  }
  const double keep = committed_money(self) + 3.0 * s.operations + 2.0 * planned;
  // A project that earns nothing yet pays nothing out.
  if (self.bound(share) && s.sales_hat > 0 && self.money() > keep)
    self.distribute(share, p.payout * (self.money() - keep), dividend);
}

}  // namespace ondol::infrastructure

ONDOL_PLUGIN("infrastructure", "0.1.0", ondol::infrastructure::Operator)
