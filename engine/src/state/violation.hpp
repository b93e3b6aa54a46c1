// What stops a run: an agent did, or a rule asked for, what is not allowed.
#pragma once

#include "model/model.hpp"

#include <string>

namespace ondol {

// The run adds step and tick.
struct Violation {
  Index agent = none;
  std::string message;
};

}  // namespace ondol
