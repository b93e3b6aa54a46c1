// What agents take of the machine.
#pragma once

#include "loading/reading.hpp"

namespace ondol {

// Said here because nobody can later: a machine that is out of memory ends the run without a word.
void check_memory(Reading& world, const Toml& at, const KindDescription& kind, Index agents);

}  // namespace ondol
