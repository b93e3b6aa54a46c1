// The functions by which a program ends, as plugins reach them: the command exports its own, so that a plugin that
// calls one fails in that call and has its name. Everybody else ends as ever.
#include <ondol/engine/guests.hpp>

#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>

namespace {

[[noreturn]] void end(const char* function, int status) {
  ondol::refuse_exit_of_guest(status);
  const auto ends = reinterpret_cast<void (*)(int)>(dlsym(RTLD_NEXT, function));
  ends(status);
  __builtin_unreachable();
}

}  // namespace

extern "C" {
[[gnu::visibility("default")]] void exit(int status) noexcept { end("exit", status); }
[[gnu::visibility("default")]] void _exit(int status) { end("_exit", status); }
[[gnu::visibility("default")]] void _Exit(int status) noexcept { end("_Exit", status); }
[[gnu::visibility("default")]] void quick_exit(int status) noexcept { end("quick_exit", status); }
}
