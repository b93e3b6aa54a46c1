// ondol experiment and ondol merge.
#include "commands.hpp"
#include "output.hpp"
#include "part.hpp"
#include "progress.hpp"
#include "signals.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/experiment.hpp>

#include <cstdlib>
#include <optional>

namespace ondol::cli {

namespace {

void print_end(const ExperimentReport& report, const std::filesystem::path& results, const ChosenPart& chosen) {
  say("{} places of the plan are settled, {} runs were made now, in {} ticks; {} of all failed\n", report.settled,
      report.run, report.ticks, report.failed);
  if (report.stopped) say("the stop rule was content after {} replicates\n", report.replicates);
  if (report.changed)
    say("the experiment file has changed since the first run; table `experiment` says when and from what\n");
  const std::string file = shell_word(results.string());
  if (chosen.part.count > 1) {
    say("part {} of {} is in {}; join all with: ondol merge PART... -o FILE\n", chosen.part.index, chosen.part.count,
        file);
  } else {
    say("results in {}; to start with:\n  sqlite3 -box {} \"SELECT scenario, arm, outcome, COUNT(*), AVG(value) FROM "
        "outcome GROUP BY 1, 2, 3\"\n",
        file, file);
  }
}

}  // namespace

int experiment(const ExperimentChoice& choice) {
  const ChosenPart chosen = part_of(choice.part);
  const std::filesystem::path output =
      choice.output.empty() ? std::filesystem::path(choice.file.stem().string() + ".db") : choice.output;
  const std::filesystem::path results = file_of_part(output, chosen.part);
  ExperimentOptions options;
  options.plugin_directories = choice.plugin_directories;
  options.threads = choice.threads;
  options.part = chosen.part;
  options.retry = choice.retry;
  options.patience = choice.patience;
  options.interrupted = [] { return signal_to_end() != 0; };
  std::optional<Progress> progress;
  options.progress = [&](const ExperimentProgress& now) {
    if (!progress) progress.emplace(now.places, choice.quiet, "run");
    progress->show(now.settled, now.failed > 0 ? fmt::format("{} failed", now.failed) : "", now.seconds_left);
  };
  if (!choice.quiet && chosen.part.count > 1)
    complain("part {} of {}, as {} says\n", chosen.part.index, chosen.part.count, chosen.source);
  heed_signals();
  const ExperimentReport report = run_experiment(choice.file, results, options);
  if (progress) progress->end();
  if (!choice.quiet) print_end(report, results, chosen);
  if (report.failed > 0 && report.failed == report.asked) {
    complain("ondol: all {} runs failed; view `failure` of {} says why\n", report.failed, shell_word(results.string()));
    return static_cast<int>(ErrorCode::run);
  }
  if (!report.interrupted) return 0;
  complain("ondol: interrupted; finished runs are kept, the same command does the rest\n");
  return static_cast<int>(ErrorCode::interrupted);
}

int merge(const MergeChoice& choice) {
  merge_experiments(choice.parts, choice.output, choice.overwrite);
  return 0;
}

}  // namespace ondol::cli
