// The producer's description and rules.
#include "producer.hpp"

#include <ondol/economics.hpp>

#include <algorithm>

namespace ondol::industry {

namespace {

using Params = Producer::Params;
using State = Producer::State;

// Positions among the attributes that the port `seats` declares.
constexpr std::size_t quality = 0;
constexpr std::size_t size = 1;

// Share of its cost that a user of applications of quality Q saves where tasks are exposed: g = g_max Q / (Q + Q_half).
double gain(const Params& p, const State& s) { return p.gain_max * ratio(s.app_quality, s.app_quality + p.gain_half); }

// How far adopting pays: rho = g w / p_seat, gate = 1 / (1 + rho^-beta), between 0 and 1 and 1/2 where gain equals
// price.
double profitability_gate(const Params& p, const State& s, Agent& self) {
  const double rho = ratio(gain(p, s) * self.price(Producer::labour), self.price(Producer::seats));
  return rho > 0 ? 1.0 / (1.0 + ondol::pow(rho, -p.gate)) : 0.0;
}

// A vendor drawn by logit weights exp(1.5 ln Q + 0.5 size - 3 ln price + 0.7 [same region]) (assumed, and equal to
// those of the market, so that a vendor kept by name and one met by chance are of one demand).
AgentId drawn_vendor(Agent& self) {
  const auto offers = self.offers(Producer::seats);
  const auto chosen = draw_by_common_weight(self, offers, self.uniform("vendor"), [&](const Offer& offer) {
    if (!(offer.price() > 0)) return 0.0;
    const double home = offer.region() == self.region() ? 0.7 : 0.0;
    return ondol::exp(1.5 * offer.attribute(quality) + 0.5 * offer.attribute(size) + home -
                      3.0 * ondol::log(offer.price()));
  });
  return chosen == offers.end() ? nobody : (*chosen).seller();
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
  const bool review = !s.vendor || self.bernoulli("review", p.vendor_review * months_per_tick(self));
  double left = review ? -1.0 : left_at(s.vendor);
  if (left < 0) {
    s.vendor = drawn_vendor(self);
    left = left_at(s.vendor);
  }
  return std::max(left, 0.0);
}

// Bass (1969) diffusion with a gate: hazard h = (p + q F) gate a year, F the adopters' share of the region's workers.
// Depth grows along a logistic, dz = v z (1 - z) gate a month. Productivity follows the J-curve of Brynjolfsson, Rock
// and Syverson (2021): A = A0 (1 + e g z(-3) - J e dz/dt), e the share of exposed work and z(-3) the depth served 3
// ticks ago.
void learn(const Params& p, State& s, Agent& self) {
  const double months = months_per_tick(self);
  s.base_productivity *= 1.0 + p.trend / 12.0 * months;
  s.power_use *= 1.0 - p.trend / 12.0 * months;
  double deeper = 0;
  if (self.bound(Producer::seats)) {
    const double gate = profitability_gate(p, s, self);
    const double diffused = self.bound(Producer::adopters) && self.bound(Producer::workforce)
                                ? ratio(self.signal(Producer::adopters), self.signal(Producer::workforce))
                                : 0.0;
    const double hazard = (p.innovation + p.imitation * diffused) / 12.0 * months * gate;
    if (s.adopted > 0) {
      deeper = p.deepening * months * s.depth * (1.0 - s.depth) * gate;
      s.depth = std::min(s.depth + deeper, 1.0);
    } else if (self.bernoulli("adoption", hazard)) {
      s.adopted = 1;
      s.depth = p.first_depth;
    }
    remember(s.served, std::min(ratio(s.seats, p.exposed * s.workers), 1.0));
  }
  s.productivity = s.base_productivity *
                   std::max(0.1, 1.0 + p.exposed * (gain(p, s) * s.served.front() - p.learning_cost * deeper / months));
}

// Mark-up moved by demand, stock and habit:
// mu <- mu (1 + .04 (d/S - 1) - .02 (stock/S - 1) + .02 (mu0/mu - 1)), d demand seen, S expected sales, each gap
// clipped. Unit cost c = (1 + x) w / A + e tariff + seats per basket, x the experts' part of the wage bill. The price
// moves by 0.3 a month towards (1 + vat) (1 + mu) c. Speeds assumed; mark-up pricing: Dosi, Fagiolo, Roventini (2010).
void reprice(const Params& p, State& s, Agent& self, double demand) {
  const double months = months_per_tick(self);
  const double tension = std::clamp(ratio(demand, s.sales_hat, 1.0) - 1.0, -0.5, 0.5);
  const double glut = std::clamp(ratio(self.stock(Producer::goods), s.sales_hat, 1.0) - 1.0, -1.0, 1.0);
  const double habit = ratio(p.mark_up, s.mark_up, 1.0) - 1.0;
  const double change = std::clamp((0.04 * tension - 0.02 * glut + 0.02 * habit) * months, -0.5, 0.5);
  s.mark_up = std::clamp(s.mark_up * (1.0 + change), 0.4 * p.mark_up, 1.4 * p.mark_up);
  const double experts = self.bound(Producer::expertise) ? p.expert_share : 0.0;
  double unit_cost = (1.0 + experts) * ratio(self.price(Producer::labour), s.productivity);
  if (self.bound(Producer::electricity)) unit_cost += s.power_use * self.price(Producer::electricity);
  if (self.bound(Producer::seats)) unit_cost += ratio(self.spent(Producer::seats), s.made);
  s.price = smooth(s.price, (1.0 + p.value_added_tax) * (1.0 + s.mark_up) * unit_cost, 0.3 * months);
  s.sales_hat = std::max(smooth(s.sales_hat, demand, 0.25 * months), 1.0);
}

double outlays(Agent& self) {
  double sum = self.spent(Producer::labour);
  for (const Buys port : {Producer::expertise, Producer::electricity, Producer::seats}) {
    if (self.bound(port)) sum += self.spent(port);
  }
  return sum;
}

// Asks for a loan of a month's outlays less its money where that covers less than 0.6 of a month. Yearly rate = policy
// rate + 0.02 + 0.04 debts / assets (Delli Gatti et al. 2011; Caiani et al. 2016; the numbers are assumed); cover =
// yearly surplus / yearly debt service after the loan.
void ask_for_loan(const Params& p, State& s, Agent& self, double need) {
  const double years = p.loan_term / 12.0;
  const double policy = self.bound(Producer::policy_rate) ? self.signal(Producer::policy_rate) : 0.0;
  const double rate = policy + 0.02 + 0.04 * std::min(ratio(self.debts(), self.assets(), 1.0), 5.0);
  const double service = (self.outstanding(Producer::loan) + need) * (rate + 1.0 / years);
  const double cover = ratio(s.surplus_hat * self.ticks_per_year(), service);
  self.offer(Producer::loans, need, 1.0, {rate / self.ticks_per_year(), years * self.ticks_per_year(), cover});
}

// Keeps `buffer` months of outlays and the tax and debt service that fall due; pays out a share of the rest.
void settle_cash(const Params& p, State& s, Agent& self) {
  const double months = months_per_tick(self);
  const double revenue = self.revenue(Producer::goods);
  const double tax_due = revenue * p.value_added_tax / (1.0 + p.value_added_tax);
  const double outlay = outlays(self);
  const double surplus = revenue - tax_due - outlay;
  s.surplus_hat = self.tick() == 0 ? surplus : smooth(s.surplus_hat, surplus, 0.3 * months);
  s.outlay_hat = self.tick() == 0 ? outlay : smooth(s.outlay_hat, outlay, 0.3 * months);
  const double debt = self.bound(Producer::loan) ? self.outstanding(Producer::loan) : 0.0;
  const double service = debt * (0.1 + 12.0 / p.loan_term) / self.ticks_per_year();
  const double free = self.money() - p.buffer / months * s.outlay_hat - tax_due - service;
  if (self.bound(Producer::share) && free > 0) {
    self.distribute(Producer::share, std::clamp(p.payout * months, 0.0, 1.0) * free, Producer::dividend);
  }
  if (!self.bound(Producer::loans) || !self.bound(Producer::loan)) return;
  const double liquid = self.money() - tax_due;
  if (liquid < 0.6 / months * s.outlay_hat) {
    ask_for_loan(p, s, self, s.outlay_hat / months - liquid);
  } else {
    self.withdraw(Producer::loans);
  }
}

}  // namespace

void Producer::describe(Kind<Producer>& kind) {
  kind.name("producer").doc("Makes goods from labour and electricity at a mark-up; may adopt AI applications.");
  kind.param("mark_up", &Params::mark_up, "1").initial(0.5).range(0.01, 10).doc("Mark-up it comes back to (assumed).");
  kind.param("value_added_tax", &Params::value_added_tax, "1")
      .initial(0.1)
      .range(0, 1)
      .doc("Tax on value added, part of the price; the government levies it (default: Korea's rate, 2024).");
  kind.param("inventory", &Params::inventory, "month").initial(1).range(0, 60).doc("Stock wanted (assumed).");
  kind.param("expert_share", &Params::expert_share, "1")
      .initial(0.022)
      .range(0, 1)
      .doc("Cost of specialists per cost of labour, and the elasticity of output to them (assumed).");
  kind.param("expert_reference", &Params::expert_reference, "expert_month/person_month")
      .initial(0.01)
      .range(1e-9, 10)
      .doc("Specialists per worker at which output is as planned (assumed).");
  kind.param("trend", &Params::trend, "1/year")
      .initial(0.01)
      .range(-1, 1)
      .doc("Growth of productivity without AI, and fall of power use (assumed).");
  kind.param("exposed", &Params::exposed, "1").initial(0.4).range(1e-6, 1).doc("Share of work AI can serve (assumed).");
  kind.param("gain_max", &Params::gain_max, "1")
      .initial(0.3)
      .range(0, 10)
      .doc("Gain in exposed work at unlimited quality (assumed).");
  kind.param("gain_half", &Params::gain_half, "1")
      .initial(4)
      .range(1e-6, 1e6)
      .doc("Quality at which half of it is reached (assumed).");
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
      .doc("Steepness of the profitability gate (assumed).");
  kind.param("deepening", &Params::deepening, "1/month")
      .initial(0.08)
      .range(0, 1)
      .doc("Speed of the logistic in depth (assumed).");
  kind.param("learning_cost", &Params::learning_cost, "month")
      .initial(0.5)
      .range(0, 10)
      .doc("Output lost per deepening, the dip of the J-curve (assumed; form: Brynjolfsson, Rock, Syverson 2021).");
  kind.param("first_adopters", &Params::first_adopters, "1")
      .initial(0)
      .range(0, 1)
      .doc("Probability that it has adopted before the first tick.");
  kind.param("first_depth", &Params::first_depth, "1").initial(0.05).range(0, 1).doc("Depth on adoption (assumed).");
  kind.param("vendor_review", &Params::vendor_review, "1/month")
      .initial(1.0 / 24)
      .range(0, 1)
      .doc("Chance of looking for another vendor: the cost of switching (assumed).");
  kind.param("seat_budget", &Params::seat_budget, "1")
      .initial(0.2)
      .range(0, 1)
      .doc("Most of its money that goes into seats in a tick (assumed).");
  kind.param("payout", &Params::payout, "1/month")
      .initial(0.5)
      .range(0, 1)
      .doc("Share of money beyond the buffer that is paid out (assumed).");
  kind.param("buffer", &Params::buffer, "month").initial(1.3).range(0, 60).doc("Outlays kept as money (assumed).");
  kind.param("loan_term", &Params::loan_term, "month").initial(60).range(1, 600).doc("Term of its loans (assumed).");

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
  kind.state("sales_hat", &State::sales_hat, "basket").initial(1).range(0, 1e18).doc("Sales expected a tick.");
  kind.state("planned", &State::planned, "basket").range(0, 1e18).doc("Output its workers and specialists can make.");
  kind.state("made", &State::made, "basket").range(0, 1e18).doc("Output of the latest tick.");
  kind.state("workers", &State::workers, "person_month").range(0, 1e12).doc("Labour of the latest tick.");
  kind.state("adopted", &State::adopted, "1").range(0, 1).doc("1 once it has adopted AI applications.");
  kind.state("depth", &State::depth, "1").range(0, 1).doc("Share of its exposed work that it wants served, z.");
  kind.state("served", &State::served, "1").range(0, 1).doc("Share of exposed work served, last four ticks.");
  kind.state("seats", &State::seats, "seat_month").range(0, 1e12).doc("Seats of the latest tick.");
  kind.state("seats_wanted", &State::seats_wanted, "seat_month").range(0, 1e12).doc("Seats wanted, money permitting.");
  kind.state("app_quality", &State::app_quality, "1").initial(1).range(0, 1e6).doc("Quality of its vendor, Q.");
  kind.state("vendor", &State::vendor, "1").doc("The application firm it uses or would use.");
  kind.state("outlay_hat", &State::outlay_hat, "money").range(0, 1e18).doc("Outlays expected a tick.");
  kind.state("surplus_hat", &State::surplus_hat, "money")
      .range(-1e18, 1e18)
      .doc("Revenue less tax and outlays expected.");

  kind.port(labour).doc("Ordinary work.");
  kind.port(expertise).optional().doc("Specialists.");
  kind.port(electricity).optional().doc("Electricity.");
  kind.port(seats).optional().attributes({"quality", "size"}).doc("AI applications, a worker and month each.");
  kind.port(goods).attributes({"size"}).doc("What it makes.");
  kind.port(share).optional().doc("Its shares.");
  kind.port(loan).optional().doc("Its loans.");
  kind.port(loans).optional().attributes({"rate", "term", "cover"}).doc("Where it asks for loans.");
  kind.port(policy_rate).optional().doc("Base of the rate it offers.");
  kind.port(turnover).optional().doc("Money taken for goods (sum).");
  kind.port(adopters).optional().doc("Workers of adopters (sum).");
  kind.port(workforce).optional().doc("Workers (sum).");
  kind.purpose(dividend, "Profit paid to shareholders.");

  kind.on<&Producer::hire>("hire", "Plans output from expected sales and stock; orders labour and specialists.");
  kind.on<&Producer::supply>("supply", "Orders the electricity that its workers need.");
  kind.on<&Producer::produce>("produce", "Makes goods and offers its stock.");
  kind.on<&Producer::adopt>("adopt", "Looks at vendors; an adopter orders seats.");
  kind.on<&Producer::close>("close", "Revises expectations, adoption, mark-up and price; pays out or asks for a loan.");
}

// Output wanted Y* = max(.2 S, S + .25 (inventory S - stock)), S expected sales; workers Y*/A; specialists of x times
// the wage bill. Speeds assumed.
void Producer::hire(const Params& p, const Traits&, State& s, Agent& self) {
  if (self.tick() == 0) {
    s.productivity = s.base_productivity;
    if (s.adopted <= 0 && self.bernoulli("adopted before the start", p.first_adopters)) s.adopted = 1;
    if (s.adopted > 0 && s.depth <= 0) s.depth = p.first_depth;
  }
  const double months = months_per_tick(self);
  const double gap = p.inventory / months * s.sales_hat - self.stock(goods);
  const double wanted = std::max(0.2 * s.sales_hat, s.sales_hat + std::min(0.25 * months, 1.0) * gap);
  const double wage = self.price(labour);
  const double hands = ratio(wanted, s.productivity);
  if (self.bound(expertise)) {
    const double fee = self.price(expertise);
    self.order(expertise, p.expert_share * hands * ratio(wage, fee), 1.3 * fee);
  }
  self.order(labour, hands, 1.3 * wage);
}

// Planned output Y = A N max(.2, E / (r N))^x: N workers, E specialists, r their reference, x their cost share (the
// elasticity of a Cobb-Douglas technology).
void Producer::supply(const Params& p, const Traits&, State& s, Agent& self) {
  s.workers = self.available(labour);
  double skill = 1;
  if (self.bound(expertise) && s.workers > 0) {
    const double filled = self.available(expertise) / (p.expert_reference * s.workers);
    skill = ondol::pow(std::clamp(filled, 0.2, 100.0), p.expert_share);
  }
  s.planned = s.productivity * s.workers * skill;
  if (!self.bound(electricity)) return;
  self.order(electricity, s.power_use * s.planned, 1.3 * self.price(electricity));
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
  self.offer(goods, self.stock(goods) + s.made, s.price, {ondol::log(std::max(s.sales_hat, 1.0))});
}

// An adopter wants z e N seats and pays for no more than a share of its money; what its vendor cannot serve it orders
// from anyone.
void Producer::adopt(const Params& p, const Traits&, State& s, Agent& self) {
  s.seats_wanted = 0;
  if (!self.bound(seats)) return;
  const double left = look_at_vendor(p, s, self);
  if (s.adopted <= 0) return;
  const double limit = 1.6 * self.price(seats);
  s.seats_wanted = std::min(s.depth * p.exposed * s.workers, ratio(p.seat_budget * self.money(), limit));
  const double named = s.vendor ? std::min(s.seats_wanted, left) : 0.0;
  if (named > 0) self.order(seats, named, limit, s.vendor);
  if (s.seats_wanted - named >= 1) self.order(seats, s.seats_wanted - named, limit);
}

void Producer::close(const Params& p, const Traits&, State& s, Agent& self) {
  if (self.bound(seats)) {
    s.seats = self.bought(seats);
    self.use(seats, self.available(seats));
  }
  // What it sold, or a tenth more where it sold out: unnamed orders that it could not fill stay unseen.
  const double sold = self.sold(goods);
  const double demand = self.stock(goods) <= 0.01 * sold ? 1.1 * sold : sold;
  learn(p, s, self);
  reprice(p, s, self, demand);
  settle_cash(p, s, self);
  if (self.bound(turnover)) self.contribute(turnover, self.revenue(goods));
  if (self.bound(adopters)) self.contribute(adopters, s.adopted * s.workers);
  if (self.bound(workforce)) self.contribute(workforce, s.workers);
}

}  // namespace ondol::industry
