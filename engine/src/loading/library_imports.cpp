// The table of functions.
#include "loading/library_imports.hpp"

#include "loading/library_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace ondol {

namespace {

struct Family {
  const char* for_what;
  bool shared;
  std::initializer_list<std::string_view> names;  // with a star at the end: all that begin so
};

const Family families[] = {
    {"reads the clock",
     false,
     {"time", "clock", "clock_gettime", "gettimeofday", "times", "timespec_get", "ftime",
      "_ZNSt6chrono3_V212steady_clock3nowEv", "_ZNSt6chrono3_V212system_clock3nowEv"}},
    {"takes random numbers that no seed decides",
     false,
     {"rand", "srand", "random", "srandom", "drand48", "lrand48", "mrand48", "srand48", "getrandom", "getentropy",
      "arc4random*", "_ZNSt13random_device*"}},
    {"reads the environment", false, {"getenv", "secure_getenv", "environ", "__environ"}},
    {"changes the environment", true, {"setenv", "unsetenv", "putenv", "clearenv"}},
    {"opens or changes files",
     false,
     {"fopen",
      "fopen64",
      "freopen",
      "freopen64",
      "fdopen",
      "open",
      "open64",
      "openat",
      "openat64",
      "creat",
      "creat64",
      "opendir",
      "mkdir",
      "rmdir",
      "remove",
      "unlink",
      "unlinkat",
      "rename",
      "truncate",
      "ftruncate",
      "write",
      "read",
      "mkstemp",
      "tmpfile",
      "stat",
      "lstat",
      "fstat",
      "access",
      "_ZNSt13basic_filebuf*",
      "_ZNSt14basic_ifstream*",
      "_ZNSt14basic_ofstream*",
      "_ZNSt13basic_fstream*",
      "_ZNSt10filesystem*"}},
    {"starts threads",
     false,
     {"pthread_create", "thrd_create", "_ZNSt6thread15_M_start_thread*", "_ZNSt6thread20_M_start_thread*"}},
    {"asks what thread, process or user it runs as", false, {"getpid", "gettid", "getppid", "getuid", "pthread_self"}},
    {"starts processes",
     false,
     {"fork", "_Fork", "vfork", "clone", "system", "popen", "posix_spawn", "posix_spawnp", "execv", "execve", "execvp",
      "execl", "execlp", "execle", "fexecve", "daemon"}},
    {"ends the process", false, {"exit", "_exit", "_Exit", "quick_exit", "kill", "raise", "pthread_kill"}},
    {"opens connections", false, {"socket", "connect", "getaddrinfo", "gethostbyname"}},
    {"waits", false, {"sleep", "usleep", "nanosleep", "clock_nanosleep", "poll", "select", "pause"}},
    {"changes the working directory", true, {"chdir", "fchdir", "chroot"}},
    {"changes the locale", true, {"setlocale", "uselocale", "_ZNSt6locale6globalERKS_"}},
    {"changes how signals are handled",
     true,
     {"signal", "sigaction", "sigprocmask", "pthread_sigmask", "bsd_signal", "sysv_signal", "__sysv_signal",
      "sigaltstack", "alarm", "setitimer"}},
    {"changes the limits of the process", true, {"setrlimit", "setrlimit64", "prlimit", "prlimit64", "umask", "nice"}},
    {"changes the rounding mode", true, {"fesetround", "fesetenv", "feupdateenv", "feenableexcept"}},
    {"reaches functions that the loader does not see", true, {"dlopen", "dlsym", "dlmopen", "syscall"}},
    {"jumps past the host", false, {"longjmp", "siglongjmp", "_longjmp", "__longjmp_chk"}},
};

bool matches(std::string_view name, std::string_view pattern) {
  if (!pattern.ends_with('*')) return name == pattern;
  return name.starts_with(pattern.substr(0, pattern.size() - 1));
}

}  // namespace

std::vector<Import> remarkable(const std::vector<std::string>& imports) {
  std::vector<Import> found;
  for (const std::string& name : imports) {
    for (const Family& family : families) {
      if (std::any_of(family.names.begin(), family.names.end(), [&](auto pattern) { return matches(name, pattern); }))
        found.push_back({as_written(name), family.for_what, family.shared});
    }
  }
  std::sort(found.begin(), found.end(), [](const Import& a, const Import& b) { return a.name < b.name; });
  return found;
}

std::vector<std::string> remarks_on(const LibraryFile& library) {
  std::vector<std::string> remarks;
  for (const Import& import : remarkable(library.imports()))
    remarks.push_back(fmt::format("{}: it calls {}", import.for_what, import.name));
  if (library.thread_local_variables()) remarks.emplace_back("has variables of which every thread has its own");
  return remarks;
}

}  // namespace ondol
