/// Elementary functions whose every bit is the same on every x86-64 processor and at every optimisation level.
///
/// The C library's exp, log and pow change their last bit with the processor's fused multiply-add, so rules and the
/// engine use these (SLEEF's "cinz" family, at most 1.0 ulp unless said otherwise) instead.
#pragma once

#include <sleef.h>

#include <cmath>

namespace ondol {

inline double exp(double x) { return Sleef_cinz_expd1_u10purec(x); }
inline double log(double x) { return Sleef_cinz_logd1_u10purec(x); }
inline double pow(double base, double exponent) { return Sleef_cinz_powd1_u10purec(base, exponent); }
inline double expm1(double x) { return Sleef_cinz_expm1d1_u10purec(x); }
inline double log1p(double x) { return Sleef_cinz_log1pd1_u10purec(x); }
inline double tanh(double x) { return Sleef_cinz_tanhd1_u10purec(x); }
/// Cosine of pi times x, 0.5 ulp.
inline double cospi(double x) { return Sleef_cinz_cospid1_u05purec(x); }
/// Correctly rounded by IEEE 754.
inline double sqrt(double x) { return std::sqrt(x); }
/// 1 / (1 + e^-x).
inline double logistic(double x) { return 1.0 / (1.0 + exp(-x)); }

}  // namespace ondol
