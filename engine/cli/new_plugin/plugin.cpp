// Makers of a ware who sell it to each other: the beginnings of a plugin of yours.
#include <ondol/sdk.hpp>

#include <algorithm>

namespace {

using ondol::Agent;
using ondol::Kind;

/// Makes a ware, asks a price that follows its sales, and spends part of its money on the ware of others.
struct {{Kind}} {
  /// Shared by a population.
  struct Params {
    double output;
    double speed;
    double share;
  };
  /// Drawn for each agent; stays.
  struct Traits {
    double skill;
  };
  /// What it remembers, and what results record.
  struct State {
    double price;
    double made;
    double eaten;
  };
  static constexpr ondol::Sells ware{0, "ware"};
  static constexpr ondol::Buys food{1, "food"};

  static void describe(Kind<{{Kind}}>& kind) {
    kind.name("{{name}}").doc("Makes a ware, sells it, and buys that of others.");
    kind.param("output", &Params::output, "{ware}").initial(10).range(0, 1e9).doc("Median made in a tick.");
    kind.param("speed", &Params::speed, "1").initial(0.1).range(0, 1).doc("By which the price moves in a tick.");
    kind.param("share", &Params::share, "1").initial(0.5).range(0, 1).doc("Of its money, spent in a tick.");
    kind.trait("skill", &Traits::skill, "1").initial(1).range(0, 1e3).doc("Times the output.");
    kind.state("price", &State::price, "money/{ware}").initial(1).range(1e-6, 1e9).doc("Asked.");
    kind.state("made", &State::made, "{ware}").range(0, 1e15).doc("In the latest tick.");
    kind.state("eaten", &State::eaten, "{food}").range(0, 1e15).doc("In the latest tick.");
    kind.port(ware).doc("What it sells.");
    kind.port(food).doc("What it buys.");
    kind.on<&{{Kind}}::make>("make", "Learns from its sales, makes, offers.");
    kind.on<&{{Kind}}::shop>("shop", "Orders from the cheapest of the others.");
    kind.on<&{{Kind}}::eat>("eat", "Uses up what it bought.");
  }

  static void make(const Params& p, const Traits& t, State& s, Agent& self) {
    if (self.tick() > 0) {
      const bool sold_out = self.stock(ware) == 0;
      s.price = std::clamp(s.price * (sold_out ? 1 + p.speed : 1 - p.speed), 1e-6, 1e9);
      self.scrap(ware, self.available(ware));
    }
    s.made = p.output * t.skill * self.lognormal("luck", 0, 0.1);
    self.make(ware, s.made);
    self.offer(ware, s.made, s.price);
  }

  static void shop(const Params& p, const Traits&, State&, Agent& self) {
    double cheapest = 0;
    for (const auto offer : self.offers(food)) {
      if (offer.seller() != self.id() && (cheapest == 0 || offer.price() < cheapest)) cheapest = offer.price();
    }
    if (cheapest > 0) self.order(food, p.share * self.money() / cheapest, 2 * cheapest);
  }

  static void eat(const Params&, const Traits&, State& s, Agent& self) {
    s.eaten = self.bought(food);
    self.use(food, std::min(s.eaten, self.available(food)));
  }
};

}  // namespace

ONDOL_PLUGIN("{{name}}", "0.1.0", {{Kind}})
