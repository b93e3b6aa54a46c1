// The same agents by a rule for one and by a rule for blocks, for tests that they are the same.
#include <ondol/math.hpp>
#include <ondol/sdk.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace {

using ondol::Agent;
using ondol::Agents;
using ondol::Kind;

/// Walks, pays a coin to a drawn peer, and leaves now and then.
struct Walker {
  struct Params {
    std::int64_t stumbles;
  };
  struct Traits {
    double stride;
  };
  struct State {
    double place;
    double level;
  };
  static constexpr ondol::Peers others{0, "others"};
  static constexpr ondol::Writes total{1, "total"};
  static constexpr ondol::Purpose coin{0, "coin"};

  template <class K>
  static void describe_as(Kind<K>& kind, const char* name) {
    kind.name(name).doc("Walks, pays a coin to a drawn peer, and leaves now and then.");
    kind.param("stumbles", &Params::stumbles, "1").initial(-1).range(-1, 1e9).doc("Id of who fails; -1: nobody.");
    kind.trait("stride", &Traits::stride, "1").initial(1).range(0, 10).doc("Of its steps.");
    kind.state("place", &State::place, "1").doc("Where it is.");
    kind.state("level", &State::level, "1").doc("Logarithm of how far.");
    kind.port(others).doc("Whom it may pay.");
    kind.port(total).doc("Places of all.");
    kind.purpose(coin, "A coin.");
  }
  static void describe(Kind<Walker>& kind) {
    describe_as(kind, "walker");
    kind.on<&Walker::walk>("walk", "Walks.");
  }
  static void walk(const Params& p, const Traits& t, State& s, Agent& self) {
    s.place += t.stride * self.normal("step");
    s.level = ondol::log(1.0 + s.place * s.place);
    self.contribute(total, s.place);
    meet(p, self, self.uniform("end"), self.integer("whom", self.members(others).size()));
  }
  static void meet(const Params& p, Agent& self, double end, std::uint64_t whom) {
    if (self.id().value == p.stumbles) throw ondol::Failure("stumbles");
    if (end < 0.005) return self.exit();
    if (self.money() >= 1) self.pay(self.members(others)[static_cast<std::uint32_t>(whom)].id(), 1, coin);
  }
};

struct WalkerByBlocks : Walker {
  static void describe(Kind<WalkerByBlocks>& kind) {
    describe_as(kind, "walker_by_blocks");
    kind.on_block<&WalkerByBlocks::walk>("walk", "Walks.");
  }
  static void walk(const Params& p, std::span<const Traits> traits, std::span<State> states, Agents& all) {
    std::array<double, Agents::most> steps, far, places, ends;
    std::array<std::uint64_t, Agents::most> whom;
    all.normals("step", steps);
    all.uniforms("end", ends);
    all.integers("whom", all[0].members(others).size(), whom);
    for (std::size_t i = 0; i < states.size(); ++i) {
      states[i].place += traits[i].stride * steps[i];
      places[i] = states[i].place;
      far[i] = 1.0 + places[i] * places[i];
    }
    ondol::log(std::span(far).first(states.size()), far.data());
    for (std::size_t i = 0; i < states.size(); ++i) states[i].level = far[i];
    all.contribute(total, places);
    for (std::uint32_t i = 0; i < all.size(); ++i) meet(p, all[i], ends[i], whom[i]);
  }
};

/// Makes and offers, from one end of its block to the other.
struct Vendor {
  struct Params {
    bool backwards;
  };
  struct Traits {};
  struct State {};
  static constexpr ondol::Sells ware{0, "ware"};

  static void describe(Kind<Vendor>& kind) {
    kind.name("vendor").doc("Makes and offers, from one end of its block to the other.");
    kind.param("backwards", &Params::backwards, "1").initial(0).range(0, 1).doc("Whether from the last to the first.");
    kind.port(ware).doc("What it makes.");
    kind.on_block<&Vendor::offer>("offer", "Makes and offers.");
  }
  static void offer(const Params& p, std::span<const Traits>, std::span<State>, Agents& all) {
    for (std::uint32_t i = 0; i < all.size(); ++i) {
      Agent& self = all[p.backwards ? all.size() - 1 - i : i];
      self.make(ware, 1);
      self.offer(ware, 1, 2);
    }
  }
};

/// Inherits and issues.
struct Treasury {
  struct Params {};
  struct Traits {};
  struct State {};
  static void describe(Kind<Treasury>& kind) { kind.name("treasury").doc("Inherits and issues."); }
};

}  // namespace

ONDOL_PLUGIN("blocks", "1.0.0", Walker, WalkerByBlocks, Vendor, Treasury)
