/// The reserve: it issued the money that agents hold at the start, and holds the governments' oldest debt against it.
#pragma once

#include <ondol/sdk.hpp>

namespace ondol::finance {

struct Reserve {
  struct Params {};
  struct Traits {};
  struct State {};

  static void describe(Kind<Reserve>& kind) {
    kind.name("reserve").doc("Issued the money of the start and holds the governments' oldest debt; does nothing.");
  }
};

}  // namespace ondol::finance
