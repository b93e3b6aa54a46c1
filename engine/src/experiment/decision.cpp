// From outcomes to a verdict.
#include "experiment/comparison.hpp"
#include "experiment/experiment_results.hpp"
#include "experiment/present_values.hpp"
#include "experiment/worlds.hpp"

#include <ondol/engine/decision.hpp>
#include <ondol/engine/error.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace ondol {

namespace {

struct OutcomeInfo {
  std::int64_t position = 0;
  std::string name;
  int better = 1;
};

class Decider {
 public:
  Decider(const std::filesystem::path& results, double level)
      : database_(results, Database::Opening::existing), level_(level) {
    check_experiment_results(database_, results);
  }

  Decision decide() {
    read_lists();
    for (const OutcomeInfo& outcome : outcomes_) {
      const std::vector<ArmsInWorld> worlds = worlds_of(database_, outcome.position);
      if (scenarios_.size() > 1) compare(outcome, worlds, -1);
      for (std::size_t s = 0; s < scenarios_.size(); ++s) compare(outcome, worlds, static_cast<std::int64_t>(s));
    }
    rank();
    write();
    return std::move(decision_);
  }

 private:
  void read_lists() {
    decision_.level = level_;
    arms_ = arms_of(database_);
    if (!arms_.empty()) decision_.reference = arms_.front();
    scenarios_ = scenarios_of(database_);
    points_are_draws_ = points_are_draws(database_);
    Query outcomes(database_,
                   "SELECT position, name, better, is_primary FROM outcome_list ORDER BY is_primary DESC, position");
    while (outcomes.next()) {
      outcomes_.push_back({outcomes.whole(0), outcomes.text(1), static_cast<int>(outcomes.whole(2))});
      if (outcomes.whole(3) == 1) decision_.primary = outcomes.text(1);
    }
    Query runs(database_,
               "SELECT COUNT(*), COALESCE(SUM(status = 'failed'), 0) FROM run WHERE id IN (SELECT run FROM plan)");
    if (runs.next()) {
      decision_.runs = runs.whole(0);
      decision_.failed = runs.whole(1);
    }
    Query versions(database_, "SELECT COUNT(*) - 1 FROM experiment");
    if (versions.next()) decision_.changes = std::max<std::int64_t>(0, versions.whole(0));
    Query question(database_, "SELECT question FROM experiment ORDER BY version DESC LIMIT 1");
    if (question.next()) decision_.question = question.text(0);
  }

  // -1: all of them.
  std::string name_of(std::int64_t scenario) const {
    return scenario < 0 ? "" : scenarios_[static_cast<std::size_t>(scenario)];
  }

  static std::vector<const ArmsInWorld*> worlds_in(std::int64_t scenario, const std::vector<ArmsInWorld>& worlds) {
    std::vector<const ArmsInWorld*> chosen;
    for (const ArmsInWorld& world : worlds) {
      if (scenario < 0 || world.scenario == scenario) chosen.push_back(&world);
    }
    return chosen;
  }

  // Of every series that says so, added up until each horizon at each discount rate.
  void rank() {
    for (const RankedSeries& series : ranked_series(database_)) {
      const std::vector<PresentValues> all = present_values(database_, series);
      for (const PresentValues& values : all) {
        if (scenarios_.size() > 1) rank(series, values, -1);
        for (std::size_t s = 0; s < scenarios_.size(); ++s) rank(series, values, static_cast<std::int64_t>(s));
      }
    }
  }

  void rank(const RankedSeries& series, const PresentValues& values, std::int64_t scenario) {
    const Comparison comparison(worlds_in(scenario, values.worlds), arms_, 0, series.better, level_, points_are_draws_);
    Ranking ranking{name_of(scenario), series.name, values.horizon, values.discount_rate, {}, {}};
    ranking.arms = comparison.figures(ranking.verdict);
    for (ArmFigures& f : ranking.arms) {
      f.scenario = ranking.scenario;
      f.outcome = series.name;
    }
    std::stable_sort(ranking.arms.begin(), ranking.arms.end(), [&](const ArmFigures& a, const ArmFigures& b) {
      return series.better * a.mean > series.better * b.mean;
    });
    decision_.rankings.push_back(std::move(ranking));
  }

  void compare(const OutcomeInfo& outcome, const std::vector<ArmsInWorld>& worlds, std::int64_t scenario) {
    const Comparison comparison(worlds_in(scenario, worlds), arms_, 0, outcome.better, level_, points_are_draws_);
    Verdict verdict;
    verdict.scenario = name_of(scenario);
    verdict.outcome = outcome.name;
    for (ArmFigures& f : comparison.figures(verdict)) {
      f.scenario = verdict.scenario;
      f.outcome = outcome.name;
      decision_.figures.push_back(std::move(f));
    }
    decision_.verdicts.push_back(std::move(verdict));
  }

  void write() {
    database_.execute("BEGIN IMMEDIATE");
    database_.execute(create_decision_tables());
    Statement row(database_,
                  "INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (const ArmFigures& f : decision_.figures) {
      row.bind(1, f.outcome).bind(2, f.scenario).bind(3, f.arm).bind(4, std::int64_t{f.is_reference});
      row.bind(5, f.values).bind(6, f.missing).bind(7, f.mean).bind(8, f.deviation);
      row.bind(9, f.low5).bind(10, f.low25).bind(11, f.median).bind(12, f.high75).bind(13, f.high95);
      row.bind(14, f.pairs).bind(15, f.difference).bind(16, f.low).bind(17, f.high).bind(18, f.variance_ratio);
      row.bind(19, f.probability_best).bind(20, f.wins).bind(21, f.regret).bind(22, f.tail).bind(23, f.dominance).run();
    }
    Statement verdict(database_, "INSERT INTO verdict VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    for (const Verdict& v : decision_.verdicts) {
      verdict.bind(1, v.outcome).bind(2, v.scenario).bind(3, v.best);
      verdict.bind(4, fmt::format("{}", fmt::join(v.ties, "\n"))).bind(5, level_).bind(6, v.units);
      verdict.bind(7, v.by_point ? "points" : "replicates").bind(8, v.more).run();
    }
    Statement ranking(database_, "INSERT INTO ranking VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (const Ranking& r : decision_.rankings) {
      std::int64_t rank = 0;
      for (const ArmFigures& f : r.arms) {
        const bool ties = std::find(r.verdict.ties.begin(), r.verdict.ties.end(), f.arm) != r.verdict.ties.end();
        ranking.bind(1, r.series).bind(2, r.scenario).bind(3, r.horizon).bind(4, r.discount_rate).bind(5, ++rank);
        ranking.bind(6, f.arm).bind(7, f.mean).bind(8, f.difference).bind(9, f.low).bind(10, f.high);
        ranking.bind(11, f.probability_best).bind(12, std::int64_t{ties}).run();
      }
    }
    database_.execute("COMMIT");
  }

  Database database_;
  const double level_;
  std::vector<std::string> arms_;  // the reference first
  std::vector<std::string> scenarios_;
  bool points_are_draws_ = false;
  std::vector<OutcomeInfo> outcomes_;  // the primary one first
  Decision decision_;
};

}  // namespace

Decision decide(const std::filesystem::path& results, double level) { return Decider(results, level).decide(); }

}  // namespace ondol
