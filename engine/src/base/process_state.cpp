// Looking at what a process shares.
#include "base/process_state.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <clocale>
#include <csignal>
#include <string_view>

namespace ondol {

namespace {

std::uint64_t hash_of_environment() {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    for (const char c : std::string_view(*entry)) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    hash = (hash ^ 0xffU) * 0x100000001b3U;
  }
  return hash;
}

}  // namespace

ProcessState::ProcessState() : environment_(hash_of_environment()) {
  std::array<char, PATH_MAX> directory{};
  if (getcwd(directory.data(), directory.size()) != nullptr) directory_ = directory.data();
  if (const char* locale = std::setlocale(LC_ALL, nullptr)) locale_ = locale;
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction action {};
    sigaction(signal, nullptr, &action);
    handlers_.push_back((action.sa_flags & SA_SIGINFO) != 0 ? reinterpret_cast<const void*>(action.sa_sigaction)
                                                            : reinterpret_cast<const void*>(action.sa_handler));
  }
  for (int resource = 0; resource < static_cast<int>(RLIMIT_NLIMITS); ++resource) {
    rlimit limit{};
    getrlimit(static_cast<__rlimit_resource_t>(resource), &limit);
    limits_.push_back(limit.rlim_cur);
    limits_.push_back(limit.rlim_max);
  }
}

std::string ProcessState::changed_since(const ProcessState& before) const {
  if (floats_ != before.floats_) return "the floating-point environment";
  if (directory_ != before.directory_) return "the working directory";
  if (locale_ != before.locale_) return "the locale";
  if (handlers_ != before.handlers_) return "signal handlers";
  if (limits_ != before.limits_) return "the resource limits";
  if (environment_ != before.environment_) return "the environment";
  return "";
}

}  // namespace ondol
