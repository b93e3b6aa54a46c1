// Populations by the names that a world gives them.
#pragma once

#include "loading/reading.hpp"

#include <string>
#include <vector>

namespace ondol {

// A number of agents.
Index count_at(const Toml& node);
std::vector<std::string> groups(const Reading& world);
// The populations that a value names, each once, in order: a text, a selector such as { layer = "power" }, or a list of
// them. A text is "group": that of the region, or the only one; "group.*": all; "group.REGION", "group.ROW": that
// one. A selector chooses in the region, or where its own `region` says ("*": everywhere).
std::vector<Index> populations_at(const Reading& world, const Toml& node, Index r);
// The same where no region is meant: everywhere, unless the value says one.
std::vector<Index> all_populations_at(const Reading& world, const Toml& node);

}  // namespace ondol
