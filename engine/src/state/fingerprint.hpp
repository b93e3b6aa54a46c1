// The hash of a run's complete state. The one home of xxHash for states.
#pragma once

#include "state/state.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace ondol {

// 32 hexadecimal digits of XXH3 (128 bits) over every column that changes.
std::string fingerprint_of(const State& state);
// The same over bytes.
std::string hash_of_bytes(std::span<const std::byte> bytes);

}  // namespace ondol
