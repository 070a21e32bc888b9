// Dates and times as TiDB stores them: packed time (uint64), core time (inside JSON), durations
// (int64 ns).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tbl::codec {

/// The parts of a date and time. Nothing says that they make a real date: zero months and days are
/// legal.
struct TimeFields {
  uint32_t year = 0;
  uint32_t month = 0;
  uint32_t day = 0;
  uint32_t hour = 0;
  uint32_t minute = 0;
  uint32_t second = 0;
  uint32_t microsecond = 0;

  bool operator==(const TimeFields&) const = default;
};

/// DATE, DATETIME and TIMESTAMP values: sortable as integers; 0 is 0000-00-00 00:00:00. Any integer
/// unpacks.
uint64_t pack_time(const TimeFields& t);
TimeFields unpack_time(uint64_t packed);
/// The 64-bit field of dates inside JSON.
uint64_t pack_core_time(const TimeFields& t);
TimeFields unpack_core_time(uint64_t core);

/// Seconds since 1970-01-01 00:00:00 of a date taken as UTC (proleptic Gregorian), and back.
int64_t unix_seconds(const TimeFields& t);
TimeFields time_from_unix(int64_t seconds, uint32_t microsecond);

/// "2020-02-03".
void append_date(std::string& out, const TimeFields& t);
/// "2020-02-03 04:05:06[.ffffff]" with `fsp` digits; an fsp outside 1 to 6 gives none. Digits are
/// cut, not rounded.
void append_datetime(std::string& out, const TimeFields& t, int fsp);
/// "[-]hh:mm:ss[.ffffff]", hours with at least two digits.
void append_duration(std::string& out, int64_t nanoseconds, int fsp);

/// Reads "2020-02-03", "2020-02-03 04:05:06" or with a fraction (also 'T' between); false if it is
/// none. The fraction is cut to microseconds. Fields are limited to their
/// digits' usual range, the day is not checked against the month.
bool parse_datetime(std::string_view text, TimeFields* t);
/// Reads "[-]hhh:mm:ss[.ffffff]" or "hh:mm"; false if it is none or beyond 838:59:59.
bool parse_duration(std::string_view text, int64_t* nanoseconds);

}  // namespace tbl::codec
