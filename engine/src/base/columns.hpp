// Loops over rows of columns, for whole chunks at once: nothing but arithmetic, in the widest registers there are.
#pragma once

#include "base/exact.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace ondol::columns {

// Asks for rows that are soon to be read: no processor looks ahead over the ends of pages by itself.
template <class T>
void prefetch(const T* values, std::size_t rows) {
  constexpr std::size_t line = 64;
  const char* const bytes = reinterpret_cast<const char*>(values);
  for (std::size_t at = 0; at < rows * sizeof(T); at += line) __builtin_prefetch(bytes + at);
}

// What is paid leaves what is held and is counted as a flow; `paid` starts anew.
void pay(std::int64_t* held, std::int64_t* flow, std::int64_t* paid, std::size_t rows);

// Of held - reserved - left: whether any is not zero, and whether any is negative, or any left.
struct Taken {
  bool any, wrong;
};
Taken taken(const std::int64_t* held, const std::int64_t* reserved, const std::int64_t* left, std::size_t rows);

// The exact sum of up to 2^31 values, and whether one is negative.
struct Total {
  Wide sum;
  bool negative;
};
Total total(const std::int64_t* values, std::size_t rows);

// Of no values, the least is above the most.
struct Extremes {
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::int64_t most = std::numeric_limits<std::int64_t>::min();
};
Extremes extremes(const std::int64_t* values, std::size_t rows);

// Sums of doubles depend on their order: value i is added to lane i % 4, so that they are the same in any registers.
struct LanesTotal {
  std::array<double, 4> sums{};
  double least = std::numeric_limits<double>::infinity();
  double most = -std::numeric_limits<double>::infinity();
};
LanesTotal total(const double* values, std::size_t rows);

// Income is what equity gained; equity is what it is worth now.
void close(const std::int64_t* worth, std::int64_t* equity, std::int64_t* income, std::size_t rows);

}  // namespace ondol::columns
