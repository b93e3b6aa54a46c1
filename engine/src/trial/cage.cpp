// A seccomp filter that turns system calls into signals, and the handler that says what they were.
#include "trial/cage.hpp"

#include <fmt/format.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>

namespace ondol {

namespace {

int file = -1;
std::string text_before, text_after;

// Whatever was interrupted may hold the memory's lock: nothing here takes any.
[[noreturn]] void tell(const char* what) {
  for (const char* part : {text_before.c_str(), what, text_after.c_str()}) {
    if (write(file, part, std::strlen(part)) < 0) break;
  }
  syscall(SYS_exit_group, 0);
  __builtin_unreachable();
}

const char* what_it_does(int call) {
  switch (call) {
    case SYS_open:
    case SYS_openat:
    case SYS_creat:
      return "opens a file";
    case SYS_read:
    case SYS_pread64:
    case SYS_readv:
      return "reads from a file";
    case SYS_write:
    case SYS_writev:
    case SYS_pwrite64:
      return "writes to a file";
    case SYS_stat:
    case SYS_lstat:
    case SYS_fstat:
    case SYS_newfstatat:
    case SYS_access:
    case SYS_getcwd:
      return "looks at files";
    case SYS_unlink:
    case SYS_unlinkat:
    case SYS_rename:
    case SYS_mkdir:
    case SYS_ftruncate:
      return "changes files";
    case SYS_clone:
    case SYS_clone3:
    case SYS_fork:
    case SYS_vfork:
      return "starts a thread or process";
    case SYS_execve:
      return "starts a program";
    case SYS_socket:
    case SYS_connect:
      return "opens a connection";
    case SYS_chdir:
    case SYS_fchdir:
      return "changes the working directory";
    case SYS_rt_sigaction:
      return "installs a signal handler";
    case SYS_prlimit64:
    case SYS_setrlimit:
      return "changes the limits of the process";
    case SYS_kill:
    case SYS_tkill:
      return "sends a signal";
    case SYS_nanosleep:
    case SYS_clock_nanosleep:
    case SYS_poll:
    case SYS_select:
      return "waits";
    case SYS_clock_gettime:
    case SYS_gettimeofday:
    case SYS_time:
      return "reads the clock";
    case SYS_getrandom:
      return "takes random bytes from the system";
    default:
      return nullptr;
  }
}

void on_system_call(int, siginfo_t* info, void*) {
  if (const char* known = what_it_does(info->si_syscall)) tell(known);
  std::array<char, 64> other;
  std::snprintf(other.data(), other.size(), "makes the system call %d", info->si_syscall);
  tell(other.data());
}

// rdtsc and rdtscp, which the processor then refuses; anything else is a crash.
void on_refused_instruction(int, siginfo_t*, void* context) {
  const auto* const at =
      reinterpret_cast<const unsigned char*>(static_cast<const ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP]);
  const bool clock = at != nullptr && at[0] == 0x0f && (at[1] == 0x31 || (at[1] == 0x01 && at[2] == 0xf9));
  if (clock) tell("reads the clock");
}

// Once: what happens again is a crash.
void handle(int signal, void (*handler)(int, siginfo_t*, void*)) {
  struct sigaction action {};
  action.sa_sigaction = handler;
  action.sa_flags = static_cast<int>(SA_SIGINFO | SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

constexpr sock_filter statement(unsigned code, unsigned value) {
  return {static_cast<std::uint16_t>(code), 0, 0, value};
}
constexpr sock_filter jump(unsigned code, unsigned value, unsigned yes, unsigned no) {
  return {static_cast<std::uint16_t>(code), static_cast<std::uint8_t>(yes), static_cast<std::uint8_t>(no), value};
}

}  // namespace

void close_cage([[maybe_unused]] int out, [[maybe_unused]] const std::string& before,
                [[maybe_unused]] const std::string& after) {
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  file = out;
  text_before = before;
  text_after = after;
  handle(SIGSYS, &on_system_call);
  handle(SIGSEGV, &on_refused_instruction);
  std::vector<sock_filter> filter = {
      statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      jump(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
      statement(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
      statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      jump(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 1, 0),
      jump(BPF_JMP | BPF_JEQ | BPF_K, SYS_writev, 0, 5),
      statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[0])),
      jump(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(out), 1, 0),
      jump(BPF_JMP | BPF_JEQ | BPF_K, STDERR_FILENO, 0, 1),
      statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      statement(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
  };
  for (const int call :
       {SYS_mmap, SYS_munmap, SYS_mremap, SYS_mprotect, SYS_madvise, SYS_brk, SYS_futex, SYS_rt_sigreturn,
        SYS_rt_sigprocmask, SYS_tgkill, SYS_getpid, SYS_gettid, SYS_exit, SYS_exit_group}) {
    filter.push_back(jump(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call), 0, 1));
    filter.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  }
  filter.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_TRAP));
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  prctl(PR_SET_TSC, PR_TSC_SIGSEGV);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
#endif
}

}  // namespace ondol
