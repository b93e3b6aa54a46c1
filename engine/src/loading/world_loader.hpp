// Reads world files. With toml_document, the one home of toml++.
#pragma once

#include "model/model.hpp"

#include <ondol/engine/world.hpp>

#include <filesystem>
#include <string>

namespace ondol {

Model load_model(const std::string& text, const std::filesystem::path& path, const WorldOptions& options);

}  // namespace ondol
