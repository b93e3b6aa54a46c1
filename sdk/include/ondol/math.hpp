/// Elementary functions whose every bit is the same on every x86-64 processor and at every optimisation level.
///
/// The C library's exp, log and pow change their last bit with the processor's fused multiply-add, so rules and the
/// engine use these (SLEEF's "cinz" family, at most 1.0 ulp unless said otherwise) instead.
#pragma once

#include <immintrin.h>
#include <sleef.h>

#include <cmath>
#include <cstddef>
#include <span>

// For four and eight numbers at once. SLEEF's header declares them only to files built for such processors alone.
extern "C" {
#ifndef __AVX__
__attribute__((target("avx"))) __m256d Sleef_cinz_expd4_u10avx(__m256d);
__attribute__((target("avx"))) __m256d Sleef_cinz_logd4_u10avx(__m256d);
__attribute__((target("avx"))) __m256d Sleef_cinz_cospid4_u05avx(__m256d);
#endif
#ifndef __AVX512F__
__attribute__((target("avx512f"))) __m512d Sleef_cinz_expd8_u10avx512fnofma(__m512d);
__attribute__((target("avx512f"))) __m512d Sleef_cinz_logd8_u10avx512fnofma(__m512d);
__attribute__((target("avx512f"))) __m512d Sleef_cinz_cospid8_u05avx512fnofma(__m512d);
#endif
}

namespace ondol {

inline double exp(double x) { return Sleef_cinz_expd1_u10purec(x); }
inline double log(double x) { return Sleef_cinz_logd1_u10purec(x); }
inline double pow(double base, double exponent) { return Sleef_cinz_powd1_u10purec(base, exponent); }
inline double expm1(double x) { return Sleef_cinz_expm1d1_u10purec(x); }
inline double log1p(double x) { return Sleef_cinz_log1pd1_u10purec(x); }
inline double tanh(double x) { return Sleef_cinz_tanhd1_u10purec(x); }
/// Distribution function of the standard normal, the probability of at most x: half of erfc(-x / sqrt 2), which is
/// reckoned to 1.5 ulp and keeps its digits far out in the lower tail.
inline double normal_cdf(double x) { return 0.5 * Sleef_cinz_erfcd1_u15purec(-0.70710678118654752440 * x); }
/// Cosine of pi times x, 0.5 ulp.
inline double cospi(double x) { return Sleef_cinz_cospid1_u05purec(x); }
/// Correctly rounded by IEEE 754.
inline double sqrt(double x) { return std::sqrt(x); }
/// 1 / (1 + e^-x).
inline double logistic(double x) { return 1.0 / (1.0 + exp(-x)); }

namespace detail {

// A function of some numbers, as many as fill whole registers; says how many these were.
template <auto function>
__attribute__((target("avx"))) std::size_t by_4(const double* x, double* y, std::size_t count) {
  std::size_t i = 0;
  for (; i + 4 <= count; i += 4) _mm256_storeu_pd(y + i, function(_mm256_loadu_pd(x + i)));
  return i;
}
template <auto function>
__attribute__((target("avx512f"))) std::size_t by_8(const double* x, double* y, std::size_t count) {
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) _mm512_storeu_pd(y + i, function(_mm512_loadu_pd(x + i)));
  return i;
}
// Of all of them, as the processor can.
template <auto function, auto function_of_4, auto function_of_8>
void each(std::span<const double> x, double* y) {
  std::size_t i = __builtin_cpu_supports("avx512f") != 0 ? by_8<function_of_8>(x.data(), y, x.size())
                  : __builtin_cpu_supports("avx") != 0   ? by_4<function_of_4>(x.data(), y, x.size())
                                                         : 0;
  for (; i < x.size(); ++i) y[i] = function(x[i]);
}

}  // namespace detail

/// Of many numbers, four to eight times as fast where the processor can, and to the same bits. `y` has room for as many
/// as x, and may be x itself.
inline void exp(std::span<const double> x, double* y) {
  detail::each<&Sleef_cinz_expd1_u10purec, &Sleef_cinz_expd4_u10avx, &Sleef_cinz_expd8_u10avx512fnofma>(x, y);
}
inline void log(std::span<const double> x, double* y) {
  detail::each<&Sleef_cinz_logd1_u10purec, &Sleef_cinz_logd4_u10avx, &Sleef_cinz_logd8_u10avx512fnofma>(x, y);
}
inline void cospi(std::span<const double> x, double* y) {
  detail::each<&Sleef_cinz_cospid1_u05purec, &Sleef_cinz_cospid4_u05avx, &Sleef_cinz_cospid8_u05avx512fnofma>(x, y);
}

}  // namespace ondol
