// Times: checks under sql_mode, zones, limits. Literals and arithmetic are in
// recorded_functions_test.cc.
#include "tidb/types/time_value.h"
#include "base/test_seed.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

namespace tbl::tidb {
namespace {

using schema::kTypeDate;
using schema::kTypeDatetime;
using schema::kTypeTimestamp;

TimeValue time(const char* text, uint8_t type = kTypeDatetime) {
  auto parsed = parse_time(text, type, -1);
  EXPECT_TRUE(parsed) << text;
  return parsed ? parsed->value : TimeValue{};
}

TEST(Time, ChecksByMode) {
  codec::TimeZone utc;
  auto check = [&](const char* text, SqlMode mode, uint8_t type = kTypeDatetime) {
    return check_time(time(text, type), mode, utc);
  };
  SqlMode strict = kModeNoZeroDate | kModeNoZeroInDate;
  EXPECT_EQ(check("2020-02-29", strict), TimeCheck::kOk);
  EXPECT_EQ(check("2019-02-29", 0), TimeCheck::kInvalid);
  EXPECT_EQ(check("2019-02-29", kModeInvalidDates), TimeCheck::kOk);
  EXPECT_EQ(check("2019-02-29", kModeInvalidDates, kTypeTimestamp), TimeCheck::kInvalid);
  EXPECT_EQ(check("0000-00-00", 0), TimeCheck::kOk);
  EXPECT_EQ(check("0000-00-00", strict), TimeCheck::kZeroDate);
  EXPECT_EQ(check("2020-00-01", 0), TimeCheck::kOk);
  EXPECT_EQ(check("2020-01-00", strict), TimeCheck::kZeroInDate);
  EXPECT_EQ(check("2020-01-00", 0, kTypeTimestamp), TimeCheck::kInvalid);
  EXPECT_EQ(check("2038-01-19 03:14:08", 0, kTypeTimestamp), TimeCheck::kInvalid);
}

TEST(Time, RoundsIntoTheNextYear) {
  EXPECT_EQ(time_to_text(*round_time(time("2019-12-31 23:59:59.9999"), 3)),
            "2020-01-01 00:00:00.000");
  EXPECT_EQ(time_to_text(*round_time(time("2020-01-01 00:00:00.4999"), 0)), "2020-01-01 00:00:00");
  EXPECT_FALSE(round_time(time("9999-12-31 23:59:59.9"), 0));
  EXPECT_EQ(time_to_text(*round_time(time("2020-00-00 10:59:59.9"), 0)), "2020-00-00 11:00:00");
  EXPECT_FALSE(round_time(time("2020-00-00 23:59:59.9"), 0));
  EXPECT_EQ(duration_to_text(round_duration({-1'500'000'000, 6}, 0)), "-00:00:02");
  EXPECT_EQ(duration_to_text(round_duration({kMaxDurationNanos, 6}, 0)), "838:59:59");
}

TEST(Time, DayNumbersCountEveryDay) {
  int64_t day = day_number(1, 1, 1);
  EXPECT_EQ(day, 366);
  TimeFields t{.year = 1, .month = 1, .day = 1};
  for (; t.year < 2101; ++day) {
    ASSERT_EQ(day_number(t.year, t.month, t.day), day);
    TimeFields back = date_of_day_number(day);
    ASSERT_TRUE(back == t) << day;
    ASSERT_EQ(weekday(t), (day + 5) % 7);
    if (static_cast<int>(++t.day) <= days_in_month(t.year, t.month)) continue;
    t.day = 1;
    t.year += t.month / 12;
    t.month = t.month % 12 + 1;
  }
  EXPECT_EQ(day_number(9999, 12, 31), 3652424);
  EXPECT_EQ(weekday(time("2026-11-23").fields), 0);
}

TEST(Time, MicrosecondsReadBack) {
  uint64_t seed = test_seed();
  std::mt19937_64 rng(seed);
  for (int i = 0; i < 5000; ++i) {
    int64_t micros =
        366LL * 86400'000'000 + static_cast<int64_t>(rng() % (3652058ULL * 86400'000'000));
    auto fields = time_of_micros_since_year_0(micros);
    ASSERT_TRUE(fields) << micros;
    EXPECT_EQ(micros_since_year_0(*fields), micros);
  }
  EXPECT_FALSE(time_of_micros_since_year_0(0));
  EXPECT_FALSE(time_of_micros_since_year_0(3652425LL * 86400'000'000));
}

TEST(Time, UnixTimeInAZone) {
  auto zone = *codec::TimeZone::load("+08:00");
  EXPECT_EQ(*unix_micros_of(time("1970-01-01 08:00:01.5"), zone), 1'500'000);
  EXPECT_EQ(time_to_text(time_from_unix_micros(1'500'000, zone, 1)), "1970-01-01 08:00:01.5");
  EXPECT_EQ(time_to_text(time_from_unix_micros(-1, codec::TimeZone(), 6)),
            "1969-12-31 23:59:59.999999");
  EXPECT_FALSE(unix_micros_of(time("0000-00-00"), zone));
  EXPECT_FALSE(unix_micros_of(time("1969-12-31 00:00:00"), zone));
  EXPECT_FALSE(unix_micros_of(time("2040-01-01 00:00:00"), zone));
}

TEST(Time, IntervalsThatLeaveTheCalendar) {
  auto added = [](const char* text, int64_t count, IntervalUnit unit) {
    auto v = add_interval(time(text), *interval_of(count, unit), unit);
    return v ? time_to_text(*v) : "NULL";
  };
  EXPECT_EQ(added("9999-12-31 00:00:00", 1, IntervalUnit::kDay), "NULL");
  EXPECT_EQ(added("9999-12-31 00:00:00", 1, IntervalUnit::kMonth), "NULL");
  EXPECT_EQ(added("0001-01-01 00:00:00", -1, IntervalUnit::kSecond), "NULL");
  EXPECT_EQ(added("2020-01-00 00:00:00", 1, IntervalUnit::kDay), "NULL");
  EXPECT_EQ(added("2020-02-29 00:00:00", -12, IntervalUnit::kMonth), "2019-02-28 00:00:00");
  for (IntervalUnit unit : {IntervalUnit::kMicrosecond, IntervalUnit::kHour, IntervalUnit::kWeek,
                            IntervalUnit::kYear}) {
    int64_t huge = unit == IntervalUnit::kMicrosecond ? 1'000'000'000'000'000'000 : INT64_MAX;
    EXPECT_EQ(added("2020-01-01 00:00:00", huge, unit), "NULL") << interval_unit_name(unit);
  }
  EXPECT_FALSE(parse_interval("1:2:3", IntervalUnit::kMinuteSecond));
  EXPECT_FALSE(parse_interval("99999999999 1", IntervalUnit::kDayHour));
  EXPECT_FALSE(add_interval(DurationValue{0, 0}, *interval_of(839, IntervalUnit::kHour)));
  EXPECT_EQ(duration_to_text(
                *add_interval(DurationValue{0, 0}, *interval_of(-90, IntervalUnit::kMinute))),
            "-01:30:00");
}

TEST(Time, UnitsByName) {
  EXPECT_EQ(interval_unit_of("day_hour"), IntervalUnit::kDayHour);
  EXPECT_FALSE(interval_unit_of("fortnight"));
  for (int i = 0; i <= static_cast<int>(IntervalUnit::kYearMonth); ++i) {
    auto unit = static_cast<IntervalUnit>(i);
    EXPECT_EQ(interval_unit_of(interval_unit_name(unit)), unit);
  }
}

TEST(Time, DurationsAndDays) {
  TimeFields now = time("2020-01-31 15:00:00").fields;
  EXPECT_EQ(time_to_text(*duration_to_time({25 * 3600 * kNanosPerSecond, 0}, now, kTypeDatetime)),
            "2020-02-01 01:00:00");
  EXPECT_EQ(time_to_text(*duration_to_time({-kNanosPerSecond, 0}, now, kTypeDate)), "2020-01-30");
  EXPECT_EQ(duration_to_text(time_of_day(time("2020-01-31 15:00:01.25"))), "15:00:01.25");
  EXPECT_EQ(extract_unit(IntervalUnit::kHourMicrosecond, DurationValue{-3723'000'004'000, 6}),
            -10203000004);
  EXPECT_EQ(format_name("DATE", "usa"), "%m.%d.%Y");
  EXPECT_EQ(format_name("DATETIME", "INTERNAL"), "%Y%m%d%H%i%s");
  EXPECT_EQ(format_name("DATE", "mars"), "");
}

}  // namespace
}  // namespace tbl::tidb
