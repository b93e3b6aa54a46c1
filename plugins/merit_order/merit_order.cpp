// Merit order: sellers offer at cost, buyers bid what a unit is worth to them, one price clears (Schweppe, Caramanis,
// Tabors and Bohn 1988, "Spot Pricing of Electricity"). Nobody who values a unit less than its cost trades, and nobody
// who values it more goes without: the gains from trade are the largest there can be.
#include <ondol/sdk.hpp>

namespace {

using ondol::Agent;
using ondol::Kind;

/// Offers a quantity at what it costs, drawn anew each tick.
struct Generator {
  struct Params {
    double most;
    double highest_cost;
  };
  struct Traits {};
  struct State {
    double cost;
    double offered;
    double generated;
  };
  static constexpr ondol::Sells electricity{0, "electricity", "MWh"};

  static void describe(Kind<Generator>& kind) {
    kind.name("generator").doc("Offers a quantity at what it costs.");
    kind.param("most", &Params::most, "MWh").initial(100).range(0, 1e9).doc("Its capacity is uniform from 0 to this.");
    kind.param("highest_cost", &Params::highest_cost, "money/MWh").initial(100).range(0, 1e6).doc("Likewise.");
    kind.state("cost", &State::cost, "money/MWh").range(0, 1e6).doc("Of a unit in the tick.");
    kind.state("offered", &State::offered, "MWh").range(0, 1e9).doc("In the tick.");
    kind.state("generated", &State::generated, "MWh").range(0, 1e9).doc("Sold in the tick.");
    kind.port(electricity).doc("What it sells.");
    kind.on<&Generator::offer>("offer", "Draws, offers.");
    kind.on<&Generator::settle>("settle", "Counts.");
  }
  static void offer(const Params& p, const Traits&, State& s, Agent& self) {
    s.cost = p.highest_cost * self.uniform("cost");
    s.offered = p.most * self.uniform("capacity");
    self.make(electricity, s.offered);
    self.offer(electricity, s.offered, s.cost);
  }
  static void settle(const Params&, const Traits&, State& s, Agent& self) { s.generated = self.sold(electricity); }
};

/// Bids for a quantity what it is worth, drawn anew each tick.
struct Load {
  struct Params {
    double most;
    double highest_worth;
  };
  struct Traits {};
  struct State {
    double worth;
    double wanted;
    double consumed;
  };
  static constexpr ondol::Buys electricity{0, "electricity", "MWh"};

  static void describe(Kind<Load>& kind) {
    kind.name("load").doc("Bids for a quantity what it is worth.");
    kind.param("most", &Params::most, "MWh")
        .initial(100)
        .range(0, 1e9)
        .doc("It wants a uniform quantity from 0 to this.");
    kind.param("highest_worth", &Params::highest_worth, "money/MWh").initial(100).range(0, 1e6).doc("Likewise.");
    kind.state("worth", &State::worth, "money/MWh").range(0, 1e6).doc("Of a unit in the tick.");
    kind.state("wanted", &State::wanted, "MWh").range(0, 1e9).doc("In the tick.");
    kind.state("consumed", &State::consumed, "MWh").range(0, 1e9).doc("Bought in the tick.");
    kind.port(electricity).doc("What it buys.");
    kind.on<&Load::bid>("bid", "Draws, bids.");
    kind.on<&Load::settle>("settle", "Consumes.");
  }
  static void bid(const Params& p, const Traits&, State& s, Agent& self) {
    s.worth = p.highest_worth * self.uniform("worth");
    s.wanted = p.most * self.uniform("quantity");
    self.order(electricity, s.wanted, s.worth);
  }
  static void settle(const Params&, const Traits&, State& s, Agent& self) {
    s.consumed = self.bought(electricity);
    self.use(electricity, self.available(electricity));
  }
};

}  // namespace

ONDOL_PLUGIN("merit_order", "0.2.0", Generator, Load)
