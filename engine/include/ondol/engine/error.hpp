// The one exception of the engine: what went wrong, and the exit code a command should end with.
#pragma once

#include <stdexcept>
#include <string>

namespace ondol {

/// Kinds of failure. Each value is the documented exit code of a command that ends because of it.
enum class ErrorCode : int {
  usage = 2,          ///< The caller asked for something that makes no sense.
  world = 3,          ///< A world file, or an input it names, is wrong.
  plugin = 4,         ///< A plugin could not be loaded or is malformed.
  run = 5,            ///< A rule failed, the ledger was violated, or memory ran out.
  output = 6,         ///< A file exists already or cannot be written.
  internal = 70,      ///< A defect of the engine itself.
  interrupted = 130,  ///< The user stopped the run.
};

/// Thrown by every part of the engine that fails; the library itself never prints and never exits.
/// The message says what is wrong, where, and what was expected, as one sentence without a full stop.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}

  ErrorCode code() const noexcept { return code_; }
  int exit_code() const noexcept { return static_cast<int>(code_); }

 private:
  ErrorCode code_;
};

}  // namespace ondol
