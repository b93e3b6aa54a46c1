// JSON Schemas of world and experiment files, for editors that complete, explain and underline.
#pragma once

#include <ondol/engine/plugins.hpp>

#include <string>
#include <vector>

namespace ondol::cli {

// Of worlds that use any of these plugins: what the format knows everywhere, and what their kinds and mechanisms ask
// for.
std::string world_schema(const std::vector<PluginLibrary>& plugins);
std::string experiment_schema();

}  // namespace ondol::cli
