/// A world: what a world file says, checked and resolved against its plugins. Constant; any number of runs share one.
#pragma once

#include <ondol/abi.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ondol {

struct Model;

/// What a caller may say beside the world file.
struct WorldOptions {
  std::vector<std::filesystem::path> over = {};  ///< files laid over the world, in order, as if each extended it
  std::vector<std::string> set;                  ///< "path=value" overrides, as in `population.firms.params.markup=0.3`
  std::vector<std::filesystem::path>
      plugin_directories;  ///< searched first; a world's own folder is only where it is named here
  /// Plugins of the program itself, which a world names like others; they must outlive the world.
  std::vector<const ondol_plugin*> own_plugins = {};
  std::optional<std::int64_t> ticks;
  double patience = 10;  ///< seconds that loading one plugin may take; see load_plugin
};

/// Where plugins are looked for after those directories: ONDOL_PLUGIN_PATH, `plugins` beside the program,
/// ../lib/ondol/plugins seen from it, then what came with the engine that the program is linked with.
std::vector<std::filesystem::path> default_plugin_directories();

/// Adds to the end of those, and returns true. Not while another thread loads a world.
bool use_plugins_in(const std::filesystem::path& directory);
#ifdef ONDOL_PLUGINS  // given by the CMake target ondol::engine
inline const bool uses_plugins_of_the_engine = use_plugins_in(ONDOL_PLUGINS);
#endif

/// Version of the engine.
std::string version();

class World {
 public:
  /// Reads a world file and loads its plugins. Throws Error with ErrorCode::world (file:line:column, what was expected,
  /// the nearest name) or ErrorCode::plugin.
  static World load(const std::filesystem::path& path, const WorldOptions& options = {});
  /// The same from a text; `path` stands for it in messages and is where relative names start.
  static World parse(const std::string& text, const std::filesystem::path& path, const WorldOptions& options = {});

  const std::string& name() const;
  std::int64_t ticks() const;
  /// Of runs that are given no other.
  std::uint64_t seed() const;
  /// First day of a tick; empty without a calendar.
  std::string date(std::int64_t tick) const;
  /// The same world, to run for so many ticks in all. Throws Error(usage) where they are not 1 to 10000000.
  World lasting(std::int64_t ticks) const;
  /// The ticks that end with a date, as the world's `until` has it, or the number that is written there. Throws
  /// Error(usage) where it is neither.
  std::int64_t ticks_until(const std::string& when) const;
  /// The whole ticks in a length of time, as in "1 year", or the number that is written there; at least 1. Throws
  /// Error(usage) where it is neither.
  std::int64_t ticks_in(const std::string& time) const;
  /// What loads and will hardly be meant: a market without a side, a firm nobody owns. Each says its place.
  const std::vector<std::string>& warnings() const;
  /// The world as it will run, as TOML that loads again: every value with the place it came from, and what an
  /// expression came to.
  const std::string& resolved() const;
  /// What the world holds, as lines of text.
  std::string overview() const;

  /// For the engine's own parts.
  const Model& model() const { return *model_; }
  std::shared_ptr<const Model> share() const { return model_; }
  explicit World(std::shared_ptr<const Model> model) : model_(std::move(model)) {}

 private:
  std::shared_ptr<const Model> model_;
};

}  // namespace ondol
