// ondol explain: what flips a comparison of two arms.
#include "commands.hpp"
#include "output.hpp"

#include <ondol/engine/explanation.hpp>

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <span>

namespace ondol::cli {

namespace {

std::string number(double value) { return std::isnan(value) ? "-" : fmt::format("{:.4g}", value); }

std::string list(const std::vector<double>& values) {
  std::vector<std::string> texts;
  for (const double value : values) texts.push_back(number(value));
  return texts.empty() ? "none" : fmt::format("{}", fmt::join(texts, ", "));
}

const char* halved(const Explanation& explanation) { return explanation.halves_of_points ? "points" : "luck"; }

constexpr std::size_t most_factors = 20;  // on the screen; those that matter most come first

void print_factors(const Explanation& explanation) {
  const std::span<const FactorPart> factors =
      std::span(explanation.factors).first(std::min(most_factors, explanation.factors.size()));
  std::size_t width = 6;
  for (const FactorPart& part : factors) width = std::max(width, part.factor.size());
  say("\n{:<{}} {:>11} {:>17} {:>11} {:>17} {:>11} {:>11} {:>11} {:>21}\n", "factor", width, "Sobol", "in halves",
      "total", "in halves", "effect", "its size", "knowing it", "in halves");
  const auto halves = [](const double* of) { return fmt::format("{} and {}", number(of[0]), number(of[1])); };
  for (const FactorPart& part : factors)
    say("{:<{}} {:>11} {:>17} {:>11} {:>17} {:>11} {:>11} {:>11} {:>21}\n", part.factor, width, number(part.index),
        halves(part.index_of_halves), number(part.total), halves(part.total_of_halves), number(part.effect),
        number(part.effect_size), number(part.value_of_knowing), halves(part.value_of_halves));
  if (factors.size() < explanation.factors.size())
    say("and {} more in table explanation\n", explanation.factors.size() - factors.size());
  if (!explanation.order_is_stable)
    say("which factor matters most is not the same in both halves of the {}: the indices are not to be relied on\n",
        halved(explanation));
  say("\n");
  std::size_t unstable = 0;
  for (const FactorPart& part : factors) {
    if (part.thresholds.empty()) continue;
    if (!part.stable && factors.size() < explanation.factors.size()) {
      ++unstable;
      continue;
    }
    say("flips where {} is {}{}{}\n", part.factor, list(part.thresholds), part.unit.empty() ? "" : " " + part.unit,
        part.stable
            ? fmt::format(" (in halves {}; {})", list(part.thresholds_of_halves[0]), list(part.thresholds_of_halves[1]))
            : fmt::format(" (not the same in both halves of the {}: not to be relied on)", halved(explanation)));
  }
  if (unstable > 0)
    say("thresholds of {} of these are not the same in both halves of the {}\n", unstable, halved(explanation));
}

void print_groups(const Explanation& explanation) {
  if (explanation.groups.empty()) return;
  std::size_t width = 5;
  for (const GroupPart& part : explanation.groups) width = std::max(width, part.group.size());
  say("\n{:<{}} {:>8} {:>11} {:>21}\n", "group", width, "factors", "total", "in halves");
  for (const GroupPart& part : explanation.groups)
    say("{:<{}} {:>8} {:>11} {:>21}\n", part.group, width, part.factors, number(part.total),
        fmt::format("{} and {}", number(part.total_of_halves[0]), number(part.total_of_halves[1])));
}

void print_box(const Explanation& explanation) {
  if (explanation.box.empty()) return;
  say("\nit holds most where\n");
  for (const BoxSide& side : explanation.box)
    say("  {} is {} to {}{}\n", side.factor, number(side.low), number(side.high),
        side.unit.empty() ? "" : " " + side.unit);
  say("which are {:.0f} % of the worlds in which it holds; of those there, it holds in {:.0f} %",
      100 * explanation.coverage, 100 * explanation.density);
  if (std::isnan(explanation.density_other_half)) {
    say(" (a box found on one half of the {} has no world of the other)\n", halved(explanation));
  } else {
    say(" (found on one half of the {}, in {:.0f} % of the other)\n", halved(explanation),
        100 * explanation.density_other_half);
  }
}

}  // namespace

int explain(const ExplainChoice& choice) {
  const Explanation explanation = ondol::explain(choice.results, choice.when, choice.outcome, choice.scenario);
  say("{} in {}: in {:.1f} % of {} worlds ({:.1f} to {:.1f} %)\n", explanation.statement, explanation.outcome,
      100 * explanation.share, explanation.worlds, 100 * explanation.low, 100 * explanation.high);
  if (explanation.factors.empty()) {
    say("the experiment has no factors: nothing but luck tells its worlds apart\n");
    return 0;
  }
  print_groups(explanation);
  if (explanation.can_tell_factors) {
    print_factors(explanation);
    print_box(explanation);
  } else {
    say("\n{} points cannot tell {} factors apart: ask for fewer, for groups in a `radial` design, or for more "
        "points\n",
        explanation.points, explanation.factors.size());
  }
  say("\nall of it is in tables explanation and explanation_box of {}\n", shell_word(choice.results.string()));
  return 0;
}

}  // namespace ondol::cli
