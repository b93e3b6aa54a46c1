// Reading facts.
#include "experiment/facts.hpp"

#include "base/nearest.hpp"
#include "loading/csv_table.hpp"
#include "loading/regular_file.hpp"

#include <ondol/engine/error.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace ondol {

namespace {

// In the order in which facts_in() takes them.
const std::array<std::string, 9> columns = {"quantity", "unit",  "period", "value", "use",
                                            "source",   "query", "low",    "high"};
constexpr std::size_t needed = 7;  // of them

[[noreturn]] void refuse(const std::filesystem::path& file, std::size_t line, const std::string& what) {
  throw Error(ErrorCode::world, fmt::format("{}:{}: {}", file.string(), line, what));
}

double number_in(const std::filesystem::path& file, std::size_t line, const std::string& column,
                 const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    refuse(file, line, fmt::format("{}: '{}' is no number", column, text));
  return value;
}

std::string use_in(const std::filesystem::path& file, std::size_t line, const std::string& text) {
  if (std::find(fact_uses.begin(), fact_uses.end(), text) != fact_uses.end()) return text;
  refuse(file, line, fmt::format("use: '{}', expected given, fitted or checked{}", text, suggestion(text, fact_uses)));
}

// Where each column stands in the file; of the last two, which there need not be, beyond its columns.
std::array<std::size_t, columns.size()> places_of(const std::filesystem::path& file, const toml::array& header) {
  std::array<std::size_t, columns.size()> places{};
  for (std::size_t c = 0; c < columns.size(); ++c) {
    while (places[c] < header.size() && header[places[c]].value_or(std::string()) != columns[c]) ++places[c];
    if (places[c] == header.size() && c < needed)
      refuse(file, 1, fmt::format("no column '{}'; expected {}", columns[c], fmt::join(columns, ", ")));
  }
  return places;
}

}  // namespace

std::vector<Fact> facts_in(const std::filesystem::path& file) {
  const toml::table table = parse_csv(read_regular_file(file), file.string());
  const auto places = places_of(file, *table["columns"].as_array());
  std::vector<Fact> facts;
  for (const toml::node& node : *table["rows"].as_array()) {
    const toml::array& row = *node.as_array();
    const std::size_t line = row.source().begin.line;
    const auto cell = [&](std::size_t column) {
      return places[column] < row.size() ? row[places[column]].value_or(std::string()) : std::string();
    };
    const auto number = [&](std::size_t column) { return number_in(file, line, columns[column], cell(column)); };
    Fact& fact = facts.emplace_back();
    fact.score.quantity = cell(0);
    fact.score.unit = cell(1);
    fact.score.period = cell(2);
    const bool is_band = !cell(7).empty() || !cell(8).empty();
    if (is_band) {
      fact.score.low = number(7);
      fact.score.high = number(8);
      if (!(fact.score.low <= fact.score.high)) refuse(file, line, "low: expected at most `high`");
    }
    if (!is_band || !cell(3).empty()) fact.score.fact = number(3);
    fact.score.use = use_in(file, line, cell(4));
    fact.score.source = cell(5);
    fact.query = cell(6);
    fact.where = fmt::format("{}:{}", file.string(), line);
  }
  return facts;
}

}  // namespace ondol
