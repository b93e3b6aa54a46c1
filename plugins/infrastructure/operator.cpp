// The operator's description and rules.
#include "operator.hpp"

#include "platform.hpp"

#include <ondol/economics.hpp>

#include <algorithm>

namespace ondol::infrastructure {

namespace {

using Params = Operator::Params;
using State = Operator::State;

constexpr double hours_per_month = 730.5;

// What a megawatt of computing load takes, and who sells it.
struct Facility {
  Buys port;
  Observes makers;
};
constexpr std::array<Facility, 5> facilities = {{{Operator::storage, Operator::storage_makers},
                                                 {Operator::ups, Operator::ups_makers},
                                                 {Operator::cooling, Operator::cooling_makers},
                                                 {Operator::construction, Operator::builders},
                                                 {Operator::connection, Operator::grids}}};
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

// Baskets of servers and network around an accelerator as it is made now: more of them in one draw no more power.
double servers(const Params& p, const Agent& self) { return p.servers * self.signal(Operator::accelerator_kw); }

// Servers stand at cost with the accelerators that they are for, and wear with them.
void install_servers(Agent& self) {
  const double baskets = self.available(Operator::goods);
  if (self.stock(Operator::accelerators) > 0) {
    self.transform(Operator::goods, baskets, Operator::accelerators, 0);
  } else {
    self.use(Operator::goods, baskets);
  }
}

// All that one more accelerator takes: itself, servers around it, and its part of a facility, less what a credit on
// facilities pays of that.
double unit_capital(const Params& p, const Agent& self) {
  double facility = 0;
  for (std::size_t i = 0; i < facilities.size(); ++i) facility += p.per_megawatt[i] * self.price(facilities[i].port);
  if (self.bound(Operator::investment_credit)) facility *= 1.0 - self.signal(Operator::investment_credit);
  return self.price(Operator::accelerators) + servers(p, self) * self.price(Operator::goods) +
         megawatts(p, 1.0, self.signal(Operator::accelerator_kw)) * facility;
}

// What its standing orders will still cost when they are delivered, deposits off, and the servers that go with them.
double committed_money(const Params& p, const State& s, const Agent& self) {
  double sum = self.ordered(Operator::accelerators) * self.price(Operator::accelerators) +
               s.servers_due * servers(p, self) * self.price(Operator::goods);
  for (const Facility& facility : facilities) sum += self.ordered(facility.port) * self.price(facility.port);
  return std::max(0.0, sum - (self.money_held() - self.money()));
}

// Power it can count on: connections it holds, and those ordered as far as the grid's queue lets them come in time.
double power_in_sight(const Params& p, const Agent& self) {
  double wait = p.grid_horizon;
  for (const Member member : self.members(Operator::grids)) {
    if (member.region() == self.region()) wait = std::max(p.grid_lead, member.value(1));
  }
  const double coming = self.ordered(Operator::connection) * std::clamp(p.grid_horizon / wait, 0.0, 1.0);
  return (self.stock(Operator::connection) + coming) / std::max(1e-9, p.per_megawatt[grid]);
}

bool races(const Agent& self) { return self.bound(Operator::race.rivals); }

// Accelerators a month that keep its place in the race.
double wanted_for_position(const Params& p, State& s, const Agent& self) {
  const double each = unit_capital(p, self);
  const double installed = self.stock(Operator::accelerators) * each;
  return ratio(Race::wanted(p.race, s.race, installed, self.ordered(Operator::accelerators) * each, p.life), each);
}

// Desired capital with Tobin's q: K* = H (1 + g) (1 + spare) / (u* h) q, q = (return / (hurdle + rate + charge))^x,
// where the return is a year's margin at the market's price over all that an accelerator takes (Tobin 1969; Kydland,
// Prescott 1982). Returns the accelerators a month that pay by what they are rented for.
double wanted_for_rent(const Params& p, State& s, const Agent& self) {
  const double held = self.stock(Operator::accelerators);
  const double coming = self.ordered(Operator::accelerators);
  const double capital = unit_capital(p, self);
  const double margin = self.price(Operator::compute) * p.target_utilisation - running_cost(p, s, self);
  s.return_on_capital = std::clamp(ratio(margin * hours_per_month * 12.0, capital), -10.0, 100.0);
  const double rate = self.bound(Operator::finance.policy_rate) ? self.signal(Operator::finance.policy_rate) : 0.0;
  const double asked = p.capital_charge + rate + p.hurdle;
  const double q = std::min(ondol::pow(std::max(1e-6, ratio(s.return_on_capital, asked)), p.q_exponent), p.most_q);
  const double growth = std::clamp(s.expected_growth, 0.0, p.most_growth);
  const double desired =
      s.expected_hours * (1.0 + growth) * (1.0 + p.spare) / (p.target_utilisation * hours_per_month) * q;
  double wanted = p.speed * (desired - held - coming) + (desired > p.keep_up * held ? held / p.life : 0.0);
  const double kw = std::max(1e-6, self.signal(Operator::accelerator_kw));
  const double empty = std::max(0.0, s.power - megawatts(p, held + coming, s.fleet_kw)) * 1000.0 / (kw * p.overhead);
  const double vacant = q > 1 ? p.fill_vacant * empty : 0.0;
  return std::min(std::max(0.0, wanted) + vacant, p.fastest_growth * held + p.least_growth_step + vacant);
}

// Accelerators a month: those that pay or were committed, `wanted`, and as far as there is power in sight, `powered`.
struct Plan {
  double wanted;
  double powered;
};
Plan plan(const Params& p, State& s, const Agent& self) {
  const double under_way = self.stock(Operator::accelerators) + self.ordered(Operator::accelerators);
  const double kw = std::max(1e-6, self.signal(Operator::accelerator_kw));
  const double pays = races(self) ? wanted_for_position(p, s, self) : wanted_for_rent(p, s, self);
  const double most = std::max(0.0, p.site_slack * power_in_sight(p, self) * 1000.0 / (kw * p.overhead) - under_way);
  const double step = std::max(0.0, p.commitment - under_way) * p.commitment_speed;
  return {std::max(pays, step), std::max(std::min(pays, most), std::min(step, most + p.blind_commitment * step))};
}

// Every input is wanted for its own gap: the power of what it has, has ordered and will want, or was committed. Returns
// the quantities, in the order of the facilities, and remembers what they cost.
std::array<double, 5> wanted_facilities(const Params& p, State& s, Agent& self) {
  const double kw = std::max(1e-6, self.signal(Operator::accelerator_kw));
  const double load = megawatts(p, self.stock(Operator::accelerators), s.fleet_kw) +
                      megawatts(p, self.ordered(Operator::accelerators) + p.build_ahead * s.wanted, kw);
  const double sight = power_in_sight(p, self);
  std::array<double, 5> wanted{};
  s.site_cost = 0;
  for (std::size_t i = 0; i < facilities.size(); ++i) {
    const Buys port = facilities[i].port;
    const double per = p.per_megawatt[i];
    if (!(per > 0)) continue;
    const double under_way = (self.stock(port) + self.ordered(port)) / per;
    const double step = p.commitment_power / p.commitment_months * months_per_tick(self);
    double target = std::max(load, std::min(p.commitment_power, under_way + step));
    if (i != grid) target = std::min(target, p.site_slack * sight);
    wanted[i] = std::max(0.0, target - under_way) * per;
    s.site_cost += wanted[i] * self.price(port);
  }
  return wanted;
}

// Goods that its own business takes in a tick; servers come beside them.
double business_needs(const Params& p, const State& s, const Agent& self) {
  if (!self.bound(Operator::business.digital)) return 0;
  return OwnBusiness::inputs(p.business, s.business, self) +
         OwnBusiness::other_investment(p.business, s.business, self);
}

// What rents say of capital in the race, and what it keeps for itself.
void judge_rent(const Params& p, const Operator::Traits& t, State& s, const Agent& self) {
  const double cost =
      full_cost(p.race.capital_cost, unit_capital(p, self), p.uptime * p.target_utilisation, running_cost(p, s, self));
  const double used = s.utilisation > 0 ? s.utilisation / p.target_utilisation : 1.0;
  Race::judge(p.race, t.race, s.race, self, self.price(Operator::compute), used, cost);
}

// Equipment wears and is scrapped.
void wear(const Params& p, Agent& self) {
  const auto scrap = [&](Buys port, double life) {
    self.scrap(port, self.available(port) * share_per_tick(self, 1.0 / life));
  };
  scrap(Operator::accelerators, p.life);
  for (std::size_t i = 0; i < facilities.size(); ++i) scrap(facilities[i].port, p.facility_life[i]);
}

}  // namespace

void Operator::describe(Kind<Operator>& kind) {
  kind.name("operator").doc("Runs data centres: rents out computing hours, builds from real inputs over months.");
  kind.param("overhead", &Params::overhead, "1")
      .initial(1.4)
      .range(1, 10)
      .assumed()
      .doc("Power of a server per power of its accelerators.");
  kind.param("usage", &Params::usage, "1")
      .initial(1.15)
      .range(1, 10)
      .doc("Power usage effectiveness: 1.1 to 1.2 for hyperscale sites (Uptime Institute surveys give 1.56 for all).");
  kind.param("per_megawatt", &Params::per_megawatt, "1")
      .initial(1)
      .range(0, 1e6)
      .assumed()
      .doc("Storage MWh, UPS, cooling, shell and connection MW for a megawatt of load.");
  kind.param("servers", &Params::servers, "basket/kW")
      .initial(5600)
      .range(0, 1e9)
      .assumed(3200, 12000)
      .doc("Servers and network around accelerators, by the power that these draw: 7,000 around one of 1.25 kW.");
  kind.param("life", &Params::life, "month")
      .initial(60)
      .range(1, 1000)
      .doc("Of accelerators: 5 years, as large clouds depreciate servers.");
  kind.param("target_utilisation", &Params::target_utilisation, "1")
      .initial(0.75)
      .range(0.01, 1)
      .assumed(0.6, 0.85)
      .doc("u*: at which the price rests.");
  kind.param("spare", &Params::spare, "1")
      .initial(0.15)
      .range(0, 10)
      .assumed(0.05, 0.3)
      .doc("Capacity beyond what it expects.");
  kind.param("speed", &Params::speed, "1/month")
      .initial(0.12)
      .range(0, 1)
      .assumed(0.05, 0.25)
      .doc("Of closing the gap to desired capital.");
  kind.param("hurdle", &Params::hurdle, "1/year")
      .initial(0.08)
      .range(0, 10)
      .assumed(0.04, 0.15)
      .doc("Return asked above the policy rate and depreciation.");
  kind.param("experts", &Params::experts, "expert_month/(accelerator*month)")
      .initial(0.0015)
      .range(0, 10)
      .assumed()
      .doc("To run one.");
  kind.param("price_gain", &Params::price_gain, "1/month")
      .initial(0.12)
      .range(0, 10)
      .assumed(0.05, 0.25)
      .doc("gamma_u: of the log price per unit of utilisation.");
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
  kind.param("uptime", &Params::uptime, "1")
      .initial(0.95)
      .range(0, 1)
      .assumed(0.9, 0.98)
      .doc("Share of the hours in which a powered accelerator runs.");
  kind.param("facility_life", &Params::facility_life, "month")
      .initial(120)
      .range(1, 10000)
      .assumed()
      .doc("Of storage, UPS, cooling, shells and connections.");
  kind.param("capital_charge", &Params::capital_charge, "1/year")
      .initial(0.2)
      .range(0, 10)
      .assumed(0.15, 0.3)
      .doc("Depreciation and upkeep that the return is held against.");
  kind.param("q_exponent", &Params::q_exponent, "1")
      .initial(0.7)
      .range(0, 10)
      .assumed(0.5, 1)
      .doc("x: of return over what is asked, in desired capital.");
  kind.param("most_q", &Params::most_q, "1")
      .initial(2.5)
      .range(0, 100)
      .assumed(1.5, 3)
      .doc("Most that a high return counts.");
  kind.param("most_growth", &Params::most_growth, "1/year")
      .initial(1)
      .range(0, 100)
      .assumed(0.5, 2)
      .doc("Most growth of AI sales that it builds for.");
  kind.param("keep_up", &Params::keep_up, "1")
      .initial(0.8)
      .range(0, 10)
      .assumed(0.6, 1)
      .doc("Desired over present capital below which nothing is replaced.");
  kind.param("fill_vacant", &Params::fill_vacant, "1/month")
      .initial(0.1)
      .range(0, 1)
      .assumed(0.05, 0.2)
      .doc("Of its vacant sites, filled where the return is high.");
  kind.param("fastest_growth", &Params::fastest_growth, "1/month")
      .initial(0.12)
      .range(0, 10)
      .assumed(0.05, 0.2)
      .doc("Most orders per fleet.");
  kind.param("least_growth_step", &Params::least_growth_step, "accelerator/month")
      .initial(200)
      .range(0, 1000000000.0)
      .assumed(50, 1000)
      .doc("Orders beside that, for those who begin.");
  kind.param("site_slack", &Params::site_slack, "1")
      .initial(1.05)
      .range(0, 100)
      .assumed(1, 1.25)
      .doc("Power built for, per power in sight.");
  kind.param("grid_horizon", &Params::grid_horizon, "month")
      .initial(12)
      .range(0.1, 1000)
      .assumed(6, 24)
      .doc("In which a connection must come to be in sight.");
  kind.param("grid_lead", &Params::grid_lead, "month")
      .initial(1)
      .range(0.001, 1000)
      .assumed()
      .doc("Least wait for a connection.");
  kind.param("commitment_speed", &Params::commitment_speed, "1/month")
      .initial(1.0 / 6)
      .range(0, 1)
      .assumed(0.1, 0.3)
      .doc("Of what is missing of an announced fleet, ordered.");
  kind.param("blind_commitment", &Params::blind_commitment, "1")
      .initial(0.25)
      .range(0, 1)
      .assumed(0, 0.5)
      .doc("Of that, ordered before there is power for it.");
  kind.param("build_ahead", &Params::build_ahead, "month")
      .initial(6)
      .range(0, 100)
      .assumed(3, 12)
      .doc("Of wanted orders, for which facilities are ordered ahead.");
  kind.param("hours_ahead", &Params::hours_ahead, "1")
      .initial(1.4)
      .range(0, 100)
      .assumed(1.2, 1.6)
      .doc("Power bought per expected hours.");
  kind.param("least_power", &Params::least_power, "1")
      .initial(0.6)
      .range(0, 1)
      .assumed(0.4, 0.8)
      .doc("Power bought at least, per hours it could run: for few hours would be a trap.");
  kind.param("hours_speed", &Params::hours_speed, "1/month")
      .initial(0.25)
      .range(0, 1)
      .assumed(0.1, 0.4)
      .doc("Of expected hours towards those seen.");
  kind.param("unseen", &Params::unseen, "1")
      .initial(0.15)
      .range(0, 10)
      .assumed(0.1, 0.3)
      .doc("Demand beyond its sales that it takes for granted where it sold out.");
  kind.param("most_gap", &Params::most_gap, "1")
      .initial(0.5)
      .range(0, 10)
      .assumed()
      .doc("Most that a gap of utilisation counts for its price.");
  kind.param("price_floor", &Params::price_floor, "1")
      .initial(1.1)
      .range(0, 100)
      .assumed(1, 1.2)
      .doc("Least price over running cost.");
  kind.param("growth_speed", &Params::growth_speed, "1/month")
      .initial(0.05)
      .range(0, 1)
      .assumed(0.02, 0.1)
      .doc("Of expected growth of AI sales towards that seen.");
  kind.param("wage_limit", &Params::wage_limit, "1")
      .initial(1.3)
      .range(1, 100)
      .assumed(1.1, 1.5)
      .doc("Most it bids over the last wage.");
  kind.param("power_limit", &Params::power_limit, "1")
      .initial(1.5)
      .range(1, 100)
      .assumed(1.2, 2)
      .doc("Most it bids over the last tariff.");
  kind.param("price_limit", &Params::price_limit, "1")
      .initial(1.1)
      .range(1, 100)
      .assumed(1, 1.3)
      .doc("Most it bids over the last price of servers.");
  kind.state("running", &State::running, "accelerator").range(0, 1e15).doc("Powered.");
  kind.state("power", &State::power, "MW").range(0, 1e12).doc("Load that its sites can carry.");
  kind.state("fleet_kw", &State::fleet_kw, "kW/accelerator").range(0, 1e6).doc("Mean power of its accelerators.");
  kind.state("price", &State::price, "money/accelerator_hour").range(0, 1e9).doc("Asked for an hour.");
  kind.state("utilisation", &State::utilisation, "1").range(0, 10).doc("Hours sold over hours possible.");
  kind.state("expected_hours", &State::expected_hours, "accelerator_hour/month")
      .range(0, 1e18)
      .doc("H: hours it expects to rent out.");
  kind.state("expected_growth", &State::expected_growth, "1/year")
      .range(-10, 100)
      .doc("Smoothed growth of all AI sales.");
  kind.state("sales_before", &State::sales_before, "money").range(0, 1e18).doc("All AI sales of the tick before.");
  kind.state("return_on_capital", &State::return_on_capital, "1/year")
      .range(-10, 100)
      .doc("Margin of a new accelerator over all that it takes.");
  kind.state("wanted", &State::wanted, "accelerator/month").range(0, 1e15).doc("It would order with the money for it.");
  kind.state("site_cost", &State::site_cost, "money").range(0, 1e18).doc("Of the facilities that it lacks.");
  kind.state("servers_due", &State::servers_due, "accelerator")
      .range(0, 1e15)
      .doc("Accelerators whose servers are still to be bought.");
  kind.state("eligible", &State::eligible, "money")
      .range(0, 1e18)
      .disclosed("outlay")
      .doc("Spent on facilities in the tick.");
  kind.state("fitting", &State::fitting, "MW_shell").range(0, 1e12).doc("Shells being fitted out, by months left.");
  kind.state("own_hours", &State::own_hours, "accelerator_hour").range(0, 1e18).doc("Used by itself in the tick.");
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
  kind.port(accelerator_kw).doc("Power of accelerators made now.");
  kind.port(ai_sales).optional().doc("Sales of the AI layers.");
  kind.port(accelerator_makers).attributes(choice::Makers::attributes()).doc("Whom it may order accelerators from.");
  kind.port(storage_makers).attributes(choice::Makers::attributes()).doc("Storage.");
  kind.port(ups_makers).attributes(choice::Makers::attributes()).doc("UPS.");
  kind.port(cooling_makers).attributes(choice::Makers::attributes()).doc("Cooling.");
  kind.port(builders).attributes(choice::Makers::attributes()).doc("Construction.");
  kind.port(grids).attributes(choice::Makers::attributes()).doc("Connections.");
  kind.port(investment_credit).optional().doc("What is paid back of facilities; enters the cost of capital.");
  kind.part(business, &Params::business, &State::business);
  kind.part(race, &Params::race, &Traits::race, &State::race);
  kind.part(finance, &Params::finance, &State::finance);
  kind.part(makers, &Params::makers);
  kind.field("own_use").initial(0);
  kind.field("round_size").initial(0.25).assumed(0.15, 0.4);
  kind.field("plan_multiple").initial(4).assumed(2, 6).doc("k: value of what it plans, per money it lacks for it.");
  kind.on<&Operator::open>("open", "Where it races: believes, values the prize, announces its target.");
  kind.on<&Operator::hire>("hire", "Hires engineers.");
  kind.on<&Operator::supply>("supply", "Buys power; decides to build, orders all inputs.");
  kind.on<&Operator::produce>("produce", "Runs what is powered, offers the hours.");
  kind.on<&Operator::spend>("spend", "Buys servers.");
  kind.on<&Operator::close>("close", "Expects, prices, raises money or pays out.");
}

void Operator::open(const Params& p, const Traits& t, State& s, Agent& self) {
  if (!races(self)) return;
  const double sales = self.bound(ai_sales) ? self.signal(ai_sales) : 0.0;
  race.announce(p.race, t.race, s.race, self, accelerator_makers, sales, s.business.cash_flow,
                !finance.is_winding_up(s.finance));
}

void Operator::hire(const Params& p, const Traits&, State& s, Agent& self) {
  if (finance.is_winding_up(s.finance)) return;
  self.order(expertise, p.experts * s.running * months_per_tick(self), p.wage_limit * self.price(expertise));
}

void Operator::supply(const Params& p, const Traits&, State& s, Agent& self) {
  self.use(expertise, self.available(expertise));
  for (int months = months_ending(self); months > 0; --months) s.fitting.advance();
  s.fitting.add(self.bought(construction), 6);
  s.power = carried_power(p, s, self);
  s.running = std::min(self.stock(accelerators), ratio(s.power * 1000.0, s.fleet_kw * p.overhead, 1e18));
  s.wanted = s.site_cost = 0;
  if (finance.is_winding_up(s.finance)) return;
  const double months = months_per_tick(self);
  const double most = s.running * hours(self) * p.uptime;
  const double for_rent = (1.0 - s.race.own_use) * most;
  const double rented = std::max(p.hours_ahead * s.expected_hours * months, p.least_power * for_rent);
  const double planned = most - for_rent + std::min(for_rent, rented);
  self.order(electricity, planned * megawatt_hours(p, s), p.power_limit * self.price(electricity));

  // What pays, and the part of it that money allows: all orders are cut alike.
  const Plan planned_orders = plan(p, s, self);
  s.wanted = planned_orders.wanted;
  const auto sites = wanted_facilities(p, s, self);
  const double each = self.price(accelerators) + servers(p, self) * self.price(goods);
  const double wanted = planned_orders.powered * each + s.site_cost / months;
  const double pays = finance.invest(p.finance, s.finance, self, wanted, committed_money(p, s, self));
  const double invested = races(self) ? std::min(pays, p.race.given * s.finance.affordable_investment) : pays;
  const double part = ratio(invested, wanted, 1.0);
  s.servers_due +=
      makers.order(p.makers, self, accelerators, accelerator_makers, part * planned_orders.powered * months);
  for (std::size_t i = 0; i < facilities.size(); ++i)
    makers.order(p.makers, self, facilities[i].port, facilities[i].makers, part * sites[i]);
}

void Operator::produce(const Params& p, const Traits&, State& s, Agent& self) {
  const double arrived = self.bought(accelerators);
  const double held = self.stock(accelerators);
  if (held > 0) s.fleet_kw += std::clamp(arrived / held, 0.0, 1.0) * (self.signal(accelerator_kw) - s.fleet_kw);
  wear(p, self);
  const double power = self.available(electricity);
  const double served = std::min(s.running * hours(self) * p.uptime, ratio(power, megawatt_hours(p, s)));
  s.own_hours = s.race.own_use * served;
  self.transform(electricity, (1.0 - s.race.own_use) * power, compute, served - s.own_hours);
  self.use(electricity, self.available(electricity));
  const double services = business.make(p.business, s.business, self, goods, self.available(goods));
  s.race.intensity = ratio(s.own_hours, std::max(1.0, services));
  if (finance.is_winding_up(s.finance)) return;
  self.offer(compute, served - s.own_hours, s.price, {ondol::log(std::max(1.0, s.running))});
  business.offer(p.business, s.business, self, goods, services, race.ai(s.race, self));
}

void Operator::spend(const Params& p, const Traits&, State& s, Agent& self) {
  install_servers(self);
  if (finance.is_winding_up(s.finance)) return;
  const double price = p.price_limit * self.price(goods);
  const double inputs = business_needs(p, s, self);
  const double servers_wanted = s.servers_due * servers(p, self);
  const double placed = self.order(goods, std::min(inputs + servers_wanted, ratio(self.money(), price)), price);
  s.servers_due = std::max(0.0, s.servers_due - ratio(std::max(0.0, placed - inputs), servers(p, self), s.servers_due));
}

// ln p <- ln p + gamma clip(u - u*, -gap, gap), u over what could run and not over what was offered; never below
// running cost by some more (posted price with utilisation feedback).
void Operator::close(const Params& p, const Traits& t, State& s, Agent& self) {
  const double months = months_per_tick(self);
  const double seen = choice::seen_demand(self.sold(compute), self.stock(compute), 0, p.unseen);
  s.expected_hours = adapt(self, s.expected_hours, seen / months, p.hours_speed);
  const double for_rent = s.running * hours(self) * p.uptime * (1.0 - s.race.own_use);
  s.utilisation = std::min(10.0, ratio(seen, for_rent));
  if (for_rent > 0) {
    const double gap = std::clamp(s.utilisation - p.target_utilisation, -p.most_gap, p.most_gap);
    s.price = between(s.price * ondol::exp(p.price_gain * gap * months), p.price_floor * running_cost(p, s, self), 1e6);
  } else {
    s.price = self.price(compute);
  }
  if (self.bound(ai_sales)) {
    const double now = self.signal(ai_sales);
    const double growth = std::clamp((ratio(now, s.sales_before, 1.0) - 1.0) * self.ticks_per_year(), -1.0, 3.0);
    if (s.sales_before > 0) s.expected_growth = adapt(self, s.expected_growth, growth, p.growth_speed);
    s.sales_before = now;
    self.contribute(ai_sales, self.revenue(compute));
  }
  s.eligible = 0;
  for (const Facility& facility : facilities) s.eligible += self.spent(facility.port);
  double sales = self.revenue(compute);
  double outlays = self.spent(electricity) + self.spent(expertise);
  if (self.bound(business.digital)) {
    business.observe(p.business, s.business, self, goods);
    sales += self.revenue(business.digital);
    outlays += std::min(self.spent(goods), business_needs(p, s, self) * self.price(goods));
  }
  if (races(self)) judge_rent(p, t, s, self);
  finance.observe(p.finance, s.finance, self, sales, outlays);
  if (finance.winds_up(p.finance, s.finance, self)) {
    if (self.bound(business.digital)) self.withdraw(business.digital);
    return self.withdraw(compute);
  }
  finance.settle(p.finance, s.finance, self, committed_money(p, s, self), s.expected_growth);
}

}  // namespace ondol::infrastructure
