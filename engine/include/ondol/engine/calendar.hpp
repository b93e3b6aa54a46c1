// The calendar of a run: which dates a tick covers. A world without one counts ticks only.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace ondol {

/// Ticks of equal length that follow one another from a start date, within the years 1 to 9999. Tick 0 begins on the
/// start date. Every refusal is an Error with ErrorCode::world.
class Calendar {
 public:
  /// From a start date, "2023-01-15" or "2023-01" for the first of a month, and the length of a tick: a whole number
  /// from 1 to 1000 and one of day, week, month, quarter, year, such as "1 month". Where a month is too short for the
  /// day of the start date, its ticks begin on the last day of the month.
  Calendar(std::string_view start, std::string_view tick_length);

  /// The date on which a tick begins: "2023-01" when all ticks begin on the first of a month, else "2023-01-15".
  std::string date_of(std::int64_t tick) const;

  /// That day as such.
  std::chrono::year_month_day day_of(std::int64_t tick) const;

  /// The tick that contains a date, written like the start date. Throws when it is malformed or before the start.
  std::int64_t tick_of(std::string_view date) const;

  /// The length of a tick. A month is 730.5 hours and a year twelve of them, whatever the date, so that rates per month
  /// mean the same in every tick.
  double tick_hours() const;
  double tick_seconds() const { return tick_hours() * 3600; }

 private:
  std::chrono::sys_days first_day(std::int64_t tick) const;

  std::chrono::year_month_day start_;
  int months_ = 0;  // a tick is so many months, or
  int days_ = 0;    // so many days
};

}  // namespace ondol
