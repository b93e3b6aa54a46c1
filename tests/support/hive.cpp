// Agents that are founded and leave: a queen lays, bees live for some ticks.
#include <ondol/sdk.hpp>

namespace {

using ondol::Agent;
using ondol::Kind;

/// Founds so many each tick and gives each the same money.
struct Queen {
  struct Params {
    double brood;
    double dowry;
    double size;
    double honey;
  };
  struct Traits {};
  struct State {
    double laid;
  };
  static constexpr ondol::Peers bees{0, "bees"};
  static constexpr ondol::Holds honey{1, "honey"};
  static constexpr ondol::Purpose dowry{0, "dowry", ONDOL_FINANCIAL};

  static void describe(Kind<Queen>& kind) {
    kind.name("queen").doc("Founds bees.");
    kind.param("brood", &Params::brood, "1").initial(0).range(0, 1e6).doc("Founded a tick.");
    kind.param("dowry", &Params::dowry, "money").initial(0).range(0, 1e15).doc("Paid into each.");
    kind.param("size", &Params::size, "1").initial(-1).range(-1, 1e15).doc("Of each; -1: as drawn.");
    kind.param("honey", &Params::honey, "{honey}").initial(0).range(0, 1e9).doc("Handed to each.");
    kind.state("laid", &State::laid, "1").range(0, 1e12).doc("So far.");
    kind.port(bees).doc("What it founds.");
    kind.port(honey).optional().doc("What it hands over.");
    kind.purpose(dowry, "Paid in.");
    kind.on<&Queen::lay>("lay", "Founds.");
  }
  static void lay(const Params& p, const Traits&, State& s, Agent& self) {
    for (int i = 0; i < p.brood; ++i) {
      self.found(bees, p.dowry, dowry);
      if (p.size >= 0) self.endow("size", p.size);
      if (p.size >= 0) self.endow("age", 1);
      if (p.honey > 0 && self.tick() > 0) self.endow(honey, p.honey);
    }
    if (p.honey > 0) self.make(honey, p.brood * p.honey);
    s.laid += p.brood;
  }
};

/// Lives for some ticks and leaves.
struct Bee {
  struct Params {
    double life;
  };
  struct Traits {
    double size;
  };
  struct State {
    double age;
    double mood;
  };
  static constexpr ondol::Holds honey{0, "honey"};

  static void describe(Kind<Bee>& kind) {
    kind.name("bee").doc("Lives for some ticks and leaves.");
    kind.param("life", &Params::life, "1").initial(1e9).range(0, 1e9).doc("Ticks it acts in before it leaves.");
    kind.trait("size", &Traits::size, "1").initial(1).range(0, 1e9).doc("Drawn.");
    kind.state("age", &State::age, "1").range(0, 1e9).doc("Ticks it has acted in.");
    kind.state("mood", &State::mood, "1").range(0, 1).doc("Drawn anew each tick.");
    kind.port(honey).optional().doc("What it was given.");
    kind.on<&Bee::live>("live", "Ages, or leaves.");
  }
  static void live(const Params& p, const Traits&, State& s, Agent& self) {
    s.mood = self.uniform("mood");
    if (s.age >= p.life) self.exit();
    s.age += 1;
  }
};

/// Pays all it has to the first of its peers, or to whoever was the first once.
struct Spender {
  struct Params {
    bool loyal;
  };
  struct Traits {};
  struct State {
    double spent;
    ondol::AgentId friend_of_old;
  };
  static constexpr ondol::Peers to{0, "to"};
  static constexpr ondol::Purpose gift{0, "gift"};

  static void describe(Kind<Spender>& kind) {
    kind.name("spender").doc("Pays all it has.");
    kind.param("loyal", &Params::loyal, "1").initial(0).doc("Whether it pays one for ever.");
    kind.state("spent", &State::spent, "money").doc("Latest.");
    kind.state("friend_of_old", &State::friend_of_old, "1").doc("Whom it paid first.");
    kind.port(to).optional().doc("Whom it pays.");
    kind.purpose(gift, "All it has.");
    kind.on<&Spender::spend>("live", "Pays.");
  }
  static void spend(const Params& p, const Traits&, State& s, Agent& self) {
    s.spent = 0;
    if (!self.bound(to) || self.members(to).empty()) return;
    if (!s.friend_of_old || !p.loyal) s.friend_of_old = self.members(to)[0].id();
    s.spent = p.loyal ? 1 : self.money();
    if (s.spent > 0) self.pay(s.friend_of_old, s.spent, gift);
  }
};

}  // namespace

ONDOL_PLUGIN("hive", "0.1.0", Queen, Bee, Spender)
