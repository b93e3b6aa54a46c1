/// Runs that stopped, as their results files keep them, and that can go on.
#pragma once

#include <ondol/engine/snapshot.hpp>
#include <ondol/engine/world.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ondol {

struct StoppedRun {
  Snapshot snapshot;         ///< its last checkpoint, with its world and seed
  std::int64_t every = 0;    ///< ticks from one checkpoint to the next
  std::int64_t planned = 0;  ///< ticks that it was to do
  std::string status;        ///< as table run_data has it; of a run that was killed, "running"
};

/// The run in a results file that was written with ResultsOptions::checkpoint. Plugins are looked for in those
/// directories, then where they were. Throws Error(output) where the file is no run's, has no checkpoint, or one that
/// is damaged or of another engine; Error(world) and Error(plugin) where its world cannot be loaded any more, or is not
/// the one of the checkpoint. A run that is under way may be read, too.
StoppedRun stopped_run(const std::filesystem::path& results,
                       const std::vector<std::filesystem::path>& plugin_directories = {}, double patience = 10);

/// The file to go on with. Results are made as NAME.part until their tables are there; where one was left at that, it
/// gets its name. Throws Error(output) where there is neither, NAME is taken, or the run had not begun.
std::filesystem::path results_to_go_on_with(const std::filesystem::path& results);

}  // namespace ondol
