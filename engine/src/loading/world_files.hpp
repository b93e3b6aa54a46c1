// Which files make a world, and how they are laid over one another.
//
// A file may `include` others, which say what it does not, and extend (`extends`) one other, which it changes. All of
// them, and tables of data, lie below the world's root: the nearest folder, from the world's own upwards, that holds a
// file named ondol.root, or else the world's own; or among the installed worlds.
#pragma once

#include "loading/toml_document.hpp"
#include "model/model.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace ondol {

// The text of a regular file of at most 64 MiB. Throws Error(world) for any other.
std::string read_world_file(const std::filesystem::path& path);

// A world's values, what it was read from, and what was laid over it.
struct WorldDocument {
  toml::table document;
  std::vector<WorldFileModel> files;
  std::vector<SettingModel> settings;
};

// The world's own text with all that it includes and extends, its tables of data, and files and then "path=value"
// overrides laid over it, one after the other. Every value keeps the file and line it came from.
WorldDocument read_document(const std::string& text, const std::filesystem::path& path,
                            const std::vector<std::filesystem::path>& over, const std::vector<std::string>& overrides);

}  // namespace ondol
