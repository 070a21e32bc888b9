// DATE_FORMAT, TIME_FORMAT and their kin.
#include <fmt/format.h>

#include <array>
#include <cstdlib>

#include "tidb/types/collation.h"
#include "tidb/types/time_value.h"

namespace tbl::tidb {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kDays = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                   "Friday", "Saturday", "Sunday"};

std::string_view ordinal_suffix(uint32_t day) {
  if (day % 100 / 10 == 1) return "th";
  switch (day % 10) {
    case 1:
      return "st";
    case 2:
      return "nd";
    case 3:
      return "rd";
    default:
      return "th";
  }
}

uint32_t twelve_hours(uint32_t hour) { return hour % 12 == 0 ? 12 : hour % 12; }

/// The letters of the time of day; nothing: another letter. Hours may be beyond 23.
std::optional<std::string> format_clock(char letter, uint32_t hour, const TimeFields& t) {
  std::string_view half = hour % 24 < 12 ? "AM" : "PM";
  switch (letter) {
    case 'f':
      return fmt::format("{:06}", t.microsecond);
    case 'H':
      return fmt::format("{:02}", hour);
    case 'k':
      return fmt::format("{}", hour);
    case 'h':
    case 'I':
      return fmt::format("{:02}", twelve_hours(hour));
    case 'l':
      return fmt::format("{}", twelve_hours(hour));
    case 'i':
      return fmt::format("{:02}", t.minute);
    case 'p':
      return std::string(half);
    case 'r':
      return fmt::format("{:02}:{:02}:{:02} {}", twelve_hours(hour), t.minute, t.second, half);
    case 's':
    case 'S':
      return fmt::format("{:02}", t.second);
    case 'T':
      return fmt::format("{:02}:{:02}:{:02}", hour, t.minute, t.second);
    default:
      return std::nullopt;
  }
}

struct WeekFormat {
  int mode;
  bool year;  ///< the week's year, not its number
};
std::optional<WeekFormat> week_format(char letter) {
  switch (letter) {
    case 'U':
      return WeekFormat{0, false};
    case 'u':
      return WeekFormat{1, false};
    case 'V':
      return WeekFormat{2, false};
    case 'v':
      return WeekFormat{3, false};
    case 'X':
      return WeekFormat{2, true};
    case 'x':
      return WeekFormat{3, true};
    default:
      return std::nullopt;
  }
}

/// False: the date has no such part.
bool append_date_part(std::string& out, char letter, const TimeFields& t) {
  auto to = std::back_inserter(out);
  bool names_day = letter == 'a' || letter == 'W' || letter == 'w' || letter == 'j';
  if (names_day && (t.month == 0 || t.day == 0)) return false;
  if ((letter == 'b' || letter == 'M') && t.month == 0) return false;
  if (auto week = week_format(letter)) {
    if (t.month == 0 || t.day == 0) return false;
    int year = 0;
    int number = week_of(t, week->mode, &year);
    week->year ? fmt::format_to(to, "{:04}", year) : fmt::format_to(to, "{:02}", number);
    return true;
  }
  switch (letter) {
    case 'a':
      out += weekday_name(weekday(t)).substr(0, 3);
      break;
    case 'W':
      out += weekday_name(weekday(t));
      break;
    case 'w':
      fmt::format_to(to, "{}", (weekday(t) + 1) % 7);
      break;
    case 'j':
      fmt::format_to(to, "{:03}", day_of_year(t));
      break;
    case 'b':
      out += month_name(t.month).substr(0, 3);
      break;
    case 'M':
      out += month_name(t.month);
      break;
    case 'c':
      fmt::format_to(to, "{}", t.month);
      break;
    case 'm':
      fmt::format_to(to, "{:02}", t.month);
      break;
    case 'D':
      fmt::format_to(to, "{}{}", t.day, ordinal_suffix(t.day));
      break;
    case 'd':
      fmt::format_to(to, "{:02}", t.day);
      break;
    case 'e':
      fmt::format_to(to, "{}", t.day);
      break;
    case 'Y':
      fmt::format_to(to, "{:04}", t.year);
      break;
    case 'y':
      fmt::format_to(to, "{:02}", t.year % 100);
      break;
    default:
      out += letter;
  }
  return true;
}

}  // namespace

std::string_view month_name(uint32_t month) { return kMonths[(month - 1) % kMonths.size()]; }
std::string_view weekday_name(int weekday) { return kDays[static_cast<size_t>(weekday) % 7]; }

std::optional<std::string> format_time(const TimeFields& t, std::string_view format) {
  std::string out;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 == format.size()) {
      out += format[i];
      continue;
    }
    char letter = format[++i];
    if (auto clock = format_clock(letter, t.hour, t)) {
      out += *clock;
    } else if (!append_date_part(out, letter, t)) {
      return std::nullopt;
    }
  }
  return out;
}

std::string format_duration(const DurationValue& v, std::string_view format) {
  int64_t micros = std::abs(v.nanoseconds) / 1000;
  int64_t seconds = micros / 1'000'000;
  TimeFields t{.minute = static_cast<uint32_t>(seconds % 3600 / 60),
               .second = static_cast<uint32_t>(seconds % 60),
               .microsecond = static_cast<uint32_t>(micros % 1'000'000)};
  auto hour = static_cast<uint32_t>(seconds / 3600);
  // MySQL writes the sign once, before whatever the format begins with.
  std::string out = v.nanoseconds < 0 ? "-" : "";
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 == format.size()) {
      out += format[i];
      continue;
    }
    char letter = format[++i];
    auto clock = format_clock(letter, hour, t);
    if (clock) {
      out += *clock;
    } else {
      TimeFields none;
      append_date_part(out, letter, none);
    }
  }
  return out;
}

std::string_view format_name(std::string_view kind, std::string_view locale) {
  struct Format {
    std::string_view locale;
    std::string_view date;
    std::string_view datetime;
    std::string_view time;
  };
  static constexpr Format kFormats[] = {
      {"USA", "%m.%d.%Y", "%Y-%m-%d %H.%i.%s", "%h:%i:%s %p"},
      {"JIS", "%Y-%m-%d", "%Y-%m-%d %H:%i:%s", "%H:%i:%s"},
      {"ISO", "%Y-%m-%d", "%Y-%m-%d %H:%i:%s", "%H:%i:%s"},
      {"EUR", "%d.%m.%Y", "%Y-%m-%d %H.%i.%s", "%H.%i.%s"},
      {"INTERNAL", "%Y%m%d", "%Y%m%d%H%i%s", "%H%i%s"},
  };
  for (const Format& f : kFormats) {
    if (!equal_ignoring_case(f.locale, locale)) continue;
    if (equal_ignoring_case(kind, "DATE")) return f.date;
    if (equal_ignoring_case(kind, "TIME")) return f.time;
    return f.datetime;
  }
  return {};
}

}  // namespace tbl::tidb
