// What a plugin on trial may ask of the system: memory, and nothing else.
#pragma once

#include <string>

namespace ondol {

// From now on, until the process ends, a system call of this thread other than for memory ends the process; so does
// reading the processor's clock. Before, it is written to `out` what was tried, as in "opens a file", between the two
// texts given. `out` may still be written to otherwise, and so may standard error, where a library says why it aborts.
// Where the system allows no such thing, nothing happens. A call made with all signals blocked, as by those that start
// threads and processes, ends the process with SIGSYS and nothing written.
void close_cage(int out, const std::string& before, const std::string& after);

}  // namespace ondol
