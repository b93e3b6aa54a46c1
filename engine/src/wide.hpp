// Functions that are compiled twice, for any x86-64 and for processors with AVX2; the better one is taken as the
// program starts. Only for arithmetic that gives the same bits either way.
#pragma once

// Sanitizers are not ready yet when the choice is made.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define ONDOL_WIDE
#else
#define ONDOL_WIDE __attribute__((target_clones("avx2", "default")))
#endif
