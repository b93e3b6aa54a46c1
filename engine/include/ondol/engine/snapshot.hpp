/// The complete state of a run between two ticks, from which runs go on.
#pragma once

#include <ondol/engine/world.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace ondol {

/// Made by Run::snapshot(), or of what that wrote. Constant; copies share it, and any number of runs may start from it,
/// on any thread.
class Snapshot {
 public:
  /// From bytes(), taken of a run of this world. Throws Error(output) where they are damaged, cut off or of another
  /// version of the engine; Error(world) and Error(plugin) where they are of another world, or of plugins that were not
  /// the same files.
  Snapshot(const World& world, std::vector<std::byte> bytes);

  const World& world() const { return world_; }                 ///< of the run that it is of
  std::uint64_t seed() const { return seed_; }                  ///< of that run
  std::int64_t ticks() const { return ticks_; }                 ///< that it had done
  std::span<const std::byte> bytes() const { return *bytes_; }  ///< for files; they name what they belong to
  /// For the engine's own parts: the state among them.
  std::span<const std::byte> state() const { return state_; }

 private:
  World world_;
  std::uint64_t seed_ = 0;
  std::int64_t ticks_ = 0;
  std::shared_ptr<const std::vector<std::byte>> bytes_;
  std::span<const std::byte> state_;
};

}  // namespace ondol
