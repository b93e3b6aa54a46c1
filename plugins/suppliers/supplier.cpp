// A supplier of capital goods to order: unit cost falls with experience, price and capacity follow the backlog.
#include <ondol/choice.hpp>
#include <ondol/economics.hpp>
#include <ondol/firm.hpp>
#include <ondol/pricing.hpp>
#include <ondol/sdk.hpp>

#include <algorithm>

namespace ondol::suppliers {
namespace {

/// Serves for energy storage, UPS, cooling and construction alike: the world binds `output` to one of them.
struct Supplier {
  struct Params {
    double first_cost;
    double learning_rate;
    double labour_share;
    double first_wage;
    double work_off;
    double stock_target;
    double orders_speed;
    double capacity_gain;
    double capacity_growth;
    double capacity_wear;
    double capital_months;
    double wage_limit;
    double price_limit;
    pricing::MarkUp::Params pricing;
    choice::OrderBook::Params book;
    firm::Finance::Params finance;
  };
  struct Traits {};
  struct State {
    double first_experience;
    double experience;
    double capacity;
    double expected_orders;
    double meant;
    double planned;
    double made;
    double unit_cost;
    double machines;
    pricing::MarkUp::State pricing;
    choice::OrderBook::State book;
    firm::Finance::State finance;
  };
  static constexpr Buys labour{0, "labour", "person_month"};
  static constexpr Buys goods{1, "goods", "basket"};
  static constexpr Sells output{2, "output"};
  static constexpr firm::Finance finance{3, 0};
  static constexpr pricing::MarkUp pricing{};
  static constexpr choice::OrderBook book{"money/{output}", "{output}/month"};

  static void describe(Kind<Supplier>& kind) {
    kind.name("supplier").doc("Builds capital goods to order; learns by doing.");
    kind.param("first_cost", &Params::first_cost, "money/{output}")
        .range(0, 1e12)
        .doc("c0: unit cost at the first experience.");
    kind.param("learning_rate", &Params::learning_rate, "1")
        .initial(0.1)
        .range(0, 0.9)
        .assumed(0.03, 0.2)
        .doc("Fall of unit cost per doubling of experience.");
    kind.param("labour_share", &Params::labour_share, "1")
        .initial(0.5)
        .range(0, 1)
        .assumed(0.3, 0.7)
        .doc("Of unit cost; the rest is baskets.");
    kind.param("first_wage", &Params::first_wage, "money/person_month")
        .range(1e-9, 1e9)
        .doc("Wage at which c0 was reckoned.");
    kind.param("work_off", &Params::work_off, "1/month")
        .initial(1.0 / 3)
        .range(0, 1)
        .assumed(0.2, 0.5)
        .doc("Of its backlog, to be made.");
    kind.param("stock_target", &Params::stock_target, "month")
        .initial(1.1)
        .range(0, 100)
        .assumed(0.5, 2)
        .doc("Of expected orders, in stock and materials while it has orders.");
    kind.param("orders_speed", &Params::orders_speed, "1/month")
        .initial(0.2)
        .range(0, 1)
        .assumed(0.1, 0.4)
        .doc("Of expected orders towards those seen.");
    kind.param("capacity_gain", &Params::capacity_gain, "1/month")
        .initial(0.02)
        .range(0, 1)
        .assumed(0.01, 0.05)
        .doc("Capacity it would add per unit of relative backlog.");
    kind.param("capacity_growth", &Params::capacity_growth, "1/month")
        .initial(0.06)
        .range(0, 1)
        .assumed(0.03, 0.1)
        .doc("Most that it adds.");
    kind.param("capacity_wear", &Params::capacity_wear, "1/month")
        .initial(0.002)
        .range(0, 1)
        .assumed(0, 0.01)
        .doc("Capacity that is not kept up while the backlog is below its target.");
    kind.param("capital_months", &Params::capital_months, "month")
        .initial(6)
        .range(0, 1000)
        .assumed(3, 18)
        .doc("Price of capacity in months of its output at first cost.");
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
    kind.state("first_experience", &State::first_experience, "{output}")
        .range(0, 1e18)
        .doc("X0: made before the start.");
    kind.state("experience", &State::experience, "{output}").range(0, 1e18).doc("X: made ever.");
    kind.state("capacity", &State::capacity, "{output}/month").range(0, 1e18).doc("Most it can make.");
    kind.state("expected_orders", &State::expected_orders, "{output}/month").range(0, 1e18).doc("Orders it expects.");
    kind.state("meant", &State::meant, "{output}").range(0, 1e18).doc("To be made in the tick, had it the money.");
    kind.state("planned", &State::planned, "{output}").range(0, 1e18).doc("Of that, what it hires for.");
    kind.state("made", &State::made, "{output}").range(0, 1e18).doc("Made in the tick.");
    kind.state("unit_cost", &State::unit_cost, "money/{output}").range(0, 1e18).doc("At present wages and prices.");
    kind.state("machines", &State::machines, "basket").range(0, 1e18).doc("Ordered to enlarge its capacity.");
    kind.port(labour).doc("Workers.");
    kind.port(goods).doc("Materials and machines.");
    kind.port(output).doc("What it builds, in a market with standing orders.");
    kind.part(finance, &Params::finance, &State::finance);
    kind.part(pricing, &Params::pricing, &State::pricing);
    kind.part(book, &Params::book, &State::book);
    kind.field("mark_up_target").initial(2).assumed(1, 4).doc("B*: months of backlog at which the mark-up rests.");
    kind.field("most_tight").initial(3).assumed();
    kind.field("least_mark_up").initial(0.1).assumed(0.05, 0.15);
    kind.field("most_mark_up").initial(0.8).assumed(0.5, 1.2);
    kind.on<&Supplier::hire>("hire", "Plans from its backlog, hires for it.");
    kind.on<&Supplier::produce>("produce", "Makes what labour and materials allow, offers its stock.");
    kind.on<&Supplier::spend>("spend", "Buys materials and machines.");
    kind.on<&Supplier::close>("close", "Learns, prices, expands, borrows or pays out, or winds up.");
  }

  static double learned_cost(const Params& p, const State& s) {
    return pricing::learned_cost(p.first_cost, p.learning_rate, s.experience, s.first_experience);
  }
  static double workers_per_unit(const Params& p, const State& s) {
    return learned_cost(p, s) * p.labour_share / p.first_wage;
  }
  static double baskets_per_unit(const Params& p, const State& s) { return learned_cost(p, s) * (1 - p.labour_share); }

  // Months of its capacity that its backlog takes.
  static double load(const State& s, const Agent& self) { return ratio(self.backlog(output), s.capacity); }

  static void hire(const Params& p, const Traits&, State& s, Agent& self) {
    s.planned = s.meant = 0;
    if (finance.is_winding_up(s.finance)) return;
    const double backlog = self.backlog(output);
    const double months = months_per_tick(self);
    const double for_stock =
        backlog > 0 ? std::max(0.0, p.stock_target * s.expected_orders * months - self.stock(output)) : 0.0;
    s.meant = std::min(s.capacity * months, share_per_tick(self, p.work_off) * backlog + for_stock);
    const double wage = p.wage_limit * self.price(labour);
    s.planned = std::min(s.meant, ratio(self.money(), workers_per_unit(p, s) * wage, s.meant));
    self.order(labour, s.planned * workers_per_unit(p, s), wage);
  }

  static void produce(const Params& p, const Traits&, State& s, Agent& self) {
    const double workers = workers_per_unit(p, s);
    const double baskets = baskets_per_unit(p, s);
    const double hands = self.available(labour);
    const double materials = self.available(goods);
    s.made = std::min({s.planned, ratio(hands, workers, s.planned), ratio(materials, baskets, s.planned)});
    self.transform(labour, hands, output, 0);
    self.transform(goods, std::min(materials, s.made * baskets), output, s.made);
    s.experience += s.made;
    if (!finance.is_winding_up(s.finance)) self.offer(output, self.stock(output) + s.made, s.book.list_price);
  }

  static double materials_wanted(const Params& p, const State& s, const Agent& self) {
    const double months = months_per_tick(self);
    const double next = std::min(s.capacity * months, std::max(share_per_tick(self, p.work_off) * self.backlog(output),
                                                               p.stock_target * s.expected_orders * months));
    return next * baskets_per_unit(p, s);
  }

  static void spend(const Params& p, const Traits&, State& s, Agent& self) {
    s.machines = 0;
    if (finance.is_winding_up(s.finance)) return;
    const double price = self.price(goods);
    const double months = months_per_tick(self);
    s.machines =
        ratio(finance.invest(p.finance, s.finance, self, wanted_expansion(p, s, self), committed(p, s, self)) * months,
              price);
    const double materials = std::max(0.0, materials_wanted(p, s, self) - self.stock(goods));
    if (materials + s.machines > 0) self.order(goods, materials + s.machines, p.price_limit * price);
  }

  // Money a month for the capacity that a backlog above its target calls for: K clip(g (B / B* - 1), 0, most).
  static double wanted_expansion(const Params& p, const State& s, const Agent& self) {
    const double pressure = load(s, self) / p.pricing.mark_up_target - 1.0;
    return s.capacity * std::clamp(p.capacity_gain * pressure, 0.0, p.capacity_growth) * capital_cost(p) *
           self.price(goods);
  }
  // Baskets for a unit a month of capacity.
  static double capital_cost(const Params& p) { return p.capital_months * p.first_cost; }

  // What the work that its backlog asks for next takes beyond what it is used to spend, for as long as it keeps money.
  static double committed(const Params& p, const State& s, const Agent& self) {
    const double next = std::min(s.capacity, p.work_off * self.backlog(output)) * s.unit_cost;
    return p.finance.working_capital * std::max(0.0, next - s.finance.expected_outlays);
  }

  // Machines that arrived beyond materials are built in; capacity that is not needed is not kept up.
  static double enlarge(const Params& p, State& s, Agent& self) {
    const double installed = std::clamp(self.available(goods) - materials_wanted(p, s, self), 0.0, s.machines);
    self.use(goods, std::min(installed, self.available(goods)));
    s.capacity += ratio(installed, capital_cost(p));
    if (load(s, self) < p.pricing.mark_up_target) s.capacity *= 1.0 - share_per_tick(self, p.capacity_wear);
    return installed * self.price(goods);
  }

  static void close(const Params& p, const Traits&, State& s, Agent& self) {
    const double months = months_per_tick(self);
    const double invested = enlarge(p, s, self);
    const double outlays = std::max(0.0, self.spent(labour) + self.spent(goods) - invested);
    finance.observe(p.finance, s.finance, self, self.revenue(output), outlays);
    s.expected_orders = adapt(self, s.expected_orders, self.demand(output) / months, p.orders_speed);
    if (finance.winds_up(p.finance, s.finance, self)) {
      book.shut(s.book);
      return self.withdraw(output);
    }
    pricing.adjust(p.pricing, s.pricing, self, load(s, self));
    const double wages = p.labour_share * ratio(self.price(labour), p.first_wage, 1.0);
    s.unit_cost = learned_cost(p, s) * (wages + (1.0 - p.labour_share) * self.price(goods));
    s.book.list_price = pricing.price(p.pricing, s.pricing, self, s.book.list_price, s.unit_cost);
    book.post(p.book, s.book, self, self.backlog(output), self.demand(output), s.meant, s.made, s.capacity, 0);
    const double working = finance.working_capital(p.finance, s.finance, committed(p, s, self));
    if (working > self.money() + finance.credit_room(p.finance, s.finance, self) && self.backlog(output) > 0)
      s.book.takes_orders = 0;
    finance.settle(p.finance, s.finance, self, committed(p, s, self));
  }
};

}  // namespace
}  // namespace ondol::suppliers

ONDOL_PLUGIN("suppliers", "0.2.0", ondol::suppliers::Supplier)
