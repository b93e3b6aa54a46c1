// Calls into plugins. Whatever one does instead of returning becomes a failure of that call, with a message.
#pragma once

#include "base/process_state.hpp"

#include <ondol/abi.h>

#include <csetjmp>
#include <cstdint>
#include <optional>

namespace ondol {

// Whose rule or clearing it is, for a message that may have to be written while nothing else can be trusted.
struct Guest {
  const char* plugin;
  const char* name;  // of the kind or mechanism
  const char* step;  // or market
  std::int64_t tick;
  bool watched;  // it could change what the process shares: that is looked at before and after
};

namespace detail {

// A call under way on this thread, and those that it interrupted.
struct GuestFrame {
  explicit GuestFrame(const Guest& whose);
  ~GuestFrame();
  GuestFrame(const GuestFrame&) = delete;
  GuestFrame& operator=(const GuestFrame&) = delete;

  const Guest& guest;
  GuestFrame* outer;
  sigjmp_buf back;
  int signal = 0;                  // that ended it
  std::optional<int> exit_status;  // that it wanted to end the process with
  bool forked = false;             // it started another process
  std::optional<ProcessState> before;
};

// What ended the call, or what it changed; writes it down and returns a status other than 0.
std::int32_t conclude(const GuestFrame& frame, std::int32_t status, ondol_failure& failure);
// Of an exception that crossed the boundary.
void tell_exception(ondol_failure& failure);

}  // namespace detail

// Calls run(call). Returns its status; or 1, with a message in `failure`, when it throws, crashes, ends the process,
// forks, or changes what the process shares (see guard_process for which of these are seen). The floating-point
// environment is the run's again afterwards. May be called within another guest's call.
template <class Call>
std::int32_t call_guest(const Guest& guest, std::int32_t (*run)(Call*), Call* call, ondol_failure& failure) {
  detail::GuestFrame frame(guest);
  volatile std::int32_t status = 1;  // what comes back by a handler must find it
  if (sigsetjmp(frame.back, 0) == 0) {
    try {
      status = run(call);
    } catch (...) {
      detail::tell_exception(failure);
      return 1;
    }
  }
  return detail::conclude(frame, status, failure);
}

}  // namespace ondol
