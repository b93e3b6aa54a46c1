/// Numbers of many distributions, drawn through the one door to chance (ondol/luck.h): pure functions of who asks,
/// when, and for what purpose.
#pragma once

#include <ondol/luck.h>
#include <ondol/math.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace ondol {

/// Scrambles 64 bits one-to-one: makes keys. It is no draw.
inline std::uint64_t mix(std::uint64_t x) { return ondol_mix(x); }

/// 64-bit FNV-1a hash of a name.
constexpr std::uint64_t name_hash(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

/// What a draw is for. Made from a string literal at compile time: `self.uniform("yield")`.
struct DrawPurpose {
  std::uint64_t hash;
  consteval DrawPurpose(const char* name) : hash(name_hash(name)) {}  // NOLINT: implicit on purpose
  constexpr explicit DrawPurpose(std::uint64_t value) : hash(value) {}
};

/// Numbers of other distributions, made from a draw that is uniform on (0, 1), standard normal, or 64 random bits.
namespace transformed {

/// Uniform on 0 .. count - 1 (bias below count / 2^64). `count` must be positive.
inline std::uint64_t integer(std::uint64_t bits, std::uint64_t count) {
  return static_cast<std::uint64_t>((static_cast<__uint128_t>(bits) * count) >> 64U);
}
/// Exponential with the given mean.
inline double exponential(double uniform, double mean) { return -mean * log(uniform); }
/// exp of a normal with mean `mu` and deviation `sigma`.
inline double lognormal(double normal, double mu, double sigma) { return exp(mu + sigma * normal); }
/// Pareto with the given minimum and tail exponent.
inline double pareto(double uniform, double minimum, double exponent) {
  return minimum * pow(uniform, -1.0 / exponent);
}
/// Index drawn in proportion to non-negative weights; the last positive one if rounding runs past the end.
inline std::size_t categorical(double uniform, std::span<const double> weights) {
  double total = 0;
  for (const double weight : weights) total += weight;
  double left = uniform * total;
  std::size_t last = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] <= 0) continue;
    last = i;
    left -= weights[i];
    if (left < 0) break;
  }
  return last;
}

}  // namespace transformed

/// The stream of draws of one agent in one step for one purpose; `index` tells repeated draws apart.
class Draws {
 public:
  /// `luck` is of the agent.
  constexpr Draws(const ondol_moment& now, DrawPurpose purpose, std::uint64_t luck)
      : now_(now), purpose_(purpose), luck_(luck) {}

  /// Two independent 64-bit words.
  ondol_words block(std::uint32_t index) const { return ondol_draw_words(&now_, purpose_.hash, luck_, index); }

  /// 64 random bits.
  std::uint64_t bits(std::uint32_t index = 0) const { return block(index).first; }

  /// Uniform on the open interval (0, 1), 53 bits.
  double uniform(std::uint32_t index = 0) const { return unit(block(index).first); }
  /// Uniform on [low, high).
  double uniform(double low, double high, std::uint32_t index = 0) const { return low + (high - low) * uniform(index); }
  /// These as in namespace transformed.
  std::uint64_t integer(std::uint64_t count, std::uint32_t index = 0) const {
    return transformed::integer(block(index).first, count);
  }
  /// Standard normal (Box, Muller 1958).
  double normal(std::uint32_t index = 0) const {
    const ondol_words words = block(index);
    return sqrt(-2.0 * log(unit(words.first))) * cospi(2.0 * unit(words.second));
  }
  double normal(double mean, double deviation, std::uint32_t index = 0) const {
    return mean + deviation * normal(index);
  }
  double exponential(double mean, std::uint32_t index = 0) const {
    return transformed::exponential(uniform(index), mean);
  }
  double lognormal(double mu, double sigma, std::uint32_t index = 0) const {
    return transformed::lognormal(normal(index), mu, sigma);
  }
  double pareto(double minimum, double exponent, std::uint32_t index = 0) const {
    return transformed::pareto(uniform(index), minimum, exponent);
  }
  bool bernoulli(double probability, std::uint32_t index = 0) const { return uniform(index) < probability; }
  std::size_t categorical(std::span<const double> weights, std::uint32_t index = 0) const {
    return transformed::categorical(uniform(index), weights);
  }

 private:
  static constexpr double unit(std::uint64_t x) { return (static_cast<double>(x >> 11U) + 0.5) * 0x1p-53; }

  ondol_moment now_;
  DrawPurpose purpose_;
  std::uint64_t luck_;
};

}  // namespace ondol
