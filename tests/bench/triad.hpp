// Memory bandwidth, to judge the limits by.
#pragma once

namespace ondol::bench {

// Of a STREAM-like triad over arrays far larger than the caches, on one thread.
double triad_bytes_per_second();

}  // namespace ondol::bench
