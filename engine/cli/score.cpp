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

void print_facts(const Score& score) {
  std::size_t width = 8;
  for (const FactScore& fact : score.facts) width = std::max(width, fact.quantity.size());
  say("{:<{}} {:<18} {:<20} {:<8} {:>10} {:>10} {:>10} {:>10} {:>7}\n", "quantity", width, "unit", "period", "use",
      "fact", "5 %", "median", "95 %", "ratio");
  for (const FactScore& fact : score.facts) {
    say("{:<{}} {:<18} {:<20} {:<8} {:>10} ", fact.quantity, width, fact.unit, fact.period, fact.use,
        number(fact.fact));
    if (fact.runs == 0) {
      say("not measured: {}\n", fact.unmeasured);
      continue;
    }
    say("{:>10} {:>10} {:>10} {:>7}{}\n", number(fact.low5), number(fact.median), number(fact.high95),
        times(fact.ratio), in_runs(fact, score));
  }
  say("\n");
  for (const UseScore& use : score.uses)
    say("{}: of {} facts {} are measured; {} within 25 %, {} within 2x, {} in the band of {} runs\n", use.use,
        use.facts, use.measured, use.near, use.twofold, use.in_band, score.runs);
}

void print_markdown(const Score& score) {
  say("| quantity | unit | period | use | fact | 5 % | median | 95 % | ratio "
      "|\n|---|---|---|---|---|---|---|---|---|\n");
  for (const FactScore& fact : score.facts) {
    say("| {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", fact.quantity, fact.unit, fact.period, fact.use,
        number(fact.fact), number(fact.low5),
        fact.runs > 0 ? number(fact.median) + in_runs(fact, score) : "not measured", number(fact.high95),
        times(fact.ratio));
  }
  say("\n| use | facts | measured | within 25 % | within 2x | in the band of {} runs |\n|---|---|---|---|---|---|\n",
      score.runs);
  for (const UseScore& use : score.uses)
    say("| {} | {} | {} | {} | {} | {} |\n", use.use, use.facts, use.measured, use.near, use.twofold, use.in_band);
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
