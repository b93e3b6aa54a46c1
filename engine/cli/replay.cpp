// ondol verify, rerun and diff: runs made again, and compared.
#include "commands.hpp"
#include "output.hpp"
#include "progress.hpp"

#include <ondol/engine/replay.hpp>

#include <optional>

namespace ondol::cli {

namespace {

// Of a comparison that found what it looked for.
constexpr int differs = 1;

class ReplayOnScreen {
 public:
  explicit ReplayOnScreen(const ReplayChoice& choice) {
    options_.plugin_directories = choice.plugin_directories;
    options_.threads = choice.threads;
    options_.progress = [this, quiet = choice.quiet](std::int64_t done, std::int64_t ticks) {
      if (!progress_) progress_.emplace(ticks, quiet);
      progress_->show(done, "");
    };
  }

  const ReplayOptions& options() const { return options_; }

  int end(const Replay& replay, bool quiet) {
    if (progress_) progress_->end();
    for (const std::string& line : replay.replaced) complain("ondol: not as it was: {}\n", line);
    if (!quiet || !replay.same())
      say("{} after {} ticks:\n  then  {}\n  now   {}\n", replay.same() ? "the same" : "not the same", replay.ticks,
          replay.recorded, replay.again);
    return replay.same() ? 0 : differs;
  }

 private:
  ReplayOptions options_;
  std::optional<Progress> progress_;
};

}  // namespace

int verify(const ReplayChoice& choice) {
  ReplayOnScreen screen(choice);
  return screen.end(ondol::verify(choice.results, screen.options()), choice.quiet);
}

int rerun(const RerunChoice& choice) {
  ReplayOnScreen screen(choice);
  const Replay replay = ondol::rerun(choice.results, choice.place, choice.output, choice.overwrite, screen.options());
  return screen.end(replay, choice.quiet);
}

int diff(const DiffChoice& choice) {
  const RunDifference difference = compare_runs(choice.here, choice.there);
  for (const std::string& cause : difference.causes) say("differ in {}\n", cause);
  if (difference.tables.empty()) {
    say("all that both recorded is the same\n");
    return 0;
  }
  for (const TableDifference& d : difference.tables) {
    say("{} part at tick {}{}{}{}: {} and {}\n", d.table, d.tick, d.date.empty() ? "" : " (" + d.date + ")",
        d.agent.empty() ? "" : ", " + d.agent, d.column.empty() ? "" : ", " + d.column, d.here, d.there);
  }
  return differs;
}

}  // namespace ondol::cli
