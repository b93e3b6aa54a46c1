// Populations by the names that a world gives them.
#pragma once

#include "loading/reading.hpp"

#include <string>
#include <vector>

namespace ondol {

// A number of agents.
Index count_at(const Toml& node);
std::vector<std::string> groups(const Reading& world);
// "group": that of the region, or the only one; "group.*": all; "group.REGION": that one.
std::vector<Index> populations_named(const Reading& world, const std::string& name, Index r, const Toml& at);

}  // namespace ondol
