// Facts beside runs.
#include "experiment/experiment_results.hpp"
#include "experiment/facts.hpp"
#include "experiment/statistics.hpp"
#include "results/sqlite.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/scoring.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <vector>

namespace ondol {

namespace {

// The one number that a question gives; else why there is none.
std::optional<double> answer(Database& run, const std::string& question, std::string& why) {
  try {
    Query query(run, question);
    if (!query.next() || query.is_null(0)) {
      why = "the query gives no number";
      return std::nullopt;
    }
    const double value = query.number(0);
    if (std::isfinite(value)) return value;
    why = "the query gives a number that is not finite";
  } catch (const Error& error) {
    why = error.what();
  }
  return std::nullopt;
}

// What gives numbers for a fact.
class Source {
 public:
  virtual ~Source() = default;
  virtual std::size_t runs() const = 0;
  // Of the runs that gave one; why the others did not, if any.
  virtual Sample numbers(const std::string& query, std::string& why) = 0;
};

class Runs : public Source {
 public:
  explicit Runs(const std::vector<std::filesystem::path>& files) {
    for (const std::filesystem::path& file : files) {
      runs_.push_back(std::make_unique<Database>(file, Database::Opening::to_read));
      Query(*runs_.back(), "SELECT seed FROM run").next();
    }
  }
  std::size_t runs() const override { return runs_.size(); }
  Sample numbers(const std::string& query, std::string& why) override {
    Sample values;
    for (const auto& run : runs_) {
      if (const auto value = answer(*run, query, why)) values.push_back(*value);
    }
    return values;
  }

 private:
  std::vector<std::unique_ptr<Database>> runs_;
};

// The reference arm of an experiment, under all scenarios, at all points.
class Reference : public Source {
 public:
  explicit Reference(const std::filesystem::path& file) : database_(file, Database::Opening::to_read) {
    Query runs(database_, "SELECT COUNT(DISTINCT run) FROM plan JOIN arm ON position = arm WHERE is_reference");
    if (runs.next()) runs_ = static_cast<std::size_t>(runs.whole(0));
  }
  std::size_t runs() const override { return runs_; }
  Sample numbers(const std::string& query, std::string& why) override {
    Sample values;
    Query rows(database_,
               "SELECT DISTINCT v.run, v.value FROM outcome_value v JOIN outcome_list o ON o.position = v.outcome JOIN "
               "plan p ON p.run = v.run JOIN arm a ON a.position = p.arm WHERE a.is_reference AND v.value IS NOT NULL "
               "AND o.sql = " +
                   quoted(query));
    while (rows.next()) values.push_back(rows.number(1));
    if (values.empty()) why = "no outcome of the experiment asks this, or none of its runs has an answer";
    return values;
  }

 private:
  Database database_;
  std::size_t runs_ = 0;
};

bool is_experiment(const std::filesystem::path& file) {
  Database database(file, Database::Opening::to_read);
  Query application(database, "PRAGMA application_id");
  return application.next() && application.whole(0) == experiment_application;
}

std::unique_ptr<Source> source_of(const std::vector<std::filesystem::path>& files) {
  if (files.size() == 1 && is_experiment(files.front())) return std::make_unique<Reference>(files.front());
  return std::make_unique<Runs>(files);
}

FactScore score_of(const Fact& fact, Source& source) {
  FactScore score = fact.score;
  if (fact.query.empty()) {
    score.unmeasured = "the model has no such quantity, or nobody has written its query";
    return score;
  }
  Sample values = source.numbers(fact.query, score.unmeasured);
  if (values.empty()) return score;
  score.unmeasured.clear();
  std::sort(values.begin(), values.end());
  score.runs = values.size();
  score.low5 = quantile_of(values, 0.05);
  score.median = quantile_of(values, 0.5);
  score.high95 = quantile_of(values, 0.95);
  if (score.fact != 0) score.ratio = score.median / score.fact;
  score.in_band = std::isnan(score.low) ? score.low5 <= score.fact && score.fact <= score.high95
                                        : score.low <= score.median && score.median <= score.high;
  return score;
}

// The step of the logarithm from the fact before; unknown where there is none.
double step_of(const FactScore& fact) {
  return fact.before > 0 && fact.fact > 0 ? std::log(fact.fact / fact.before) : unknown;
}

// "Nothing changes", and a random walk of the logarithm, whose steps are as large as those of all others.
void set_beside(std::vector<FactScore>& facts) {
  for (std::size_t later = 0; later < facts.size(); ++later) {
    for (std::size_t earlier = 0; earlier < later; ++earlier) {
      if (facts[earlier].quantity == facts[later].quantity && facts[earlier].unit == facts[later].unit)
        facts[later].before = facts[earlier].fact;
    }
  }
  constexpr double to_95 = 1.6448536269514722;  // standard deviations
  for (FactScore& fact : facts) {
    if (!(fact.before > 0)) continue;
    double squares = 0, count = 0;
    for (const FactScore& other : facts) {
      const double step = step_of(other);
      if (&other == &fact || std::isnan(step)) continue;
      squares += step * step;
      count += 1;
    }
    if (count == 0) continue;
    const double way = to_95 * std::sqrt(squares / count);
    fact.walk_low5 = fact.before * std::exp(-way);
    fact.walk_high95 = fact.before * std::exp(way);
  }
}

double median_of(Sample sample) {
  std::sort(sample.begin(), sample.end());
  return quantile_of(sample, 0.5);
}

UseScore count(const std::string& use, const std::vector<FactScore>& facts) {
  UseScore score;
  score.use = use;
  Sample widths, walk_widths, widths_beside;
  for (const FactScore& fact : facts) {
    if (fact.use != use) continue;
    ++score.facts;
    if (fact.runs == 0) continue;
    ++score.measured;
    score.near += fact.ratio >= 0.75 && fact.ratio <= 1.25;
    score.twofold += fact.ratio >= 0.5 && fact.ratio <= 2;
    score.in_band += fact.in_band;
    const double width = (fact.high95 - fact.low5) / std::abs(fact.fact);
    if (std::isfinite(width)) widths.push_back(width);
    if (std::isnan(fact.before) || std::isnan(fact.fact)) continue;
    ++score.compared;
    score.nearer += std::abs(fact.median - fact.fact) < std::abs(fact.before - fact.fact);
    if (std::isnan(fact.walk_low5)) continue;
    ++score.walked;
    score.walk_in_band += fact.walk_low5 <= fact.fact && fact.fact <= fact.walk_high95;
    score.in_band_too += fact.in_band;
    walk_widths.push_back((fact.walk_high95 - fact.walk_low5) / std::abs(fact.fact));
    widths_beside.push_back(width);
  }
  score.width = median_of(std::move(widths));
  score.walk_width = median_of(std::move(walk_widths));
  score.width_beside = median_of(std::move(widths_beside));
  return score;
}

}  // namespace

Score score(const std::vector<std::filesystem::path>& results, const std::filesystem::path& facts) {
  const std::vector<Fact> read = facts_in(facts);
  const std::unique_ptr<Source> source = source_of(results);
  Score result;
  result.runs = source->runs();
  for (const Fact& fact : read) result.facts.push_back(score_of(fact, *source));
  set_beside(result.facts);
  for (const std::string& use : fact_uses) {
    if (const UseScore counted = count(use, result.facts); counted.facts > 0) result.uses.push_back(counted);
  }
  return result;
}

}  // namespace ondol
