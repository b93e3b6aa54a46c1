// Integer arithmetic of money and goods: products in 128 bits, rounded once, shared out without a remainder.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ondol {

using Wide = __int128_t;

template <class Integer>
constexpr Integer rounded_half_even(Integer numerator, Integer denominator) {
  Integer quotient = numerator / denominator;
  Integer remainder = numerator % denominator;
  if (remainder < 0) {
    --quotient;
    remainder += denominator;
  }
  const Integer twice = 2 * remainder;
  if (twice > denominator || (twice == denominator && quotient % 2 != 0)) ++quotient;
  return quotient;
}

// numerator / denominator rounded half-even; denominator positive. Most fit into 64 bits, which divide much faster.
constexpr std::int64_t divide_half_even(Wide numerator, Wide denominator) {
  const auto narrow = static_cast<std::int64_t>(numerator);
  if (narrow == numerator && denominator <= std::int64_t{1} << 61)
    return rounded_half_even(narrow, static_cast<std::int64_t>(denominator));
  return static_cast<std::int64_t>(rounded_half_even(numerator, denominator));
}

inline constexpr int most_decimals = 38;  // of a power of ten in 128 bits
inline constexpr auto powers_of_ten = [] {
  std::array<Wide, most_decimals + 1> powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = 10 * powers[i - 1];
  return powers;
}();
constexpr Wide power_of_ten(int exponent) { return powers_of_ten[static_cast<std::size_t>(exponent)]; }

// Worth in smallest money units of a quantity at a price; `exponent` is decimals of quantity plus price less money.
constexpr std::int64_t trade_value(std::int64_t quantity, std::int64_t price, int exponent) {
  const Wide product = Wide{quantity} * price;
  return exponent >= 0 ? divide_half_even(product, power_of_ten(exponent))
                       : static_cast<std::int64_t>(product * power_of_ten(-exponent));
}

// Shares out `total` in proportion to weights given one after another, exactly: what each gets is a difference of
// cumulative floors shifted by `offset` in [0, weight_total), which is drawn so that no place in the row is favoured.
class ProRata {
 public:
  constexpr ProRata(std::int64_t total, Wide weight_total, std::uint64_t draw)
      : total_(total),
        weight_total_(weight_total),
        offset_(weight_total > 0 ? static_cast<Wide>(draw % static_cast<__uint128_t>(weight_total)) : 0) {}
  constexpr std::int64_t next(std::int64_t weight) {
    cumulative_ += weight;
    const auto reached = static_cast<std::int64_t>((cumulative_ * total_ + offset_) / weight_total_);
    const std::int64_t share = reached - given_;
    given_ = reached;
    return share;
  }

 private:
  std::int64_t total_;
  Wide weight_total_;
  Wide offset_;
  Wide cumulative_ = 0;
  std::int64_t given_ = 0;
};

}  // namespace ondol
