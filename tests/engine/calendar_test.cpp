// Which dates the ticks of a run cover.
#include <ondol/engine/calendar.hpp>
#include <ondol/engine/error.hpp>
#include <ondol/engine/units.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using ondol::Calendar;
using ondol::Error;
using ondol::ErrorCode;

template <class Action>
std::string refusal(Action action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::world);
    return error.what();
  }
  return "accepted";
}

TEST(CalendarTest, NamesMonthsThatBeginOnTheFirst) {
  const Calendar calendar("2023-01", "1 month");
  EXPECT_EQ(calendar.date_of(0), "2023-01");
  EXPECT_EQ(calendar.date_of(11), "2023-12");
  EXPECT_EQ(calendar.date_of(12), "2024-01");
  EXPECT_EQ(calendar.date_of(959), "2102-12");
}

TEST(CalendarTest, StepsByEveryPeriod) {
  EXPECT_EQ(Calendar("2023-11", "1 quarter").date_of(1), "2024-02");
  EXPECT_EQ(Calendar("2023-01", "1 year").date_of(2), "2025-01");
  EXPECT_EQ(Calendar("2023-01", "6 month").date_of(3), "2024-07");
  EXPECT_EQ(Calendar("2023-12-25", "1 week").date_of(1), "2024-01-01");
  EXPECT_EQ(Calendar("2024-02", "1 day").date_of(28), "2024-02-29");
  EXPECT_EQ(Calendar("2023-01", "10 day").date_of(3), "2023-01-31");
}

TEST(CalendarTest, ClampsToTheLastDayOfShortMonths) {
  const Calendar calendar("2023-12-31", "1 month");
  EXPECT_EQ(calendar.date_of(2), "2024-02-29");
  EXPECT_EQ(calendar.date_of(3), "2024-03-31");
  EXPECT_EQ(calendar.tick_of("2024-02-28"), 1);
  EXPECT_EQ(calendar.tick_of("2024-02-29"), 2);
  EXPECT_EQ(calendar.tick_of("2024-03-30"), 2);
}

TEST(CalendarTest, FindsTheTickThatContainsADate) {
  const Calendar monthly("2023-01-15", "1 month");
  EXPECT_EQ(monthly.tick_of("2023-01-15"), 0);
  EXPECT_EQ(monthly.tick_of("2023-02-14"), 0);
  EXPECT_EQ(monthly.tick_of("2023-02-15"), 1);
  EXPECT_EQ(monthly.tick_of("2025-01"), 23);
  const Calendar quarterly("2023-01", "1 quarter");
  EXPECT_EQ(quarterly.tick_of("2023-03-31"), 0);
  EXPECT_EQ(quarterly.tick_of("2023-04"), 1);
  const Calendar weekly("2023-12-25", "1 week");
  EXPECT_EQ(weekly.tick_of("2023-12-31"), 0);
  EXPECT_EQ(weekly.tick_of("2024-01"), 1);
}

TEST(CalendarTest, FindsEachTickByItsOwnDate) {
  for (const char* length : {"1 day", "1 week", "1 month", "1 quarter", "1 year", "5 month", "45 day"}) {
    for (const char* start : {"2023-01", "2024-02-29", "2023-10-31"}) {
      const Calendar calendar(start, length);
      for (int tick = 0; tick < 200; ++tick) {
        ASSERT_EQ(calendar.tick_of(calendar.date_of(tick)), tick) << start << ", " << length;
      }
    }
  }
}

TEST(CalendarTest, RefusesMalformedDates) {
  const Calendar calendar("2023-01", "1 month");
  for (const char* date :
       {"", "2023", "2023-1", "2023-13", "2023-00", "2023-02-29", "2023-02-00", "2023/02", "23-02-01", "2023-02-1",
        "2023-02-01T00:00", "2023-02-", "-023-02", "0000-01", "2023-+1", "2023--1"}) {
    EXPECT_EQ(refusal([&] { calendar.tick_of(date); }),
              "expected a date such as \"2023-01\" or \"2023-01-15\", got \"" + std::string(date) + "\"");
  }
  EXPECT_NE(refusal([] { Calendar("January", "1 month"); }), "accepted");
}

TEST(CalendarTest, RefusesWhatLiesOutsideIt) {
  const Calendar calendar("2023-01-15", "1 month");
  EXPECT_EQ(refusal([&] { calendar.tick_of("2023-01"); }), "the date 2023-01 is before the start, 2023-01-15");
  EXPECT_EQ(refusal([&] { calendar.date_of(-1); }), "tick -1 is outside the calendar, which ends with the year 9999");
  EXPECT_NE(refusal([&] { calendar.date_of(INT64_MAX); }), "accepted");
  EXPECT_EQ(Calendar("9999-01", "1 month").date_of(11), "9999-12");
  EXPECT_NE(refusal([] { Calendar("9999-01", "1 month").date_of(12); }), "accepted");
  EXPECT_EQ(Calendar("9999-12-31", "1 day").date_of(0), "9999-12-31");
  EXPECT_NE(refusal([] { Calendar("9999-12-31", "1 day").date_of(1); }), "accepted");
}

TEST(CalendarTest, RefusesMalformedTickLengths) {
  for (const char* length :
       {"", "month", "1", "1month", "0 month", "-1 month", "1.5 month", "1001 day", " 1 month", "1 "}) {
    EXPECT_NE(refusal([&] { Calendar("2023-01", length); }), "accepted") << length;
  }
  EXPECT_EQ(refusal([] { Calendar("2023-01", "3 months"); }),
            "unknown period 'months' in the length of a tick \"3 months\"; did you mean 'month'?");
  EXPECT_EQ(
      refusal([] { Calendar("2023-01", "1 hour"); }),
      "unknown period 'hour' in the length of a tick \"1 hour\"; expected one of: day, week, month, quarter, year");
}

TEST(CalendarTest, GivesTheTickItsLengthAsAUnit) {
  EXPECT_EQ(Calendar("2023-01", "1 month").tick_hours(), 730.5);
  EXPECT_EQ(Calendar("2023-02-28", "1 year").tick_hours(), 8766);
  EXPECT_EQ(Calendar("2023-01", "2 week").tick_hours(), 336);
  for (const char* period : {"day", "week", "month", "quarter", "year"}) {
    ondol::UnitTable units;
    units.set_tick(Calendar("2023-01", std::string("1 ") + period).tick_seconds());
    EXPECT_EQ(units.parse("tick"), units.parse(period));
  }
}

}  // namespace
