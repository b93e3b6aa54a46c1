// Loading worlds, and where plugins are looked for.
#include "model.hpp"
#include "toml_document.hpp"
#include "world_loader.hpp"

#include <ondol/engine/world.hpp>

#include <cstdlib>
#include <sstream>

namespace ondol {

std::vector<std::filesystem::path> default_plugin_directories() {
  std::vector<std::filesystem::path> directories;
  if (const char* named = std::getenv("ONDOL_PLUGIN_PATH")) {
    std::istringstream parts(named);
    for (std::string part; std::getline(parts, part, ':');) {
      if (!part.empty()) directories.emplace_back(part);
    }
  }
  std::error_code failure;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failure).parent_path();
  if (!failure) {
    directories.push_back(program / "plugins");
    directories.push_back(program.parent_path() / "lib" / "ondol" / "plugins");
  }
  return directories;
}

World World::load(const std::filesystem::path& path, const WorldOptions& options) {
  return parse(read_file(path), path, options);
}

World World::parse(const std::string& text, const std::filesystem::path& path, const WorldOptions& options) {
  return World(std::make_shared<const Model>(load_model(text, path, options)));
}

const std::string& World::name() const { return model_->name; }
std::int64_t World::ticks() const { return model_->ticks; }
std::uint64_t World::seed() const { return model_->seed; }

}  // namespace ondol
