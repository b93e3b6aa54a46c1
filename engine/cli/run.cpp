// ondol run: ticks a world, records it, and ends with what happened and where to look.
#include "commands.hpp"
#include "progress.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/results.hpp>
#include <ondol/engine/run.hpp>

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>

namespace ondol::cli {

namespace {

volatile std::sig_atomic_t interrupted = 0;

// The run ends after the tick under way; a second signal ends the program at once.
void on_signal(int signal) {
  interrupted = 1;
  std::signal(signal, SIG_DFL);
}

std::filesystem::path output_of(const RunChoice& choice) {
  if (!choice.output.empty()) return choice.output;
  return choice.world.stem().string() + ".db";
}

void print_end(const RunChoice& choice, const Run& run) {
  if (choice.quiet) return;
  if (!choice.no_results) {
    const std::string file = output_of(choice).string();
    fmt::print("\n{}\nresults in {}; three questions to start with:\n", summarise(file), file);
    fmt::print("  sqlite3 -box {} \"SELECT * FROM earnings_by_year\"\n", file);
    fmt::print("  sqlite3 -box {} \"SELECT date, market, region, price FROM price WHERE tick % 12 = 0\"\n", file);
    fmt::print("  sqlite3 -box {} \"SELECT table_name, column_name, unit, meaning FROM column_doc\"\n", file);
  }
  fmt::print("fingerprint {}\n", run.fingerprint());
}

}  // namespace

int run(const RunChoice& choice) {
  const World world = World::load(choice.world, choice.options);
  RunOptions options;
  options.threads = choice.threads;
  if (!choice.quiet) options.log = [](const std::string& line) { fmt::print(stderr, "{}\n", line); };
  Results* recorder = nullptr;
  // The call cannot be ended, so the process is; what was recorded before it is kept.
  options.patience = choice.patience;
  options.stuck = [&recorder](const std::string& message) {
    if (recorder != nullptr) recorder->finish(RunStatus::failed, message);
    fmt::print(stderr, "\nondol: error: {}\n", message);
    std::_Exit(static_cast<int>(ErrorCode::run));
  };
  Run run(world, options);
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  std::optional<Results> results;
  if (!choice.no_results) recorder = &results.emplace(output_of(choice), run, ResultsOptions{choice.overwrite});

  Progress progress(world.ticks(), choice.quiet);
  try {
    while (run.ticks() < world.ticks() && interrupted == 0) {
      run.tick();
      if (results) results->record();
      progress.show(run.ticks(), world.date(run.ticks() - 1));
    }
  } catch (const Error& error) {
    progress.end();
    if (results && error.code() == ErrorCode::run) results->finish(RunStatus::failed, error.what());
    throw;
  }
  progress.end();
  const bool complete = run.ticks() == world.ticks();
  if (results)
    results->finish(complete ? RunStatus::complete : RunStatus::interrupted, complete ? "" : "interrupted by a signal");
  print_end(choice, run);
  if (complete) return 0;
  fmt::print(stderr, "ondol: interrupted after tick {}; what was recorded is kept\n", run.ticks());
  return static_cast<int>(ErrorCode::interrupted);
}

}  // namespace ondol::cli
