// Literals of dates, times and durations, as texts and as numbers.
#include <algorithm>
#include <array>

#include "tidb/types/time_value.h"

namespace tbl::tidb {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_punct(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
         (c >= '{' && c <= '~');
}

/// A fraction of a second: ten millionths, so that the seventh digit can round.
struct Fraction {
  int64_t ten_millionths = 0;
  int digits = 0;
};

/// A text being read from left to right.
struct Scanner {
  std::string_view rest;

  bool done() const { return rest.empty(); }
  char peek() const { return rest.empty() ? '\0' : rest.front(); }
  void skip_blanks() {
    while (!rest.empty() && is_blank(rest.front())) rest.remove_prefix(1);
  }
  bool take(char c) {
    if (peek() != c || rest.empty()) return false;
    rest.remove_prefix(1);
    return true;
  }
  size_t digit_run() const {
    size_t n = 0;
    while (n < rest.size() && is_digit(rest[n])) ++n;
    return n;
  }
  /// Up to `most` digits as a number, clipped at a value no field takes.
  int64_t take_number(size_t most, size_t* length) {
    constexpr int64_t kTooLarge = 100'000'000'000'000;
    size_t n = std::min(most, digit_run());
    int64_t v = 0;
    for (char c : rest.substr(0, n)) v = std::min(kTooLarge, v * 10 + (c - '0'));
    rest.remove_prefix(n);
    *length = n;
    return v;
  }
  /// The digits after a point.
  Fraction take_fraction() {
    Fraction f;
    int64_t unit = 1'000'000;
    for (; is_digit(peek()); rest.remove_prefix(1)) {
      f.ten_millionths += (rest.front() - '0') * unit;
      unit /= 10;
      ++f.digits;
    }
    f.digits = std::min(f.digits, kMaxFsp);
    return f;
  }
};

/// What a date literal's text says, before it means anything.
struct ScannedTime {
  std::array<int64_t, 6> parts{};
  size_t count = 0;
  size_t year_digits = 0;
  Fraction fraction;
  bool has_blank = false;      ///< between date and time (or 'T')
  bool has_delimiter = false;  ///< some other character between parts
  bool leftover = false;
};

constexpr size_t kDay = 2;
constexpr size_t kSecond = 5;

/// Takes what may stand between part `index` and the next one.
void take_delimiters(Scanner& in, size_t index, ScannedTime* out) {
  if (index == kDay && in.peek() == 'T') {
    in.take('T');
    out->has_blank = true;
    return;
  }
  for (; !in.done(); in.rest.remove_prefix(1)) {
    if (is_punct(in.peek())) {
      out->has_delimiter = true;
    } else if (is_blank(in.peek()) && index == kDay) {
      out->has_blank = true;
    } else {
      return;
    }
  }
}

/// How many digits the year has at most: of digits without delimiters it depends on their number.
size_t year_digits_of(std::string_view text) {
  size_t n = 0;
  while (n < text.size() && (is_digit(text[n]) || text[n] == 'T')) ++n;
  bool has_delimiters = n != text.size() && text[n] != '.';
  return has_delimiters || n == 4 || n == 8 || n >= 14 ? 4 : 2;
}

bool scan_time(std::string_view text, ScannedTime* out) {
  Scanner in{text};
  in.skip_blanks();
  if (!is_digit(in.peek())) return false;
  while (!in.rest.empty() && is_blank(in.rest.back())) in.rest.remove_suffix(1);
  size_t year_digits = year_digits_of(in.rest);
  while (out->count < 6 && is_digit(in.peek())) {
    size_t i = out->count;
    size_t length = 0;
    out->parts[i] = in.take_number(i == 0 ? year_digits : 2, &length);
    if (i == 0) out->year_digits = length;
    ++out->count;
    if (i == kSecond) break;
    take_delimiters(in, i, out);
  }
  bool may_have_fraction = out->count == 6;
  if (may_have_fraction && in.take('.')) out->fraction = in.take_fraction();
  in.skip_blanks();
  out->leftover = !in.done();
  return true;
}

/// 70 is 1970, 69 is 2069.
int64_t full_year(int64_t two_digits) { return two_digits + (two_digits < 70 ? 2000 : 1900); }

bool fields_of(const ScannedTime& scanned, TimeFields* t) {
  if (scanned.count < 3) return false;
  auto part = [&](size_t i) { return static_cast<uint32_t>(scanned.parts[i]); };
  *t = {part(0), part(1), part(2), part(3), part(4), part(5), 0};
  bool all_zero = std::ranges::all_of(scanned.parts, [](int64_t v) { return v == 0; });
  if (scanned.year_digits <= 2 && !all_zero) t->year = static_cast<uint32_t>(full_year(t->year));
  return t->month <= 12 && t->day <= 31 && t->hour <= 23 && t->minute <= 59 && t->second <= 59;
}

/// The fields with the fraction, rounded.
std::optional<TimeValue> finish_time(const TimeFields& t, const Fraction& fraction, uint8_t type,
                                     int fsp) {
  TimeValue v{t, type, kMaxFsp};
  if (type == schema::kTypeDate) return time_to_type(v, type);
  if (fsp < 0) fsp = fraction.digits;
  // Cut to microseconds, except that the seventh digit rounds them.
  int64_t micros = fraction.ten_millionths / 10;
  if (fsp == kMaxFsp && fraction.ten_millionths % 10 >= 5) ++micros;
  v.fields.microsecond = static_cast<uint32_t>(micros);
  return round_time(v, fsp);
}

}  // namespace

std::optional<ParsedTime> parse_time(std::string_view text, uint8_t type, int fsp) {
  ScannedTime scanned;
  TimeFields fields;
  if (!scan_time(text, &scanned) || !fields_of(scanned, &fields)) return std::nullopt;
  auto value = finish_time(fields, scanned.fraction, type, fsp);
  if (!value) return std::nullopt;
  return ParsedTime{*value, scanned.leftover};
}

namespace {

/// yymmddhhmmss with the century of its two-digit year; -1: no date.
int64_t with_century(int64_t number, int64_t unit) {
  int64_t year = number / unit;
  if (year <= 69) return number + 2000 * unit;
  if (year <= 99) return number + 1900 * unit;
  return -1;
}

/// yyyymmddhhmmss of a number that stands for a date; -1: none.
int64_t datetime_digits(int64_t number) {
  constexpr int64_t kDateUnit = 10'000;          // below the year in yymmdd
  constexpr int64_t kTimeUnit = 10'000'000'000;  // the same in yymmddhhmmss
  constexpr int64_t kTimeOfDay = 1'000'000;
  if (number == 0 || number >= 1000'01'01'00'00'00) return number;
  if (number < 101) return -1;
  if (number <= 99'12'31) {
    int64_t date = with_century(number, kDateUnit);
    return date < 0 ? -1 : date * kTimeOfDay;
  }
  if (number < 1000'01'01) return -1;
  if (number <= 9999'12'31) return number * kTimeOfDay;
  if (number < 1'01'00'00'00) return -1;
  return number <= 99'12'31'23'59'59 ? with_century(number, kTimeUnit) : -1;
}

}  // namespace

std::optional<TimeValue> time_from_number(int64_t number, uint8_t type, int fsp) {
  int64_t digits = number < 0 ? -1 : datetime_digits(number);
  if (digits < 0 || digits > 9999'12'31'23'59'59) return std::nullopt;
  auto part = [&](int64_t unit, int64_t size) {
    return static_cast<uint32_t>(digits / unit % size);
  };
  TimeFields t{.year = part(10'000'000'000, 10000),
               .month = part(100'000'000, 100),
               .day = part(1'000'000, 100),
               .hour = part(10'000, 100),
               .minute = part(100, 100),
               .second = part(1, 100)};
  if (t.month > 12 || t.day > 31 || t.hour > 23 || t.minute > 59 || t.second > 59) {
    return std::nullopt;
  }
  return finish_time(t, {}, type, std::max(fsp, 0));
}

namespace {

std::optional<ParsedDuration> finish_duration(int64_t seconds, const Fraction& fraction,
                                              bool negative, int fsp) {
  ParsedDuration out;
  if (fsp < 0) fsp = fraction.digits;
  int64_t nanos = 0;
  constexpr int64_t kMaxSeconds = kMaxDurationNanos / kNanosPerSecond;
  if (seconds <= kMaxSeconds) nanos = seconds * kNanosPerSecond + fraction.ten_millionths * 100;
  if (seconds > kMaxSeconds || nanos > kMaxDurationNanos) {
    nanos = kMaxDurationNanos;
    out.clipped = true;
  }
  out.value = round_duration({negative ? -nanos : nanos, kMaxFsp}, fsp);
  return out;
}

/// A text of a whole date and time: the time of day counts.
std::optional<ParsedDuration> duration_of_datetime(std::string_view text, int fsp) {
  ScannedTime scanned;
  TimeFields t;
  if (!scan_time(text, &scanned) || !fields_of(scanned, &t)) return std::nullopt;
  if (scanned.has_delimiter && !scanned.has_blank) return std::nullopt;
  int64_t seconds = int64_t{t.hour} * 3600 + t.minute * 60 + t.second;
  auto out = finish_duration(seconds, scanned.fraction, false, fsp);
  if (out) out->truncated = scanned.leftover;
  return out;
}

/// hhmmss.
bool seconds_of_compact(int64_t number, int64_t* seconds) {
  if (number % 100 > 59 || number / 100 % 100 > 59) return false;
  *seconds = number / 10000 * 3600 + number / 100 % 100 * 60 + number % 100;
  return true;
}

/// "[d ]h[:m[:s]]" or "hhmmss"; false: no such time.
bool scan_clock(Scanner& in, int64_t* seconds) {
  size_t length = 0;
  int64_t first = in.take_number(20, &length);
  if (length == 0 && in.peek() != ':' && in.peek() != '.') return false;
  int64_t days = 0;
  bool has_days = false;
  Scanner ahead = in;
  ahead.skip_blanks();
  if (length != 0 && is_blank(in.peek()) && is_digit(ahead.peek())) {
    has_days = true;
    days = first;
    in = ahead;
    first = in.take_number(20, &length);
  }
  if (!has_days && in.peek() != ':') return seconds_of_compact(first, seconds);
  int64_t clock = first * 3600;
  for (int64_t unit : {60, 1}) {
    Scanner after = in;
    if (!after.take(':') || !is_digit(after.peek())) break;
    int64_t v = after.take_number(20, &length);
    if (v > 59) return false;
    clock += v * unit;
    in = after;
  }
  *seconds = days * 86400 + clock;
  return true;
}

}  // namespace

std::optional<ParsedDuration> parse_sql_duration(std::string_view text, int fsp) {
  Scanner in{text};
  in.skip_blanks();
  bool negative = in.take('-');
  constexpr size_t kShortestDatetime = 12;
  if (!negative && in.rest.size() >= kShortestDatetime) {
    if (auto out = duration_of_datetime(in.rest, fsp)) return out;
  }
  int64_t seconds = 0;
  if (!scan_clock(in, &seconds)) return std::nullopt;
  Fraction fraction;
  if (in.take('.')) fraction = in.take_fraction();
  in.skip_blanks();
  auto out = finish_duration(seconds, fraction, negative, fsp);
  if (out) out->truncated = !in.done();
  return out;
}

std::optional<ParsedDuration> duration_from_number(int64_t number, int fsp) {
  bool negative = number < 0;
  constexpr int64_t kLargest = 8385959;
  constexpr int64_t kSmallestDatetime = 10'000'000'000;
  int64_t magnitude = negative ? -std::max(number, -kSmallestDatetime) : number;
  if (!negative && magnitude >= kSmallestDatetime) {
    auto time = time_from_number(number, schema::kTypeDatetime, 0);
    if (time)
      return finish_duration(time_of_day(*time).nanoseconds / kNanosPerSecond, {}, false,
                             std::max(fsp, 0));
  }
  int64_t seconds = 0;
  if (magnitude > kLargest) {
    seconds = kMaxDurationNanos / kNanosPerSecond + 1;
  } else if (!seconds_of_compact(magnitude, &seconds)) {
    return std::nullopt;
  }
  return finish_duration(seconds, {}, negative, std::max(fsp, 0));
}

}  // namespace tbl::tidb
