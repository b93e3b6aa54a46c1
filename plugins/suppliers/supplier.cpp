// A supplier of capital goods to order: unit cost falls with experience, price and capacity follow the backlog.
#include <ondol/economics.hpp>
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
    double backlog_target;
    double backlog_gain;
    double least_mark_up;
    double most_mark_up;
    double payout;
    double buffer;
    double loan_term;
  };
  struct Traits {};
  struct State {
    double first_experience;
    double experience;
    double capacity;
    double mark_up;
    double list_price;
    double wait;
    double orders_hat;
    double planned;
    double made;
    double unit_cost;
    double outlay_hat;
  };
  static constexpr Buys labour{0, "labour", "person_month"};
  static constexpr Buys goods{1, "goods", "basket"};
  static constexpr Sells output{2, "output"};
  static constexpr Issues share{3, "share"};
  static constexpr Issues loan{4, "loan"};
  static constexpr Sells loans{5, "loans"};
  static constexpr Reads policy_rate{6, "policy_rate"};
  static constexpr Purpose dividend{0, "dividend"};

  static void describe(Kind<Supplier>& kind) {
    kind.name("supplier").doc("Builds capital goods to order; learns by doing.");
    kind.param("first_cost", &Params::first_cost, "money/{output}")
        .range(0, 1e12)
        .doc("c0: unit cost at the first experience.");
    kind.param("learning_rate", &Params::learning_rate, "1")
        .initial(0.1)
        .range(0, 0.9)
        .doc("Fall of unit cost per doubling of experience (assumed unless the world says more).");
    kind.param("labour_share", &Params::labour_share, "1")
        .initial(0.5)
        .range(0, 1)
        .doc("Of unit cost; the rest is baskets (assumed).");
    kind.param("first_wage", &Params::first_wage, "money/person_month")
        .range(1e-9, 1e9)
        .doc("Wage at which c0 was reckoned.");
    kind.param("backlog_target", &Params::backlog_target, "month")
        .initial(2)
        .range(0.01, 1000)
        .doc("B*: months of backlog at which the mark-up rests (assumed).");
    kind.param("backlog_gain", &Params::backlog_gain, "1")
        .initial(0.03)
        .range(0, 1)
        .doc("gamma_B: mark-up per month and unit of relative backlog (assumed).");
    kind.param("least_mark_up", &Params::least_mark_up, "1")
        .initial(0.10)
        .range(0, 10)
        .doc("Over unit cost (assumed).");
    kind.param("most_mark_up", &Params::most_mark_up, "1").initial(0.80).range(0, 10).doc("Over unit cost (assumed).");
    kind.param("payout", &Params::payout, "1")
        .initial(0.5)
        .range(0, 1)
        .doc("Share of money above the buffer that is paid out (assumed).");
    kind.param("buffer", &Params::buffer, "month")
        .initial(2)
        .range(0, 1000)
        .doc("Months of outlays it keeps (assumed).");
    kind.param("loan_term", &Params::loan_term, "month").initial(60).range(1, 1000).doc("Of its loans (assumed).");
    kind.state("first_experience", &State::first_experience, "{output}")
        .range(0, 1e18)
        .doc("X0: made before the start.");
    kind.state("experience", &State::experience, "{output}").range(0, 1e18).doc("X: made ever.");
    kind.state("capacity", &State::capacity, "{output}/month").range(0, 1e18).doc("Most it can make.");
    kind.state("mark_up", &State::mark_up, "1").range(0, 100).doc("Over unit cost.");
    kind.state("list_price", &State::list_price, "money/{output}")
        .range(0, 1e18)
        .disclosed("order_book")
        .doc("Asked of new orders.");
    kind.state("wait", &State::wait, "month")
        .range(0, 1e9)
        .disclosed("order_book")
        .doc("Months in which it could make its backlog.");
    kind.state("orders_hat", &State::orders_hat, "{output}/month").range(0, 1e18).doc("Orders it expects.");
    kind.state("planned", &State::planned, "{output}").range(0, 1e18).doc("To be made in the tick.");
    kind.state("made", &State::made, "{output}").range(0, 1e18).doc("Made in the tick.");
    kind.state("unit_cost", &State::unit_cost, "money/{output}").range(0, 1e18).doc("At present wages and prices.");
    kind.state("outlay_hat", &State::outlay_hat, "money").range(0, 1e18).doc("Smoothed outlays of a tick.");
    kind.port(labour).doc("Workers.");
    kind.port(goods).doc("Materials.");
    kind.port(output).doc("What it builds, in a market with standing orders.");
    kind.port(share).optional().doc("Its shares.");
    kind.port(loan).optional().doc("Its loans.");
    kind.port(loans).optional().attributes({"rate", "term", "cover"}).doc("Where it borrows.");
    kind.port(policy_rate).optional().doc("Base of what it offers to pay for loans.");
    kind.purpose(dividend, "To owners.");
    kind.on<&Supplier::hire>("hire", "Plans from its backlog, hires for it.");
    kind.on<&Supplier::produce>("produce", "Makes what labour and materials allow, offers its stock.");
    kind.on<&Supplier::spend>("spend", "Buys materials.");
    kind.on<&Supplier::close>("close", "Learns, prices, expands, borrows or pays out.");
  }

  // Wright (1936): c = c0 (X / X0)^-b with b = -log2(1 - LR), c in baskets and work of the start.
  static double learned_cost(const Params& p, const State& s) {
    const double exponent = ondol::log(1.0 - p.learning_rate) / ondol::log(2.0);
    return p.first_cost * ondol::pow(std::max(1.0, ratio(s.experience, s.first_experience, 1.0)), exponent);
  }
  static double workers_per_unit(const Params& p, const State& s) {
    return learned_cost(p, s) * p.labour_share / p.first_wage;
  }
  static double baskets_per_unit(const Params& p, const State& s, const Agent&) {
    return learned_cost(p, s) * (1.0 - p.labour_share);
  }

  static void hire(const Params& p, const Traits&, State& s, Agent& self) {
    const double backlog = self.backlog(output);
    const double months = months_per_tick(self);
    const double for_stock = backlog > 0 ? std::max(0.0, 1.1 * s.orders_hat * months - self.stock(output)) : 0.0;
    s.planned = std::min(s.capacity * months, backlog / 3.0 + for_stock);
    self.order(labour, s.planned * workers_per_unit(p, s), 1.3 * self.price(labour));
  }

  static void produce(const Params& p, const Traits&, State& s, Agent& self) {
    const double workers = workers_per_unit(p, s);
    const double baskets = baskets_per_unit(p, s, self);
    const double hands = self.available(labour);
    const double materials = self.available(goods);
    s.made = std::min({s.planned, ratio(hands, workers, s.planned), ratio(materials, baskets, s.planned)});
    self.transform(labour, hands, output, 0);
    self.transform(goods, std::min(materials, s.made * baskets), output, s.made);
    s.experience += s.made;
    self.offer(output, self.stock(output) + s.made, s.list_price);
  }

  static void spend(const Params& p, const Traits&, State& s, Agent& self) {
    const double months = months_per_tick(self);
    const double next =
        std::min(s.capacity * months, std::max(self.backlog(output) / 3.0, 1.1 * s.orders_hat * months));
    const double wanted = next * baskets_per_unit(p, s, self) - self.stock(goods);
    if (wanted > 0) self.order(goods, wanted, 1.1 * self.price(goods));
  }

  // Mark-up and capacity follow the backlog in months of capacity: mu <- mu (1 + gamma (B/B* - 1)), capacity by at most
  // 6 % a month (mark-up over unit cost: Dosi, Fagiolo, Roventini 2010; speeds assumed).
  static void close(const Params& p, const Traits&, State& s, Agent& self) {
    const double months = months_per_tick(self);
    const double pressure =
        std::clamp(ratio(self.backlog(output), s.capacity, 0.0) / p.backlog_target - 1.0, -1.0, 3.0);
    s.wait = ratio(self.backlog(output), s.capacity);
    s.mark_up = between(s.mark_up * (1.0 + p.backlog_gain * pressure * months), p.least_mark_up, p.most_mark_up);
    s.capacity *= 1.0 + std::clamp(0.02 * pressure, -0.002, 0.06) * months;
    s.orders_hat = smooth(s.orders_hat, self.demand(output) / months, 0.2 * months);
    const double wages = p.labour_share * ratio(self.price(labour), p.first_wage, 1.0);
    s.unit_cost = learned_cost(p, s) * (wages + (1.0 - p.labour_share) * self.price(goods));
    s.list_price = (1.0 + s.mark_up) * s.unit_cost;
    s.outlay_hat = smooth(s.outlay_hat, self.spent(labour) + self.spent(goods), 0.3 * months);
    settle_cash(p, s, self, std::max(s.outlay_hat, 0.5 * s.planned * s.unit_cost));
  }

  static void settle_cash(const Params& p, const State& s, Agent& self, double outlay) {
    const double keep = p.buffer / months_per_tick(self) * outlay;
    if (self.bound(share) && self.money() > keep) self.distribute(share, p.payout * (self.money() - keep), dividend);
    if (!self.bound(loans)) return;
    const double need = 0.5 * keep - self.money();
    if (need <= 0) return self.withdraw(loans);
    const double rate = (self.bound(policy_rate) ? self.signal(policy_rate) : 0.0) + 0.02 +
                        0.04 * std::min(5.0, ratio(self.debts(), self.assets(), 1.0));
    const double surplus = s.orders_hat * s.unit_cost * s.mark_up * self.ticks_per_year();
    const double service = (self.outstanding(loan) + need) * (rate + 12.0 / p.loan_term);
    self.offer(loans, need, 1.0,
               {rate / self.ticks_per_year(), p.loan_term / months_per_tick(self), ratio(surplus, service)});
  }
};

}  // namespace
}  // namespace ondol::suppliers

ONDOL_PLUGIN("suppliers", "0.1.0", ondol::suppliers::Supplier)
