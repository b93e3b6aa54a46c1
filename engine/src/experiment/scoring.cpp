// Facts beside runs.
#include "base/nearest.hpp"
#include "experiment/statistics.hpp"
#include "loading/csv_table.hpp"
#include "loading/regular_file.hpp"
#include "results/sqlite.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/scoring.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <memory>
#include <optional>
#include <vector>

namespace ondol {

namespace {

// In the order in which facts_in() takes them.
const std::array<std::string, 7> columns = {"quantity", "unit", "period", "value", "use", "source", "query"};
const std::vector<std::string> uses = {"given", "fitted", "checked"};

struct Fact {
  FactScore score;
  std::string query;
};

[[noreturn]] void refuse(const std::filesystem::path& file, std::size_t line, const std::string& what) {
  throw Error(ErrorCode::world, fmt::format("{}:{}: {}", file.string(), line, what));
}

double number_in(const std::filesystem::path& file, std::size_t line, const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    refuse(file, line, fmt::format("value: '{}' is no number", text));
  return value;
}

std::string use_in(const std::filesystem::path& file, std::size_t line, const std::string& text) {
  if (std::find(uses.begin(), uses.end(), text) != uses.end()) return text;
  refuse(file, line, fmt::format("use: '{}', expected given, fitted or checked{}", text, suggestion(text, uses)));
}

// Where each column stands in the file.
std::array<std::size_t, columns.size()> places_of(const std::filesystem::path& file, const toml::array& header) {
  std::array<std::size_t, columns.size()> places{};
  for (std::size_t c = 0; c < columns.size(); ++c) {
    while (places[c] < header.size() && header[places[c]].value_or(std::string()) != columns[c]) ++places[c];
    if (places[c] == header.size())
      refuse(file, 1, fmt::format("no column '{}'; expected {}", columns[c], fmt::join(columns, ", ")));
  }
  return places;
}

std::vector<Fact> facts_in(const std::filesystem::path& file) {
  const toml::table table = parse_csv(read_regular_file(file), file.string());
  const auto places = places_of(file, *table["columns"].as_array());
  std::vector<Fact> facts;
  for (const toml::node& node : *table["rows"].as_array()) {
    const toml::array& row = *node.as_array();
    const std::size_t line = row.source().begin.line;
    const auto cell = [&](std::size_t column) { return row[places[column]].value_or(std::string()); };
    Fact& fact = facts.emplace_back();
    fact.score.quantity = cell(0);
    fact.score.unit = cell(1);
    fact.score.period = cell(2);
    fact.score.fact = number_in(file, line, cell(3));
    fact.score.use = use_in(file, line, cell(4));
    fact.score.source = cell(5);
    fact.query = cell(6);
  }
  return facts;
}

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

FactScore score_of(const Fact& fact, const std::vector<std::unique_ptr<Database>>& runs) {
  FactScore score = fact.score;
  Sample values;
  if (fact.query.empty()) {
    score.unmeasured = "the model has no such quantity, or nobody has written its query";
  } else {
    for (const auto& run : runs) {
      if (const auto value = answer(*run, fact.query, score.unmeasured)) values.push_back(*value);
    }
  }
  if (values.empty()) return score;
  score.unmeasured.clear();
  std::sort(values.begin(), values.end());
  score.runs = values.size();
  score.low5 = quantile_of(values, 0.05);
  score.median = quantile_of(values, 0.5);
  score.high95 = quantile_of(values, 0.95);
  if (score.fact != 0) score.ratio = score.median / score.fact;
  return score;
}

UseScore count(const std::string& use, const std::vector<FactScore>& facts) {
  UseScore score{use, 0, 0, 0, 0, 0};
  for (const FactScore& fact : facts) {
    if (fact.use != use) continue;
    ++score.facts;
    if (fact.runs == 0) continue;
    ++score.measured;
    score.near += fact.ratio >= 0.75 && fact.ratio <= 1.25;
    score.twofold += fact.ratio >= 0.5 && fact.ratio <= 2;
    score.in_band += fact.low5 <= fact.fact && fact.fact <= fact.high95;
  }
  return score;
}

}  // namespace

Score score(const std::vector<std::filesystem::path>& files, const std::filesystem::path& facts) {
  const std::vector<Fact> read = facts_in(facts);
  std::vector<std::unique_ptr<Database>> runs;
  for (const std::filesystem::path& file : files) {
    runs.push_back(std::make_unique<Database>(file, Database::Opening::to_read));
    Query(*runs.back(), "SELECT seed FROM run").next();
  }
  Score result;
  result.runs = runs.size();
  for (const Fact& fact : read) result.facts.push_back(score_of(fact, runs));
  for (const std::string& use : uses) {
    if (const UseScore counted = count(use, result.facts); counted.facts > 0) result.uses.push_back(counted);
  }
  return result;
}

}  // namespace ondol
