// The floating-point environment in which all numbers of a run are made: rounded to nearest, nothing flushed to zero,
// no traps. A plugin that leaves another behind would change what others reckon, by the thread they happen to share.
#pragma once

#include <xmmintrin.h>

#include <cstdint>

namespace ondol {

class Floats {
 public:
  static Floats of_this_thread() {
    Floats floats;
    floats.vector_ = _mm_getcsr() & ~happened;
    asm volatile("fnstcw %0" : "=m"(floats.scalar_));
    return floats;
  }
  bool operator==(const Floats&) const = default;
  void apply() const {
    _mm_setcsr(vector_);
    asm volatile("fldcw %0" : : "m"(scalar_));
  }

 private:
  static constexpr unsigned happened = 0x3f;  // what arithmetic has met so far: no setting
  unsigned vector_ = 0x1f80;
  std::uint16_t scalar_ = 0x37f;
};

// After a call into a plugin. Says whether the call had changed the environment.
inline bool restore_floats() {
  if (Floats::of_this_thread() == Floats{}) return false;
  Floats{}.apply();
  return true;
}

// For as long as it lives, this thread reckons in the run's environment; then its own is back.
class RunFloats {
 public:
  RunFloats() { Floats{}.apply(); }
  ~RunFloats() { callers_.apply(); }
  RunFloats(const RunFloats&) = delete;
  RunFloats& operator=(const RunFloats&) = delete;

 private:
  Floats callers_ = Floats::of_this_thread();
};

}  // namespace ondol
