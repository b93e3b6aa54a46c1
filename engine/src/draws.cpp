#include "draws.hpp"

#include <ondol/random.hpp>

#ifdef __AVX__
#error "Build for plain x86-64: what the processor has is asked when it runs"
#endif

#include <immintrin.h>

// SLEEF's functions for four and eight numbers at once; its header declares them only to files built for such
// processors. They belong to the same family as those of ondol/math.hpp and give the same bits.
extern "C" {
__m256d Sleef_cinz_logd4_u10avx(__m256d);
__m256d Sleef_cinz_cospid4_u05avx(__m256d);
__m512d Sleef_cinz_logd8_u10avx512fnofma(__m512d);
__m512d Sleef_cinz_cospid8_u05avx512fnofma(__m512d);
}

namespace ondol {

namespace {

struct Asked {
  std::uint64_t key;
  std::uint64_t moment;
  const std::uint64_t* luck;
};

void draw_row(const Asked& asked, std::uint32_t what, std::uint32_t row, void* values) {
  const Draws draws(asked.key, asked.luck[row], asked.moment);
  if (what == ONDOL_DRAW_BITS) {
    static_cast<std::uint64_t*>(values)[row] = draws.block(0).first;
  } else {
    static_cast<double*>(values)[row] = what == ONDOL_DRAW_UNIFORM ? draws.uniform() : draws.normal();
  }
}

#define ONDOL_AVX2 __attribute__((target("avx2")))
#define ONDOL_AVX512 __attribute__((target("avx512f")))

// Four or eight numbers at once: the same steps in registers of two widths. Philox4x32-10 runs in lanes of 64 bits, of
// which only the low halves count: what stands in the high ones is never read by a multiplication and masked at the
// end. The upper 53 bits of a word become a number in (0, 1) exactly: both halves become doubles by exponents of 2^84
// and 2^52 put in front of their bits, and so does their sum.

struct Four {
  __m256i first, second;  // words
};

ONDOL_AVX2 inline __m256i spread4(std::uint64_t value) { return _mm256_set1_epi64x(static_cast<std::int64_t>(value)); }

ONDOL_AVX2 inline Four philox4(const Asked& asked, std::uint32_t row) {
  const __m256i luck = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(asked.luck + row));
  __m256i c0 = luck;
  __m256i c1 = _mm256_srli_epi64(luck, 32);
  __m256i c2 = spread4(asked.moment & 0xffffffffU);
  __m256i c3 = spread4(static_cast<std::uint32_t>((asked.moment >> 32U) << 20U));
  auto k0 = static_cast<std::uint32_t>(asked.key);
  auto k1 = static_cast<std::uint32_t>(asked.key >> 32U);
  const __m256i m0 = spread4(PHILOX_M4x32_0);
  const __m256i m1 = spread4(PHILOX_M4x32_1);
  for (int round = 0; round < philox4x32_rounds; ++round) {
    const __m256i p0 = _mm256_mul_epu32(c0, m0);
    const __m256i p1 = _mm256_mul_epu32(c2, m1);
    c0 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p1, 32), c1), spread4(k0));
    c2 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p0, 32), c3), spread4(k1));
    c1 = p1;
    c3 = p0;
    k0 += PHILOX_W32_0;
    k1 += PHILOX_W32_1;
  }
  const __m256i low = spread4(0xffffffffU);
  return {_mm256_or_si256(_mm256_and_si256(c0, low), _mm256_slli_epi64(c1, 32)),
          _mm256_or_si256(_mm256_and_si256(c2, low), _mm256_slli_epi64(c3, 32))};
}

ONDOL_AVX2 inline __m256d unit4(__m256i words) {
  const __m256i bits = _mm256_srli_epi64(words, 11);
  const __m256i low = _mm256_blend_epi32(bits, _mm256_set1_epi64x(0x4330000000000000), 0b10101010);
  const __m256i high = _mm256_or_si256(_mm256_srli_epi64(bits, 32), _mm256_set1_epi64x(0x4530000000000000));
  const __m256d number = _mm256_add_pd(_mm256_sub_pd(_mm256_castsi256_pd(high), _mm256_set1_pd(0x1p84)),
                                       _mm256_sub_pd(_mm256_castsi256_pd(low), _mm256_set1_pd(0x1p52)));
  return _mm256_mul_pd(_mm256_add_pd(number, _mm256_set1_pd(0.5)), _mm256_set1_pd(0x1p-53));
}

ONDOL_AVX2 std::uint32_t draw_by_4(const Asked& asked, std::uint32_t what, std::uint32_t count, void* values) {
  std::uint32_t row = 0;
  for (; row + 4 <= count; row += 4) {
    const Four words = philox4(asked, row);
    double* numbers = static_cast<double*>(values) + row;
    if (what == ONDOL_DRAW_BITS) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(numbers), words.first);
    } else if (what == ONDOL_DRAW_UNIFORM) {
      _mm256_storeu_pd(numbers, unit4(words.first));
    } else {
      const __m256d squared = _mm256_mul_pd(_mm256_set1_pd(-2.0), Sleef_cinz_logd4_u10avx(unit4(words.first)));
      const __m256d angle = Sleef_cinz_cospid4_u05avx(_mm256_mul_pd(_mm256_set1_pd(2.0), unit4(words.second)));
      _mm256_storeu_pd(numbers, _mm256_mul_pd(_mm256_sqrt_pd(squared), angle));
    }
  }
  return row;
}

// gcc takes what its own header leaves undefined, and never uses, for a mistake.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

struct Eight {
  __m512i first, second;  // words
};

ONDOL_AVX512 inline __m512i spread8(std::uint64_t value) { return _mm512_set1_epi64(static_cast<std::int64_t>(value)); }

ONDOL_AVX512 inline Eight philox8(const Asked& asked, std::uint32_t row) {
  const __m512i luck = _mm512_loadu_si512(asked.luck + row);
  __m512i c0 = luck;
  __m512i c1 = _mm512_srli_epi64(luck, 32);
  __m512i c2 = spread8(asked.moment & 0xffffffffU);
  __m512i c3 = spread8(static_cast<std::uint32_t>((asked.moment >> 32U) << 20U));
  auto k0 = static_cast<std::uint32_t>(asked.key);
  auto k1 = static_cast<std::uint32_t>(asked.key >> 32U);
  const __m512i m0 = spread8(PHILOX_M4x32_0);
  const __m512i m1 = spread8(PHILOX_M4x32_1);
  constexpr int xor_of_three = 0x96;
  for (int round = 0; round < philox4x32_rounds; ++round) {
    const __m512i p0 = _mm512_mul_epu32(c0, m0);
    const __m512i p1 = _mm512_mul_epu32(c2, m1);
    c0 = _mm512_ternarylogic_epi64(_mm512_srli_epi64(p1, 32), c1, spread8(k0), xor_of_three);
    c2 = _mm512_ternarylogic_epi64(_mm512_srli_epi64(p0, 32), c3, spread8(k1), xor_of_three);
    c1 = p1;
    c3 = p0;
    k0 += PHILOX_W32_0;
    k1 += PHILOX_W32_1;
  }
  const __m512i low = spread8(0xffffffffU);
  return {_mm512_or_si512(_mm512_and_si512(c0, low), _mm512_slli_epi64(c1, 32)),
          _mm512_or_si512(_mm512_and_si512(c2, low), _mm512_slli_epi64(c3, 32))};
}

ONDOL_AVX512 inline __m512d unit8(__m512i words) {
  const __m512i bits = _mm512_srli_epi64(words, 11);
  const __m512i low = _mm512_or_si512(_mm512_and_si512(bits, spread8(0xffffffffU)), spread8(0x4330000000000000U));
  const __m512i high = _mm512_or_si512(_mm512_srli_epi64(bits, 32), spread8(0x4530000000000000U));
  const __m512d number = _mm512_add_pd(_mm512_sub_pd(_mm512_castsi512_pd(high), _mm512_set1_pd(0x1p84)),
                                       _mm512_sub_pd(_mm512_castsi512_pd(low), _mm512_set1_pd(0x1p52)));
  return _mm512_mul_pd(_mm512_add_pd(number, _mm512_set1_pd(0.5)), _mm512_set1_pd(0x1p-53));
}

ONDOL_AVX512 std::uint32_t draw_by_8(const Asked& asked, std::uint32_t what, std::uint32_t count, void* values) {
  std::uint32_t row = 0;
  for (; row + 8 <= count; row += 8) {
    const Eight words = philox8(asked, row);
    double* numbers = static_cast<double*>(values) + row;
    if (what == ONDOL_DRAW_BITS) {
      _mm512_storeu_si512(numbers, words.first);
    } else if (what == ONDOL_DRAW_UNIFORM) {
      _mm512_storeu_pd(numbers, unit8(words.first));
    } else {
      const __m512d squared = _mm512_mul_pd(_mm512_set1_pd(-2.0), Sleef_cinz_logd8_u10avx512fnofma(unit8(words.first)));
      const __m512d angle = Sleef_cinz_cospid8_u05avx512fnofma(_mm512_mul_pd(_mm512_set1_pd(2.0), unit8(words.second)));
      _mm512_storeu_pd(numbers, _mm512_mul_pd(_mm512_sqrt_pd(squared), angle));
    }
  }
  return row;
}

#pragma GCC diagnostic pop

const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
const bool has_avx512 = __builtin_cpu_supports("avx512f") != 0;

}  // namespace

void draw_rows(const ondol_chunk* chunk, std::uint64_t purpose, std::uint32_t what, std::uint32_t first_row,
               std::uint32_t count, void* values) {
  const Asked asked{mix(chunk->draw_key + purpose),
                    static_cast<std::uint32_t>(chunk->tick) | (std::uint64_t{chunk->round} << 32U),
                    chunk->luck + first_row};
  std::uint32_t row = has_avx512 ? draw_by_8(asked, what, count, values)
                      : has_avx2 ? draw_by_4(asked, what, count, values)
                                 : 0;
  for (; row < count; ++row) draw_row(asked, what, row, values);
}

}  // namespace ondol
