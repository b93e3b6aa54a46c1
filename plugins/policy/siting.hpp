/// Network money for the grid: what shortens the queue for connections.
#pragma once

#include <ondol/budget.hpp>
#include <ondol/sdk.hpp>

namespace ondol::policy {

/// Pays the grid operators of its region, in equal parts, while a new connection waits longer than it aims at; they
/// turn the money into equipment and crews, by which they build more a month.
struct Siting {
  struct Params {
    double longest_wait;
    budget::Purse::Params purse;
  };
  struct Traits {};
  struct State {
    double wait;
    budget::Purse::State purse;
  };
  static constexpr Observes grids{0, "grids", "order_book"};
  static constexpr budget::Purse purse{1, 0};
  static constexpr Purpose network{budget::Purse::purposes, "network grants", ONDOL_CAPITAL};

  static void describe(Kind<Siting>& kind);
  static void open(const Params&, const Traits&, State&, Agent&);
  static void hire(const Params&, const Traits&, State&, Agent&);
  static void close(const Params&, const Traits&, State&, Agent&);
};

}  // namespace ondol::policy
