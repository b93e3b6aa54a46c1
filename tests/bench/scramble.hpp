// The limits' random numbers: the finaliser of SplitMix64 (Steele, Lea, Flood 2014) over a counter.
#pragma once

#include <cstdint>

namespace ondol::bench {

inline std::uint64_t scramble(std::uint64_t x) {
  x ^= x >> 30U;
  x *= 0xbf58476d1ce4e5b9U;
  x ^= x >> 27U;
  x *= 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

}  // namespace ondol::bench
