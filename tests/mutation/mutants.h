/* What mutated code asks at run time: is this the mutant to be? With none chosen, all code is as written. */
#pragma once

#ifdef __cplusplus
extern "C" {
#endif
extern int ondol_mutant;             /* the number chosen, or -1 */
extern unsigned char* ondol_touched; /* a byte for each mutant, set where it is reached; or null */
#ifdef __cplusplus
}
/* What is computed by the compiler is as written. */
#define ONDOL_COMPILING __builtin_is_constant_evaluated()
#define ONDOL_INLINE constexpr bool
#else
#define ONDOL_COMPILING 0
#define ONDOL_INLINE static inline int
#endif

ONDOL_INLINE ondol_mutated(int mutant) {
  if (ONDOL_COMPILING) return 0;
  if (ondol_touched) ondol_touched[mutant] = 1;
  return mutant == ondol_mutant;
}
