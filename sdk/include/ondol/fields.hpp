/// Types that a kind's Params, Traits and State may hold beside double, int64_t, int32_t and bool.
#pragma once

#include <ondol/abi.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace ondol {

/// Names an agent for the whole run; ids are never reused.
struct AgentId {
  std::uint32_t value = ONDOL_NONE;
  constexpr explicit operator bool() const { return value != ONDOL_NONE; }
  friend constexpr bool operator==(AgentId, AgentId) = default;
};
inline constexpr AgentId nobody{};

/// Amounts under way, by ticks left until they arrive: what is added with `ticks` left arrives at the ticks-th advance.
template <std::size_t N>
struct Pipeline {
  static_assert(N > 0);
  std::array<double, N> slots{};

  /// Adds an amount that arrives after `ticks` advances; clipped to 1 .. N.
  void add(double amount, std::size_t ticks) { slots[std::clamp<std::size_t>(ticks, 1, N) - 1] += amount; }
  /// Moves everything one tick on and returns what arrives now.
  double advance() {
    const double arriving = slots[0];
    std::copy(slots.begin() + 1, slots.end(), slots.begin());
    slots[N - 1] = 0;
    return arriving;
  }
  double total() const {
    double sum = 0;
    for (const double amount : slots) sum += amount;
    return sum;
  }
};

namespace detail {

template <class T>
struct FieldTraits;
template <>
struct FieldTraits<double> : std::integral_constant<ondol_field_type, ONDOL_F64> {};
template <>
struct FieldTraits<std::int64_t> : std::integral_constant<ondol_field_type, ONDOL_I64> {};
template <>
struct FieldTraits<std::int32_t> : std::integral_constant<ondol_field_type, ONDOL_I32> {};
template <>
struct FieldTraits<bool> : std::integral_constant<ondol_field_type, ONDOL_BOOL> {};
template <>
struct FieldTraits<AgentId> : std::integral_constant<ondol_field_type, ONDOL_AGENT> {};

template <class T>
struct FieldShape {
  static constexpr ondol_field_type type = FieldTraits<T>::value;
  static constexpr std::uint32_t count = 1;
  static constexpr std::uint32_t flags = 0;
};
template <class T, std::size_t N>
struct FieldShape<std::array<T, N>> {
  static constexpr ondol_field_type type = FieldTraits<T>::value;
  static constexpr std::uint32_t count = N;
  static constexpr std::uint32_t flags = 0;
};
template <std::size_t N>
struct FieldShape<Pipeline<N>> {
  static constexpr ondol_field_type type = ONDOL_F64;
  static constexpr std::uint32_t count = N;
  static constexpr std::uint32_t flags = ONDOL_FIELD_PIPELINE;
};

}  // namespace detail
}  // namespace ondol
