// The grid operator's description and rules.
#include "grid_operator.hpp"

#include <ondol/economics.hpp>

#include <algorithm>

namespace ondol::power {

void GridOperator::describe(Kind<GridOperator>& kind) {
  kind.name("grid_operator")
      .doc("Buys in the power pool, sells at a regulated tariff, connects new sites to the grid.");
  kind.param("loss", &Params::loss, "1").initial(0.07).range(0, 0.9).assumed(0.04, 0.1).doc("Lost in transmission.");
  kind.param("reserve", &Params::reserve, "1").initial(0.03).range(0, 1).assumed().doc("Bought beyond the forecast.");
  kind.param("margin", &Params::margin, "money/MWh").range(0, 1e6).doc("Of the tariff over the cost of power.");
  kind.param("pass_through", &Params::pass_through, "1/month")
      .initial(0.2)
      .range(0, 1)
      .assumed(0.1, 0.5)
      .doc("Speed at which cost reaches the tariff; below 1 the operator can lose money for a while.");
  kind.param("highest_bid", &Params::highest_bid, "money/MWh").initial(500).range(0, 1e9).assumed().doc("In the pool.");
  kind.param("connection_price", &Params::connection_price, "money/MW_grid").range(0, 1e12).doc("At the start.");
  kind.param("connection_work", &Params::connection_work, "money/MW_grid")
      .initial(4e5)
      .range(0, 1e12)
      .assumed()
      .doc("Wages in a connection at the first wage.");
  kind.param("connection_baskets", &Params::connection_baskets, "basket/MW_grid")
      .initial(5e5)
      .range(0, 1e12)
      .assumed()
      .doc("Materials in a connection.");
  kind.param("first_wage", &Params::first_wage, "money/person_month")
      .range(1e-9, 1e9)
      .doc("Wage at which work was reckoned.");
  kind.param("connection_margin", &Params::connection_margin, "1")
      .initial(0.2)
      .range(0, 100)
      .assumed(0.1, 0.3)
      .doc("Least over the cost of a connection that it asks.");
  kind.param("connection_growth", &Params::connection_growth, "1/month")
      .initial(0.015)
      .range(0, 1)
      .assumed(0.01, 0.03)
      .doc("Most that crews grow.");
  kind.param("connection_loss", &Params::connection_loss, "1/month")
      .initial(0.01)
      .range(0, 1)
      .assumed(0.003, 0.03)
      .doc("Most of its pace of connecting that it loses while the queue is short.");
  kind.param("connection_gain", &Params::connection_gain, "1/month")
      .initial(0.01)
      .range(0, 1)
      .assumed(0.005, 0.02)
      .doc("Growth of crews per unit of relative queue.");
  kind.param("usual_queue", &Params::usual_queue, "month")
      .initial(6)
      .range(0.01, 1000)
      .assumed(3, 12)
      .doc("Beyond which crews grow.");
  kind.param("work_off", &Params::work_off, "1/month")
      .initial(1.0 / 3)
      .range(0, 1)
      .assumed(0.2, 0.5)
      .doc("Of its backlog of connections, to be built.");
  kind.param("spare_connections", &Params::spare_connections, "month")
      .initial(0.5)
      .range(0, 100)
      .assumed(0, 1)
      .doc("Of what it can build, kept ready.");
  kind.param("materials_reserve", &Params::materials_reserve, "1")
      .initial(0.2)
      .range(0, 10)
      .assumed(0, 0.5)
      .doc("Materials beyond what it can build.");
  kind.param("least_bid", &Params::least_bid, "1")
      .initial(0.5)
      .range(0, 10)
      .assumed()
      .doc("Least bid in the pool, per tariff.");
  kind.param("forecast_speed", &Params::forecast_speed, "1/month")
      .initial(0.5)
      .range(0, 1)
      .assumed(0.3, 0.8)
      .doc("Of the forecast towards demand.");
  kind.param("unseen", &Params::unseen, "1")
      .initial(0.1)
      .range(0, 10)
      .assumed(0.05, 0.2)
      .doc("Demand beyond its sales that it takes for granted where it sold out.");
  kind.param("wage_limit", &Params::wage_limit, "1")
      .initial(1.3)
      .range(1, 100)
      .assumed(1.1, 1.5)
      .doc("Most it bids over the last wage.");
  kind.param("price_limit", &Params::price_limit, "1")
      .initial(1.1)
      .range(1, 100)
      .assumed(1, 1.3)
      .doc("Most it bids over the last price of goods.");
  kind.param("crew_equipment", &Params::crew_equipment, "basket*month/MW_grid")
      .initial(5e6)
      .range(1, 1e12)
      .assumed(2e6, 2e7)
      .doc("Of goods that crews for one connection more a month take, where network grants pay.");
  kind.state("tariff", &State::tariff, "money/MWh").range(0, 1e9).doc("Asked of customers.");
  kind.state("forecast", &State::forecast, "MWh").range(0, 1e15).doc("Demand it expects in a tick.");
  kind.state("connection_rate", &State::connection_rate, "MW_grid/month")
      .range(0, 1e12)
      .doc("Connections it can build.");
  kind.state("planned", &State::planned, "MW_grid").range(0, 1e12).doc("Connections to be built in the tick.");
  kind.state("connected", &State::connected, "MW_grid").range(0, 1e12).doc("Built in the tick.");
  kind.state("network_money", &State::network_money, "money").range(0, 1e18).doc("Network grants not spent yet.");
  kind.state("equipment_part", &State::equipment_part, "1").range(0, 1).doc("Of the goods it ordered, for new crews.");
  kind.port(wholesale).doc("The pool.");
  kind.port(electricity).doc("Its customers.");
  kind.port(connection).doc("Connections, in a market with standing orders.");
  kind.port(labour).doc("Workers.");
  kind.port(goods).doc("Materials.");
  kind.part(finance, &Params::finance, &State::finance);
  kind.port(network_grants).optional().doc("Public money for its network: goes into equipment of new crews.");
  kind.part(book, &Params::book, &State::book);
  kind.field("working_capital")
      .initial(1.5)
      .assumed(1, 3)
      .doc("w: of expected outlays, kept as money; with less, one price spike blacks the region out.");
  kind.field("patience").initial(0).doc("Short for so long it winds up; 0: never, for a region cannot be without one.");
  kind.on<&GridOperator::buy>("finance", "Buys what it expects to sell.");
  kind.on<&GridOperator::hire>("hire", "Loses some, offers the rest; hires for connections.");
  kind.on<&GridOperator::produce>("produce", "Builds connections.");
  kind.on<&GridOperator::spend>("spend", "Buys materials.");
  kind.on<&GridOperator::close>("close", "Forecasts, sets tariff and price, borrows or pays out.");
}

void GridOperator::buy(const Params& p, const Traits&, State& s, Agent& self) {
  const double wanted = s.forecast * (1.0 + p.reserve) / (1.0 - p.loss);
  // An order holds money at its limit: a bid beyond its means per MWh would buy less power, not more.
  const double means = std::max(ratio(self.money(), wanted), p.least_bid * s.tariff);
  self.order(wholesale, wanted, std::min(p.highest_bid, means));
}

void GridOperator::hire(const Params& p, const Traits&, State& s, Agent& self) {
  const double bought = self.available(electricity);
  self.use(electricity, std::min(p.loss * bought, bought));
  self.offer(electricity, (1.0 - p.loss) * bought, s.tariff);
  const double months = months_per_tick(self);
  const double for_stock = std::max(0.0, p.spare_connections * s.connection_rate - self.stock(connection));
  s.planned =
      std::min(s.connection_rate * months, share_per_tick(self, p.work_off) * self.backlog(connection) + for_stock);
  self.order(labour, s.planned * p.connection_work / p.first_wage, p.wage_limit * self.price(labour));
}

void GridOperator::produce(const Params& p, const Traits&, State& s, Agent& self) {
  const double hands = self.available(labour);
  const double materials = self.available(goods);
  const double workers = p.connection_work / p.first_wage;
  s.connected =
      std::min({s.planned, ratio(hands, workers, s.planned), ratio(materials, p.connection_baskets, s.planned)});
  self.transform(labour, hands, connection, 0);
  self.transform(goods, std::min(materials, s.connected * p.connection_baskets), connection, s.connected);
  self.offer(connection, self.stock(connection) + s.connected, s.book.list_price);
}

void GridOperator::spend(const Params& p, const Traits&, State& s, Agent& self) {
  const double next = s.connection_rate * months_per_tick(self);
  const double wanted = std::max(0.0, (1.0 + p.materials_reserve) * next * p.connection_baskets - self.stock(goods));
  const double limit = p.price_limit * self.price(goods);
  if (self.bound(network_grants)) s.network_money += self.received(network_grants);
  const double equipment = ratio(s.network_money, limit);
  s.equipment_part = ratio(equipment, wanted + equipment);
  if (wanted + equipment > 0) self.order(goods, wanted + equipment, limit);
}

namespace {

// What network grants bought goes into new crews: their pace grows by the equipment over what a crew takes.
void equip_crews(const GridOperator::Params& p, GridOperator::State& s, Agent& self) {
  if (!(s.equipment_part > 0)) return;
  const double equipment =
      std::min(s.equipment_part * self.bought(GridOperator::goods), self.available(GridOperator::goods));
  self.use(GridOperator::goods, equipment);
  s.connection_rate += equipment / p.crew_equipment;
  s.network_money = std::max(0.0, s.network_money - s.equipment_part * self.spent(GridOperator::goods));
}

}  // namespace

// The tariff follows the cost of power with a lag: T <- T + theta (p_pool / (1 - loss) + margin - T). Crews grow by
// g clip(queue / usual - 1, -loss, most) a month: where the queue is short, some leave.
void GridOperator::close(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  const double seen = choice::seen_demand(self.sold(electricity), self.stock(electricity), 0, p.unseen);
  s.forecast = adapt(self, s.forecast, seen, p.forecast_speed);
  s.tariff = adapt(self, s.tariff, self.price(wholesale) / (1.0 - p.loss) + p.margin, p.pass_through);
  const double queue = ratio(self.backlog(connection), s.connection_rate);
  s.connection_rate *=
      1.0 +
      std::clamp(p.connection_gain * (queue / p.usual_queue - 1.0), -p.connection_loss, p.connection_growth) * months;
  equip_crews(p, s, self);
  const double work = p.connection_work * ratio(self.price(labour), p.first_wage, 1.0);
  const double cost = work + p.connection_baskets * self.price(goods);
  s.book.list_price = std::max(p.connection_price, (1.0 + p.connection_margin) * cost);
  book.post(p.book, s.book, self, self.backlog(connection), self.demand(connection), s.planned, s.connected,
            s.connection_rate, 0);
  finance.observe(p.finance, s.finance, self, self.revenue(electricity) + self.revenue(connection),
                  self.spent(wholesale) + self.spent(labour) + (1.0 - s.equipment_part) * self.spent(goods));
  if (finance.winds_up(p.finance, s.finance, self)) {
    book.shut(s.book);
    return;
  }
  finance.settle(p.finance, s.finance, self, s.network_money);
}

}  // namespace ondol::power
