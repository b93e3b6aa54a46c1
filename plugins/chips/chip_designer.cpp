// The chip designer's description and rules.
#include "chip_designer.hpp"

#include <ondol/economics.hpp>

#include <algorithm>
#include <array>

namespace ondol::chips {

namespace {

using Params = ChipDesigner::Params;
using State = ChipDesigner::State;

// Memory and boards per accelerator shrink as more accelerators come out of a wafer: both times (w0 / w)^0.6 (assumed).
double thrift(const Params& p, const State& s) { return ondol::pow(p.first_per_wafer / s.per_wafer, 0.6); }

// Monthly output it aims at: it works off its backlog in two months and keeps to what it expects.
double target(const State& s, const Agent& self) {
  return std::clamp(self.backlog(ChipDesigner::accelerators) / 2.0 + 0.3 * s.orders_hat, 0.2 * s.orders_hat,
                    3.0 * s.orders_hat);
}

// Orders by name from the standing offers in proportion to quantity times price^-4, so that makers see what is wanted
// of them and not only what they could sell.
void order_by_name(Agent& self, Buys port, double quantity) {
  if (quantity <= 0) return;
  double total = 0;
  for (const Offer offer : self.offers(port)) {
    if (offer.price() > 0) total += offer.quantity() * ondol::pow(offer.price(), -4.0);
  }
  if (!(total > 0)) return;
  for (const Offer offer : self.offers(port)) {
    if (!(offer.price() > 0)) continue;
    self.order(port, quantity * offer.quantity() * ondol::pow(offer.price(), -4.0) / total, offer);
  }
}

// The second smallest of five uniforms is Beta(2, 4).
double beta_2_4(const Agent& self) {
  std::array<double, 5> draws{};
  for (std::uint32_t i = 0; i < draws.size(); ++i) draws[i] = self.uniform("step", i);
  std::sort(draws.begin(), draws.end());
  return draws[1];
}

// Research in two steps (Dosi, Fagiolo, Roventini 2010): success comes with probability
// 1 - exp(-zeta (E / E_ref)^0.5 (w / w0)^-0.5), harder the further chips have come (Bloom et al. 2020); a success makes
// x = 0.15 + 1.4 Beta(2, 4) more of a wafer, at power lower by (1 + x)^0.7 (assumed). Imitation closes 0.4 of the gap.
void research(const Params& p, State& s, Agent& self) {
  const double months = months_per_tick(self);
  const double experts = self.bought(ChipDesigner::expertise) / months;
  const double effort = ondol::sqrt(experts / p.research_scale) * ondol::sqrt(p.first_per_wafer / s.per_wafer);
  if (self.bernoulli("innovation", 1.0 - ondol::exp(-p.research_rate * months * effort))) {
    const double step = 0.15 + 1.4 * beta_2_4(self);
    s.per_wafer *= 1.0 + step;
    s.kw /= ondol::pow(1.0 + step, 0.7);
    s.generation += 1;
  }
  const double reach = ondol::sqrt(experts / p.imitation_scale) / 24.0 * months;
  if (!self.bernoulli("imitation", 1.0 - ondol::exp(-reach))) return;
  double best = s.per_wafer;
  double best_kw = s.kw;
  for (const Member rival : self.members(ChipDesigner::rivals)) {
    if (rival.value(0) <= best) continue;
    best = rival.value(0);
    best_kw = rival.value(1);
  }
  s.per_wafer += 0.4 * (best - s.per_wafer);
  s.kw += 0.4 * (best_kw - s.kw);
}

double input_cost(const Params& p, const State& s, const Agent& self) {
  const double chips = self.price(ChipDesigner::wafers) / s.per_wafer;
  return chips +
         thrift(p, s) * (p.stacks * self.price(ChipDesigner::memory) + p.boards * self.price(ChipDesigner::goods));
}

}  // namespace

void ChipDesigner::describe(Kind<ChipDesigner>& kind) {
  kind.name("chip_designer").doc("Designs accelerators, has them made from wafers and memory, sells them to order.");
  kind.param("stacks", &Params::stacks, "stack/accelerator")
      .initial(5)
      .range(0, 1e6)
      .doc("Memory stacks in an accelerator of the first generation (assumed).");
  kind.param("boards", &Params::boards, "basket/accelerator")
      .initial(3500)
      .range(0, 1e9)
      .doc("Boards, tests and the rest, likewise (assumed).");
  kind.param("first_per_wafer", &Params::first_per_wafer, "accelerator/wafer")
      .initial(14)
      .range(1e-6, 1e6)
      .doc("w0: accelerators from a wafer in the first generation (assumed).");
  kind.param("research_rate", &Params::research_rate, "1/month")
      .initial(1.0 / 18)
      .range(0, 10)
      .doc("zeta: a success in 18 months at the scale of reference (assumed).");
  kind.param("research_scale", &Params::research_scale, "expert_month/month")
      .initial(16000)
      .range(1, 1e12)
      .doc("E_ref: researchers at that scale (assumed).");
  kind.param("research_share", &Params::research_share, "1")
      .initial(0.12)
      .range(0, 1)
      .doc("Of sales, spent on experts (assumed).");
  kind.param("imitation_scale", &Params::imitation_scale, "expert_month/month")
      .initial(4000)
      .range(1, 1e12)
      .doc("Researchers who imitate once in 24 months (assumed).");
  kind.param("backlog_target", &Params::backlog_target, "month")
      .initial(3)
      .range(0.01, 1000)
      .doc("B*: months of backlog at which the mark-up rests (assumed).");
  kind.param("backlog_gain", &Params::backlog_gain, "1/month")
      .initial(0.03)
      .range(0, 1)
      .doc("gamma_B: mark-up per unit of relative backlog (assumed).");
  kind.param("least_mark_up", &Params::least_mark_up, "1").initial(0.3).range(0, 100).doc("Over unit cost (assumed).");
  kind.param("most_mark_up", &Params::most_mark_up, "1").initial(3.5).range(0, 100).doc("Over unit cost (assumed).");
  kind.param("payout", &Params::payout, "1")
      .initial(0.5)
      .range(0, 1)
      .doc("Share of money above the buffer that is paid out (assumed).");
  kind.param("sales_multiple", &Params::sales_multiple, "1")
      .initial(6)
      .range(0, 1000)
      .doc("Value of the firm in years of sales, in a share round (assumed).");
  kind.state("per_wafer", &State::per_wafer, "accelerator/wafer")
      .initial(14)
      .range(1e-9, 1e12)
      .disclosed("chip")
      .doc("w: accelerators from a wafer.");
  kind.state("kw", &State::kw, "kW/accelerator").initial(1.25).range(1e-9, 1e6).disclosed("chip").doc("Power of one.");
  kind.state("mark_up", &State::mark_up, "1").range(0, 100).doc("Over unit cost.");
  kind.state("list_price", &State::list_price, "money/accelerator")
      .range(0, 1e18)
      .disclosed("order_book")
      .doc("Asked of new orders.");
  kind.state("wait", &State::wait, "month")
      .range(0, 1e9)
      .disclosed("order_book")
      .doc("Months in which it could make its backlog.");
  kind.state("orders_hat", &State::orders_hat, "accelerator/month").range(0, 1e18).doc("Orders it expects.");
  kind.state("staff", &State::staff, "expert_month/month").range(0, 1e12).doc("Researchers it wants.");
  kind.state("made", &State::made, "accelerator").range(0, 1e18).doc("Made in the tick.");
  kind.state("unit_cost", &State::unit_cost, "money/accelerator")
      .range(0, 1e18)
      .doc("Inputs and part of the research.");
  kind.state("sales_hat", &State::sales_hat, "money").range(0, 1e18).doc("Smoothed sales of a tick.");
  kind.state("generation", &State::generation, "1").range(0, 1e6).doc("Successes of its own research.");
  kind.port(wafers).doc("Slots of fabs.");
  kind.port(memory).doc("High-bandwidth memory.");
  kind.port(goods).doc("Boards and the rest.");
  kind.port(expertise).doc("Researchers.");
  kind.port(accelerators).doc("What it sells, in a market with standing orders.");
  kind.port(share).optional().doc("Its shares.");
  kind.port(equity).optional().attributes({"growth"}).doc("Where it sells new shares.");
  kind.port(rivals).attributes({"per_wafer", "kw"}).doc("Other designers, to imitate.");
  kind.port(accelerator_kw).optional().doc("Power of accelerators made now.");
  kind.purpose(dividend, "To owners.");
  kind.on<&ChipDesigner::hire>("hire", "Hires researchers.");
  kind.on<&ChipDesigner::supply>("supply", "Orders wafers and memory by name.");
  kind.on<&ChipDesigner::produce>("produce", "Makes what the scarcest input allows, offers its stock.");
  kind.on<&ChipDesigner::spend>("spend", "Buys boards.");
  kind.on<&ChipDesigner::close>("close", "Learns, expects, prices, raises money or pays out.");
}

void ChipDesigner::hire(const Params&, const Traits&, State& s, Agent& self) {
  self.order(expertise, s.staff * months_per_tick(self), 1.3 * self.price(expertise));
}

void ChipDesigner::supply(const Params& p, const Traits&, State& s, Agent& self) {
  const double wanted = 1.5 * target(s, self) * months_per_tick(self);
  const double budget = 0.4 * self.money();
  const auto order = [&](Buys port, double quantity) {
    order_by_name(self, port, std::min(quantity - self.stock(port), ratio(budget, self.price(port))));
  };
  order(wafers, wanted / s.per_wafer);
  order(memory, wanted * p.stacks * thrift(p, s));
}

// Leontief: one accelerator takes 1/w wafers, its stacks and its boards.
void ChipDesigner::produce(const Params& p, const Traits&, State& s, Agent& self) {
  const double stacks = p.stacks * thrift(p, s);
  const double boards = p.boards * thrift(p, s);
  const double room = std::max(0.0, 2.0 * target(s, self) * months_per_tick(self) - self.stock(accelerators));
  s.made = std::min({self.available(wafers) * s.per_wafer, ratio(self.available(memory), stacks),
                     ratio(self.available(goods), boards), room});
  self.use(expertise, self.available(expertise));
  self.transform(wafers, std::min(self.available(wafers), s.made / s.per_wafer), accelerators, s.made);
  self.transform(memory, std::min(self.available(memory), s.made * stacks), accelerators, 0);
  self.transform(goods, std::min(self.available(goods), s.made * boards), accelerators, 0);
  self.offer(accelerators, self.stock(accelerators) + s.made, s.list_price);
  if (self.bound(accelerator_kw) && s.made > 0) self.contribute(accelerator_kw, s.kw);
}

void ChipDesigner::spend(const Params& p, const Traits&, State& s, Agent& self) {
  const double wanted = 1.5 * target(s, self) * months_per_tick(self) * p.boards * thrift(p, s) - self.stock(goods);
  if (wanted > 0)
    self.order(goods, std::min(wanted, ratio(0.4 * self.money(), self.price(goods))), 1.1 * self.price(goods));
}

// Mark-up by backlog: mu <- mu (1 + gamma clip(B/B* - 1)); unit cost adds a fifth of research; the price moves 0.3 a
// month towards (1 + mu) c (speeds assumed).
void ChipDesigner::close(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  research(p, s, self);
  s.orders_hat =
      smooth(s.orders_hat, std::max(self.demand(accelerators), 0.5 * self.sold(accelerators)) / months, 0.2 * months);
  s.sales_hat = smooth(s.sales_hat, self.revenue(accelerators), 0.2 * months);
  s.wait = ratio(self.backlog(accelerators), std::max(s.made / months, s.orders_hat));
  const double pressure = std::clamp(s.wait / p.backlog_target - 1.0, -1.0, 1.5);
  s.mark_up = between(s.mark_up * (1.0 + p.backlog_gain * pressure * months), p.least_mark_up, p.most_mark_up);
  const double wage = self.price(expertise);
  const double inputs = input_cost(p, s, self);
  s.unit_cost = inputs + 0.2 * ratio(s.staff * wage, std::max(s.orders_hat, s.made / months));
  s.list_price = smooth(s.list_price, (1.0 + s.mark_up) * s.unit_cost, 0.3 * months);
  s.staff = std::max(smooth(s.staff, ratio(p.research_share * s.sales_hat / months, wage, s.staff), 0.1 * months),
                     300.0 * std::min(1.0, s.orders_hat / 100.0));

  const double staff_cost = s.staff * wage;
  const double keep = 6.0 * staff_cost + 3.0 * s.orders_hat * inputs;
  if (self.bound(share) && self.money() > keep) self.distribute(share, p.payout * (self.money() - keep), dividend);
  if (!self.bound(equity)) return;
  const double need = 4.0 * staff_cost - self.money();
  if (need <= 0) return self.withdraw(equity);
  const double value = std::max({need, self.equity(), p.sales_multiple * s.sales_hat * self.ticks_per_year()});
  const double price = ratio(value, self.outstanding(share));
  if (price > 0) self.offer(equity, std::min(need, 0.25 * value) / price, price, {0.5});
}

}  // namespace ondol::chips
