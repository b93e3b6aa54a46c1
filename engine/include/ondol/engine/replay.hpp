/// Results that prove themselves: a run made again from its results file alone, and where two runs part.
#pragma once

#include <ondol/engine/trace.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ondol {

struct ReplayOptions {
  std::vector<std::filesystem::path> plugin_directories;  ///< searched first, then where the plugins were
  int threads = 0;                                        ///< 0: one per processor
  std::function<void(std::int64_t done, std::int64_t ticks)> progress = {};
};

/// A run made again.
struct Replay {
  std::string recorded, again;        ///< fingerprints; of a run that failed, its message
  std::int64_t ticks = 0;             ///< that it ran, as far as the first time
  std::vector<std::string> replaced;  ///< what is not as it was then: plugins and engine, a line each
  bool same() const { return recorded == again; }
};

/// Runs the world in a results file again, with its seed and as far as it went, and compares the last state, or the
/// failure. Throws Error(output) where the file is no run's, or its run has not ended; Error(world) and Error(plugin)
/// where its world cannot be loaded any more.
Replay verify(const std::filesystem::path& results, const ReplayOptions& options = {});

/// What an agent held of others and owed them as a traced tick and the one before ended, by instrument, or purpose of a
/// due, and whom: results do not record it, so the world is run again up to there. Credit and dues in money, shares in
/// their units. Throws as verify does, and Error(plugin) where a plugin or the engine is not the one of then.
TraceSection claims_of(const std::filesystem::path& results, const Trace& trace, const ReplayOptions& options = {});

/// A place in the plan of an experiment; names as its file has them, the only scenario or arm where none is said.
struct PlanPlace {
  std::string scenario, arm;
  std::int64_t point = 0, replicate = 0;
};

/// Makes one run of an experiment again, with full results in a new file. Throws as verify does, and Error(usage) where
/// the plan has no such place, or its run was not made.
Replay rerun(const std::filesystem::path& experiment, const PlanPlace& place, const std::filesystem::path& results,
             bool overwrite = false, const ReplayOptions& options = {});

/// The first row in which a table of one results file is not as in the other.
struct TableDifference {
  std::string table;
  std::int64_t tick = 0;
  std::string date;    ///< of the tick; empty without a calendar
  std::string agent;   ///< empty in tables that are not of agents
  std::string column;  ///< empty where one file has no such row
  std::string here, there;
};

struct RunDifference {
  std::vector<std::string> causes;      ///< what was not the same to begin with: seed, world, plugins, engine
  std::vector<TableDifference> tables;  ///< the earliest first; empty: all that both recorded is the same
};

/// Where two runs part. Only what both files recorded is compared. Throws Error(output) where one is no run's.
RunDifference compare_runs(const std::filesystem::path& here, const std::filesystem::path& there);

}  // namespace ondol
