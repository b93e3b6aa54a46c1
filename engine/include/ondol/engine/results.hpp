/// Writes a run's outcomes to an SQLite file that a person can query without a manual.
#pragma once

#include <ondol/engine/run.hpp>

#include <filesystem>
#include <memory>
#include <string>

namespace ondol {

class Profile;

struct ResultsOptions {
  bool overwrite = false;  ///< replace an existing results file
  /// What the run is measured with: the recorder adds its own time, and writes table `profile` as it finishes.
  Profile* profile = nullptr;
  /// Ticks from one checkpoint to the next, each in place of the last: the complete state, written with its tick, from
  /// which the run can go on however the program ends. There is one of the start and one of the end, too. 0: none.
  std::int64_t checkpoint = 0;
  /// The file is there, and the run is one that goes on from its checkpoint (see stopped_run): what was recorded later
  /// is removed. Throws Error(output) where a live run writes the file.
  bool go_on = false;
};

/// How a run ended, as table `run` says it.
enum class RunStatus { running, complete, interrupted, failed };

class Results {
 public:
  /// Prepares a new file, which can be read from then on: it always holds whole ticks. Throws Error with
  /// ErrorCode::output when the path exists or cannot be written. Of a run that has done ticks before, rows begin with
  /// the next one.
  Results(const std::filesystem::path& path, const Run& run, ResultsOptions options = {});
  /// Without finish(), the run counts as failed.
  ~Results();

  /// Records the tick just done: copies what the world file selects and hands it to a background writer. Throws
  /// Error(output) when an earlier write failed (a full disk).
  void record();
  /// Commits everything, adds indices and views, and leaves one plain file. `message` says why, unless complete.
  void finish(RunStatus status, const std::string& message = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The main outcomes of a finished results file, as lines of text: earnings by layer over its last year (or its last
/// twelve ticks), and every market's first and last price.
std::string summarise(const std::filesystem::path& results);

}  // namespace ondol
