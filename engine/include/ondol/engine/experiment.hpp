/// Experiments: many runs of one world under several arms, asked for by a file, done as far as they are missing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace ondol {

/// A share of an experiment, for one of several processes: number `index` of `count`, from 1. All arms and scenarios
/// of a replicate at a point are in one part.
struct Part {
  int index = 1;
  int count = 1;
};

struct ExperimentProgress {
  std::int64_t places = 0;   ///< in the plan, of this part; a stop rule may leave some out
  std::int64_t settled = 0;  ///< of them, so far: found, run, or answered for by the run of an equal world
  std::int64_t failed = 0;   ///< of the runs made now
  double seconds_left = 0;   ///< estimated; 0 until a run has ended
};

struct ExperimentOptions {
  std::vector<std::filesystem::path> plugin_directories;  ///< searched first
  int threads = 0;                                        ///< runs at once, each on one thread; 0: one per processor
  Part part;
  bool retry = false;   ///< run again what failed
  double patience = 0;  ///< seconds that one call into a plugin may take, or its run fails; 0: any time
  /// Asked several times a second: whether to leave runs unfinished and return.
  std::function<bool()> interrupted = {};
  /// Told as places are settled.
  std::function<void(const ExperimentProgress& progress)> progress = {};
};

struct ExperimentReport {
  std::int64_t settled = 0;     ///< places of the plan
  std::int64_t run = 0;         ///< runs made now, failed ones among them
  std::int64_t ticks = 0;       ///< of these runs, those of a common past once
  std::int64_t asked = 0;       ///< runs that the plan asks for, equal ones once
  std::int64_t failed = 0;      ///< of them
  std::int64_t replicates = 0;  ///< that were looked at: fewer than the file's where its stop rule was content
  bool stopped = false;         ///< by its rule
  bool interrupted = false;
  bool changed = false;  ///< the experiment file is not as it was before the first run
};

/// Does the runs that an experiment file asks for and a results file lacks; makes that file where there is none. Every
/// finished run is one transaction: a kill loses only those under way. Each is made in a child process: one that fails,
/// crashes or does not return is recorded with its error and the others go on. What worlds of one seed have in common
/// before their dated events part them is run once. The same runs come to the same whatever the number of threads and
/// parts, and whatever was there.
/// In one process, a stop rule ends the experiment early; parts know only their own runs and do all. Throws
/// Error(world) or Error(plugin) where file, world or questions are wrong, before anything is run, and Error(output)
/// where the results cannot be written or are of something else.
ExperimentReport run_experiment(const std::filesystem::path& file, const std::filesystem::path& results,
                                const ExperimentOptions& options = {});

/// Joins what parts of one experiment have written, in any order, into a new file, which is as if one process had done
/// all. Throws Error(output) where they are of different experiments, disagree, or the file exists and `overwrite` is
/// false.
void merge_experiments(const std::vector<std::filesystem::path>& parts, const std::filesystem::path& results,
                       bool overwrite = false);

}  // namespace ondol
