// Price competition with differentiated products (Anderson, de Palma and Thisse 1992, "Discrete Choice Theory of
// Product Differentiation", chapter 7): buyers spread over sellers by logit in log prices with weight alpha, each
// seller answers the others best. Its share s falls with its price at the elasticity alpha (1 - s), so it asks (p -
// c)/p = 1/(alpha (1 - s)).
#include <ondol/sdk.hpp>

#include <algorithm>

namespace {

using ondol::Agent;
using ondol::Kind;

/// Makes what it sells at a constant cost; prices against its rivals.
struct Rival {
  struct Params {
    double sensitivity;
    double speed;
    double capacity;
  };
  struct Traits {
    double cost;
    double deviation;
  };
  struct State {
    double price;
    double share;
    double profit;
  };
  static constexpr ondol::Sells ware{0, "ware"};

  static void describe(Kind<Rival>& kind) {
    kind.name("rival").doc("Makes what it sells at a constant cost; answers its rivals' prices best.");
    kind.param("sensitivity", &Params::sensitivity, "1").initial(4).range(1.01, 100).doc("alpha, as it knows it.");
    kind.param("speed", &Params::speed, "1").initial(0.3).range(0, 1).doc("Of the way to the best answer, a tick.");
    kind.param("capacity", &Params::capacity, "{ware}").initial(1e6).range(0, 1e12).doc("On offer each tick.");
    kind.trait("cost", &Traits::cost, "money/{ware}").initial(1).range(1e-6, 1e9).doc("c of a unit.");
    kind.trait("deviation", &Traits::deviation, "1").initial(1).range(0.1, 10).doc("Asks so many times its answer.");
    kind.state("price", &State::price, "money/{ware}").initial(2).range(1e-9, 1e12).doc("Best answer so far.");
    kind.state("share", &State::share, "1").range(0, 1).doc("s of the market, in the latest clearing.");
    kind.state("profit", &State::profit, "money").doc("Of the latest clearing: (price - c) times sold.");
    kind.port(ware).doc("What it sells.");
    kind.on<&Rival::price>("price", "Learns its share, prices, offers.");
  }

  static void price(const Params& p, const Traits& t, State& s, Agent& self) {
    const double sold = self.sold(ware);
    if (self.volume(ware) > 0) {
      s.share = std::min(sold / self.volume(ware), 1.0);
      s.profit = self.revenue(ware) - t.cost * sold;
      const double lerner = std::min(1.0 / (p.sensitivity * std::max(1.0 - s.share, 1e-3)), 0.9);
      s.price += p.speed * (t.cost / (1.0 - lerner) - s.price);
    }
    self.make(ware, std::max(0.0, p.capacity - self.stock(ware)));
    self.offer(ware, p.capacity, t.deviation * s.price);
  }
};

/// Wants a quantity each tick, whatever it costs.
struct Shopper {
  struct Params {
    double quantity;
    double limit;
  };
  struct Traits {};
  struct State {};
  static constexpr ondol::Buys ware{0, "ware"};

  static void describe(Kind<Shopper>& kind) {
    kind.name("shopper").doc("Wants a quantity each tick, whatever it costs.");
    kind.param("quantity", &Params::quantity, "{ware}").initial(1000).range(0, 1e12).doc("Wanted.");
    kind.param("limit", &Params::limit, "money/{ware}").initial(1000).range(0, 1e12).doc("Most it pays.");
    kind.port(ware).doc("What it buys.");
    kind.on<&Shopper::shop>("shop", "Uses up, orders.");
  }
  static void shop(const Params& p, const Traits&, State&, Agent& self) {
    self.use(ware, self.available(ware));
    self.order(ware, p.quantity, p.limit);
  }
};

}  // namespace

ONDOL_PLUGIN("bertrand", "0.2.0", Rival, Shopper)
