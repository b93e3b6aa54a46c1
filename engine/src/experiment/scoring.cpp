// Facts beside runs.
#include "base/nearest.hpp"
#include "experiment/statistics.hpp"
#include "loading/csv_table.hpp"
#include "results/sqlite.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/scoring.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <memory>
#include <optional>

namespace ondol {

namespace {

const std::array<std::string, 7> columns = {"quantity", "unit", "period", "value", "use", "source", "query"};
const std::array<std::string, 3> uses = {"given", "fitted", "checked"};

struct Fact {
  std::array<std::string, columns.size()> cells;
  std::size_t line = 0;
  const std::string& cell(const char* column) const {
    return cells[static_cast<std::size_t>(std::find(columns.begin(), columns.end(), column) - columns.begin())];
  }
};

[[noreturn]] void refuse(const std::filesystem::path& file, std::size_t line, const std::string& what) {
  throw Error(ErrorCode::world, fmt::format("{}:{}: {}", file.string(), line, what));
}

double number_in(const std::filesystem::path& file, const Fact& fact) {
  const std::string& text = fact.cell("value");
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    refuse(file, fact.line, fmt::format("value: '{}' is no number", text));
  return value;
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw Error(ErrorCode::world, fmt::format("{}: cannot be read", file.string()));
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::size_t> places_of(const std::filesystem::path& file, const toml::array& header) {
  std::vector<std::size_t> places;
  for (const std::string& column : columns) {
    std::size_t place = 0;
    while (place < header.size() && header[place].value_or(std::string()) != column) ++place;
    if (place == header.size())
      refuse(file, 1, fmt::format("no column '{}'; expected {}", column, fmt::join(columns, ", ")));
    places.push_back(place);
  }
  return places;
}

std::vector<Fact> facts_in(const std::filesystem::path& file) {
  const toml::table table = parse_csv(text_of(file), file.string());
  const std::vector<std::size_t> places = places_of(file, *table["columns"].as_array());
  std::vector<Fact> facts;
  for (const toml::node& node : *table["rows"].as_array()) {
    const toml::array& row = *node.as_array();
    Fact& fact = facts.emplace_back();
    fact.line = row.source().begin.line;
    for (std::size_t c = 0; c < columns.size(); ++c) fact.cells[c] = row[places[c]].value_or(std::string());
    number_in(file, fact);
    const std::string& use = fact.cell("use");
    if (std::find(uses.begin(), uses.end(), use) == uses.end())
      refuse(file, fact.line,
             fmt::format("use: '{}', expected given, fitted or checked{}", use,
                         suggestion(use, std::vector<std::string>(uses.begin(), uses.end()))));
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

FactScore score_of(const std::filesystem::path& file, const Fact& fact,
                   const std::vector<std::unique_ptr<Database>>& runs) {
  FactScore score{fact.cell("quantity"),
                  fact.cell("unit"),
                  fact.cell("period"),
                  fact.cell("source"),
                  fact.cell("use"),
                  number_in(file, fact),
                  0,
                  unknown,
                  unknown,
                  unknown,
                  unknown,
                  ""};
  Sample values;
  if (fact.cell("query").empty()) {
    score.unmeasured = "the model has no such quantity, or nobody has written its query";
  } else {
    for (const auto& run : runs) {
      if (const auto value = answer(*run, fact.cell("query"), score.unmeasured)) values.push_back(*value);
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
    const double apart = fact.ratio > 0 ? std::max(fact.ratio, 1 / fact.ratio) : HUGE_VAL;
    score.near += fact.ratio >= 0.75 && fact.ratio <= 1.25;
    score.twofold += apart <= 2;
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
  for (const Fact& fact : read) result.facts.push_back(score_of(facts, fact, runs));
  for (const std::string& use : uses) {
    if (const UseScore counted = count(use, result.facts); counted.facts > 0) result.uses.push_back(counted);
  }
  return result;
}

}  // namespace ondol
