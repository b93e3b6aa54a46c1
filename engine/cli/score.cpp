// ondol score: facts beside what runs make of them.
#include "commands.hpp"
#include "output.hpp"

#include <ondol/engine/scoring.hpp>

#include <cmath>

namespace ondol::cli {

namespace {

std::string number(double value) { return std::isnan(value) ? "-" : fmt::format("{:.4g}", value); }
std::string times(double value) { return std::isnan(value) ? "-" : fmt::format("{:.2f}", value); }

// Where not all of them gave a number.
std::string in_runs(const FactScore& fact, const Score& score) {
  return fact.runs == score.runs ? "" : fmt::format("  in {} of {} runs", fact.runs, score.runs);
}

// As observed: a number, or the band of a stylised fact.
std::string observed(const FactScore& fact) {
  return std::isnan(fact.low) ? number(fact.fact) : fmt::format("{} to {}", number(fact.low), number(fact.high));
}

const char* mark(const FactScore& fact) { return fact.runs == 0 ? "-" : fact.in_band ? "yes" : "no"; }

// Against guesses that need no model.
std::string beside_guesses(const UseScore& use) {
  std::string text;
  if (use.compared > 0) text += fmt::format("; nearer than \"nothing changes\": {} of {}", use.nearer, use.compared);
  if (use.walked > 0)
    text +=
        fmt::format("; a random walk's band holds {} of {}, being {} of the fact wide, the runs' {}, being {}",
                    use.walk_in_band, use.walked, number(use.walk_width), use.in_band_too, number(use.width_beside));
  return text;
}

void print_facts(const Score& score) {
  std::size_t width = 8;
  for (const FactScore& fact : score.facts) width = std::max(width, fact.quantity.size());
  say("{:<{}} {:<18} {:<20} {:<8} {:>14} {:>10} {:>10} {:>10} {:>7} {:>7} {:>10}\n", "quantity", width, "unit",
      "period", "use", "fact", "5 %", "median", "95 %", "ratio", "in band", "before");
  for (const FactScore& fact : score.facts) {
    say("{:<{}} {:<18} {:<20} {:<8} {:>14} ", fact.quantity, width, fact.unit, fact.period, fact.use, observed(fact));
    if (fact.runs == 0) {
      say("not measured: {}\n", fact.unmeasured);
      continue;
    }
    say("{:>10} {:>10} {:>10} {:>7} {:>7} {:>10}{}\n", number(fact.low5), number(fact.median), number(fact.high95),
        times(fact.ratio), mark(fact), number(fact.before), in_runs(fact, score));
  }
  say("\n");
  for (const UseScore& use : score.uses)
    say("{}: of {} facts {} are measured; {} within 25 %, {} within 2x, {} in the band of {} runs, which is {} of the "
        "fact "
        "wide{}\n",
        use.use, use.facts, use.measured, use.near, use.twofold, use.in_band, score.runs, number(use.width),
        beside_guesses(use));
}

void print_markdown(const Score& score) {
  say("| quantity | unit | period | use | fact | 5 % | median | 95 % | ratio | in band "
      "|\n|---|---|---|---|---|---|---|---|---|---|\n");
  for (const FactScore& fact : score.facts) {
    say("| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", fact.quantity, fact.unit, fact.period, fact.use,
        observed(fact), number(fact.low5), fact.runs > 0 ? number(fact.median) + in_runs(fact, score) : "not measured",
        number(fact.high95), times(fact.ratio), mark(fact));
  }
  say("\n| use | facts | measured | within 25 % | within 2x | in the band of {} runs | its width | nearer than "
      "\"nothing "
      "changes\" | in a random walk's band | its width |\n|---|---|---|---|---|---|---|---|---|---|\n",
      score.runs);
  for (const UseScore& use : score.uses)
    say("| {} | {} | {} | {} | {} | {} | {} | {} of {} | {} of {} | {} |\n", use.use, use.facts, use.measured, use.near,
        use.twofold, use.in_band, number(use.width), use.nearer, use.compared, use.walk_in_band, use.walked,
        number(use.walk_width));
}

}  // namespace

int score(const ScoreChoice& choice) {
  const Score score = ondol::score(choice.results, choice.facts);
  if (choice.markdown) {
    print_markdown(score);
  } else {
    print_facts(score);
  }
  return 0;
}

}  // namespace ondol::cli
