// The grid operator's description and rules.
#include "grid_operator.hpp"

#include <ondol/economics.hpp>

#include <algorithm>

namespace ondol::power {

void GridOperator::describe(Kind<GridOperator>& kind) {
  kind.name("grid_operator")
      .doc("Buys in the power pool, sells at a regulated tariff, connects new sites to the grid.");
  kind.param("loss", &Params::loss, "1").initial(0.07).range(0, 0.9).doc("Lost in transmission (assumed).");
  kind.param("reserve", &Params::reserve, "1").initial(0.03).range(0, 1).doc("Bought beyond the forecast (assumed).");
  kind.param("margin", &Params::margin, "money/MWh").range(0, 1e6).doc("Of the tariff over the cost of power.");
  kind.param("pass_through", &Params::pass_through, "1/month")
      .initial(0.2)
      .range(0, 1)
      .doc("Speed at which cost reaches the tariff; below 1 the operator can lose money for a while (assumed).");
  kind.param("highest_bid", &Params::highest_bid, "money/MWh").initial(500).range(0, 1e9).doc("In the pool (assumed).");
  kind.param("connection_price", &Params::connection_price, "money/MW_grid").range(0, 1e12).doc("At the start.");
  kind.param("connection_work", &Params::connection_work, "money/MW_grid")
      .initial(4e5)
      .range(0, 1e12)
      .doc("Wages in a connection at the first wage (assumed).");
  kind.param("connection_baskets", &Params::connection_baskets, "basket/MW_grid")
      .initial(5e5)
      .range(0, 1e12)
      .doc("Materials in a connection (assumed).");
  kind.param("first_wage", &Params::first_wage, "money/person_month")
      .range(1e-9, 1e9)
      .doc("Wage at which work was reckoned.");
  kind.param("payout", &Params::payout, "1")
      .initial(0.5)
      .range(0, 1)
      .doc("Share of money above the buffer that is paid out (assumed).");
  kind.param("buffer", &Params::buffer, "month")
      .initial(2.2)
      .range(0, 1000)
      .doc("Months of revenue it keeps; with less, one price spike blacks the region out (assumed).");
  kind.param("loan_term", &Params::loan_term, "month").initial(60).range(1, 1000).doc("Of its loans (assumed).");
  kind.state("tariff", &State::tariff, "money/MWh").range(0, 1e9).doc("Asked of customers.");
  kind.state("forecast", &State::forecast, "MWh").range(0, 1e15).doc("Demand it expects in a tick.");
  kind.state("connection_rate", &State::connection_rate, "MW_grid/month")
      .range(0, 1e12)
      .doc("Connections it can build.");
  kind.state("list_price", &State::list_price, "money/MW_grid")
      .range(0, 1e12)
      .disclosed("order_book")
      .doc("Asked for a connection.");
  kind.state("wait", &State::wait, "month")
      .range(0, 1e9)
      .disclosed("order_book")
      .doc("Months in which it could build its backlog.");
  kind.state("planned", &State::planned, "MW_grid").range(0, 1e12).doc("Connections to be built in the tick.");
  kind.state("connected", &State::connected, "MW_grid").range(0, 1e12).doc("Built in the tick.");
  kind.state("outlay_hat", &State::outlay_hat, "money").range(0, 1e18).doc("Smoothed outlays of a tick.");
  kind.port(wholesale).doc("The pool.");
  kind.port(electricity).doc("Its customers.");
  kind.port(connection).doc("Connections, in a market with standing orders.");
  kind.port(labour).doc("Workers.");
  kind.port(goods).doc("Materials.");
  kind.port(share).optional().doc("Its shares.");
  kind.port(loan).optional().doc("Its loans.");
  kind.port(loans).optional().attributes({"rate", "term", "cover"}).doc("Where it borrows.");
  kind.port(policy_rate).optional().doc("Base of what it offers to pay for loans.");
  kind.purpose(dividend, "To owners.");
  kind.on<&GridOperator::finance>("finance", "Buys what it expects to sell.");
  kind.on<&GridOperator::hire>("hire", "Loses some, offers the rest; hires for connections.");
  kind.on<&GridOperator::produce>("produce", "Builds connections.");
  kind.on<&GridOperator::spend>("spend", "Buys materials.");
  kind.on<&GridOperator::close>("close", "Forecasts, sets tariff and price, borrows or pays out.");
}

void GridOperator::finance(const Params& p, const Traits&, State& s, Agent& self) {
  const double wanted = s.forecast * (1.0 + p.reserve) / (1.0 - p.loss);
  // An order holds money at its limit: a bid beyond its means per MWh would buy less power, not more.
  const double means = std::max(ratio(self.money(), wanted), 0.5 * s.tariff);
  self.order(wholesale, wanted, std::min(p.highest_bid, means));
}

void GridOperator::hire(const Params& p, const Traits&, State& s, Agent& self) {
  const double bought = self.available(electricity);
  self.use(electricity, std::min(p.loss * bought, bought));
  self.offer(electricity, (1.0 - p.loss) * bought, s.tariff);
  const double months = months_per_tick(self);
  const double for_stock = std::max(0.0, 0.5 * s.connection_rate - self.stock(connection));
  s.planned = std::min(s.connection_rate * months, self.backlog(connection) / 3.0 + for_stock);
  self.order(labour, s.planned * p.connection_work / p.first_wage, 1.3 * self.price(labour));
}

void GridOperator::produce(const Params& p, const Traits&, State& s, Agent& self) {
  const double hands = self.available(labour);
  const double materials = self.available(goods);
  const double workers = p.connection_work / p.first_wage;
  s.connected =
      std::min({s.planned, ratio(hands, workers, s.planned), ratio(materials, p.connection_baskets, s.planned)});
  self.transform(labour, hands, connection, 0);
  self.transform(goods, std::min(materials, s.connected * p.connection_baskets), connection, s.connected);
  self.offer(connection, self.stock(connection) + s.connected, s.list_price);
}

void GridOperator::spend(const Params& p, const Traits&, State& s, Agent& self) {
  const double next = s.connection_rate * months_per_tick(self);
  const double wanted = 1.2 * next * p.connection_baskets - self.stock(goods);
  if (wanted > 0)
    self.order(goods, std::min(wanted, ratio(0.1 * self.money(), self.price(goods))), 1.1 * self.price(goods));
}

// The tariff follows the cost of power with a lag: T <- T + theta (p_pool / (1 - loss) + margin - T). Connections grow
// by at most 1.5 % a month where the queue is longer than six months (assumed).
void GridOperator::close(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  const double sold = self.sold(electricity);
  const double had = sold + self.stock(electricity);
  const bool sold_out = had > 0 && self.stock(electricity) <= 0.01 * sold;
  s.forecast = smooth(s.forecast, sold_out ? 1.1 * sold : sold, 0.5 * months);
  s.tariff = smooth(s.tariff, self.price(wholesale) / (1.0 - p.loss) + p.margin, p.pass_through * months);
  s.wait = ratio(self.backlog(connection), s.connection_rate);
  s.connection_rate *= 1.0 + std::clamp(0.01 * (s.wait / 6.0 - 1.0), 0.0, 0.015) * months;
  const double work = p.connection_work * ratio(self.price(labour), p.first_wage, 1.0);
  const double cost = work + p.connection_baskets * self.price(goods);
  s.list_price = std::max(p.connection_price, 1.2 * cost);
  s.outlay_hat = smooth(s.outlay_hat, self.spent(wholesale) + self.spent(labour) + self.spent(goods), 0.3 * months);

  const double monthly = self.revenue(electricity) / months;
  if (self.bound(share) && self.money() > p.buffer * monthly)
    self.distribute(share, p.payout * (self.money() - p.buffer * monthly), dividend);
  if (!self.bound(loans)) return;
  const double need = 1.15 * monthly - self.money();
  if (need <= 0) return self.withdraw(loans);
  const double rate = (self.bound(policy_rate) ? self.signal(policy_rate) : 0.0) + 0.02 +
                      0.04 * std::min(5.0, ratio(self.debts(), self.assets(), 1.0));
  const double service = (self.outstanding(loan) + need) * (rate + 12.0 / p.loan_term);
  const double surplus = std::max(0.0, p.margin * s.forecast * self.ticks_per_year());
  self.offer(loans, need, 1.0, {rate / self.ticks_per_year(), p.loan_term / months, ratio(surplus, service)});
}

}  // namespace ondol::power
