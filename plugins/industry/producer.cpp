// The producer's description and rules.
#include "producer.hpp"

#include <ondol/economics.hpp>
#include <ondol/pricing.hpp>

#include <algorithm>

namespace ondol::industry {

namespace {

using Params = Producer::Params;
using State = Producer::State;

// Positions among the attributes that the port `seats` declares.
constexpr std::size_t quality = 0;

// Share of its cost that a user of applications of quality Q saves where tasks are exposed: g = g_max Q / (Q + Q_half).
double gain(const Params& p, const State& s) { return p.gain_max * ratio(s.app_quality, s.app_quality + p.gain_half); }

// What a seat costs it of the price, where a voucher pays a part.
double own_part(const Agent& self) {
  return self.bound(Producer::voucher) ? 1.0 - self.signal(Producer::voucher) : 1.0;
}

// How far adopting pays: rho = g w / (p_seat (1 - v)), gate = 1 / (1 + rho^-beta), between 0 and 1 and 1/2 where gain
// equals price.
double profitability_gate(const Params& p, const State& s, Agent& self) {
  const double rho = ratio(gain(p, s) * self.price(Producer::labour), own_part(self) * self.price(Producer::seats));
  return rho > 0 ? 1.0 / (1.0 + ondol::pow(rho, -p.gate)) : 0.0;
}

// Looks at the offer of the vendor it uses or would use, draws another now and then or when that has none, and returns
// what the vendor has left.
double look_at_vendor(const Params& p, State& s, Agent& self) {
  const auto left_at = [&](AgentId vendor) {
    const auto offers = self.offers(Producer::seats);
    const auto found = offers.find(vendor);
    if (found == offers.end()) return -1.0;
    s.app_quality = std::min(ondol::exp((*found).attribute(quality)), 1e6);
    return (*found).quantity();
  };
  const bool review = !s.vendor || self.bernoulli("review", share_per_tick(self, p.vendor_review));
  double left = review ? -1.0 : left_at(s.vendor);
  if (left < 0) {
    s.vendor = choice::draw_vendor(self, Producer::seats, self.uniform("vendor"), 2);
    left = left_at(s.vendor);
  }
  return std::max(left, 0.0);
}

// Bass (1969) diffusion with a gate: hazard h = (p + q F) gate a year, F the adopters' share of the region's workers.
// Depth grows along a logistic, dz = v z (1 - z) gate a month. Productivity follows the J-curve of Brynjolfsson, Rock
// and Syverson (2021): A = A0 (1 + e g z(-3) - J e dz/dt), e the share of exposed work and z(-3) the depth served 3
// months ago.
void learn(const Params& p, State& s, Agent& self) {
  const double months = months_per_tick(self);
  s.base_productivity *= growth_per_tick(self, p.trend);
  s.power_use *= growth_per_tick(self, -p.trend);
  double deeper = 0;
  if (self.bound(Producer::seats)) {
    const double gate = profitability_gate(p, s, self);
    const double diffused = self.bound(Producer::adopters) && self.bound(Producer::workforce)
                                ? ratio(self.signal(Producer::adopters), self.signal(Producer::workforce))
                                : 0.0;
    const double hazard = (p.innovation + p.imitation * diffused) / 12.0 * gate;
    if (s.adopted > 0) {
      deeper = p.deepening * months * s.depth * (1.0 - s.depth) * gate;
      s.depth = std::min(s.depth + deeper, 1.0);
    } else if (self.bernoulli("adoption", chance_per_tick(self, hazard))) {
      s.adopted = 1;
      s.depth = p.first_depth;
    }
    for (int ended = months_ending(self); ended > 0; --ended)
      remember(s.served, std::min(ratio(s.seats, p.exposed * s.workers), 1.0));
  }
  s.productivity = s.base_productivity *
                   std::max(p.least_productivity,
                            1.0 + p.exposed * (gain(p, s) * s.served.front() - p.learning_cost * deeper / months));
}

// Mark-up moved by demand, stock and habit:
// mu <- mu (1 + g_d (d/S - 1) - g_s (stock/S - 1) + g_h (mu0/mu - 1))^months, d demand seen, S expected sales, each gap
// clipped. Unit cost c = (1 + x) w / A + e tariff + seats per basket, x the experts' part of the wage bill. The price
// moves towards (1 + vat) (1 + mu) c (mark-up pricing: Dosi, Fagiolo, Roventini 2010).
void reprice(const Params& p, State& s, Agent& self, double demand) {
  const double months = months_per_tick(self);
  const double sales = s.expected_sales_volume;
  const double tension = std::clamp(ratio(demand, sales, 1.0) - 1.0, -p.most_tension, p.most_tension);
  const double glut = std::clamp(ratio(self.stock(Producer::goods), sales / months, 1.0) - 1.0, -1.0, 1.0);
  const double habit = ratio(p.mark_up, s.mark_up, 1.0) - 1.0;
  const double change = std::max(0.0, 1.0 + p.demand_gain * tension - p.stock_gain * glut + p.habit_gain * habit);
  s.mark_up = between(s.mark_up * (months == 1.0 ? change : ondol::pow(change, months)), p.least_mark_up * p.mark_up,
                      p.most_mark_up * p.mark_up);
  const double experts = self.bound(Producer::expertise) ? p.expert_share : 0.0;
  double unit_cost = (1.0 + experts) * ratio(self.price(Producer::labour), s.productivity);
  if (self.bound(Producer::electricity)) unit_cost += s.power_use * self.price(Producer::electricity);
  if (self.bound(Producer::seats)) unit_cost += own_part(self) * ratio(self.spent(Producer::seats), s.made);
  s.price = adapt(self, s.price, (1.0 + p.value_added_tax) * (1.0 + s.mark_up) * unit_cost, p.price_speed);
  s.expected_sales_volume = std::max(adapt(self, sales, demand, p.sales_speed), 1.0);
}

double outlays(Agent& self) {
  double sum = self.spent(Producer::labour);
  for (const Buys port : {Producer::expertise, Producer::electricity, Producer::seats}) {
    if (self.bound(port)) sum += self.spent(port);
  }
  return sum;
}

}  // namespace

void Producer::describe(Kind<Producer>& kind) {
  kind.name("producer").doc("Makes goods from labour and electricity at a mark-up; may adopt AI applications.");
  kind.param("mark_up", &Params::mark_up, "1").initial(0.5).range(0.01, 10).assumed().doc("Mark-up it comes back to.");
  kind.param("value_added_tax", &Params::value_added_tax, "1")
      .initial(0.1)
      .range(0, 1)
      .doc("Tax on value added, part of the price; the government levies it (default: Korea's rate, 2024).");
  kind.param("inventory", &Params::inventory, "month").initial(1).range(0, 60).assumed().doc("Stock wanted.");
  kind.param("expert_share", &Params::expert_share, "1")
      .initial(0.022)
      .range(0, 1)
      .assumed(0.01, 0.04)
      .doc("Cost of specialists per cost of labour, and the elasticity of output to them.");
  kind.param("expert_reference", &Params::expert_reference, "expert_month/person_month")
      .initial(0.01)
      .range(1e-9, 10)
      .assumed()
      .doc("Specialists per worker at which output is as planned.");
  kind.param("trend", &Params::trend, "1/year")
      .initial(0.01)
      .range(-0.99, 0.99)
      .assumed(0.005, 0.015)
      .doc("Growth of productivity without AI, and fall of power use.");
  kind.param("exposed", &Params::exposed, "1")
      .initial(0.4)
      .range(1e-6, 1)
      .assumed(0.2, 0.6)
      .doc("Share of work AI can serve.");
  kind.param("gain_max", &Params::gain_max, "1")
      .initial(0.3)
      .range(0, 10)
      .assumed(0.1, 0.6)
      .doc("Gain in exposed work at unlimited quality.");
  kind.param("gain_half", &Params::gain_half, "1")
      .initial(4)
      .range(1e-6, 1e6)
      .assumed(2, 8)
      .doc("Quality at which half of it is reached.");
  kind.param("innovation", &Params::innovation, "1/year")
      .initial(0.015)
      .range(0, 10)
      .doc("Bass's p: hazard of adopting unprompted (order of Bass 1969).");
  kind.param("imitation", &Params::imitation, "1/year")
      .initial(0.35)
      .range(0, 10)
      .doc("Bass's q: hazard of adopting per share of adopters (order of Bass 1969).");
  kind.param("gate", &Params::gate, "1")
      .initial(1.5)
      .range(0, 20)
      .assumed(1, 3)
      .doc("Steepness of the profitability gate.");
  kind.param("deepening", &Params::deepening, "1/month")
      .initial(0.08)
      .range(0, 1)
      .assumed(0.03, 0.15)
      .doc("Speed of the logistic in depth.");
  kind.param("learning_cost", &Params::learning_cost, "month")
      .initial(0.5)
      .range(0, 10)
      .assumed(0.1, 1)
      .doc("Output lost per deepening, the dip of the J-curve (form: Brynjolfsson, Rock, Syverson 2021).");
  kind.param("first_adopters", &Params::first_adopters, "1")
      .initial(0)
      .range(0, 1)
      .doc("Probability that it has adopted before the first tick.");
  kind.param("first_depth", &Params::first_depth, "1")
      .initial(0.05)
      .range(0, 1)
      .assumed(0.02, 0.2)
      .doc("Depth on adoption.");
  kind.param("vendor_review", &Params::vendor_review, "1/month")
      .initial(1.0 / 24)
      .range(0, 1)
      .assumed(1.0 / 48, 1.0 / 6)
      .doc("Chance of looking for another vendor: the cost of switching.");
  kind.param("seat_budget", &Params::seat_budget, "1/month")
      .initial(0.2)
      .range(0, 1)
      .assumed()
      .doc("Of its money, most that goes into seats.");
  kind.param("least_output", &Params::least_output, "1")
      .initial(0.2)
      .range(0, 1)
      .assumed()
      .doc("Least output, of expected sales.");
  kind.param("stock_speed", &Params::stock_speed, "1/month")
      .initial(0.25)
      .range(0, 1)
      .assumed(0.1, 0.5)
      .doc("Of closing the gap to its stock.");
  kind.param("least_skill", &Params::least_skill, "1")
      .initial(0.2)
      .range(0, 1)
      .assumed()
      .doc("Least that missing specialists count, of their reference.");
  kind.param("demand_gain", &Params::demand_gain, "1/month")
      .initial(0.04)
      .range(0, 1)
      .assumed(0.01, 0.1)
      .doc("Of the mark-up per relative demand.");
  kind.param("stock_gain", &Params::stock_gain, "1/month")
      .initial(0.02)
      .range(0, 1)
      .assumed(0.01, 0.05)
      .doc("Of the mark-up per relative stock.");
  kind.param("habit_gain", &Params::habit_gain, "1/month")
      .initial(0.02)
      .range(0, 1)
      .assumed(0.01, 0.05)
      .doc("Of the mark-up back to where it comes from.");
  kind.param("most_tension", &Params::most_tension, "1")
      .initial(0.5)
      .range(0, 10)
      .assumed()
      .doc("Most that relative demand counts.");
  kind.param("least_mark_up", &Params::least_mark_up, "1")
      .initial(0.4)
      .range(0, 1)
      .assumed()
      .doc("Least mark-up, of the one it comes back to.");
  kind.param("most_mark_up", &Params::most_mark_up, "1")
      .initial(1.4)
      .range(1, 100)
      .assumed()
      .doc("Most mark-up, of the one it comes back to.");
  kind.param("price_speed", &Params::price_speed, "1/month")
      .initial(0.3)
      .range(0, 1)
      .assumed(0.1, 0.5)
      .doc("Part of the way to cost and mark-up that the price goes.");
  kind.param("sales_speed", &Params::sales_speed, "1/month")
      .initial(0.25)
      .range(0, 1)
      .assumed(0.1, 0.4)
      .doc("Of expected sales towards those seen.");
  kind.param("unseen", &Params::unseen, "1")
      .initial(0.1)
      .range(0, 10)
      .assumed(0.05, 0.2)
      .doc("Demand beyond its sales that it takes for granted where it sold out.");
  kind.param("least_productivity", &Params::least_productivity, "1")
      .initial(0.1)
      .range(0, 1)
      .assumed()
      .doc("That learning leaves at least, of what it was.");
  kind.param("wage_limit", &Params::wage_limit, "1")
      .initial(1.3)
      .range(1, 100)
      .assumed(1.1, 1.5)
      .doc("Most it bids over the last wage and tariff.");
  kind.param("seat_limit", &Params::seat_limit, "1")
      .initial(1.6)
      .range(1, 100)
      .assumed(1.2, 2)
      .doc("Most it bids over the last price of seats.");
  kind.state("base_productivity", &State::base_productivity, "basket/person_month")
      .initial(1)
      .range(1e-9, 1e12)
      .doc("Output per worker without AI, A0.");
  kind.state("productivity", &State::productivity, "basket/person_month")
      .initial(0)
      .range(0, 1e12)
      .doc("Output per worker, A; starts at base_productivity.");
  kind.state("power_use", &State::power_use, "MWh/basket").initial(0).range(0, 1e3).doc("Electricity per basket.");
  kind.state("price", &State::price, "money/basket").initial(1).range(0, 1e9).doc("Price asked, tax included.");
  kind.state("mark_up", &State::mark_up, "1").initial(0.5).range(0, 20).doc("Price before tax over unit cost, less 1.");
  kind.state("expected_sales_volume", &State::expected_sales_volume, "basket")
      .initial(1)
      .range(0, 1e18)
      .doc("Sales expected a tick.");
  kind.state("planned", &State::planned, "basket").range(0, 1e18).doc("Output its workers and specialists can make.");
  kind.state("made", &State::made, "basket").range(0, 1e18).doc("Output of the latest tick.");
  kind.state("workers", &State::workers, "person_month").range(0, 1e12).doc("Labour of the latest tick.");
  kind.state("adopted", &State::adopted, "1").range(0, 1).doc("1 once it has adopted AI applications.");
  kind.state("depth", &State::depth, "1").range(0, 1).doc("Share of its exposed work that it wants served, z.");
  kind.state("served", &State::served, "1").range(0, 1).doc("Share of exposed work served, last four months.");
  kind.state("seats", &State::seats, "seat_month").range(0, 1e12).doc("Seats of the latest tick.");
  kind.state("seats_wanted", &State::seats_wanted, "seat_month").range(0, 1e12).doc("Seats wanted, money permitting.");
  kind.state("eligible", &State::eligible, "money")
      .range(0, 1e18)
      .disclosed("outlay")
      .doc("Its bill for seats of the tick: what a voucher pays a part of.");
  kind.state("app_quality", &State::app_quality, "1").initial(1).range(0, 1e6).doc("Quality of its vendor, Q.");
  kind.state("vendor", &State::vendor, "1").doc("The application firm it uses or would use.");

  kind.port(labour).doc("Ordinary work.");
  kind.port(expertise).optional().doc("Specialists.");
  kind.port(electricity).optional().doc("Electricity.");
  kind.port(seats)
      .optional()
      .attributes({"quality", "size"})
      .market_params(choice::vendor_params())
      .doc("AI applications, a worker and month each.");
  kind.port(goods).attributes({"size"}).doc("What it makes.");
  kind.port(turnover).optional().doc("Money taken for goods (sum).");
  kind.port(adopters).optional().doc("Workers of adopters (sum).");
  kind.port(workforce).optional().doc("Workers (sum).");
  kind.part(finance, &Params::finance, &State::finance);
  kind.port(voucher).optional().doc("Part v of the price of seats that is paid back to it.");
  kind.field("working_capital").initial(1.3).assumed(1, 3).doc("w: of expected outlays, kept as money.");
  kind.field("payout").initial(0.5).assumed(0.3, 0.8);
  kind.field("most_debt").initial(0.55).assumed(0.3, 0.7);
  kind.field("least_cover").initial(1.2).assumed(1.1, 2);
  kind.field("patience").initial(0).doc("Short for so long it winds up; 0: never, for it is a cell of many firms.");

  kind.on<&Producer::hire>("hire", "Plans output from expected sales and stock; orders labour and specialists.");
  kind.on<&Producer::supply>("supply", "Orders the electricity that its workers need.");
  kind.on<&Producer::produce>("produce", "Makes goods and offers its stock.");
  kind.on<&Producer::adopt>("adopt", "Looks at vendors; an adopter orders seats.");
  kind.on<&Producer::close>("close", "Revises expectations, adoption, mark-up and price; pays out or asks for a loan.");
}

// Output wanted: expected sales and a part of what its stock lacks, no less than a share of sales; workers Y*/A;
// specialists of x times the wage bill.
void Producer::hire(const Params& p, const Traits&, State& s, Agent& self) {
  if (self.tick() == 0) {
    s.productivity = s.base_productivity;
    if (s.adopted <= 0 && self.bernoulli("adopted before the start", p.first_adopters)) s.adopted = 1;
    if (s.adopted > 0 && s.depth <= 0) s.depth = p.first_depth;
  }
  const double sales = s.expected_sales_volume;
  const double wanted = std::max(p.least_output * sales,
                                 pricing::output_for_stock(self, sales, self.stock(goods), p.inventory, p.stock_speed));
  const double wage = self.price(labour);
  const double hands = ratio(wanted, s.productivity);
  if (self.bound(expertise)) {
    const double fee = self.price(expertise);
    self.order(expertise, p.expert_share * hands * ratio(wage, fee), p.wage_limit * fee);
  }
  self.order(labour, hands, p.wage_limit * wage);
}

// Planned output Y = A N max(least, E / (r N))^x: N workers, E specialists, r their reference, x their cost share (the
// elasticity of a Cobb-Douglas technology).
void Producer::supply(const Params& p, const Traits&, State& s, Agent& self) {
  s.workers = self.available(labour);
  double skill = 1;
  if (self.bound(expertise) && s.workers > 0) {
    const double filled = self.available(expertise) / (p.expert_reference * s.workers);
    skill = ondol::pow(std::max(filled, p.least_skill), p.expert_share);
  }
  s.planned = s.productivity * s.workers * skill;
  if (!self.bound(electricity)) return;
  self.order(electricity, s.power_use * s.planned, p.wage_limit * self.price(electricity));
}

// Electricity limits output in proportion (Leontief). All inputs carry their cost into the goods' book value.
void Producer::produce(const Params&, const Traits&, State& s, Agent& self) {
  double powered = 1;
  if (self.bound(electricity) && s.power_use * s.planned >= 1) {
    powered = std::min(1.0, self.available(electricity) / (s.power_use * s.planned));
  }
  s.made = s.planned * powered;
  self.transform(labour, self.available(labour), goods, s.made);
  if (self.bound(expertise)) self.transform(expertise, self.available(expertise), goods, 0);
  if (self.bound(electricity)) self.transform(electricity, self.available(electricity), goods, 0);
  self.offer(goods, self.stock(goods) + s.made, s.price, {ondol::log(std::max(s.expected_sales_volume, 1.0))});
}

// An adopter wants z e N seats and pays for no more than a share of its money; what its vendor cannot serve it orders
// from anyone.
void Producer::adopt(const Params& p, const Traits&, State& s, Agent& self) {
  s.seats_wanted = 0;
  if (!self.bound(seats)) return;
  const double left = look_at_vendor(p, s, self);
  if (s.adopted <= 0) return;
  const double limit = p.seat_limit * self.price(seats);
  s.seats_wanted =
      std::min(s.depth * p.exposed * s.workers, ratio(share_per_tick(self, p.seat_budget) * self.money(), limit));
  const double named = s.vendor ? std::min(s.seats_wanted, left) : 0.0;
  if (named > 0) self.order(seats, named, limit, s.vendor);
  if (s.seats_wanted - named >= 1) self.order(seats, s.seats_wanted - named, limit);
}

void Producer::close(const Params& p, const Traits&, State& s, Agent& self) {
  if (self.bound(seats)) {
    s.seats = self.bought(seats);
    s.eligible = self.spent(seats);
    self.use(seats, self.available(seats));
  }
  learn(p, s, self);
  // Unnamed orders that it could not fill stay unseen.
  reprice(p, s, self, choice::seen_demand(self.sold(goods), self.stock(goods), 0, p.unseen));
  const double revenue = self.revenue(goods);
  const double tax_due = revenue * p.value_added_tax / (1.0 + p.value_added_tax);
  finance.observe(p.finance, s.finance, self, revenue - tax_due, outlays(self));
  if (!finance.winds_up(p.finance, s.finance, self)) finance.settle(p.finance, s.finance, self, tax_due);
  if (self.bound(turnover)) self.contribute(turnover, self.revenue(goods));
  if (self.bound(adopters)) self.contribute(adopters, s.adopted * s.workers);
  if (self.bound(workforce)) self.contribute(workforce, s.workers);
}

}  // namespace ondol::industry
