/// Those whom a race is about: they rent computing hours for what AI is worth to them, buy digital services, and work
/// and trade for what they spend. They close a small world around groups.
#pragma once

#include <ondol/economics.hpp>
#include <ondol/sdk.hpp>

namespace ondol::infrastructure {

struct Customers {
  struct Params {
    double work;
    double wage;
    double baskets;
    double digital_spending;
    double fastest_growth;
    double market;
    double bid;
  };
  struct Traits {};
  struct State {
    double ai_spending;
  };
  static constexpr Sells labour{0, "labour", "person_month"};
  static constexpr Sells goods{1, "goods", "basket"};
  static constexpr Buys digital{2, "digital", "digital_service"};
  static constexpr Buys compute{3, "compute", "accelerator_hour"};

  static void describe(Kind<Customers>& kind) {
    kind.name("customers").doc("Rent hours for what AI is worth to them, buy digital services, work and trade.");
    kind.param("work", &Params::work, "person_month/month").initial(1e6).range(0, 1e12).assumed().doc("Offered.");
    kind.param("wage", &Params::wage, "money/person_month").initial(5000).range(0, 1e9).assumed().doc("Asked.");
    kind.param("baskets", &Params::baskets, "basket/month").initial(1e12).range(0, 1e15).assumed().doc("On offer.");
    kind.param("digital_spending", &Params::digital_spending, "money/month")
        .initial(2e10)
        .range(0, 1e15)
        .assumed()
        .doc("On digital services.");
    kind.param("fastest_growth", &Params::fastest_growth, "1/year")
        .initial(1.1)
        .range(-10, 10)
        .assumed(0.3, 1.2)
        .doc("Log growth of spending on hours while the market is empty.");
    kind.param("market", &Params::market, "money/month")
        .initial(2.5e10)
        .range(1, 1e15)
        .assumed()
        .doc("Spending on hours at rest.");
    kind.param("bid", &Params::bid, "1").initial(10).range(1, 1000).assumed().doc("Most they pay over the last price.");
    kind.state("ai_spending", &State::ai_spending, "money/month").initial(2.5e8).range(0, 1e15).doc("On hours.");
    kind.port(labour).doc("Work.");
    kind.port(goods).doc("Baskets, at 1.");
    kind.port(digital).doc("Digital services.");
    kind.port(compute).doc("Hours.");
    kind.on<&Customers::open>("open", "Offer work.");
    kind.on<&Customers::serve>("serve", "Offer baskets.");
    kind.on<&Customers::query>("query", "Order services and hours; what hours are worth to them grows.");
    kind.on<&Customers::close>("close", "Use up what they bought.");
  }
  static void open(const Params& p, const Traits&, State&, Agent& self) {
    const double work = p.work * months_per_tick(self);
    self.make(labour, work);
    self.offer(labour, work, p.wage);
  }
  static void serve(const Params& p, const Traits&, State&, Agent& self) {
    const double baskets = p.baskets * months_per_tick(self);
    self.make(goods, std::max(0.0, baskets - self.stock(goods)));
    self.offer(goods, baskets, 1.0);
  }
  // d ln R = b (1 - R / M) dt, logistic growth (Verhulst 1838).
  static void query(const Params& p, const Traits&, State& s, Agent& self) {
    const double months = months_per_tick(self);
    order(self, digital, p.digital_spending * months, p.bid);
    order(self, compute, s.ai_spending * months, p.bid);
    const double growth = p.fastest_growth * (1.0 - s.ai_spending / p.market) * months / 12.0;
    s.ai_spending = between(s.ai_spending * exp(between(growth, -10, 10)), 0, 1e15);
  }
  static void close(const Params&, const Traits&, State&, Agent& self) {
    self.use(digital, self.available(digital));
    self.use(compute, self.available(compute));
  }

 private:
  static void order(Agent& self, Buys port, double money, double bid) {
    if (self.price(port) > 0) self.order(port, money / self.price(port), bid * self.price(port));
  }
};

}  // namespace ondol::infrastructure
