// Instructions that not every x86-64 has, taken where the processor has them. Only for arithmetic that gives the same
// bits either way.
#pragma once

#ifdef __AVX__
#error "Build for plain x86-64: what the processor has is asked when it runs"
#endif

// A function that is compiled twice, for any x86-64 and for processors with AVX2; the better one is taken as the
// program starts. Sanitizers are not ready yet when that choice is made.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define ONDOL_WIDE
#else
#define ONDOL_WIDE __attribute__((target_clones("avx2", "default")))
#endif

// A function that compilers do not get from plain loops, written for such processors: ask before calling it.
#define ONDOL_AVX2 __attribute__((target("avx2")))
#define ONDOL_AVX512 __attribute__((target("avx512f")))

namespace ondol {

inline bool has_avx2() { return __builtin_cpu_supports("avx2") != 0; }
inline bool has_avx512() { return __builtin_cpu_supports("avx512f") != 0; }

}  // namespace ondol
