// The chip designer's description and rules.
#include "chip_designer.hpp"

#include <ondol/economics.hpp>

#include <algorithm>
#include <array>

namespace ondol::chips {

namespace {

using Params = ChipDesigner::Params;
using State = ChipDesigner::State;

// Memory and boards per accelerator shrink as more accelerators come out of a wafer: both times (w0 / w)^thrift.
double thrift(const Params& p, const State& s) { return ondol::pow(p.first_per_wafer / s.per_wafer, p.thrift); }

// Monthly output it aims at: it works off its backlog and keeps to what it expects.
double target(const Params& p, const State& s, const Agent& self) {
  return between(p.work_off * self.backlog(ChipDesigner::accelerators) + p.base_output * s.expected_orders,
                 p.least_output * s.expected_orders, p.most_output * s.expected_orders);
}

// Orders by name from the standing offers in proportion to quantity times price^-weight, so that makers see what is
// wanted of them and not only what they could sell.
void order_by_name(const Params& p, Agent& self, Buys port, double quantity) {
  if (quantity <= 0) return;
  const auto weight = [&](const Offer& offer) {
    return offer.price() > 0 ? offer.quantity() * ondol::pow(offer.price(), -p.input_price_weight) : 0.0;
  };
  double total = 0;
  for (const Offer offer : self.offers(port)) total += weight(offer);
  if (!(total > 0)) return;
  for (const Offer offer : self.offers(port)) {
    if (offer.price() > 0) self.order(port, quantity * weight(offer) / total, offer);
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
// 1 - exp(-zeta (E / E_ref)^0.5 (w / w0)^-0.5), harder the further chips have come (Bloom et al. 2020); a success finds
// how to make x = least + range Beta(2, 4) more of a wafer. Imitation closes part of the gap.
void research(const Params& p, State& s, const Agent& self) {
  const double months = months_per_tick(self);
  const double experts = self.bought(ChipDesigner::expertise) / months;
  const double effort = ondol::sqrt(experts / p.research_scale) * ondol::sqrt(p.first_per_wafer / s.per_wafer);
  if (self.bernoulli("innovation", chance_per_tick(self, p.research_rate * effort)))
    s.found *= 1.0 + p.least_step + p.step_range * beta_2_4(self);
  const double reach = ondol::sqrt(experts / p.imitation_scale) / p.imitation_months;
  if (!self.bernoulli("imitation", chance_per_tick(self, reach))) return;
  const double known = s.per_wafer * s.launched * s.found;
  double best = known;
  for (const Member rival : self.members(ChipDesigner::rivals)) best = std::max(best, rival.value(0));
  s.found *= 1.0 + p.imitation_step * (best / known - 1.0);
}

// What was found is launched as a generation, so often and no more; slots then go over to it, and power falls with what
// comes out of a wafer.
void launch(const Params& p, State& s, const Agent& self) {
  s.launch_age += months_per_tick(self);
  if (s.found > 1 && s.launch_age >= p.launch_gap) {
    s.launched *= s.found;
    s.found = 1;
    s.launch_age = 0;
    s.generation += 1;
  }
  const double step = ondol::pow(s.launched, share_per_tick(self, 1.0 / p.switch_months));
  s.per_wafer *= step;
  s.launched /= step;
  s.kw /= ondol::pow(step, p.power_saving);
}

// Software that makes its chips easier to use grows along a logistic curve, the faster the more research there is, but
// no faster than at the scale of reference.
void write_software(const Params& p, State& s, const Agent& self) {
  const double experts = self.bought(ChipDesigner::expertise) / months_per_tick(self);
  const double effort = ondol::sqrt(std::min(1.0, experts / p.research_scale));
  s.book.worth *= growth_per_tick(self, p.software_growth * std::max(0.0, 1.0 - s.book.worth) * effort);
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
      .assumed()
      .doc("Memory stacks in an accelerator of the first generation.");
  kind.param("boards", &Params::boards, "basket/accelerator")
      .initial(6750)
      .range(0, 1e9)
      .assumed(4750, 8250)
      .doc("Boards, tests and the rest, likewise.");
  kind.param("first_per_wafer", &Params::first_per_wafer, "accelerator/wafer")
      .initial(14)
      .range(1e-6, 1e6)
      .assumed()
      .doc("w0: accelerators from a wafer in the first generation.");
  kind.param("research_rate", &Params::research_rate, "1/month")
      .initial(1.0 / 18)
      .range(0, 10)
      .assumed(1.0 / 24, 1.0 / 12)
      .doc("zeta: a success in 18 months at the scale of reference.");
  kind.param("research_scale", &Params::research_scale, "expert_month/month")
      .initial(8000)
      .range(1, 1e12)
      .assumed(4000, 16000)
      .doc("E_ref: researchers at that scale.");
  kind.param("research_share", &Params::research_share, "1")
      .initial(0.12)
      .range(0, 1)
      .assumed(0.08, 0.2)
      .doc("Of sales, spent on experts.");
  kind.param("imitation_scale", &Params::imitation_scale, "expert_month/month")
      .initial(4000)
      .range(1, 1e12)
      .assumed(2000, 10000)
      .doc("Researchers who imitate once in 24 months.");
  kind.param("thrift", &Params::thrift, "1")
      .initial(0.6)
      .range(0, 2)
      .assumed(0.4, 0.8)
      .doc("Exponent by which memory and boards shrink with the area of a chip.");
  kind.param("least_step", &Params::least_step, "1")
      .initial(0.15)
      .range(0, 10)
      .assumed(0.05, 0.3)
      .doc("Least progress of a success.");
  kind.param("step_range", &Params::step_range, "1")
      .initial(1.4)
      .range(0, 100)
      .assumed(1, 2)
      .doc("Times a draw of Beta(2, 4): what a success may bring beyond that.");
  kind.param("power_saving", &Params::power_saving, "1")
      .initial(0.7)
      .range(0, 2)
      .assumed(0.5, 0.9)
      .doc("Exponent by which power falls with progress.");
  kind.param("launch_gap", &Params::launch_gap, "month")
      .initial(18)
      .range(0, 1000)
      .assumed(12, 24)
      .doc("Least time between generations (Nvidia's came two years apart).");
  kind.param("switch_months", &Params::switch_months, "month")
      .initial(8)
      .range(1, 1000)
      .assumed(4, 12)
      .doc("In which slots go over to a new generation.");
  kind.param("imitation_step", &Params::imitation_step, "1")
      .initial(0.4)
      .range(0, 1)
      .assumed(0.2, 0.6)
      .doc("Part of the gap to the best rival that an imitation closes.");
  kind.param("imitation_months", &Params::imitation_months, "month")
      .initial(24)
      .range(0.1, 1000)
      .assumed(12, 36)
      .doc("Between imitations at that scale.");
  kind.param("work_off", &Params::work_off, "1/month")
      .initial(0.5)
      .range(0, 1)
      .assumed(0.3, 0.7)
      .doc("Of its backlog, to be made.");
  kind.param("base_output", &Params::base_output, "1")
      .initial(0.3)
      .range(0, 10)
      .assumed(0.1, 0.5)
      .doc("Of expected orders, made beside that.");
  kind.param("least_output", &Params::least_output, "1")
      .initial(0.2)
      .range(0, 10)
      .assumed()
      .doc("Least that it aims at, of expected orders.");
  kind.param("most_output", &Params::most_output, "1")
      .initial(3)
      .range(0, 100)
      .assumed(2, 4)
      .doc("Most that it aims at, of expected orders.");
  kind.param("inputs_cover", &Params::inputs_cover, "month")
      .initial(1.5)
      .range(0, 100)
      .assumed(1, 2)
      .doc("Of its target, in inputs.");
  kind.param("stock_cover", &Params::stock_cover, "month")
      .initial(2)
      .range(0, 100)
      .assumed(1, 3)
      .doc("Of its target, most in stock.");
  kind.param("input_price_weight", &Params::input_price_weight, "1")
      .initial(4)
      .range(0, 100)
      .assumed(2, 8)
      .doc("Of the log price in choosing among offers of inputs.");
  kind.param("orders_speed", &Params::orders_speed, "1/month")
      .initial(0.2)
      .range(0, 1)
      .assumed(0.1, 0.4)
      .doc("Of expected orders towards those seen.");
  kind.param("staff_speed", &Params::staff_speed, "1/month")
      .initial(0.1)
      .range(0, 1)
      .assumed(0.05, 0.2)
      .doc("Of its staff towards what sales pay for.");
  kind.param("least_staff", &Params::least_staff, "expert_month/month")
      .initial(300)
      .range(0, 1000000000.0)
      .assumed(100, 1000)
      .doc("Researchers that a going designer keeps.");
  kind.param("staff_scale", &Params::staff_scale, "accelerator/month")
      .initial(100)
      .range(0.001, 1000000000.0)
      .assumed()
      .doc("Orders below which it keeps fewer.");
  kind.param("within_elasticity", &Params::within_elasticity, "1")
      .initial(3.5)
      .range(1.01, 100)
      .assumed(2.8, 4.5)
      .doc("Between makers: what buyers weigh log prices by.");
  kind.param("across_elasticity", &Params::across_elasticity, "1")
      .initial(1.25)
      .range(1.01, 100)
      .assumed(1.1, 1.4)
      .doc("Of all makers' sales to all their prices.");
  kind.param("share_speed", &Params::share_speed, "1/month")
      .initial(0.1)
      .range(0, 1)
      .assumed(0.05, 0.3)
      .doc("Of the share that it reckons with towards that seen.");
  kind.param("price_speed", &Params::price_speed, "1/month")
      .initial(0.3)
      .range(0, 1)
      .assumed(0.1, 1)
      .doc("Part of the way to cost and mark-up that the price goes.");
  kind.param("software_growth", &Params::software_growth, "1/year")
      .initial(0.25)
      .range(0, 10)
      .assumed(0.1, 0.4)
      .doc("Of worth far below 1, at the scale of research or beyond.");
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
  kind.state("per_wafer", &State::per_wafer, "accelerator/wafer")
      .initial(14)
      .range(1e-9, 1e12)
      .disclosed("chip")
      .doc("w: accelerators from a wafer.");
  kind.state("kw", &State::kw, "kW/accelerator").initial(1.25).range(1e-9, 1e6).disclosed("chip").doc("Power of one.");
  kind.state("expected_orders", &State::expected_orders, "accelerator/month").range(0, 1e18).doc("Orders it expects.");
  kind.state("staff", &State::staff, "expert_month/month").range(0, 1e12).doc("Researchers it wants.");
  kind.state("meant", &State::meant, "accelerator").range(0, 1e18).doc("To be made in the tick, stock considered.");
  kind.state("made", &State::made, "accelerator").range(0, 1e18).doc("Made in the tick.");
  kind.state("unit_cost", &State::unit_cost, "money/accelerator").range(0, 1e18).doc("Inputs made to order.");
  kind.state("mark_up", &State::mark_up, "1").range(0, 100).doc("Over unit cost, by its share.");
  kind.state("sales_share", &State::sales_share, "1").range(0, 1).doc("s: of the market's sales, smoothed.");
  kind.state("found", &State::found, "1")
      .initial(1)
      .range(1, 1e9)
      .doc("Accelerators from a wafer as its research knows them, over those of its last launch.");
  kind.state("launched", &State::launched, "1")
      .initial(1)
      .range(1, 1e9)
      .doc("Those of its last launch, over those that come out of a wafer now.");
  kind.state("launch_age", &State::launch_age, "month").range(0, 1e6).doc("Since its last launch.");
  kind.state("generation", &State::generation, "1").range(0, 1e6).doc("Launches since the start.");
  kind.port(wafers).doc("Slots of fabs.");
  kind.port(memory).doc("High-bandwidth memory.");
  kind.port(goods).doc("Boards and the rest.");
  kind.port(expertise).doc("Researchers.");
  kind.port(accelerators).doc("What it sells, in a market with standing orders.");
  kind.port(rivals).attributes({"per_wafer"}).doc("Other designers, to imitate.");
  kind.port(accelerator_kw).optional().doc("Power of accelerators made now.");
  kind.part(finance, &Params::finance, &State::finance);
  kind.part(book, &Params::book, &State::book);
  kind.on<&ChipDesigner::hire>("hire", "Hires researchers.");
  kind.on<&ChipDesigner::supply>("supply", "Orders wafers and memory by name.");
  kind.on<&ChipDesigner::produce>("produce", "Makes what the scarcest input allows, offers its stock.");
  kind.on<&ChipDesigner::spend>("spend", "Buys boards.");
  kind.on<&ChipDesigner::close>("close", "Learns, expects, prices, raises money or pays out.");
}

void ChipDesigner::hire(const Params& p, const Traits&, State& s, Agent& self) {
  if (finance.is_winding_up(s.finance)) return;
  self.order(expertise, s.staff * months_per_tick(self), p.wage_limit * self.price(expertise));
}

// Inputs for its target, as far as money beyond working capital's share for each of the three kinds allows.
void ChipDesigner::supply(const Params& p, const Traits&, State& s, Agent& self) {
  if (finance.is_winding_up(s.finance)) return;
  const double wanted = p.inputs_cover * target(p, s, self) * months_per_tick(self);
  const double budget = self.money() / 3.0;  // wafers, memory and, later in the tick, boards
  const auto order = [&](Buys port, double quantity) {
    order_by_name(p, self, port, std::min(quantity - self.stock(port), ratio(budget, self.price(port))));
  };
  order(wafers, wanted / s.per_wafer);
  order(memory, wanted * p.stacks * thrift(p, s));
}

// Leontief: one accelerator takes 1/w wafers, its stacks and its boards.
void ChipDesigner::produce(const Params& p, const Traits&, State& s, Agent& self) {
  const double stacks = p.stacks * thrift(p, s);
  const double boards = p.boards * thrift(p, s);
  const double aim = target(p, s, self) * months_per_tick(self);
  const double room = std::max(0.0, p.stock_cover * aim - self.stock(accelerators));
  s.meant = std::min(aim, room);
  s.made = std::min({self.available(wafers) * s.per_wafer, ratio(self.available(memory), stacks),
                     ratio(self.available(goods), boards), room});
  self.use(expertise, self.available(expertise));
  self.transform(wafers, std::min(self.available(wafers), s.made / s.per_wafer), accelerators, s.made);
  self.transform(memory, std::min(self.available(memory), s.made * stacks), accelerators, 0);
  self.transform(goods, std::min(self.available(goods), s.made * boards), accelerators, 0);
  if (!finance.is_winding_up(s.finance)) self.offer(accelerators, self.stock(accelerators) + s.made, s.book.list_price);
  if (self.bound(accelerator_kw) && s.made > 0) self.contribute(accelerator_kw, s.kw);
}

void ChipDesigner::spend(const Params& p, const Traits&, State& s, Agent& self) {
  if (finance.is_winding_up(s.finance)) return;
  // Boards can always be had, wafers and memory cannot: boards go with what it made, and with what it holds of the
  // scarcer of the two, so that its money does not end in boards alone.
  const double held =
      std::min(self.stock(wafers) * s.per_wafer, ratio(self.stock(memory), p.stacks * thrift(p, s), 1e18));
  const double wanted = p.inputs_cover * std::min(target(p, s, self) * months_per_tick(self), s.made + held);
  const double missing = wanted * p.boards * thrift(p, s) - self.stock(goods);
  const double price = p.price_limit * self.price(goods);
  if (missing > 0) self.order(goods, std::min(missing, ratio(self.money(), price)), price);
}

// The mark-up follows from its share of sales; research is paid out of it and no part of the unit's cost.
void ChipDesigner::close(const Params& p, const Traits&, State& s, Agent& self) {
  const double months = months_per_tick(self);
  research(p, s, self);
  launch(p, s, self);
  write_software(p, s, self);
  const double wage = self.price(expertise);
  s.expected_orders = adapt(self, s.expected_orders, self.demand(accelerators) / months, p.orders_speed);
  finance.observe(p.finance, s.finance, self, self.revenue(accelerators),
                  self.spent(wafers) + self.spent(memory) + self.spent(goods) + self.spent(expertise));
  if (finance.winds_up(p.finance, s.finance, self)) {
    book.shut(s.book);
    return self.withdraw(accelerators);
  }
  book.post(p.book, s.book, self, self.backlog(accelerators), self.demand(accelerators), s.meant, s.made,
            s.expected_orders, 0);
  const double sales = self.price(accelerators) * self.volume(accelerators);
  const double seen = between(ratio(self.revenue(accelerators), sales, s.sales_share), 0.0, 1.0);
  s.sales_share = adapt(self, s.sales_share, seen, p.share_speed);
  s.mark_up = pricing::nested_mark_up(s.sales_share, p.within_elasticity, p.across_elasticity);
  s.unit_cost = input_cost(p, s, self);
  s.book.list_price = adapt(self, s.book.list_price, (1.0 + s.mark_up) * s.unit_cost, p.price_speed);
  s.staff =
      std::max(adapt(self, s.staff, ratio(p.research_share * s.finance.expected_sales, wage, s.staff), p.staff_speed),
               p.least_staff * std::min(1.0, s.expected_orders / p.staff_scale));
  finance.settle(p.finance, s.finance, self, 0);
}

}  // namespace ondol::chips
