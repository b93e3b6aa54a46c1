#include "base/columns.hpp"

#include "base/wide.hpp"

#include <algorithm>
#include <tuple>

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

// Without their signs, halves are added apart: they fit into 64 bits.
ONDOL_WIDE Total total(const std::int64_t* values, std::size_t rows) {
  constexpr std::uint64_t sign = std::uint64_t{1} << 63U;
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  std::int64_t signs = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::uint64_t value = static_cast<std::uint64_t>(values[row]) ^ sign;
    low += value & 0xffffffffU;
    high += value >> 32U;
    signs |= values[row];
  }
  return {(static_cast<Wide>(high) << 32) + low - static_cast<Wide>(sign) * static_cast<Wide>(rows), signs < 0};
}

ONDOL_WIDE Extremes extremes(const std::int64_t* values, std::size_t rows) {
  Extremes found;
  for (std::size_t row = 0; row < rows; ++row) {
    found.least = std::min(found.least, values[row]);
    found.most = std::max(found.most, values[row]);
  }
  return found;
}

ONDOL_WIDE LanesTotal total(const double* values, std::size_t rows) {
  constexpr std::size_t lanes = std::tuple_size_v<decltype(LanesTotal::sums)>;
  double sums[lanes] = {};
  double least[lanes], most[lanes];
  LanesTotal total;
  std::fill_n(least, lanes, total.least);
  std::fill_n(most, lanes, total.most);
  const auto add = [&](std::size_t lane, double value) {
    sums[lane] += value;
    least[lane] = value < least[lane] ? value : least[lane];
    most[lane] = value > most[lane] ? value : most[lane];
  };
  const std::size_t even = rows - rows % lanes;
  for (std::size_t row = 0; row < even; row += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) add(lane, values[row + lane]);
  }
  for (std::size_t row = even; row < rows; ++row) add(row % lanes, values[row]);
  std::copy_n(sums, lanes, total.sums.begin());
  total.least = *std::min_element(least, least + lanes);
  total.most = *std::max_element(most, most + lanes);
  return total;
}

ONDOL_WIDE void close(const std::int64_t* __restrict worth, std::int64_t* __restrict equity,
                      std::int64_t* __restrict income, std::size_t rows) {
  for (std::size_t row = 0; row < rows; ++row) {
    income[row] = worth[row] - equity[row];
    equity[row] = worth[row];
  }
}

}  // namespace ondol::columns
