// Parents that found children, who begin by a rule of their own.
#include <ondol/sdk.hpp>

namespace {

using ondol::Agent;
using ondol::Kind;

/// Founds children in one tick.
struct Parent {
  struct Params {
    double children;
    double tick;
  };
  struct Traits {};
  struct State {
    double tolls;
  };
  static constexpr ondol::Peers nest{0, "nest"};
  static constexpr ondol::Receipts tolls{1, "tolls"};
  static constexpr ondol::Purpose dowry{0, "dowry"};

  static void describe(Kind<Parent>& kind) {
    kind.name("parent").doc("Founds children in one tick.");
    kind.param("children", &Params::children, "1").initial(1).doc("How many.");
    kind.param("tick", &Params::tick, "1").initial(0).doc("When.");
    kind.state("tolls", &State::tolls, "money").doc("From children, in the last tick.");
    kind.port(nest).doc("Where they live.");
    kind.port(tolls).doc("What they pay.");
    kind.purpose(dowry, "To begin with.");
    kind.on<&Parent::live>("live", "Founds.");
  }
  static void live(const Params& p, const Traits&, State& s, Agent& self) {
    s.tolls = self.received(tolls);
    if (static_cast<double>(self.tick()) != p.tick) return;
    for (int i = 0; i < p.children; ++i) {
      self.found(nest, 5, dowry);
      self.endow("gift", i);
    }
  }
};

/// Notes how it began, and that it lives.
struct Child {
  struct Params {
    bool founds;
    bool tells;
  };
  struct Traits {
    double gift;
  };
  struct State {
    double begun;
    double begun_with;
    double begun_gift;
    double luck;
    double lived;
  };
  static constexpr ondol::Peers parents{0, "parents"};
  static constexpr ondol::Peers nest{1, "nest"};
  static constexpr ondol::Writes word{2, "word"};
  static constexpr ondol::Purpose toll{0, "toll"};

  static void describe(Kind<Child>& kind) {
    kind.name("child").doc("Notes how it began, and that it lives.");
    kind.param("founds", &Params::founds, "1").initial(0).doc("A child of its own, as it begins.");
    kind.param("tells", &Params::tells, "1").initial(0).doc("All, as it begins.");
    kind.trait("gift", &Traits::gift, "1").initial(-1).doc("From its parent.");
    kind.state("begun", &State::begun, "1").doc("How often it began.");
    kind.state("begun_with", &State::begun_with, "money").doc("Money.");
    kind.state("begun_gift", &State::begun_gift, "1").doc("Gift.");
    kind.state("luck", &State::luck, "1").doc("As it began.");
    kind.state("lived", &State::lived, "1").doc("Ticks.");
    kind.port(parents).doc("Whom it pays.");
    kind.port(nest).optional().doc("Where its own would live.");
    kind.port(word).optional().doc("What it tells.");
    kind.purpose(toll, "For being there.");
    kind.on_birth<&Child::begin>("Begins.");
    kind.on<&Child::live>("live", "Lives.");
  }
  static void begin(const Params& p, const Traits& t, State& s, Agent& self) {
    s = {s.begun + 1, self.money(), t.gift, self.uniform("begin"), s.lived};
    if (self.money() >= 1) self.pay(self.members(parents)[0].id(), 1, toll);
    if (p.founds) self.found(nest, 0, toll);
    if (p.tells) self.contribute(word, 1);
  }
  static void live(const Params&, const Traits&, State& s, Agent&) { ++s.lived; }
};

}  // namespace

ONDOL_PLUGIN("nursery", "1.0.0", Parent, Child)
