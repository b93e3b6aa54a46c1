/* A library that is no plugin. */
#include <ondol/abi.h>

ONDOL_EXPORT int answer(void);
int answer(void) { return 42; }
