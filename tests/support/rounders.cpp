// One kind changes how the processor rounds and leaves it so; another adds up thirds.
#include <ondol/sdk.hpp>

#include <xmmintrin.h>

#include <cfenv>

namespace {

using ondol::Agent;
using ondol::Kind;

/// Leaves upward rounding, flushing to zero and traps behind.
struct Rounder {
  struct Params {};
  struct Traits {};
  struct State {
    double done;
  };
  static void describe(Kind<Rounder>& kind) {
    kind.name("rounder").doc("Changes how the processor rounds.");
    kind.state("done", &State::done, "1").doc("Times.");
    kind.on<&Rounder::act>("act", "Changes it.");
  }
  static void act(const Params&, const Traits&, State& s, Agent&) {
    s.done += 1;
    std::fesetround(FE_UPWARD);
    _mm_setcsr(_mm_getcsr() | 0x8040U);
  }
};

/// Adds a third each tick.
struct Adder {
  struct Params {
    double part;
  };
  struct Traits {};
  struct State {
    double sum;
  };
  static void describe(Kind<Adder>& kind) {
    kind.name("adder").doc("Adds a part of one each tick.");
    kind.param("part", &Params::part, "1").initial(3).range(1, 1e9).doc("Which.");
    kind.state("sum", &State::sum, "1").doc("So far.");
    kind.on<&Adder::act>("act", "Adds.");
  }
  static void act(const Params& p, const Traits&, State& s, Agent&) { s.sum += 1 / p.part; }
};

}  // namespace

ONDOL_PLUGIN("rounders", "0.1.0", Rounder, Adder)
