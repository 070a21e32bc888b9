// The calendar: day numbers, weekdays, weeks.
#include <algorithm>

#include "tidb/types/time_value.h"

namespace tbl::tidb {
namespace {

constexpr int64_t kDayOf1970 = 719528;
constexpr int64_t kSecondsPerDay = 86400;
constexpr int64_t kFirstDay = 366;     ///< 0001-01-01: FROM_DAYS knows no earlier one
constexpr int64_t kLastDay = 3652424;  ///< 9999-12-31
constexpr int64_t kMicrosPerDay = kSecondsPerDay * 1'000'000;

/// The day on which week 1 of the year begins.
int64_t first_week_start(uint32_t year, bool monday_first, bool by_first_weekday) {
  int64_t new_year = day_number(year, 1, 1);
  // Days from the start of New Year's week until New Year. Day number 0 mod 7 is a Saturday.
  int64_t into_week = (new_year + (monday_first ? 5 : 6)) % 7;
  if (into_week == 0) return new_year;
  bool counts = !by_first_weekday && into_week < 4;  // at least four of its days are in the year
  return new_year - into_week + (counts ? 0 : 7);
}

}  // namespace

int days_in_month(uint32_t year, uint32_t month) {
  constexpr int kDays[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month > 12) return 0;
  return month == 2 && is_leap_year(year) ? 29 : kDays[month];
}

bool is_real_date(const TimeFields& t) {
  return t.month >= 1 && t.month <= 12 && t.day >= 1 &&
         static_cast<int>(t.day) <= days_in_month(t.year, t.month);
}

int64_t day_number(uint32_t year, uint32_t month, uint32_t day) {
  if (year == 0 && month == 0) return day;
  // Day 0 and days past the month's end count on from its first day; month 0 is December before.
  TimeFields first{.year = year, .month = std::max(month, 1u), .day = 1};
  int64_t number = kDayOf1970 + codec::unix_seconds(first) / kSecondsPerDay;
  if (year == 0 && first.month <= 2) ++number;  // MySQL's year 0 has no 29th of February
  if (month == 0) number -= 31;
  return number + day - 1;
}

TimeFields date_of_day_number(int64_t days) {
  if (days < kFirstDay || days > kLastDay) return {};
  return codec::time_from_unix((days - kDayOf1970) * kSecondsPerDay, 0);
}

int weekday(const TimeFields& t) {
  return static_cast<int>((day_number(t.year, t.month, t.day) + 5) % 7);
}

int day_of_year(const TimeFields& t) {
  return static_cast<int>(day_number(t.year, t.month, t.day) - day_number(t.year, 1, 1) + 1);
}

int week_of(const TimeFields& t, int mode, int* year) {
  bool monday_first = (mode & 1) != 0;
  bool in_its_year = (mode & 2) != 0;  // else days before week 1 are in week 0
  bool by_first_weekday = ((mode & 4) != 0) == monday_first;
  auto start = [&](uint32_t y) { return first_week_start(y, monday_first, by_first_weekday); };
  int64_t day = day_number(t.year, t.month, t.day);
  uint32_t week_year = t.year;
  if (in_its_year && day >= start(t.year + 1)) {
    ++week_year;
  } else if (day < start(t.year)) {
    if (!in_its_year || t.year == 0) {
      if (year != nullptr) *year = static_cast<int>(t.year);
      return 0;
    }
    --week_year;
  }
  if (year != nullptr) *year = static_cast<int>(week_year);
  return static_cast<int>((day - start(week_year)) / 7 + 1);
}

int64_t micros_since_year_0(const TimeFields& t) {
  int64_t seconds = day_number(t.year, t.month, t.day) * kSecondsPerDay + int64_t{t.hour} * 3600 +
                    int64_t{t.minute} * 60 + t.second;
  return seconds * 1'000'000 + t.microsecond;
}

std::optional<TimeFields> time_of_micros_since_year_0(int64_t micros) {
  if (micros < kFirstDay * kMicrosPerDay || micros >= (kLastDay + 1) * kMicrosPerDay) {
    return std::nullopt;
  }
  int64_t unix_micros = micros - kDayOf1970 * kMicrosPerDay;
  int64_t fraction = (unix_micros % 1'000'000 + 1'000'000) % 1'000'000;
  return codec::time_from_unix((unix_micros - fraction) / 1'000'000,
                               static_cast<uint32_t>(fraction));
}

}  // namespace tbl::tidb
