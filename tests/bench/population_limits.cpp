#include "population_limits.hpp"

#include "base/draws.hpp"
#include "base/moment.hpp"

#include <ondol/random.hpp>

#include <immintrin.h>
#include <sleef.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

// For four numbers at once; SLEEF's header declares them only to files built for such processors.
extern "C" {
__m256d Sleef_logd4_u10avx2(__m256d);
__m256d Sleef_cospid4_u05avx2(__m256d);
}

// What is worth it is done with the widest registers that most machines have.
#define ONDOL_AVX2 __attribute__((target("avx2,fma")))

namespace ondol::bench {

namespace {

constexpr std::size_t block = 256;

// A hash of a counter, 32 bits: two multiplications (Wellons 2018, "Prospecting for hash functions").
inline std::uint32_t scramble(std::uint32_t x) {
  x ^= x >> 16U;
  x *= 0x7feb352dU;
  x ^= x >> 15U;
  x *= 0x846ca68bU;
  return x ^ (x >> 16U);
}

ONDOL_AVX2 void draw_takers(std::uint32_t key, std::uint32_t first, std::uint32_t agents, std::uint32_t* takers) {
  for (std::uint32_t i = 0; i < block; ++i) {
    const std::uint64_t draw = scramble((first + i) * 0x9e3779b9U + key);
    takers[i] = static_cast<std::uint32_t>((draw * agents) >> 32U);
  }
}

// What was given starts anew.
ONDOL_AVX2 void add_given(std::int32_t* __restrict coins, std::uint8_t* __restrict given, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    coins[i] += given[i];
    given[i] = 0;
  }
}

// A coin of everyone who has one.
ONDOL_AVX2 void pay(std::int64_t* __restrict held, std::int64_t* __restrict paid, std::uint8_t* __restrict gives,
                    std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    paid[i] = held[i] != 0;
    held[i] -= paid[i];
    gives[i] = static_cast<std::uint8_t>(paid[i]);
  }
}

ONDOL_AVX2 void draw_normals(std::uint32_t key, std::uint32_t first, double* normals) {
  std::array<std::int32_t, block> bits;
  std::array<std::int32_t, block> more;
  for (std::uint32_t i = 0; i < block; ++i) {
    bits[i] = static_cast<std::int32_t>(scramble((first + i) * 0x9e3779b9U + key));
    more[i] = static_cast<std::int32_t>(scramble(((first + i) ^ 0x5bd1e995U) * 0x85ebca6bU + key));
  }
  for (std::uint32_t i = 0; i < block; i += 4) {
    const __m256d first_word = _mm256_cvtepi32_pd(_mm_loadu_si128(reinterpret_cast<const __m128i*>(&bits[i])));
    const __m256d second_word = _mm256_cvtepi32_pd(_mm_loadu_si128(reinterpret_cast<const __m128i*>(&more[i])));
    const __m256d uniform = _mm256_fmadd_pd(first_word, _mm256_set1_pd(0x1p-32), _mm256_set1_pd(0.5 + 0x1p-33));
    const __m256d angle = _mm256_mul_pd(second_word, _mm256_set1_pd(0x1p-31));
    const __m256d radius = _mm256_sqrt_pd(_mm256_mul_pd(_mm256_set1_pd(-2.0), Sleef_logd4_u10avx2(uniform)));
    _mm256_storeu_pd(normals + i, _mm256_mul_pd(radius, Sleef_cospid4_u05avx2(angle)));
  }
}

}  // namespace

ExchangeLimit::ExchangeLimit(std::size_t agents, int threads)
    : agents_(agents),
      team_(static_cast<std::size_t>(threads)),
      coins_(agents, 100),
      given_(team_.size(), std::vector<std::uint8_t>(agents)) {}

void ExchangeLimit::give(std::size_t thread) {
  std::uint8_t* const __restrict given = given_[thread].data();
  std::int32_t* const __restrict coins = coins_.data();
  std::array<std::uint32_t, block> takers;
  for (std::size_t first = slice(thread); first < slice(thread + 1); first += block) {
    const std::size_t count = std::min(block, slice(thread + 1) - first);
    draw_takers(key_, static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(agents_), takers.data());
    for (std::size_t i = 0; i < count; ++i) {
      const auto gives = static_cast<std::uint8_t>(coins[first + i] != 0);
      coins[first + i] -= gives;
      given[takers[i]] = static_cast<std::uint8_t>(given[takers[i]] + gives);
    }
  }
}

void ExchangeLimit::take(std::size_t thread) {
  for (std::vector<std::uint8_t>& given : given_)
    add_given(coins_.data() + slice(thread), given.data() + slice(thread), slice(thread + 1) - slice(thread));
}

void ExchangeLimit::tick() {
  key_ = scramble(key_ + 1);
  team_([this](std::size_t t) { give(t); });
  team_([this](std::size_t t) { take(t); });
}

ExchangeBooksLimit::ExchangeBooksLimit(std::vector<std::uint64_t> luck, std::uint64_t seed, std::uint64_t step,
                                       int threads)
    : team_(static_cast<std::size_t>(threads)),
      luck_(std::move(luck)),
      seed_(seed),
      step_(step),
      held_(luck_.size(), 100),
      received_(luck_.size()),
      paid_(luck_.size()),
      income_(luck_.size()),
      equity_(luck_.size(), 100),
      gifts_(team_.size()) {
  while (block_bits_ < 16 && (luck_.size() >> block_bits_) >= 128) ++block_bits_;
  blocks_ = (luck_.size() >> block_bits_) + 1;
  const std::size_t usual = (luck_.size() / team_.size() / blocks_ + 64) * 5 / 4;
  for (Gifts& gifts : gifts_) {
    gifts.payees.assign(blocks_, std::vector<std::uint16_t>(usual));
    for (auto& payees : gifts.payees) {
      gifts.next.push_back(payees.data());
      gifts.end.push_back(payees.data() + usual);
    }
  }
}

void ExchangeBooksLimit::Gifts::grow(std::size_t of) {
  const auto count = static_cast<std::size_t>(next[of] - payees[of].data());
  payees[of].resize(2 * payees[of].size());
  next[of] = payees[of].data() + count;
  end[of] = payees[of].data() + payees[of].size();
}

void ExchangeBooksLimit::give(std::size_t thread) {
  Gifts& gifts = gifts_[thread];
  for (std::size_t i = 0; i < blocks_; ++i) gifts.next[i] = gifts.payees[i].data();
  std::array<std::uint64_t, block> draws;
  std::array<std::uint8_t, block> gives;
  std::array<std::uint32_t, block> payees;
  const Moment moment(seed_, step_, tick_, 0);
  const ondol_moment& now = moment;
  const std::uint32_t block_bits = block_bits_;
  const std::uint32_t within = (1U << block_bits) - 1;
  const std::size_t agents = held_.size();
  for (std::size_t first = slice(thread); first < slice(thread + 1); first += block) {
    const std::size_t count = std::min(block, slice(thread + 1) - first);
    draw_rows(&now, name_hash("whom"), ONDOL_DRAW_BITS, 0, luck_.data() + first, static_cast<std::uint32_t>(count),
              draws.data());
    pay(held_.data() + first, paid_.data() + first, gives.data(), count);
    // In a loop of its own: among the stores below it would take twice as long.
    for (std::size_t i = 0; i < count; ++i)
      payees[i] = static_cast<std::uint32_t>(transformed::integer(draws[i], agents));
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint32_t which = payees[i] >> block_bits;
      if (gifts.next[which] == gifts.end[which]) gifts.grow(which);
      std::uint16_t* const next = gifts.next[which];
      *next = static_cast<std::uint16_t>(payees[i] & within);
      gifts.next[which] = next + gives[i];
    }
  }
}

ONDOL_AVX2 void ExchangeBooksLimit::take(std::size_t which) {
  const std::size_t first = which << block_bits_;
  const std::size_t rows = std::min(held_.size() - first, std::size_t{1} << block_bits_);
  std::int64_t* const __restrict held = held_.data() + first;
  std::int64_t* const __restrict received = received_.data() + first;
  std::int64_t* const __restrict income = income_.data() + first;
  std::int64_t* const __restrict equity = equity_.data() + first;
  std::fill_n(received, rows, 0);
  for (const Gifts& gifts : gifts_) {
    for (const std::uint16_t* payee = gifts.payees[which].data(); payee != gifts.next[which]; ++payee)
      ++received[*payee];
  }
  for (std::size_t i = 0; i < rows; ++i) {
    held[i] += received[i];
    income[i] = held[i] - equity[i];
    equity[i] = held[i];
  }
}

void ExchangeBooksLimit::tick() {
  team_([this](std::size_t t) { give(t); });
  team_([this](std::size_t t) {
    for (std::size_t which = t; which < blocks_; which += team_.size()) take(which);
  });
  ++tick_;
}

FirmsLimit::FirmsLimit(std::size_t agents, int threads, Logarithm logarithm)
    : rows_(agents), team_(static_cast<std::size_t>(threads)), logarithm_(logarithm) {}

template <class AnyLogarithm>
double FirmsLimit::act(std::size_t from, std::size_t until, AnyLogarithm logarithm) {
  std::array<double, block> normals;
  double sum = 0;
  for (std::size_t first = from; first < until; first += block) {
    const std::size_t count = std::min(block, until - first);
    draw_normals(key_, static_cast<std::uint32_t>(first), normals.data());
    for (std::size_t i = 0; i < count; ++i) {
      Row& s = rows_[first + i];
      s.a = 0.9 * s.a + 0.1 * price_;
      s.b = 0.9 * s.b + 0.1 * s.a;
      s.c = 0.9 * s.c + 0.1 * s.b;
      s.d = 0.9 * s.d + 0.01 * normals[i];
      s.e = 0.9 * s.e + 0.1 * s.d;
      s.f = 0.9 * s.f + 0.1 * s.c;
      s.g = 0.9 * s.g + 0.1 * s.f;
      s.h = 0.9 * s.h + 0.1 * s.g;
      s.i = 0.9 * s.i + 0.1 * s.h;
      s.j = logarithm(1.0 + s.i * s.i);
      s.k += s.j;
      s.l = 0.5 * (s.l + s.e);
      sum += s.a + 0.01 * s.l;
    }
  }
  return sum;
}

void FirmsLimit::tick() {
  key_ = scramble(key_ + 1);
  std::array<double, 64> sums{};
  team_([&](std::size_t t) {
    const std::size_t from = rows_.size() * t / team_.size();
    const std::size_t until = rows_.size() * (t + 1) / team_.size();
    sums[t] = logarithm_ != nullptr ? act(from, until, logarithm_)
                                    : act(from, until, [](double value) { return std::log(value); });
  });
  price_ = std::accumulate(sums.begin(), sums.end(), 0.0) / static_cast<double>(rows_.size());
}

FirmColumnsLimit::FirmColumnsLimit(std::size_t agents, int threads)
    : agents_(agents), team_(static_cast<std::size_t>(threads)) {
  // Whole blocks, so that no loop has an end of its own.
  for (auto& column : columns_) column.assign((agents + block - 1) / block * block, 1.0);
}

ONDOL_AVX2 double FirmColumnsLimit::act(std::size_t from, std::size_t until) {
  std::array<double, block> normals;
  __m256d sum = _mm256_setzero_pd();
  const __m256d keep = _mm256_set1_pd(0.9);
  const __m256d move = _mm256_set1_pd(0.1);
  for (std::size_t first = from; first < until; first += block) {
    draw_normals(key_, static_cast<std::uint32_t>(first), normals.data());
    for (std::size_t i = 0; i < block; i += 4) {
      const auto at = [&](std::size_t c) __attribute__((target("avx2,fma"))) { return columns_[c].data() + first + i; };
      const auto follow = [&](std::size_t c, __m256d target) __attribute__((target("avx2,fma"))) {
        const __m256d value = _mm256_fmadd_pd(keep, _mm256_loadu_pd(at(c)), _mm256_mul_pd(move, target));
        _mm256_storeu_pd(at(c), value);
        return value;
      };
      const __m256d a = follow(0, _mm256_set1_pd(price_));
      const __m256d b = follow(1, a);
      const __m256d c = follow(2, b);
      const __m256d d = follow(3, _mm256_mul_pd(_mm256_set1_pd(0.1), _mm256_loadu_pd(&normals[i])));
      const __m256d e = follow(4, d);
      const __m256d f = follow(5, c);
      const __m256d g = follow(6, f);
      const __m256d h = follow(7, g);
      const __m256d shared = follow(8, h);
      const __m256d j = Sleef_logd4_u10avx2(_mm256_fmadd_pd(shared, shared, _mm256_set1_pd(1.0)));
      _mm256_storeu_pd(at(9), j);
      _mm256_storeu_pd(at(10), _mm256_add_pd(_mm256_loadu_pd(at(10)), j));
      const __m256d l = _mm256_mul_pd(_mm256_set1_pd(0.5), _mm256_add_pd(_mm256_loadu_pd(at(11)), e));
      _mm256_storeu_pd(at(11), l);
      const __m256d added = _mm256_fmadd_pd(_mm256_set1_pd(0.01), l, a);
      if (first + i + 4 <= agents_) {
        sum = _mm256_add_pd(sum, added);
      } else {
        alignas(32) std::array<double, 4> lanes;
        _mm256_store_pd(lanes.data(), added);
        for (std::size_t lane = agents_ - std::min(agents_, first + i); lane < 4; ++lane) lanes[lane] = 0;
        sum = _mm256_add_pd(sum, _mm256_load_pd(lanes.data()));
      }
    }
  }
  alignas(32) std::array<double, 4> lanes;
  _mm256_store_pd(lanes.data(), sum);
  return lanes[0] + lanes[1] + lanes[2] + lanes[3];
}

void FirmColumnsLimit::tick() {
  key_ = scramble(key_ + 1);
  const std::size_t blocks = columns_[0].size() / block;
  std::array<double, 64> sums{};
  team_([&](std::size_t t) {
    sums[t] = act(blocks * t / team_.size() * block, blocks * (t + 1) / team_.size() * block);
  });
  price_ = std::accumulate(sums.begin(), sums.end(), 0.0) / static_cast<double>(agents_);
}

}  // namespace ondol::bench
