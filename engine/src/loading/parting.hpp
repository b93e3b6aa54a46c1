// Where two worlds part: up to when a run of the one is a run of the other.
#pragma once

#include "model/model.hpp"

#include <cstdint>
#include <limits>
#include <string>

namespace ondol {

struct Parting {
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
  static constexpr std::int64_t before_the_first = -1;
  std::int64_t tick = never;  // the first that differs
  std::string what;           // differs, by name, and how
};

// Dated events, how long to run and what to record may differ, and so may names for people; anything else parts worlds
// from the start.
Parting parting_of(const Model& here, const Model& there);

// The same of many worlds, without reading their documents again for each pair: what all of a world but its events, its
// seed and its names comes to as text, and where worlds part of which that is equal.
std::string text_without_events(const Model& model);
Parting parting_of_events(const Model& here, const Model& there);

}  // namespace ondol
