// Two kinds of one name: no world could say which of them it means.
#include <ondol/sdk.hpp>

namespace {

struct One {
  struct Params {};
  struct Traits {};
  struct State {};
  static void describe(ondol::Kind<One>& kind) { kind.name("twin").doc("The first of two."); }
};

struct Other {
  struct Params {};
  struct Traits {};
  struct State {};
  static void describe(ondol::Kind<Other>& kind) { kind.name("twin").doc("The second of two."); }
};

}  // namespace

ONDOL_PLUGIN("same_kinds", "1.0.0", One, Other)
