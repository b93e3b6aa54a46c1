// Who may buy from whom, as markets and events say it.
#pragma once

#include "loading/reading.hpp"

#include <vector>

namespace ondol {

Reach reach_of(const Reading& world, const Toml& rule);
// The region that the rule names under that key, or all of them.
std::vector<Index> regions_at(const Reading& world, const Toml& rule, const char* key);

}  // namespace ondol
