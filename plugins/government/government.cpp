// The government's description and rules.
#include "government.hpp"

#include <ondol/economics.hpp>

#include <algorithm>
#include <cmath>

namespace ondol::government {

namespace {

using Params = Government::Params;
using State = Government::State;

// Positions among the fields of the record `people`.
constexpr std::size_t heads = 0;
constexpr std::size_t labour_supply = 1;
constexpr std::size_t jobless = 2;

double sum_over_people(Agent& self, std::size_t field) {
  double sum = 0;
  for (const Member household : self.members(Government::people)) {
    if (household.region() == self.region()) sum += household.value(field);
  }
  return sum;
}

// Each household gets b w times its jobless, and by heads its part of pensions, a share of expected turnover; all of it
// no more than a part of the government's money.
void pay_transfers(const Params& p, State& s, Agent& self) {
  const double benefit = p.benefit * self.price(Government::labour);
  const double all_heads = sum_over_people(self, heads);
  const double pensions = p.pension * s.turnover_hat;
  const double due = benefit * sum_over_people(self, jobless) + (all_heads > 0 ? pensions : 0.0);
  const double part = std::min(1.0, ratio(share_per_tick(self, p.most_transfers) * self.money(), due, 1.0));
  s.transfers_paid = 0;
  for (const Member household : self.members(Government::people)) {
    if (household.region() != self.region()) continue;
    const double amount =
        part * (benefit * household.value(jobless) + pensions * ratio(household.value(heads), all_heads));
    const double paid = std::min(amount, self.money());
    self.pay(household.id(), paid, Government::transfers);
    s.transfers_paid += paid;
  }
}

// The labour tax follows the deficit and employment: d tau = a (deficit - target) + b (u* - u) a year, within
// bounds (a rule of this form keeps debt bounded, Caiani et al. 2016). The deficit is what net debt grew,
// over the turnover of goods.
void revise_tax(const Params& p, State& s, Agent& self, double turnover) {
  const double debt = self.outstanding(Government::bond);
  if (self.tick() > 0) {
    const double deficit = (debt - s.bonds) - (self.money_held() - s.money_before);
    s.deficit = std::clamp(adapt(self, s.deficit, ratio(deficit, turnover), p.deficit_speed), -10.0, 10.0);
  }
  s.bonds = debt;
  s.money_before = self.money_held();
  const double change =
      p.tax_on_deficit * (s.deficit - p.deficit_target) + p.tax_on_jobs * (p.natural_unemployment - s.unemployment);
  s.labour_tax = between(s.labour_tax + change / self.ticks_per_year(), p.least_labour_tax, p.most_labour_tax);
}

// Taylor (1993): i = r + pi* + a (pi - pi*) - b (u - u*), not below 0 nor above the highest.
void set_rate(const Params& p, State& s, Agent& self) {
  s.policy_rate = between(p.real_rate + p.inflation_target + p.rate_on_inflation * (s.inflation - p.inflation_target) -
                              p.rate_on_jobs * (s.unemployment - p.natural_unemployment),
                          0.0, p.most_rate);
  if (self.bound(Government::rate_signal)) self.contribute(Government::rate_signal, s.policy_rate);
}

// Orders new shares of the firms that the port `stakes` leads to, from the purse of stakes.
void order_stakes(const Params& p, State& s, Agent& self) {
  s.stake_purse += p.stake * months_per_tick(self);
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

// Bonds for what its money lacks of some months of outlays.
void offer_bonds(const Params& p, State& s, Agent& self) {
  const double months = months_per_tick(self);
  s.outlay = s.transfers_paid + s.treasury.appropriated;
  for (const Buys port : {Government::labour, Government::goods, Government::seat_market, Government::accelerators,
                          Government::compute_market, Government::equity}) {
    if (self.bound(port)) s.outlay += self.spent(port);
  }
  const double rate = s.policy_rate + p.bond_spread;
  s.outlay += s.bonds * (rate + 12.0 / p.bond_term) / self.ticks_per_year();
  s.outlay_hat = s.outlay_hat > 0 ? adapt(self, s.outlay_hat, s.outlay, p.outlay_speed) : s.outlay;
  if (!self.bound(Government::bond_market)) return;
  const double need = p.bond_cover / months * s.outlay_hat - self.money();
  if (need >= 1) {
    self.offer(Government::bond_market, need, 1.0, {rate / self.ticks_per_year(), p.bond_term / months});
  } else {
    self.withdraw(Government::bond_market);
  }
}

double research_budget(const Params& p, Agent& self) { return p.research_compute * months_per_tick(self); }

double own_seats(State& s, Agent& self) { return s.seats_per_worker * self.bought(Government::labour); }

// Uses up what it bought.
void use_up(const Params& p, State& s, Agent& self) {
  self.use(Government::labour, self.available(Government::labour));
  self.use(Government::goods, self.available(Government::goods));
  for (const Buys port : {Government::seat_market, Government::compute_market}) {
    if (self.bound(port)) self.use(port, self.available(port));
  }
  if (self.bound(Government::accelerators)) {
    const double worn = self.available(Government::accelerators) * share_per_tick(self, 1.0 / p.accelerator_life);
    self.scrap(Government::accelerators, std::min(worn, self.available(Government::accelerators)));
    s.accelerators_held = self.stock(Government::accelerators);
  }
  if (self.bound(Government::equity)) s.stake_purse = std::max(0.0, s.stake_purse - self.spent(Government::equity));
}

void describe_params(Kind<Government>& kind) {
  kind.param("public_jobs", &Params::public_jobs, "1")
      .initial(0.1425)
      .range(0, 1)
      .assumed()
      .doc("Public work per work offered: 15 % of the employed (order of OECD, Government at a Glance 2023).");
  kind.param("purchases", &Params::purchases, "1")
      .initial(0.20)
      .range(0, 2)
      .assumed()
      .doc("Purchases of goods over expected turnover.");
  kind.param("pension", &Params::pension, "1")
      .initial(0.05)
      .range(0, 1)
      .assumed()
      .doc("Transfers by heads over expected turnover.");
  kind.param("benefit", &Params::benefit, "1")
      .initial(0.4)
      .range(0, 2)
      .assumed(0.2, 0.6)
      .doc("Benefit of the jobless per wage.");
  kind.param("dividend_tax", &Params::dividend_tax, "1")
      .initial(0.25)
      .range(0, 1)
      .assumed()
      .doc("Tax on dividends received: profits are taxed when distributed (order of corporate tax rates).");
  kind.param("value_added_tax", &Params::value_added_tax, "1")
      .initial(0.1)
      .range(0, 1)
      .doc("Tax on value added; as the producers' parameter of that name (default: Korea's rate, 2024).");
  kind.param("deficit_target", &Params::deficit_target, "1")
      .initial(0.035)
      .range(-1, 1)
      .assumed(0.02, 0.06)
      .doc("Deficit over turnover that taxes aim at.");
  kind.param("natural_unemployment", &Params::natural_unemployment, "1")
      .initial(0.05)
      .range(0, 1)
      .assumed()
      .doc("Unemployment at which rules stand still.");
  kind.param("inflation_target", &Params::inflation_target, "1/year")
      .initial(0.02)
      .range(-1, 1)
      .doc("Inflation aimed at (most central banks' target).");
  kind.param("real_rate", &Params::real_rate, "1/year")
      .initial(0.01)
      .range(-1, 1)
      .assumed(0, 0.02)
      .doc("Neutral real rate.");
  kind.param("bond_spread", &Params::bond_spread, "1/year")
      .initial(0.005)
      .range(0, 1)
      .assumed()
      .doc("Bond rate over the policy rate.");
  kind.param("bond_term", &Params::bond_term, "month").initial(120).range(1, 1200).assumed().doc("Term of bonds.");
  kind.param("seats_target", &Params::seats_target, "seat_month/person_month")
      .initial(0.012)
      .range(0, 1)
      .assumed(0.005, 0.03)
      .doc("Seats per public worker that it moves towards.");
  kind.param("seats_speed", &Params::seats_speed, "1/month")
      .initial(0.025)
      .range(0, 1)
      .assumed()
      .doc("Part of the way to that it goes.");
  kind.param("research_compute", &Params::research_compute, "money/month")
      .initial(0)
      .range(0, 1e15)
      .doc("Compute bought for public research.");
  kind.param("accelerator_target", &Params::accelerator_target, "accelerator")
      .initial(0)
      .range(0, 1e12)
      .doc("Accelerators to own, reached in twelve months at the fastest; an event sets it.");
  kind.param("accelerator_life", &Params::accelerator_life, "month")
      .initial(60)
      .range(1, 1200)
      .doc("Life of its accelerators (order of the hyperscalers' depreciation, 10-K reports 2023).");
  kind.param("stake", &Params::stake, "money/month")
      .initial(0)
      .range(0, 1e15)
      .doc("Budget for new shares of the firms it takes stakes in.");
  kind.param("programmes_by_taxes", &Params::programmes_by_taxes, "1")
      .initial(0)
      .range(0, 1)
      .doc(
          "Of what programmes were paid in a tick, raised by a tax on the wages of the next; what neither this nor "
          "cuts "
          "raise is borrowed.");
  kind.param("programmes_by_cuts", &Params::programmes_by_cuts, "1")
      .initial(0)
      .range(0, 1)
      .doc("Of what programmes are paid in a tick, taken off purchases of goods.");
  kind.param("tax_on_deficit", &Params::tax_on_deficit, "1")
      .initial(0.05)
      .range(0, 10)
      .assumed(0.02, 0.2)
      .doc("Change of the labour tax, a year per deficit over its target.");
  kind.param("tax_on_jobs", &Params::tax_on_jobs, "1")
      .initial(0.1)
      .range(0, 10)
      .assumed(0.05, 0.3)
      .doc("Change of the labour tax, a year per unemployment below its natural rate.");
  kind.param("least_labour_tax", &Params::least_labour_tax, "1")
      .initial(0.1)
      .range(0, 1)
      .assumed()
      .doc("Held at least.");
  kind.param("most_labour_tax", &Params::most_labour_tax, "1").initial(0.45).range(0, 1).assumed().doc("Held at most.");
  kind.param("rate_on_inflation", &Params::rate_on_inflation, "1")
      .initial(1.5)
      .range(0, 10)
      .doc("Of the policy rate per inflation over its target (Taylor 1993).");
  kind.param("rate_on_jobs", &Params::rate_on_jobs, "1")
      .initial(0.5)
      .range(0, 10)
      .doc("Of the policy rate per unemployment below its natural rate (Taylor 1993: output gap).");
  kind.param("most_rate", &Params::most_rate, "1/year").initial(0.12).range(0, 1).assumed().doc("Highest policy rate.");
  kind.param("bond_cover", &Params::bond_cover, "month")
      .initial(1.15)
      .range(0, 100)
      .assumed(1, 2)
      .doc("Of outlays, kept as money by bonds.");
  kind.param("stimulus_gain", &Params::stimulus_gain, "1")
      .initial(4)
      .range(0, 100)
      .assumed(2, 6)
      .doc("Of purchases per unemployment above its natural rate.");
  kind.param("least_stimulus", &Params::least_stimulus, "1")
      .initial(-0.2)
      .range(-1, 0)
      .assumed()
      .doc("Least change of purchases.");
  kind.param("most_stimulus", &Params::most_stimulus, "1")
      .initial(0.3)
      .range(0, 10)
      .assumed()
      .doc("Most change of purchases.");
  kind.param("most_purchases", &Params::most_purchases, "1/month")
      .initial(0.8)
      .range(0, 1)
      .assumed()
      .doc("Of its money, most that goes into purchases.");
  kind.param("most_transfers", &Params::most_transfers, "1/month")
      .initial(0.5)
      .range(0, 1)
      .assumed()
      .doc("Of its money, most that goes into transfers, and into programmes.");
  kind.param("most_accelerators", &Params::most_accelerators, "1/month")
      .initial(0.25)
      .range(0, 1)
      .assumed()
      .doc("Of its money, most that goes into accelerators.");
  kind.param("accelerator_ramp", &Params::accelerator_ramp, "month")
      .initial(12)
      .range(0.1, 1000)
      .assumed()
      .doc("In which it orders its accelerators.");
  kind.param("deficit_speed", &Params::deficit_speed, "1/month")
      .initial(0.1)
      .range(0, 1)
      .assumed()
      .doc("Of the smoothed deficit.");
  kind.param("outlay_speed", &Params::outlay_speed, "1/month")
      .initial(0.3)
      .range(0, 1)
      .assumed()
      .doc("Of expected outlays.");
  kind.param("turnover_speed", &Params::turnover_speed, "1/month")
      .initial(0.1)
      .range(0, 1)
      .assumed()
      .doc("Of expected turnover.");
  kind.param("wage_limit", &Params::wage_limit, "1")
      .initial(1.3)
      .range(1, 100)
      .assumed(1.1, 1.5)
      .doc("Most it bids over the last wage.");
  kind.param("compute_limit", &Params::compute_limit, "1")
      .initial(1.8)
      .range(1, 100)
      .assumed(1.3, 2.5)
      .doc("Most it bids over the last price of compute.");
  kind.param("seat_limit", &Params::seat_limit, "1")
      .initial(1.6)
      .range(1, 100)
      .assumed(1.2, 2)
      .doc("Most it bids over the last price of seats.");
  kind.param("price_limit", &Params::price_limit, "1")
      .initial(1.1)
      .range(1, 100)
      .assumed(1, 1.3)
      .doc("Most it bids over the last price of goods.");
  kind.part(Government::choice_of_makers, &Params::makers);
}

void describe_state(Kind<Government>& kind) {
  kind.state("labour_tax", &State::labour_tax, "1").initial(0.25).range(0, 1).doc("Tax on wages.");
  kind.state("programme_tax", &State::programme_tax, "1")
      .range(0, 1)
      .doc("Tax on wages beside that, which pays for programmes.");
  kind.state("policy_rate", &State::policy_rate, "1/year").initial(0.03).range(0, 1).doc("Policy rate.");
  kind.state("turnover_hat", &State::turnover_hat, "money").range(0, 1e18).doc("Turnover of goods expected a tick.");
  kind.state("unemployment", &State::unemployment, "1").initial(0.05).range(0, 1).doc("Jobless over work offered.");
  kind.state("inflation", &State::inflation, "1/year")
      .initial(0.02)
      .range(-1, 1e6)
      .doc("Growth of the price of goods.");
  kind.state("deficit", &State::deficit, "1").initial(0.035).range(-10, 10).doc("Deficit over turnover, smoothed.");
  kind.state("outlay", &State::outlay, "money")
      .range(0, 1e18)
      .doc("Outlays of the latest tick, debt service included.");
  kind.state("outlay_hat", &State::outlay_hat, "money").range(0, 1e18).doc("Outlays expected a tick.");
  kind.state("bonds", &State::bonds, "money").range(0, 1e18).disclosed("treasury").doc("Bonds outstanding.");
  kind.state("money_before", &State::money_before, "money").range(0, 1e18).doc("Money when it last closed.");
  kind.state("transfers_paid", &State::transfers_paid, "money").range(0, 1e18).doc("Transfers of the latest tick.");
  kind.state("seats_per_worker", &State::seats_per_worker, "seat_month/person_month")
      .initial(0.0012)
      .range(0, 1)
      .assumed()
      .doc("Seats per public worker.");
  kind.state("accelerators_held", &State::accelerators_held, "accelerator").range(0, 1e12).doc("Accelerators it owns.");
  kind.state("stake_purse", &State::stake_purse, "money").range(0, 1e18).doc("For stakes, not spent yet.");
  kind.state("prices", &State::prices, "money/basket")
      .range(0, 1e12)
      .doc("Prices of goods in the last thirteen ticks.");
}

void describe_ports(Kind<Government>& kind) {
  kind.port(Government::labour).doc("Public work.");
  kind.port(Government::goods).doc("Goods of its region.");
  kind.port(Government::seat_market).optional().doc("AI applications.");
  kind.port(Government::accelerators).optional().doc("Accelerators for public research.");
  kind.port(Government::compute_market).optional().doc("Compute for public research.");
  kind.port(Government::equity).optional().doc("New shares.");
  kind.port(Government::bond_market).optional().attributes({"rate", "term"}).doc("Where it borrows.");
  kind.port(Government::bond).doc("Its bonds.");
  kind.port(Government::wage_base).optional().doc("Receipts of wages.");
  kind.port(Government::sales_base).optional().doc("Receipts from goods, value added tax included.");
  kind.port(Government::dividend_base).optional().doc("Receipts of dividends.");
  kind.port(Government::rate_signal).optional().doc("The policy rate.");
  kind.port(Government::people).attributes({"people", "labour_supply", "jobless"}).doc("The households it counts.");
  kind.port(Government::makers).optional().attributes(choice::Makers::attributes()).doc("Makers of accelerators.");
  kind.port(Government::stakes).optional().doc("Firms whose new shares it buys.");
}

}  // namespace

void Government::describe(Kind<Government>& kind) {
  kind.name("government")
      .doc("Taxes, pays transfers, employs, buys, borrows, sets the policy rate, pays for programmes.");
  describe_params(kind);
  describe_state(kind);
  describe_ports(kind);
  kind.purpose(transfers, "Pensions and benefits of the jobless.");
  kind.purpose(labour_tax, "On wages.");
  kind.purpose(value_added_tax, "On sales of goods.");
  kind.purpose(capital_income_tax, "On dividends received.");
  kind.part(treasury, &State::treasury);
  kind.on<&Government::open>("open", "Levies taxes on last month's receipts; pays transfers.");
  kind.on<&Government::finance>("finance",
                                "Pays programmes what they ask for; orders new shares of firms it takes stakes in.");
  kind.on<&Government::hire>("hire", "Orders public work.");
  kind.on<&Government::supply>("supply", "Orders accelerators that its target lacks.");
  kind.on<&Government::train>("train", "Orders compute for research.");
  kind.on<&Government::adopt>("adopt", "Orders seats for public workers.");
  kind.on<&Government::spend>("spend", "Orders goods, more when many are jobless.");
  kind.on<&Government::close>("close", "Revises tax and policy rate; offers bonds for what its money lacks.");
}

// Value added tax v is part of prices, so receipts R hold v / (1 + v) R of it.
void Government::open(const Params& p, const Traits&, State& s, Agent& self) {
  if (self.bound(wage_base)) self.levy(wage_base, std::min(1.0, s.labour_tax + s.programme_tax), labour_tax);
  if (self.bound(sales_base)) self.levy(sales_base, p.value_added_tax / (1.0 + p.value_added_tax), value_added_tax);
  if (self.bound(dividend_base)) self.levy(dividend_base, p.dividend_tax, capital_income_tax);
  pay_transfers(p, s, self);
}

void Government::finance(const Params& p, const Traits&, State& s, Agent& self) {
  treasury.pay(s.treasury, self, share_per_tick(self, p.most_transfers) * self.money());
  order_stakes(p, s, self);
}

void Government::hire(const Params& p, const Traits&, State&, Agent& self) {
  self.order(labour, p.public_jobs * sum_over_people(self, labour_supply), p.wage_limit * self.price(labour));
}

void Government::supply(const Params& p, const Traits&, State&, Agent& self) {
  if (!self.bound(accelerators) || !self.bound(makers)) return;
  const double missing = p.accelerator_target - self.stock(accelerators) - self.ordered(accelerators);
  const double ramp = p.accelerator_target / p.accelerator_ramp * months_per_tick(self);
  const double affordable = ratio(share_per_tick(self, p.most_accelerators) * self.money(), self.price(accelerators));
  choice_of_makers.order(p.makers, self, accelerators, makers, std::min({missing, ramp, affordable}));
}

void Government::train(const Params& p, const Traits&, State&, Agent& self) {
  if (!self.bound(compute_market)) return;
  const double price = self.price(compute_market);
  self.order(compute_market, ratio(research_budget(p, self), price), p.compute_limit * price);
}

void Government::adopt(const Params& p, const Traits&, State& s, Agent& self) {
  if (!self.bound(seat_market)) return;
  s.seats_per_worker = adapt(self, s.seats_per_worker, p.seats_target, p.seats_speed);
  const double price = self.price(seat_market);
  self.order(seat_market, own_seats(s, self), p.seat_limit * price);
}

// G = g Y^ (1 + clip(k (u - u*))) - f A, Y^ expected turnover: an automatic stabiliser, less what is cut for
// programmes, A.
void Government::spend(const Params& p, const Traits&, State& s, Agent& self) {
  const double stimulus =
      between(p.stimulus_gain * (s.unemployment - p.natural_unemployment), p.least_stimulus, p.most_stimulus);
  const double planned =
      std::max(0.0, p.purchases * s.turnover_hat * (1.0 + stimulus) - p.programmes_by_cuts * s.treasury.appropriated);
  const double budget = std::min(planned, share_per_tick(self, p.most_purchases) * self.money());
  self.order(goods, ratio(budget, self.price(goods)), p.price_limit * self.price(goods));
}

void Government::close(const Params& p, const Traits&, State& s, Agent& self) {
  use_up(p, s, self);
  const double turnover = self.price(goods) * self.volume(goods);
  s.turnover_hat = s.turnover_hat > 0 ? adapt(self, s.turnover_hat, turnover, p.turnover_speed) : turnover;
  s.unemployment = std::clamp(ratio(sum_over_people(self, jobless), sum_over_people(self, labour_supply)), 0.0, 1.0);
  remember(s.prices, self.price(goods));
  s.inflation = yearly_growth(s.prices, self.ticks_per_year(), p.inflation_target);
  revise_tax(p, s, self, turnover);
  const double wages = self.price(labour) * self.volume(labour);
  s.programme_tax = std::min(1.0, ratio(p.programmes_by_taxes * s.treasury.appropriated, wages));
  set_rate(p, s, self);
  offer_bonds(p, s, self);
}

}  // namespace ondol::government
