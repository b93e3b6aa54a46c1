// The fab's description and rules.
#include "fab.hpp"

#include <ondol/economics.hpp>

#include <algorithm>

namespace ondol::chips {

namespace {

double unit_cost(const Fab::Params& p, const Agent& self) {
  return p.labour_per_unit * self.price(Fab::labour) + p.baskets_per_unit * self.price(Fab::goods);
}

// Half of what is missing comes as a loan, the rest as shares; both are posted and met in the next step that trades
// them.
void raise_money(const Fab::Params& p, const Fab::State& s, Agent& self, double need) {
  const double per_year = self.ticks_per_year();
  if (self.bound(Fab::loans)) {
    const double amount = 0.5 * need;
    const double policy = self.bound(Fab::policy_rate) ? self.signal(Fab::policy_rate) : 0.0;
    const double rate = policy + 0.02 + 0.04 * std::min(5.0, ratio(self.debts(), self.assets(), 1.0));
    const double surplus = s.demand_hat * (s.price - unit_cost(p, self)) * per_year / months_per_tick(self);
    const double service = (self.outstanding(Fab::loan) + amount) * (rate + 12.0 / p.loan_term);
    self.offer(Fab::loans, amount, 1.0,
               {rate / per_year, p.loan_term / months_per_tick(self), ratio(surplus, service)});
  }
  if (!self.bound(Fab::equity)) return;
  const double sales = s.demand_hat * s.price * per_year;
  const double value = std::max({0.5 * need, self.equity(), p.sales_multiple * sales});
  const double raised = std::min(0.5 * need, 0.25 * value);
  const double price = ratio(value, self.outstanding(Fab::share));
  if (price > 0) self.offer(Fab::equity, raised / price, price, {0.5});
}

}  // namespace

void Fab::describe(Kind<Fab>& kind) {
  kind.name("fab").doc("Owns scarce manufacturing capacity; sells what comes out of it.");
  kind.param("labour_per_unit", &Params::labour_per_unit, "person_month/{output}")
      .range(0, 1e12)
      .doc("Work in a unit (assumed).");
  kind.param("baskets_per_unit", &Params::baskets_per_unit, "basket/{output}")
      .range(0, 1e12)
      .doc("Materials in a unit (assumed).");
  kind.param("capital_cost", &Params::capital_cost, "basket*month/{output}")
      .range(0, 1e12)
      .doc("Baskets that add capacity for a unit a month (assumed).");
  kind.param("growth_limit", &Params::growth_limit, "1/month")
      .initial(0.08)
      .range(0, 1)
      .doc("Most that capacity can be enlarged (assumed).");
  kind.param("inventory", &Params::inventory, "month")
      .initial(0.7)
      .range(0, 100)
      .doc("Stock it aims at, in months of demand (assumed).");
  kind.param("least_mark_up", &Params::least_mark_up, "1").initial(0.4).range(0, 10).doc("Over unit cost (assumed).");
  kind.param("most_mark_up", &Params::most_mark_up, "1").initial(1.6).range(0, 10).doc("Over unit cost (assumed).");
  kind.param("mark_up_gain", &Params::mark_up_gain, "1/month")
      .initial(0.05)
      .range(0, 1)
      .doc("Per unit of relative excess demand (assumed).");
  kind.param("payout", &Params::payout, "1")
      .initial(0.5)
      .range(0, 1)
      .doc("Share of money above the buffer that is paid out (assumed).");
  kind.param("buffer", &Params::buffer, "month")
      .initial(3)
      .range(0, 1000)
      .doc("Months of cost it keeps, beside two expansions (assumed).");
  kind.param("loan_term", &Params::loan_term, "month").initial(60).range(1, 1000).doc("Of its loans (assumed).");
  kind.param("sales_multiple", &Params::sales_multiple, "1")
      .initial(6)
      .range(0, 1000)
      .doc("Value of the firm in years of sales, in a share round (assumed).");
  kind.state("capacity", &State::capacity, "{output}/month").range(0, 1e18).doc("Most it can make.");
  kind.state("mark_up", &State::mark_up, "1").range(0, 100).doc("Over unit cost.");
  kind.state("price", &State::price, "money/{output}").range(0, 1e18).doc("Asked.");
  kind.state("demand_hat", &State::demand_hat, "{output}/month")
      .range(0, 1e18)
      .doc("Demand it expects, filled or not.");
  kind.state("planned", &State::planned, "{output}").range(0, 1e18).doc("To be made in the tick.");
  kind.state("made", &State::made, "{output}").range(0, 1e18).doc("Made in the tick.");
  kind.state("expansion", &State::expansion, "{output}/month").range(0, 1e18).doc("Capacity it wants to add.");
  kind.state("outlay_hat", &State::outlay_hat, "money").range(0, 1e18).doc("Smoothed outlays of a tick.");
  kind.state("building", &State::building, "{output}/month")
      .range(0, 1e15)
      .doc("Capacity under construction, by months left (Kydland, Prescott 1982: time to build).");
  kind.port(labour).doc("Workers.");
  kind.port(goods).doc("Materials and machines.");
  kind.port(output).doc("What it makes.");
  kind.port(share).optional().doc("Its shares.");
  kind.port(loan).optional().doc("Its loans.");
  kind.port(loans).optional().attributes({"rate", "term", "cover"}).doc("Where it borrows.");
  kind.port(equity).optional().attributes({"growth"}).doc("Where it sells new shares.");
  kind.port(policy_rate).optional().doc("Base of what it offers to pay for loans.");
  kind.purpose(dividend, "To owners.");
  kind.on<&Fab::hire>("hire", "Plans output, hires for it.");
  kind.on<&Fab::produce>("produce", "Makes within capacity, offers its stock.");
  kind.on<&Fab::spend>("spend", "Buys materials and machines; starts building.");
  kind.on<&Fab::close>("close", "Expects, prices, plans capacity, raises money or pays out.");
}

// Planned output keeps a stock of `inventory` months: y = 1.05 d + 0.3 (inventory d - stock), within capacity.
void Fab::hire(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  s.capacity += s.building.advance();
  const double wanted = 1.05 * s.demand_hat * months + 0.3 * (p.inventory * s.demand_hat - self.stock(output));
  s.planned = std::clamp(wanted, 0.05 * s.capacity * months, s.capacity * months);
  self.order(labour, s.planned * p.labour_per_unit, 1.3 * self.price(labour));
}

void Fab::produce(const Params& p, const Traits&, State& s, Agent& self) {
  const double hands = self.available(labour);
  const double materials = self.available(goods);
  s.made = std::min(
      {s.planned, ratio(hands, p.labour_per_unit, s.planned), ratio(materials, p.baskets_per_unit, s.planned)});
  self.transform(labour, hands, output, 0);
  self.transform(goods, std::min(materials, s.made * p.baskets_per_unit), output, s.made);
  self.offer(output, self.stock(output) + s.made, s.price);
}

// Materials for the next month, and the machines of the expansion: what was bought beyond materials is built in.
void Fab::spend(const Params& p, const Traits&, State& s, Agent& self) {
  const double materials = std::max(0.0, 1.2 * s.planned * p.baskets_per_unit - self.stock(goods));
  const double affordable = ratio(0.5 * self.money(), self.price(goods));
  const double machines = std::min(s.expansion * p.capital_cost, affordable);
  self.order(goods, materials + machines, 1.1 * self.price(goods));
  s.expansion = ratio(machines, p.capital_cost);
}

// Mark-up by excess demand: mu <- mu (1 + g clip(d/cap - 1)); price = (1 + mu) unit cost (speeds assumed).
void Fab::close(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  // Machines that arrived go into building.
  const double spare = self.available(goods) - 1.2 * s.planned * p.baskets_per_unit;
  const double installed = std::clamp(spare, 0.0, s.expansion * p.capital_cost);
  self.use(goods, std::min(installed, self.available(goods)));
  s.building.add(ratio(installed, p.capital_cost), 9);

  s.demand_hat = smooth(s.demand_hat, std::max(self.demand(output), self.sold(output)) / months, 0.25 * months);
  const double tension = std::clamp(ratio(s.demand_hat, s.capacity, 1.0) - 1.0, -0.5, 1.0);
  s.mark_up = between(s.mark_up * (1.0 + p.mark_up_gain * tension * months), p.least_mark_up, p.most_mark_up);
  s.price = (1.0 + s.mark_up) * unit_cost(p, self);
  s.expansion =
      std::clamp(1.15 * s.demand_hat - s.capacity - s.building.total(), 0.0, p.growth_limit * months * s.capacity);
  s.outlay_hat = smooth(s.outlay_hat, self.spent(labour) + self.spent(goods), 0.3 * months);

  const double machines = s.expansion * p.capital_cost * self.price(goods);
  const double keep = p.buffer / months * s.planned * unit_cost(p, self) + 2.0 * machines;
  if (self.bound(share) && self.money() > keep) self.distribute(share, p.payout * (self.money() - keep), dividend);
  const double need = 2.0 * machines + s.planned * unit_cost(p, self) - self.money();
  if (need > 0) {
    raise_money(p, s, self, need);
  } else {
    if (self.bound(loans)) self.withdraw(loans);
    if (self.bound(equity)) self.withdraw(equity);
  }
}

}  // namespace ondol::chips
