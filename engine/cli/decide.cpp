// ondol decide: what an experiment says, in tables and sentences.
#include "commands.hpp"
#include "output.hpp"

#include <ondol/engine/decision.hpp>

#include <fmt/ranges.h>

#include <cmath>

namespace ondol::cli {

namespace {

std::string number(double value) { return std::isnan(value) ? "-" : fmt::format("{:.4g}", value); }
std::string share(double value) { return std::isnan(value) ? "-" : fmt::format("{:.1f} %", 100 * value); }

void print_figures(const Decision& decision, const Verdict& verdict) {
  std::size_t width = 3;
  for (const ArmFigures& f : decision.figures) width = std::max(width, f.arm.size());
  say("{:<{}} {:>6} {:>11} {:>11} {:>11} {:>11} {:>25} {:>8} {:>8} {:>11} {:>11}  {}\n", "arm", width, "runs", "mean",
      "5 %", "95 %", "difference", fmt::format("interval {:.4g} %", 100 * decision.level), "pairing", "best", "regret",
      "worst 5 %", "");
  for (const ArmFigures& f : decision.figures) {
    if (f.outcome != verdict.outcome || f.scenario != verdict.scenario) continue;
    const std::string interval = f.is_reference ? "reference" : fmt::format("{} to {}", number(f.low), number(f.high));
    say("{:<{}} {:>6} {:>11} {:>11} {:>11} {:>11} {:>25} {:>8} {:>8} {:>11} {:>11}  {}\n", f.arm, width,
        f.missing > 0 ? fmt::format("{}-{}", f.values + f.missing, f.missing) : fmt::format("{}", f.values),
        number(f.mean), number(f.low5), number(f.high95), f.is_reference ? "" : number(f.difference), interval,
        f.is_reference ? "" : number(f.variance_ratio), share(f.probability_best), number(f.regret), number(f.tail),
        f.is_reference ? "" : f.dominance);
  }
}

std::string sentence(const Decision& decision, const Verdict& verdict) {
  const std::string place = verdict.scenario.empty() ? "" : fmt::format(" under {}", verdict.scenario);
  if (verdict.best.empty()) return fmt::format("{}{}: nothing is better or worse", verdict.outcome, place);
  double probability = 0;
  for (const ArmFigures& f : decision.figures) {
    if (f.outcome == verdict.outcome && f.scenario == verdict.scenario && f.arm == verdict.best)
      probability = f.probability_best;
  }
  if (verdict.ties.empty())
    return fmt::format("{}{}: {} is best, with probability {}", verdict.outcome, place, verdict.best,
                       share(probability));
  const std::string what = verdict.more < 0 ? "they differ by exactly nothing"
                                            : fmt::format("about {} more replicates would settle it", verdict.more);
  return fmt::format("{}{}: a tie of {} and {}; {}", verdict.outcome, place, verdict.best,
                     fmt::join(verdict.ties, ", "), what);
}

}  // namespace

int decide(const DecideChoice& choice) {
  const Decision decision = ondol::decide(choice.results, choice.level);
  say("{}\n{} runs, {} failed", decision.question, decision.runs, decision.failed);
  if (decision.changes > 0)
    say("; the experiment file was changed {} {} after the first run", decision.changes,
        decision.changes == 1 ? "time" : "times");
  say("\n");
  for (const Verdict& verdict : decision.verdicts) {
    if (!choice.all && verdict.outcome != decision.primary) continue;
    say("\n{}{}\n", verdict.outcome, verdict.scenario.empty() ? "" : ", scenario " + verdict.scenario);
    print_figures(decision, verdict);
  }
  say("\n");
  for (const Verdict& verdict : decision.verdicts) say("{}\n", sentence(decision, verdict));
  say("\nall of it is in tables decision and verdict of {}\n", shell_word(choice.results.string()));
  return 0;
}

}  // namespace ondol::cli
