/// Whether this machine lets a process be refused the processor's clock. Some virtual machines take the wish and go on
/// answering; there a rule that reads a clock is known by its library's imports and by what it does when called again.
#pragma once

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#include <csignal>

namespace ondol::test {

inline bool processor_clock_can_be_refused() {
#if defined(__x86_64__)
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGSEGV, SIG_DFL);
    prctl(PR_SET_TSC, PR_TSC_SIGSEGV);
    [[maybe_unused]] const volatile unsigned long long read = __rdtsc();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status);
#else
  return false;
#endif
}

/// How what `check --plugin` says of a rule that reads a clock begins. Where the clock cannot be refused, one of
/// several comparisons finds that it gave another time; which, is by luck: two readings may be the same.
inline const char* finding_of_a_clock() { return processor_clock_can_be_refused() ? "reads the clock" : ""; }

}  // namespace ondol::test
