// A kind that cannot be: both its rules would run at once, on the same agents.
#include <ondol/sdk.hpp>

namespace {

struct Hasty {
  struct Params {};
  struct Traits {};
  struct State {
    double done;
  };
  static void describe(ondol::Kind<Hasty>& kind) {
    kind.name("hasty").doc("Acts twice at once.");
    kind.state("done", &State::done, "1").doc("What it did.");
    kind.on<&Hasty::act>("act", "Acts.");
    kind.on<&Hasty::act>("act", "Acts at the same time.");
  }
  static void act(const Params&, const Traits&, State& s, ondol::Agent&) { s.done += 1; }
};

}  // namespace

ONDOL_PLUGIN("two_rules", "1.0.0", Hasty)
