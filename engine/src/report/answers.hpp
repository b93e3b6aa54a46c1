// The answers of a results file to the questions of charts, as JSON.
#pragma once

#include "model/model.hpp"
#include "results/sqlite.hpp"

#include <string>

namespace ondol {

// What the words in braces of a chart stand for in one results file, so that long runs have no more points than a chart
// can show.
struct Words {
  std::string period;    // {period}: a year; without a calendar, a span of ticks
  std::string moment;    // {moment}: the finest that is still readable: a tick's date, a month, a quarter, a year
  std::string currency;  // {currency}
};
Words words_of_run(Database& results);

// A chart with its question, columns and rows, as one JSON object; empty where there are no rows. Throws Error where
// the question fails.
std::string chart_as_json(Database& results, const ChartModel& chart, const Words& words);

}  // namespace ondol
