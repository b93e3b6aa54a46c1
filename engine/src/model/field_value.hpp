// Reads and writes one component of a described field in the bytes of its struct.
#pragma once

#include <ondol/engine/plugins.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <vector>

namespace ondol {

namespace detail {

template <class T>
double read_as(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return static_cast<double>(value);
}

template <class T>
void write_as(std::byte* at, double number) {
  const T value = static_cast<T>(number);
  std::memcpy(at, &value, sizeof value);
}

}  // namespace detail

inline std::size_t field_type_size(ondol_field_type type) {
  switch (type) {
    case ONDOL_F64:
    case ONDOL_I64:
      return 8;
    case ONDOL_I32:
    case ONDOL_AGENT:
      return 4;
    case ONDOL_BOOL:
      return 1;
  }
  return 0;
}

// Of each byte of a kind's state, whether no field describes it: alignment's, which nothing records or keeps.
inline std::vector<bool> undescribed_state(const KindDescription& kind) {
  std::vector<bool> undescribed(kind.state_size, true);
  for (const FieldDescription& field : kind.fields) {
    if (field.role == ONDOL_STATE)
      std::fill_n(undescribed.begin() + field.offset, field.count * field_type_size(field.type), false);
  }
  return undescribed;
}

// The value as a double; NaN for "no agent".
inline double read_field_value(const FieldDescription& field, const std::byte* base, std::uint32_t component) {
  const std::byte* at = base + field.offset + component * field_type_size(field.type);
  switch (field.type) {
    case ONDOL_F64:
      return detail::read_as<double>(at);
    case ONDOL_I64:
      return detail::read_as<std::int64_t>(at);
    case ONDOL_I32:
      return detail::read_as<std::int32_t>(at);
    case ONDOL_BOOL:
      return detail::read_as<std::uint8_t>(at);
    case ONDOL_AGENT: {
      const double id = detail::read_as<std::uint32_t>(at);
      return id == static_cast<double>(ONDOL_NONE) ? std::numeric_limits<double>::quiet_NaN() : id;
    }
  }
  return 0;
}

// Integers take the nearest whole number.
inline void write_field_value(const FieldDescription& field, std::byte* base, std::uint32_t component, double value) {
  std::byte* at = base + field.offset + component * field_type_size(field.type);
  switch (field.type) {
    case ONDOL_F64:
      return detail::write_as<double>(at, value);
    case ONDOL_I64:
      return detail::write_as<std::int64_t>(at, std::nearbyint(value));
    case ONDOL_I32:
      return detail::write_as<std::int32_t>(at, std::nearbyint(value));
    case ONDOL_BOOL:
      return detail::write_as<std::uint8_t>(at, value != 0 ? 1 : 0);
    case ONDOL_AGENT:
      return detail::write_as<std::uint32_t>(at, value);
  }
}

}  // namespace ondol
