// What agents take of the machine.
#pragma once

#include "loading/reading.hpp"

namespace ondol {

// Adds to what the world takes at least, in bytes. Said here because nobody can later: a machine that is out of memory
// ends the run without a word.
void check_memory(Reading& world, const Toml& at, double bytes);
void check_memory_of_agents(Reading& world, const Toml& at, const KindDescription& kind, Index agents);

}  // namespace ondol
