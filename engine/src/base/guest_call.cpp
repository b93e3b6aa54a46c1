// Frames of calls, and the handlers that lead back to them.
#include "base/guest_call.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/guests.hpp>

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <initializer_list>
#include <string>

namespace ondol {

namespace {

constexpr unsigned seconds_to_close = 20;  // for the run, after a crash: what was broken may hold it up for ever

thread_local detail::GuestFrame* current = nullptr;
// Where a handler runs when the thread's own stack is used up.
thread_local std::array<char, 65536> spare_stack;
thread_local bool has_spare_stack = false;
bool guarding = false;

// Said if the run cannot be closed after a crash.
std::array<char, 512> last_words;

void give_spare_stack() {
  stack_t stack{};
  stack.ss_sp = spare_stack.data();
  stack.ss_size = spare_stack.size();
  sigaltstack(&stack, nullptr);
  has_spare_stack = true;
}

void prepare_last_words(const detail::GuestFrame& frame) {
  std::snprintf(
      last_words.data(), last_words.size(),
      "\nondol: error: tick %lld, in step '%s': '%s' (plugin '%s') crashes (signal %d), and what it broke keeps "
      "the run from being closed\n",
      static_cast<long long>(frame.guest.tick), frame.guest.step, frame.guest.name, frame.guest.plugin, frame.signal);
}

// Past the program's own exit, which may lead back here.
void end_process(int status) { syscall(SYS_exit_group, status); }

void on_fatal(int signal, siginfo_t*, void*) {
  if (current == nullptr) {
    std::signal(signal, SIG_DFL);
    raise(signal);
    return;
  }
  current->signal = signal;
  prepare_last_words(*current);
  alarm(seconds_to_close);
  siglongjmp(current->back, 1);
}

void on_alarm(int) {
  if (write(STDERR_FILENO, last_words.data(), std::strlen(last_words.data())) < 0) return;
  end_process(static_cast<int>(ErrorCode::run));
}

void in_forked_child() {
  if (current != nullptr) end_process(0);
}

void in_forking_parent() {
  if (current != nullptr) current->forked = true;
}

}  // namespace

namespace detail {

GuestFrame::GuestFrame(const Guest& whose) : guest(whose), outer(current) {
  if (guarding && !has_spare_stack) give_spare_stack();
  if (guest.watched) before.emplace();
  current = this;
}

GuestFrame::~GuestFrame() {
  current = outer;
  restore_floats();
}

std::int32_t conclude(const GuestFrame& frame, std::int32_t status, ondol_failure& failure) {
  const bool changed_floats = restore_floats();
  std::string what;
  if (frame.signal != 0) {
    what = std::string("crashes (") + strsignal(frame.signal) + ")";
  } else if (frame.exit_status) {
    what = "ends the process: it calls exit(" + std::to_string(*frame.exit_status) + ")";
  } else if (frame.forked) {
    what = "starts another process";
  } else if (changed_floats) {
    what = "changes the floating-point environment";
  } else if (frame.before) {
    const std::string changed = ProcessState().changed_since(*frame.before);
    if (!changed.empty()) what = "changes " + changed + " of the whole process";
  }
  if (what.empty()) return status;
  std::snprintf(failure.message, sizeof failure.message, "%s", what.c_str());
  return 1;
}

void tell_exception(ondol_failure& failure) { failure = {ONDOL_NONE, "threw an exception across the plugin boundary"}; }

}  // namespace detail

void guard_process() {
  guarding = true;
  struct sigaction action {};
  action.sa_sigaction = &on_fatal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) sigaction(signal, &action, nullptr);
  std::signal(SIGALRM, &on_alarm);
  pthread_atfork(nullptr, &in_forking_parent, &in_forked_child);
}

void refuse_exit_of_guest(int status) {
  if (current == nullptr) return;
  current->exit_status = status;
  siglongjmp(current->back, 1);
}

}  // namespace ondol
