// Zero-intelligence traders (Gode and Sunder 1993, "Allocative Efficiency of Markets with Zero-Intelligence Traders:
// Market as a Partial Substitute for Individual Rationality", Journal of Political Economy 101, 119-137): who quotes at
// random in a double auction, but never at a loss, leaves hardly any gain from trade untaken.
#include <ondol/sdk.hpp>

#include <algorithm>
#include <cstdint>

namespace {

using ondol::Agent;
using ondol::Kind;

/// What both sides do alike: some units a period, one after the other, quoted at random.
struct Trading {
  struct Params {
    std::int64_t units;
    double step;
    double highest;
    double pace;
    std::int64_t constrained;
  };
  struct State {
    double traded;
    double gain;
  };

  void describe(auto& part) const {
    part.param("units", &Params::units, "1").initial(4).range(1, 1000).doc("It can trade in a period.");
    part.param("step", &Params::step, "money/{ware}")
        .initial(15)
        .range(0, 1e6)
        .doc("By which each further unit is worth less to a buyer, costs a seller more.");
    part.param("highest", &Params::highest, "money/{ware}").initial(200).range(0, 1e6).doc("Price that anyone quotes.");
    part.param("pace", &Params::pace, "1").initial(0.25).range(0, 1).doc("Chance of a new quote in a round.");
    part.param("constrained", &Params::constrained, "1")
        .initial(1)
        .range(0, 1)
        .doc("1: never quotes at a loss; 0: any price, whatever its values.");
    part.state("traded", &State::traded, "{ware}").range(0, 1e6).doc("In the period.");
    part.state("gain", &State::gain, "money").doc("In the period: worth of what it got less that of what it gave.");
  }
  static bool quotes(const Params& p, const State& s, Agent& self) {
    return s.traded < static_cast<double>(p.units) && self.uniform("pace") < p.pace;
  }
  static void count(State& s, double gain) {
    s.gain += gain;
    s.traded += 1;
  }
};
constexpr Trading trading;

/// Bids for its next unit a price from nothing to what that is worth.
struct Buyer {
  struct Params {
    Trading::Params trading;
  };
  struct Traits {
    double value;
  };
  struct State {
    Trading::State trading;
  };
  static constexpr ondol::Buys ware{0, "ware"};

  static void describe(Kind<Buyer>& kind) {
    kind.name("zero_intelligence_buyer").doc("Bids at random, up to what its next unit is worth to it.");
    kind.part(trading, &Params::trading, &State::trading);
    kind.trait("value", &Traits::value, "money/{ware}").initial(140).range(0, 1e6).doc("Of its first unit.");
    kind.port(ware).doc("The book it bids in.");
    kind.on<&Buyer::open>("open", "Begins a period: what it bought before is used up.");
    kind.on<&Buyer::quote>("quote", "Counts what it bought, bids for the next unit.");
    kind.on<&Buyer::close>("close", "Counts what it bought, takes its bid back.");
  }
  static void open(const Params&, const Traits&, State& s, Agent& self) {
    s.trading = {};
    self.use(ware, self.available(ware));
  }
  static double worth(const Params& p, const Traits& t, const State& s) {
    return std::max(t.value - p.trading.step * s.trading.traded, 0.0);
  }
  static void count(const Params& p, const Traits& t, State& s, Agent& self) {
    if (self.bought(ware) == 0) return;
    Trading::count(s.trading, worth(p, t, s) - self.spent(ware));
  }
  static void quote(const Params& p, const Traits& t, State& s, Agent& self) {
    if (self.round() > 0) count(p, t, s, self);
    if (!Trading::quotes(p.trading, s.trading, self)) return;
    const double most = p.trading.constrained != 0 ? worth(p, t, s) : p.trading.highest;
    self.bid(ware, 1, most * self.uniform("bid"));
  }
  static void close(const Params& p, const Traits& t, State& s, Agent& self) {
    count(p, t, s, self);
    self.withdraw(ware);
  }
};

/// Asks for its next unit a price from what that costs to the highest of all.
struct Seller {
  struct Params {
    Trading::Params trading;
  };
  struct Traits {
    double cost;
  };
  struct State {
    Trading::State trading;
  };
  static constexpr ondol::Sells ware{0, "ware"};

  static void describe(Kind<Seller>& kind) {
    kind.name("zero_intelligence_seller").doc("Asks at random, no less than its next unit costs it.");
    kind.part(trading, &Params::trading, &State::trading);
    kind.trait("cost", &Traits::cost, "money/{ware}").initial(60).range(0, 1e6).doc("Of its first unit.");
    kind.port(ware).doc("The book it asks in.");
    kind.on<&Seller::open>("open", "Begins a period with all its units.");
    kind.on<&Seller::quote>("quote", "Counts what it sold, asks a price for the next unit.");
    kind.on<&Seller::close>("close", "Counts what it sold, takes its ask back.");
  }
  static void open(const Params& p, const Traits&, State& s, Agent& self) {
    s.trading = {};
    self.make(ware, std::max(static_cast<double>(p.trading.units) - self.stock(ware), 0.0));
  }
  static double cost(const Params& p, const Traits& t, const State& s) {
    return t.cost + p.trading.step * s.trading.traded;
  }
  static void count(const Params& p, const Traits& t, State& s, Agent& self) {
    if (self.sold(ware) == 0) return;
    Trading::count(s.trading, self.revenue(ware) - cost(p, t, s));
  }
  static void quote(const Params& p, const Traits& t, State& s, Agent& self) {
    if (self.round() > 0) count(p, t, s, self);
    if (!Trading::quotes(p.trading, s.trading, self)) return;
    const double least = p.trading.constrained != 0 ? cost(p, t, s) : 0;
    self.offer(ware, 1, least + std::max(p.trading.highest - least, 0.0) * self.uniform("ask"));
  }
  static void close(const Params& p, const Traits& t, State& s, Agent& self) {
    count(p, t, s, self);
    self.withdraw(ware);
  }
};

}  // namespace

ONDOL_PLUGIN("zero_intelligence", "0.2.0", Buyer, Seller)
