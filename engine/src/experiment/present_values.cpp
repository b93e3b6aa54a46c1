// Reading series once, and adding them up.
#include "experiment/present_values.hpp"

#include <fmt/format.h>

#include <cmath>
#include <sstream>
#include <unordered_map>
#include <utility>

namespace ondol {

namespace {

std::vector<double> numbers_in(const std::string& text, double otherwise) {
  std::vector<double> numbers;
  std::istringstream in(text);
  for (double number = 0; in >> number;) numbers.push_back(number);
  if (numbers.empty()) numbers.push_back(otherwise);
  return numbers;
}

}  // namespace

std::vector<RankedSeries> ranked_series(Database& results) {
  std::vector<RankedSeries> all;
  Query query(results,
              "SELECT position, name, better, horizons, discount_rates FROM series_list WHERE horizons <> '' OR "
              "discount_rates <> '' ORDER BY position");
  while (query.next())
    all.push_back({query.whole(0), query.text(1), static_cast<int>(query.whole(2)), numbers_in(query.text(3), unknown),
                   numbers_in(query.text(4), 0)});
  return all;
}

std::vector<PresentValues> present_values(Database& results, const RankedSeries& series) {
  std::vector<PresentValues> all;
  for (const double horizon : series.horizons) {
    for (const double rate : series.discount_rates) all.push_back({horizon, rate, {}});
  }
  double first = 0;
  Query beginning(results, fmt::format("SELECT MIN(at) FROM series_value WHERE series = {}", series.position));
  if (beginning.next()) first = beginning.number(0);
  std::unordered_map<std::string, Sample> sums;  // by run
  Query rows(results, fmt::format("SELECT run, at, value FROM series_value WHERE series = {}", series.position));
  while (rows.next()) {
    Sample& sum = sums.try_emplace(rows.text(0), all.size(), 0.0).first->second;
    const double way = rows.number(1) - first;
    const double value = rows.is_null(2) ? unknown : rows.number(2);
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (!(way >= all[i].horizon)) sum[i] += value * std::pow(1 + all[i].discount_rate, -way);
    }
  }
  const std::vector<RunInWorld> places = runs_by_world(results);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].worlds = worlds_with(places, arms_of(results).size(), [&](const std::string& run) {
      const auto sum = sums.find(run);
      return sum == sums.end() ? unknown : sum->second[i];
    });
  }
  return all;
}

}  // namespace ondol
