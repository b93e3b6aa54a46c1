#include "columns.hpp"

#include "wide.hpp"

namespace ondol::columns {

ONDOL_WIDE void pay(std::int64_t* __restrict held, std::int64_t* __restrict flow, std::int64_t* __restrict paid,
                    std::size_t rows) {
  for (std::size_t row = 0; row < rows; ++row) {
    held[row] -= paid[row];
    flow[row] += paid[row];
    paid[row] = 0;
  }
}

ONDOL_WIDE Taken taken(const std::int64_t* held, const std::int64_t* reserved, const std::int64_t* left,
                       std::size_t rows) {
  std::int64_t any = 0;
  std::int64_t signs = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::int64_t difference = held[row] - reserved[row] - left[row];
    any |= difference;
    signs |= difference | left[row];
  }
  return {any != 0, signs < 0};
}

// Their halves are added apart: they fit into 64 bits for up to 2^32 of them.
ONDOL_WIDE Total total(const std::int64_t* values, std::size_t rows) {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  std::int64_t signs = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const auto value = static_cast<std::uint64_t>(values[row]);
    low += value & 0xffffffffU;
    high += value >> 32U;
    signs |= values[row];
  }
  return {(static_cast<Wide>(high) << 32) + low, signs < 0};
}

ONDOL_WIDE void close(const std::int64_t* __restrict worth, std::int64_t* __restrict equity,
                      std::int64_t* __restrict income, std::size_t rows) {
  for (std::size_t row = 0; row < rows; ++row) {
    income[row] = worth[row] - equity[row];
    equity[row] = worth[row];
  }
}

}  // namespace ondol::columns
