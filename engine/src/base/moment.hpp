// When chance falls, as the run makes it: no draw of the engine can leave out seed, place, tick or round.
#pragma once

#include <ondol/luck.h>

#include <cstdint>

namespace ondol {

class Moment {
 public:
  // `place` is a hash of where in the tick: a step, or the genesis. Rounds are apart by a golden section of all keys,
  // so that neither small numbers of purposes nor other rounds come near.
  Moment(std::uint64_t seed, std::uint64_t place, std::int64_t tick, std::uint32_t round)
      : now_{ondol_mix(seed ^ ondol_mix(place)) + round * 0x9e3779b97f4a7c15U, tick, round, 0} {}

  // The same moment in one of its markets.
  Moment in(std::uint64_t market) const {
    Moment there = *this;
    there.now_.key = ondol_mix(now_.key + market);
    return there;
  }
  std::uint32_t round() const { return now_.round; }
  operator const ondol_moment&() const { return now_; }

 private:
  ondol_moment now_;
};

}  // namespace ondol
