#include "base/draws.hpp"

#include "base/wide.hpp"

#include <ondol/random.hpp>

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <span>

namespace ondol {

namespace {

struct Asked {
  const ondol_moment* now;
  std::uint64_t purpose;
  std::uint32_t index;
  const std::uint64_t* luck;
};

// Four or eight lanes of 64 bits, and the steps that Philox takes in them. Words of 32 bits stand in their low halves:
// what stands in the high ones is not read.
struct Four {
  static constexpr std::uint32_t lanes = 4;
  using Lanes = std::uint64_t __attribute__((vector_size(lanes * sizeof(std::uint64_t))));
  ONDOL_AVX2 void fill(std::uint64_t value) { all = Lanes{} + value; }
  ONDOL_AVX2 void load(const std::uint64_t* from) { std::memcpy(&all, from, sizeof all); }
  ONDOL_AVX2 void take_high(const Four& from) { all = from.all >> 32U; }
  ONDOL_AVX2 void multiply(const Four& a, const Four& b) {
    all = reinterpret_cast<Lanes>(_mm256_mul_epu32(reinterpret_cast<__m256i>(a.all), reinterpret_cast<__m256i>(b.all)));
  }
  ONDOL_AVX2 void combine(const Four& a, const Four& b, const Four& c) { all = a.all ^ b.all ^ c.all; }
  ONDOL_AVX2 void store(const Four& high, std::uint64_t* to) const {
    const Lanes joined = (all & 0xffffffffU) | high.all << 32U;
    std::memcpy(to, &joined, sizeof joined);
  }
  Lanes all;
};

struct Eight {
  static constexpr std::uint32_t lanes = 8;
  using Lanes = std::uint64_t __attribute__((vector_size(lanes * sizeof(std::uint64_t))));
  ONDOL_AVX512 void fill(std::uint64_t value) { all = Lanes{} + value; }
  ONDOL_AVX512 void load(const std::uint64_t* from) { std::memcpy(&all, from, sizeof all); }
  ONDOL_AVX512 void take_high(const Eight& from) { all = from.all >> 32U; }
  ONDOL_AVX512 void multiply(const Eight& a, const Eight& b) {
    // Under a mask of all: gcc takes what its header leaves undefined without one, and never uses, for a mistake.
    all = reinterpret_cast<Lanes>(
        _mm512_maskz_mul_epu32(0xff, reinterpret_cast<__m512i>(a.all), reinterpret_cast<__m512i>(b.all)));
  }
  ONDOL_AVX512 void combine(const Eight& a, const Eight& b, const Eight& c) { all = a.all ^ b.all ^ c.all; }
  ONDOL_AVX512 void store(const Eight& high, std::uint64_t* to) const {
    const Lanes joined = (all & 0xffffffffU) | high.all << 32U;
    std::memcpy(to, &joined, sizeof joined);
  }
  Lanes all;
};

// Philox4x32-10 for rows that fill whole registers; says how many these were. A template cannot say for which processor
// it is compiled: that is said by the function which it is inlined into, with all that it calls.
template <class Register>
[[gnu::always_inline]] inline std::uint32_t words_by(const Asked& asked, std::uint32_t count, std::uint64_t* first,
                                                     std::uint64_t* second) {
  Register m0, m1;
  m0.fill(PHILOX_M4x32_0);
  m1.fill(PHILOX_M4x32_1);
  const std::uint64_t key = mix(asked.now->key + asked.purpose);
  std::uint32_t row = 0;
  for (; row + Register::lanes <= count; row += Register::lanes) {
    Register c0, c1, c2, c3;
    c0.load(asked.luck + row);
    c1.take_high(c0);
    c2.fill(static_cast<std::uint32_t>(asked.now->tick));
    c3.fill(asked.index);
    auto k0 = static_cast<std::uint32_t>(key);
    auto k1 = static_cast<std::uint32_t>(key >> 32U);
    for (int round = 0; round < philox4x32_rounds; ++round) {
      Register p0, p1, high, half;
      p0.multiply(c0, m0);
      p1.multiply(c2, m1);
      high.take_high(p1);
      half.fill(k0);
      c0.combine(high, c1, half);
      high.take_high(p0);
      half.fill(k1);
      c2.combine(high, c3, half);
      c1 = p1;
      c3 = p0;
      k0 += PHILOX_W32_0;
      k1 += PHILOX_W32_1;
    }
    c0.store(c1, first + row);
    if (second != nullptr) c2.store(c3, second + row);
  }
  return row;
}

[[gnu::flatten]] ONDOL_AVX2 std::uint32_t words_by_4(const Asked& asked, std::uint32_t count, std::uint64_t* first,
                                                     std::uint64_t* second) {
  return words_by<Four>(asked, count, first, second);
}
[[gnu::flatten]] ONDOL_AVX512 std::uint32_t words_by_8(const Asked& asked, std::uint32_t count, std::uint64_t* first,
                                                       std::uint64_t* second) {
  return words_by<Eight>(asked, count, first, second);
}

// What ondol_draw_words gives of each luck: both words, or the first alone.
void draw_words(const Asked& asked, std::uint32_t count, std::uint64_t* first, std::uint64_t* second) {
  std::uint32_t row = has_avx512() ? words_by_8(asked, count, first, second)
                      : has_avx2() ? words_by_4(asked, count, first, second)
                                   : 0;
  for (; row < count; ++row) {
    const ondol_words words = ondol_draw_words(asked.now, asked.purpose, asked.luck[row], asked.index);
    first[row] = words.first;
    if (second != nullptr) second[row] = words.second;
  }
}

// The upper 53 bits of a word become a number in (0, 1) exactly: both halves become doubles by exponents of 2^84 and
// 2^52 put in front of their bits, and so does their sum.
ONDOL_WIDE void unit(const std::uint64_t* __restrict words, std::uint32_t count, double* __restrict numbers) {
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint64_t bits = words[i] >> 11U;
    const auto high = std::bit_cast<double>(bits >> 32U | 0x4530000000000000U);
    const auto low = std::bit_cast<double>((bits & 0xffffffffU) | 0x4330000000000000U);
    numbers[i] = (((high - 0x1p84) + (low - 0x1p52)) + 0.5) * 0x1p-53;
  }
}

ONDOL_WIDE void stretch(const double* __restrict logarithms, const double* __restrict cosines, std::size_t count,
                        double* __restrict normals) {
  for (std::size_t i = 0; i < count; ++i) normals[i] = sqrt(-2.0 * logarithms[i]) * cosines[i];
}

// A standard normal (Box, Muller 1958) of two numbers in (0, 1) each, which are used up.
void normal(std::span<double> radii, std::span<double> angles, double* normals) {
  log(radii, radii.data());
  for (double& angle : angles) angle *= 2.0;
  cospi(angles, angles.data());
  stretch(radii.data(), angles.data(), radii.size(), normals);
}

}  // namespace

void draw_rows(const ondol_moment* now, std::uint64_t purpose, std::uint32_t what, std::uint32_t index,
               const std::uint64_t* luck, std::uint32_t count, void* values) {
  Asked asked{now, purpose, index, luck};
  constexpr std::uint32_t most = 64;  // rows at a time: they stay in the nearest cache
  std::array<std::uint64_t, most> first, second;
  std::array<double, most> radii, angles;
  for (std::uint32_t done = 0; done < count; done += most, asked.luck += most) {
    const std::uint32_t rows = std::min(most, count - done);
    double* numbers = static_cast<double*>(values) + done;
    draw_words(asked, rows, what == ONDOL_DRAW_BITS ? static_cast<std::uint64_t*>(values) + done : first.data(),
               what == ONDOL_DRAW_NORMAL ? second.data() : nullptr);
    if (what == ONDOL_DRAW_UNIFORM) unit(first.data(), rows, numbers);
    if (what == ONDOL_DRAW_NORMAL) {
      unit(first.data(), rows, radii.data());
      unit(second.data(), rows, angles.data());
      normal({radii.data(), rows}, {angles.data(), rows}, numbers);
    }
  }
}

}  // namespace ondol
