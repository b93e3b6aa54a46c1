/// How a rule says that it cannot go on.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

namespace ondol {

/// Throw it from a rule to stop the run with a message; the host adds plugin, kind, agent, step and tick, and exits
/// with code 5. For what must not go on: a bad year is no failure. Any other std::exception is taken in the same way.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

namespace detail {

// What is said when something is wrong stands apart: rules are then short enough to be inlined.
[[noreturn, gnu::noinline, gnu::cold]] inline void refuse_index(const char* what, std::size_t index, std::size_t count,
                                                                const char* port) {
  throw Failure("asks for " + std::string(what) + " " + std::to_string(index) + " of port '" + port + "', which has " +
                std::to_string(count) + " (the first is 0)");
}

}  // namespace detail

}  // namespace ondol
