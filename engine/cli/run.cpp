// ondol run and resume: ticks a world, from its start or from where a run stopped, records it, and ends with what
// happened and where to look.
#include "commands.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "signals.hpp"

#include <ondol/engine/checkpoint.hpp>
#include <ondol/engine/error.hpp>
#include <ondol/engine/profile.hpp>
#include <ondol/engine/results.hpp>
#include <ondol/engine/run.hpp>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <vector>

namespace ondol::cli {

namespace {

// Of the size that files may have, some is kept back until writing fails: room to say so in the file.
class FileSizeReserve {
 public:
  FileSizeReserve() {
    if (getrlimit(RLIMIT_FSIZE, &limit_) != 0 || limit_.rlim_cur == RLIM_INFINITY) return;
    constexpr rlim_t enough = 1U << 20U;
    rlimit lower = limit_;
    lower.rlim_cur -= std::min(enough, limit_.rlim_cur / 2);
    held_ = setrlimit(RLIMIT_FSIZE, &lower) == 0;
  }
  void release() {
    if (held_) setrlimit(RLIMIT_FSIZE, &limit_);
    held_ = false;
  }

 private:
  rlimit limit_{};
  bool held_ = false;
};

std::filesystem::path output_of(const RunChoice& choice) {
  if (!choice.output.empty()) return choice.output;
  return choice.world.stem().string() + ".db";
}

// Beside the results, or where they would be.
std::filesystem::path trace_of(const RunChoice& choice) { return output_of(choice).replace_extension(".trace.json"); }

// Of a run that failed, which is what is to be told.
void write_what_there_is(const RunChoice& choice, const Profile& profile) {
  try {
    profile.write_trace(trace_of(choice));
  } catch (const Error&) {
  }
}

// The longest of each part; the file has all. Shares are of the phases' sum: all that the run itself did.
void print_profile(const RunChoice& choice, const Profile& profile) {
  constexpr std::size_t most = 12;
  std::vector<Profile::Row> rows = profile.rows();
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Profile::Row& a, const Profile::Row& b) { return a.seconds > b.seconds; });
  double total = 0;
  for (const Profile::Row& row : rows) total += row.part == "phase" ? row.seconds : 0;
  const auto print = [total](const std::string& part, const std::string& name, const std::string& calls,
                             double seconds) {
    say("{:<10} {:<32} {:>12} {:>12.4f} {:>5.1f} %\n", part, name, calls, seconds,
        total > 0 ? 100 * seconds / total : 0.0);
  };
  say("\n{:<10} {:<32} {:>12} {:>12} {:>7}\n", "part", "name", "calls", "seconds", "share");
  for (const char* part : {"phase", "step", "kind", "market", "recorder"}) {
    std::size_t shown = 0;
    double rest = 0;
    for (const Profile::Row& row : rows) {
      if (row.part != part) continue;
      if (++shown <= most)
        print(part, row.name, fmt::format("{}", row.calls), row.seconds);
      else
        rest += row.seconds;
    }
    if (shown > most) print(part, fmt::format("({} more)", shown - most), "", rest);
  }
  say("trace in {}; open it in https://ui.perfetto.dev or chrome://tracing\n", trace_of(choice).string());
}

void print_end(const RunChoice& choice, const Run& run) {
  if (choice.quiet) return;
  if (!choice.no_results) {
    const std::string file = shell_word(output_of(choice).string());
    say("\n{}\nresults in {}; three questions to start with:\n", summarise(output_of(choice)), file);
    say("  sqlite3 -box {} \"SELECT * FROM earnings_by_year\"\n", file);
    say("  sqlite3 -box {} \"SELECT date, market, region, price FROM price WHERE tick % 12 = 0\"\n", file);
    say("  sqlite3 -box {} \"SELECT table_name, column_name, unit, meaning FROM column_doc\"\n", file);
    say("or see them as a page of pictures: ondol report {}\n", file);
  }
  say("fingerprint {}\n", run.fingerprint());
}

void finish(Results& results, const Run& run) {
  const bool complete = run.ticks() == run.world().ticks();
  results.finish(complete ? RunStatus::complete : RunStatus::interrupted,
                 complete ? "" : fmt::format("ended by signal {}", sigabbrev_np(signal_to_end())));
}

// The file says why, if it can still be written.
void close_failed(Results& results, const Error& error) {
  try {
    results.finish(RunStatus::failed, error.what());
  } catch (const Error& another) {
    complain("ondol: the results could not be closed, and will be shown as lost: {}\n", another.what());
  }
}

// From the start of the world, or from what another run came to.
Run made(const World& world, const Snapshot* from, const RunOptions& options) {
  return from != nullptr ? Run(world, *from, options) : Run(world, options);
}

void tick_to_end(Run& run, Results* results, Progress& progress) {
  const World& world = run.world();
  while (run.ticks() < world.ticks() && signal_to_end() == 0) {
    run.tick();
    if (results != nullptr) results->record();
    progress.show(run.ticks(), world.date(run.ticks() - 1));
  }
  progress.end();
  if (results != nullptr) finish(*results, run);
}

int carry_out(const RunChoice& choice, const World& world, const Snapshot* from, ResultsOptions recording) {
  RunOptions options;
  options.threads = choice.threads;
  options.seed = choice.seed;
  if (!choice.quiet) options.log = [](const std::string& line) { complain("{}\n", line); };
  std::optional<Profile> profile;
  if (choice.profile) {
    options.profile = recording.profile = &profile.emplace();
    Profile::check_trace(trace_of(choice), choice.overwrite);
  }
  Results* recorder = nullptr;
  // The call cannot be ended, so the process is; what was recorded before it is kept.
  options.patience = choice.patience;
  options.stuck = [&](const std::string& message) {
    if (recorder != nullptr) recorder->finish(RunStatus::failed, message);
    if (profile) write_what_there_is(choice, *profile);
    complain("\nondol: error: {}\n", message);
    std::_Exit(static_cast<int>(ErrorCode::run));
  };
  Run run = made(world, from, options);
  heed_signals();
  FileSizeReserve reserve;
  std::optional<Results> results;
  if (!choice.no_results) recorder = &results.emplace(output_of(choice), run, recording);

  Progress progress(world.ticks(), choice.quiet);
  try {
    tick_to_end(run, recorder, progress);
  } catch (const Error& error) {
    progress.end();
    reserve.release();
    if (results) close_failed(*results, error);
    if (profile) write_what_there_is(choice, *profile);
    throw;
  }
  const bool complete = run.ticks() == world.ticks();
  print_end(choice, run);
  if (profile) {
    profile->write_trace(trace_of(choice));
    if (!choice.quiet) print_profile(choice, *profile);
  }
  if (complete) return 0;
  complain("ondol: interrupted after {} ticks; what was recorded is kept{}\n", run.ticks(),
           recording.checkpoint > 0 ? "; ondol resume " + shell_word(output_of(choice).string()) + " goes on" : "");
  return static_cast<int>(ErrorCode::interrupted);
}

}  // namespace

int run(const RunChoice& choice) {
  const World world = World::load(choice.world, choice.options);
  if (!choice.quiet || choice.strict) warn(world, choice.strict);
  ResultsOptions recording;
  recording.overwrite = choice.overwrite;
  if (!choice.checkpoint.empty()) recording.checkpoint = world.ticks_in(choice.checkpoint);
  if (choice.from.empty()) return carry_out(choice, world, nullptr, recording);
  const Snapshot from = stopped_run(choice.from, choice.options.plugin_directories, choice.options.patience).snapshot;
  if (from.ticks() >= world.ticks())
    throw Error(ErrorCode::usage, fmt::format("nothing to run: the world lasts {} ticks, and {} has done {}",
                                              world.ticks(), choice.from.string(), from.ticks()));
  return carry_out(choice, world, &from, recording);
}

int resume(const ResumeChoice& choice) {
  RunChoice as_run;
  as_run.output = results_to_go_on_with(choice.results);
  as_run.threads = choice.threads;
  as_run.patience = choice.patience;
  as_run.profile = choice.profile;
  as_run.quiet = choice.quiet;
  const StoppedRun stopped = stopped_run(as_run.output, choice.plugin_directories, choice.patience);
  const World& loaded = stopped.snapshot.world();
  if (stopped.status == "complete" && choice.until.empty())
    throw Error(ErrorCode::usage, fmt::format("{}: its run is complete after {} ticks; --until says how much further "
                                              "to go",
                                              as_run.output.string(), stopped.planned));
  const std::int64_t ticks = choice.until.empty() ? stopped.planned : loaded.ticks_until(choice.until);
  if (ticks < stopped.snapshot.ticks())
    throw Error(ErrorCode::usage, fmt::format("{}: its run has done {} ticks, and is to end after {}",
                                              as_run.output.string(), stopped.snapshot.ticks(), ticks));
  ResultsOptions recording;
  recording.go_on = true;
  recording.checkpoint = choice.checkpoint.empty() ? stopped.every : loaded.ticks_in(choice.checkpoint);
  if (!choice.quiet) say("going on after {} ticks\n", stopped.snapshot.ticks());
  return carry_out(as_run, loaded.lasting(ticks), &stopped.snapshot, recording);
}

}  // namespace ondol::cli
