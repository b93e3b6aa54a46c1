// What all parts of a process share, and no guest may change.
#pragma once

#include "base/floats.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ondol {

// Working directory, locale, signal handlers, limits, environment of the process, and the calling
// thread's floating-point environment, as they are now.
class ProcessState {
 public:
  ProcessState();
  // What has become different since `before`, as in "the working directory"; empty: nothing.
  std::string changed_since(const ProcessState& before) const;

 private:
  Floats floats_ = Floats::of_this_thread();
  std::string directory_, locale_;
  std::vector<const void*> handlers_;
  std::vector<std::uint64_t> limits_;
  std::uint64_t environment_;
};

}  // namespace ondol
