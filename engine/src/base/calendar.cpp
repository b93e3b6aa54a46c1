// The calendar of a run: dates to ticks and back.
#include "base/nearest.hpp"

#include <ondol/engine/calendar.hpp>
#include <ondol/engine/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <system_error>
#include <vector>

namespace ondol {
namespace {

using std::chrono::day;
using std::chrono::days;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr int last_year = 9999;
constexpr int most_per_tick = 1000;

struct Period {
  std::string_view name;
  int months;
  int days;
};
constexpr Period periods[] = {{"day", 0, 1}, {"week", 0, 7}, {"month", 1, 0}, {"quarter", 3, 0}, {"year", 12, 0}};

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorCode::world, message); }

/// The value of a text of digits only; empty for any other text.
std::optional<int> whole_number(std::string_view text) {
  int value = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end || text.front() == '-') return {};
  return value;
}

std::optional<year_month_day> date_value(std::string_view text) {
  const bool with_day = text.size() == 10 && text[4] == '-' && text[7] == '-';
  if (!with_day && !(text.size() == 7 && text[4] == '-')) return {};
  const auto y = whole_number(text.substr(0, 4));
  const auto m = whole_number(text.substr(5, 2));
  const auto d = with_day ? whole_number(text.substr(8, 2)) : 1;
  if (!y || !m || !d || *y < 1) return {};
  const year_month_day date = year(*y) / month(static_cast<unsigned>(*m)) / day(static_cast<unsigned>(*d));
  return date.ok() ? std::optional(date) : std::nullopt;
}

year_month_day parse_date(std::string_view text) {
  if (const auto date = date_value(text)) return *date;
  refuse(fmt::format("expected a date such as \"2023-01\" or \"2023-01-15\", got \"{}\"", text));
}

std::string iso_text(year_month_day date, bool with_day) {
  const std::string text =
      fmt::format("{:04}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()));
  return with_day ? fmt::format("{}-{:02}", text, static_cast<unsigned>(date.day())) : text;
}

/// Months since the start of year 0.
std::int64_t month_number(year_month_day date) {
  return std::int64_t{12} * static_cast<int>(date.year()) + static_cast<unsigned>(date.month()) - 1;
}

/// The date, or the last day of its month where the month is too short for it.
sys_days clamped(year_month_day date) {
  return date.ok() ? sys_days(date) : sys_days(date.year() / date.month() / std::chrono::last);
}

}  // namespace

Calendar::Calendar(std::string_view start, std::string_view tick_length) : start_(parse_date(start)) {
  const std::size_t blank = std::min(tick_length.find(' '), tick_length.size());
  const auto count = whole_number(tick_length.substr(0, blank));
  if (!count || *count < 1 || *count > most_per_tick || blank == tick_length.size()) {
    refuse(
        fmt::format("expected as the length of a tick a whole number from 1 to {} and a period, such as \"1 month\", "
                    "got \"{}\"",
                    most_per_tick, tick_length));
  }
  const std::string_view name = tick_length.substr(blank + 1);
  const auto period =
      std::find_if(std::begin(periods), std::end(periods), [&](const Period& p) { return p.name == name; });
  if (period == std::end(periods)) {
    std::vector<std::string> names;
    for (const Period& p : periods) names.emplace_back(p.name);
    refuse(fmt::format("unknown period '{}' in the length of a tick \"{}\"{}", name, tick_length,
                       suggestion(name, names)));
  }
  months_ = *count * period->months;
  days_ = *count * period->days;
}

std::string Calendar::date_of(std::int64_t tick) const {
  const bool starts_with_month = months_ > 0 && start_.day() == day(1);
  return iso_text(first_day(tick), !starts_with_month);
}

std::chrono::year_month_day Calendar::day_of(std::int64_t tick) const { return first_day(tick); }

std::int64_t Calendar::tick_of(std::string_view date_text) const {
  const year_month_day date = parse_date(date_text);
  const std::int64_t since_start = (sys_days(date) - sys_days(start_)).count();
  if (since_start < 0) {
    refuse(fmt::format("the date {} is before the start, {}", date_text, iso_text(start_, true)));
  }
  if (days_ > 0) return since_start / days_;
  // Whole ticks by months; the last of them may begin later in its month than the date.
  const std::int64_t tick = (month_number(date) - month_number(start_)) / months_;
  return first_day(tick) > sys_days(date) ? tick - 1 : tick;
}

double Calendar::tick_hours() const { return months_ * 730.5 + days_ * 24.0; }

sys_days Calendar::first_day(std::int64_t tick) const {
  constexpr sys_days last_day = year(last_year) / 12 / 31;
  const std::int64_t left = days_ > 0 ? (last_day - sys_days(start_)).count() / days_
                                      : (month_number(last_day) - month_number(start_)) / months_;
  if (tick < 0 || tick > left) {
    refuse(fmt::format("tick {} is outside the calendar, which ends with the year {}", tick, last_year));
  }
  if (days_ > 0) return sys_days(start_) + days(tick * days_);
  const std::int64_t number = month_number(start_) + tick * months_;
  return clamped(year(static_cast<int>(number / 12)) / month(static_cast<unsigned>(number % 12 + 1)) / start_.day());
}

}  // namespace ondol
