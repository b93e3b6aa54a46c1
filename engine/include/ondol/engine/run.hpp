/// A run of a world: build it, tick it, look at it, drop it.
#pragma once

#include <ondol/engine/snapshot.hpp>
#include <ondol/engine/world.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace ondol {

class Profile;
class Scheduler;
struct State;

struct RunOptions {
  int threads = 0;                         ///< workers that really start; 0: one per processor
  std::optional<std::uint64_t> seed = {};  ///< of all luck; without it, the world's
  /// Receives what rules log; called between steps, in the order of agents.
  std::function<void(const std::string& line)> log = {};
  /// Seconds that one call into a plugin may take before `stuck` is told, from another thread, which agent or market
  /// it is in; 0: any time. The call goes on: to end it, end the process.
  double patience = 0;
  std::function<void(const std::string& message)> stuck = {};
  Profile* profile = nullptr;  ///< where to add up what takes how long; must outlive the run
};

/// Runs share nothing that changes: any number of them, of one world or of several, can tick at once on different
/// threads. One run is for one thread at a time. Whatever the caller's floating-point environment, runs reckon in
/// theirs.
class Run {
 public:
  /// Throws Error with ErrorCode::run when memory runs out, as tick() and step() do.
  explicit Run(const World& world, RunOptions options = {});
  /// Goes on where another run was, bit for bit as that one would, with its seed, on any number of threads. The world
  /// may be another that differs only in dated events from then on, in how long to run and in what to record. Throws
  /// Error(world) that names what else differs, Error(usage) where another seed is asked for, and Error(output) where
  /// the state is no state of such a world.
  Run(const World& world, const Snapshot& from, RunOptions options = {});
  ~Run();
  Run(Run&&) noexcept;
  Run& operator=(Run&&) noexcept;

  /// Runs one tick. Throws Error with ErrorCode::run naming plugin, kind, agent, step and tick when a rule fails or
  /// books what it does not have, or when the ledger does not balance; the run is then over.
  void tick();
  /// Runs the next step of the tick, or of the next tick, and says which it was; the last one ends its tick.
  std::string step();
  /// Ticks done so far.
  std::int64_t ticks() const;
  /// Hash of the complete state, whatever is recorded and however many threads ran; 32 hexadecimal digits.
  std::string fingerprint() const;

  /// All that a run needs to go on from here. Throws Error(usage) amid a tick.
  Snapshot snapshot() const;

  std::uint64_t seed() const;
  const World& world() const;
  /// For the engine's own parts: everything that changes, and the run's threads.
  const State& state() const;
  Scheduler& scheduler() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ondol
