// Loops over rows of columns, for whole chunks at once: nothing but arithmetic, in the widest registers there are.
#pragma once

#include "exact.hpp"

#include <cstddef>
#include <cstdint>

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

// The exact sum, unless one is negative.
struct Total {
  Wide sum;
  bool negative;
};
Total total(const std::int64_t* values, std::size_t rows);

// Income is what equity gained; equity is what it is worth now.
void close(const std::int64_t* worth, std::int64_t* equity, std::int64_t* income, std::size_t rows);

}  // namespace ondol::columns
