// ondol decide: what an experiment says, in tables and sentences.
#include "commands.hpp"
#include "output.hpp"

#include <ondol/engine/decision.hpp>

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace ondol::cli {

namespace {

std::string number(double value) { return std::isnan(value) ? "-" : fmt::format("{:.4g}", value); }
std::string share(double value) { return std::isnan(value) ? "-" : fmt::format("{:.1f} %", 100 * value); }

void print_figures(const Decision& decision, const Verdict& verdict) {
  std::size_t width = 3;
  for (const ArmFigures& f : decision.figures) width = std::max(width, f.arm.size());
  say("{:<{}} {:>6} {:>11} {:>11} {:>11} {:>11} {:>25} {:>8} {:>8} {:>8} {:>11} {:>11}  {}\n", "arm", width, "runs",
      "mean", "5 %", "95 %", "difference", fmt::format("interval {:.4g} %", 100 * decision.level), "pairing", "best",
      "wins", "regret", "worst 5 %", "");
  for (const ArmFigures& f : decision.figures) {
    if (f.outcome != verdict.outcome || f.scenario != verdict.scenario) continue;
    const std::string interval = f.is_reference ? "reference" : fmt::format("{} to {}", number(f.low), number(f.high));
    say("{:<{}} {:>6} {:>11} {:>11} {:>11} {:>11} {:>25} {:>8} {:>8} {:>8} {:>11} {:>11}  {}\n", f.arm, width,
        f.missing > 0 ? fmt::format("{}-{}", f.values + f.missing, f.missing) : fmt::format("{}", f.values),
        number(f.mean), number(f.low5), number(f.high95), f.is_reference ? "" : number(f.difference), interval,
        f.is_reference ? "" : number(f.variance_ratio), share(f.probability_best), share(f.wins), number(f.regret),
        number(f.tail), f.is_reference ? "" : f.dominance);
  }
}

const char* draws(const Verdict& verdict) { return verdict.by_point ? "points" : "replicates"; }

std::string sentence(const Decision& decision, const Verdict& verdict) {
  const std::string place = verdict.scenario.empty() ? "" : fmt::format(" under {}", verdict.scenario);
  const bool has_values = std::any_of(decision.figures.begin(), decision.figures.end(), [&](const ArmFigures& f) {
    return f.outcome == verdict.outcome && f.scenario == verdict.scenario && f.values > 0;
  });
  if (!has_values) return fmt::format("{}{}: no run came to a value", verdict.outcome, place);
  if (verdict.best.empty()) return fmt::format("{}{}: nothing is better or worse", verdict.outcome, place);
  double probability = 0;
  for (const ArmFigures& f : decision.figures) {
    if (f.outcome == verdict.outcome && f.scenario == verdict.scenario && f.arm == verdict.best)
      probability = f.probability_best;
  }
  if (verdict.ties.empty())
    return fmt::format("{}{}: {} is best, with probability {}", verdict.outcome, place, verdict.best,
                       share(probability));
  const std::string what = verdict.more < 0
                               ? "they differ by exactly nothing"
                               : fmt::format("about {} more {} would settle it", verdict.more, draws(verdict));
  return fmt::format("{}{}: a tie of {} and {}; {}", verdict.outcome, place, verdict.best,
                     fmt::join(verdict.ties, ", "), what);
}

// What common luck is worth, for every outcome whose arms differ: how much less their differences vary for it.
void print_pairing(const Decision& decision) {
  const bool several = std::any_of(decision.verdicts.begin(), decision.verdicts.end(),
                                   [](const Verdict& verdict) { return verdict.scenario.empty(); });
  say("\npairing: variance of differences under common luck, over that under luck of their own\n");
  for (const Verdict& verdict : decision.verdicts) {
    if (several != verdict.scenario.empty()) continue;
    std::vector<std::string> ratios;
    for (const ArmFigures& f : decision.figures) {
      const bool differs = f.low != f.high || f.difference != 0;
      if (f.outcome == verdict.outcome && f.scenario == verdict.scenario && !f.is_reference && differs)
        ratios.push_back(fmt::format("{} {}", f.arm, number(f.variance_ratio)));
    }
    if (!ratios.empty()) say("  {}: {}\n", verdict.outcome, fmt::join(ratios, ", "));
  }
}

// The arms in order: a sign of equality before those that tie with the best, or equal the one before.
std::string order(const Ranking& ranking) {
  std::string text;
  const auto& ties = ranking.verdict.ties;
  double before = std::numeric_limits<double>::quiet_NaN();
  for (const ArmFigures& f : ranking.arms) {
    const bool equal = f.mean == before || std::find(ties.begin(), ties.end(), f.arm) != ties.end();
    text += fmt::format("{}{}", text.empty() ? "" : equal ? " = " : " > ", f.arm);
    before = f.mean;
  }
  return text;
}

// One line for each horizon and discount rate of a series.
void print_rankings(const Decision& decision) {
  const Ranking* before = nullptr;
  for (const Ranking& ranking : decision.rankings) {
    const std::string place = ranking.scenario.empty() ? "" : ", scenario " + ranking.scenario;
    if (before == nullptr || before->series != ranking.series) say("\nby what {} adds up to\n", ranking.series);
    before = &ranking;
    say("  {}, at {:.4g} %{}: {}, best with probability {}\n",
        std::isnan(ranking.horizon) ? "to its end" : fmt::format("until {:.4g}", ranking.horizon),
        100 * ranking.discount_rate, place, order(ranking), share(ranking.arms.front().probability_best));
  }
}

// ---- The same for a document

void write_figures(const Decision& decision, const Verdict& verdict) {
  say("| arm | runs | mean | difference | {:.4g} % interval | pairing | probability best | wins | regret | worst 5 % "
      "|\n"
      "|---|---|---|---|---|---|---|---|---|---|\n",
      100 * decision.level);
  for (const ArmFigures& f : decision.figures) {
    if (f.outcome != verdict.outcome || f.scenario != verdict.scenario) continue;
    say("| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", f.arm, f.values, number(f.mean),
        f.is_reference ? "reference" : number(f.difference),
        f.is_reference ? "" : fmt::format("{} to {}", number(f.low), number(f.high)),
        f.is_reference ? "" : number(f.variance_ratio), share(f.probability_best), share(f.wins), number(f.regret),
        number(f.tail));
  }
}

// Differences to the reference by scenario and arm; in bold those whose interval holds nothing of zero.
void write_differences(const Decision& decision, const std::string& outcome) {
  std::vector<std::string> arms;
  for (const ArmFigures& f : decision.figures) {
    if (!f.is_reference && std::find(arms.begin(), arms.end(), f.arm) == arms.end()) arms.push_back(f.arm);
  }
  say("| scenario | {} |\n|---|{}\n", fmt::join(arms, " | "),
      fmt::join(std::vector<std::string>(arms.size(), "---|"), ""));
  for (const Verdict& verdict : decision.verdicts) {
    if (verdict.outcome != outcome) continue;
    say("| {} |", verdict.scenario.empty() ? "all of them" : verdict.scenario);
    for (const ArmFigures& f : decision.figures) {
      if (f.outcome != outcome || f.scenario != verdict.scenario || f.is_reference) continue;
      const bool sure = f.low > 0 || f.high < 0;
      say(" {}{}{} |", sure ? "**" : "", number(f.difference), sure ? "**" : "");
    }
    say("\n");
  }
}

void write_document(const Decision& decision, bool all) {
  say("*{}* {} runs, {} failed.\n", decision.question, decision.runs, decision.failed);
  std::string before;
  for (const Verdict& verdict : decision.verdicts) {
    if (!all && verdict.outcome != decision.primary) continue;
    if (verdict.outcome != before) {
      say("\n### {}\n\nDifference to the reference; bold where its {:.4g} % interval does not hold zero.\n\n",
          verdict.outcome, 100 * decision.level);
      write_differences(decision, verdict.outcome);
    }
    before = verdict.outcome;
    if (verdict.outcome != decision.primary) continue;
    say("\n**{}**, over {} {}\n\n", verdict.scenario.empty() ? "All scenarios" : verdict.scenario, verdict.units,
        draws(verdict));
    write_figures(decision, verdict);
  }
  say("\n### Which is best\n\n");
  for (const Verdict& verdict : decision.verdicts) {
    if (!verdict.best.empty() || verdict.outcome == decision.primary) say("- {}\n", sentence(decision, verdict));
  }
  if (decision.rankings.empty()) return;
  say("\n### By horizon and discount rate\n\n| series | scenario | until | rate | order | probability of the first "
      "|\n|---|---|---|---|---|---|\n");
  for (const Ranking& ranking : decision.rankings)
    say("| {} | {} | {} | {:.4g} % | {} | {} |\n", ranking.series, ranking.scenario.empty() ? "all" : ranking.scenario,
        std::isnan(ranking.horizon) ? "its end" : fmt::format("{:.4g}", ranking.horizon), 100 * ranking.discount_rate,
        order(ranking), share(ranking.arms.front().probability_best));
}

}  // namespace

int decide(const DecideChoice& choice) {
  const Decision decision = ondol::decide(choice.results, choice.level);
  if (choice.markdown) {
    write_document(decision, choice.all);
    return 0;
  }
  say("{}\n{} runs, {} failed", decision.question, decision.runs, decision.failed);
  if (decision.changes > 0)
    say("; the experiment file was changed {} {} after the first run", decision.changes,
        decision.changes == 1 ? "time" : "times");
  say("\n");
  for (const Verdict& verdict : decision.verdicts) {
    if (!choice.all && verdict.outcome != decision.primary) continue;
    say("\n{}{}, over {} {}\n", verdict.outcome, verdict.scenario.empty() ? "" : ", scenario " + verdict.scenario,
        verdict.units, draws(verdict));
    print_figures(decision, verdict);
  }
  say("\n");
  for (const Verdict& verdict : decision.verdicts) {
    if (!verdict.best.empty() || verdict.outcome == decision.primary || verdict.units == 0)
      say("{}\n", sentence(decision, verdict));
  }
  print_rankings(decision);
  print_pairing(decision);
  say("\nall of it is in tables decision, verdict and ranking of {}\n", shell_word(choice.results.string()));
  return 0;
}

}  // namespace ondol::cli
