/// Describes a market mechanism written in C++, to be exported by ONDOL_PLUGIN, alone or beside kinds of agents.
///
///     struct Lottery {
///       struct Params { double most; };
///       struct State {};
///       static void describe(ondol::Mechanism<Lottery>& mechanism);
///       static void clear(const Params&, State&, ondol_clearing& clearing);
///     };
///
/// `clear` gets a market's offers and orders as columns and proposes fills; what it may do is what a mechanism in C may
/// do, with the helpers of <ondol/mechanism.h>: no statics, luck from the clearing's draws, nothing of what it is given
/// kept beyond its return. It is called on one thread per market, on several for several markets at once. An exception
/// ends the run with its text, and the host adds market and tick.
#pragma once

#include <ondol/abi.h>
#include <ondol/fields.hpp>
#include <ondol/kind.hpp>

#include <cstdint>
#include <deque>
#include <limits>
#include <type_traits>
#include <vector>

namespace ondol {

namespace detail {

/// Calls a mechanism for one market; exceptions stop here.
template <class M>
std::int32_t run_clear(ondol_clearing* clearing) noexcept {
  try {
    M::clear(*static_cast<const typename M::Params*>(clearing->params),
             *static_cast<typename M::State*>(clearing->state), *clearing);
    return 0;
  } catch (...) {
    return failed(*clearing->failure, ONDOL_NONE);
  }
}

}  // namespace detail

/// Collects the description of M, as Kind does that of a kind. Made by ONDOL_PLUGIN and handed to M::describe, once, as
/// the plugin is loaded. Names and texts must be string literals.
template <class M>
class Mechanism {
 public:
  using Params = typename M::Params;
  using State = typename M::State;
  static_assert(std::is_trivially_copyable_v<Params> && std::is_standard_layout_v<Params>, "Params must be plain data");
  static_assert(std::is_trivially_copyable_v<State> && std::is_standard_layout_v<State>, "State must be plain data");

  /// What a market's `mechanism` says; letters, digits and underscores. Required.
  Mechanism& name(const char* text) {
    mechanism_.name = text;
    return *this;
  }
  /// One or two sentences: who trades with whom, at which price, and what becomes of the rest.
  Mechanism& doc(const char* text) {
    mechanism_.doc = text;
    return *this;
  }
  /// Orders that are not filled come back in the next clearing, as the seller's backlog, until they lapse. Without it,
  /// they end with the clearing.
  Mechanism& orders_stand() {
    mechanism_.flags |= ONDOL_MECHANISM_ORDERS_STAND;
    return *this;
  }
  /// An order book: bids stand as offers do, without naming a seller, and an agent may have both at several levels. The
  /// clearing then says whose turn is first (`offer_turn`, `order_turn`, `clearings`).
  Mechanism& order_book() {
    mechanism_.flags |= ONDOL_MECHANISM_BOOK;
    return *this;
  }
  /// A number that the world file gives each market, under `params`.
  template <class T>
  FieldBuilder param(const char* name, T Params::*member, const char* unit) {
    return field(ONDOL_PARAM, name, member, unit);
  }
  /// A number that a market remembers from one clearing to the next; part of the fingerprint.
  template <class T>
  FieldBuilder state(const char* name, T State::*member, const char* unit) {
    return field(ONDOL_STATE, name, member, unit);
  }

  /// For ONDOL_PLUGIN: the finished description, which lives as long as this.
  const ondol_mechanism& finish() {
    flat_fields_.assign(fields_.begin(), fields_.end());
    mechanism_.size = sizeof mechanism_;
    mechanism_.params_size = sizeof(Params);
    mechanism_.state_size = sizeof(State);
    mechanism_.fields = flat_fields_.data();
    mechanism_.field_count = static_cast<std::uint32_t>(flat_fields_.size());
    mechanism_.field_stride = sizeof(ondol_field);
    mechanism_.clear = &detail::run_clear<M>;
    return mechanism_;
  }

 private:
  template <class Struct, class T>
  FieldBuilder field(ondol_field_role role, const char* name, T Struct::*member, const char* unit) {
    using Shape = detail::FieldShape<T>;
    constexpr double unbounded = std::numeric_limits<double>::infinity();
    const std::uint32_t required = role == ONDOL_PARAM ? static_cast<std::uint32_t>(ONDOL_FIELD_REQUIRED) : 0U;
    fields_.push_back({name, unit, "", nullptr, static_cast<std::uint32_t>(role), Shape::type,
                       detail::offset_of(member), Shape::count, Shape::flags | required, 0, 0.0, -unbounded, unbounded,
                       0.0, 0.0});
    return FieldBuilder(fields_.back());
  }

  std::deque<ondol_field> fields_;  // a deque, so that fields handed out while describing stay where they are
  std::vector<ondol_field> flat_fields_;
  ondol_mechanism mechanism_{};
};

}  // namespace ondol
