#include "codec/time.h"

#include <algorithm>

namespace tbl::codec {

namespace {

constexpr uint64_t kMicro = 1'000'000;

void append_two(std::string& out, uint32_t v) {
  out += static_cast<char>('0' + v / 10 % 10);
  out += static_cast<char>('0' + v % 10);
}

void append_number(std::string& out, uint64_t v, size_t width) {
  char buf[20];
  size_t n = 0;
  do {
    buf[n++] = static_cast<char>('0' + v % 10);
    v /= 10;
  } while (v != 0);
  while (n < width) buf[n++] = '0';
  std::reverse(buf, buf + n);
  out.append(buf, n);
}

void append_fraction(std::string& out, uint32_t microsecond, int fsp) {
  if (fsp < 1) return;
  out += '.';
  size_t begin = out.size();
  append_number(out, microsecond, 6);
  out.resize(begin + static_cast<size_t>(std::min(fsp, 6)));
}

void append_clock(std::string& out, const TimeFields& t) {
  append_two(out, t.hour);
  out += ':';
  append_two(out, t.minute);
  out += ':';
  append_two(out, t.second);
}

/// Takes numbers and separators off the front of a text.
class TextReader {
 public:
  explicit TextReader(std::string_view text) : rest_(text) {}
  bool done() const { return rest_.empty(); }
  bool eat(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool number(size_t max_digits, uint32_t max, uint32_t* v) {
    size_t n = 0;
    *v = 0;
    while (n < rest_.size() && n < max_digits && rest_[n] >= '0' && rest_[n] <= '9') {
      *v = *v * 10 + static_cast<uint32_t>(rest_[n++] - '0');
    }
    rest_.remove_prefix(n);
    return n > 0 && *v <= max;
  }
  /// Digits behind a point, cut to microseconds.
  bool fraction(uint32_t* microsecond) {
    size_t n = 0;
    *microsecond = 0;
    for (; n < rest_.size() && rest_[n] >= '0' && rest_[n] <= '9'; ++n) {
      if (n < 6) *microsecond = *microsecond * 10 + static_cast<uint32_t>(rest_[n] - '0');
    }
    for (size_t i = n; i < 6; ++i) *microsecond *= 10;
    rest_.remove_prefix(n);
    return true;
  }

 private:
  std::string_view rest_;
};

bool read_clock(TextReader& in, TimeFields* t) {
  if (!in.number(2, 23, &t->hour) || !in.eat(':') || !in.number(2, 59, &t->minute)) return false;
  if (!in.eat(':')) return true;
  if (!in.number(2, 59, &t->second)) return false;
  return !in.eat('.') || in.fraction(&t->microsecond);
}

}  // namespace

uint64_t pack_time(const TimeFields& t) {
  uint64_t ymd = (t.year * 13ull + t.month) << 5 | t.day;
  uint64_t hms = t.hour << 12 | t.minute << 6 | t.second;
  return (ymd << 17 | hms) << 24 | t.microsecond;
}

TimeFields unpack_time(uint64_t packed) {
  auto ymd = static_cast<uint32_t>(packed >> 41);
  auto hms = static_cast<uint32_t>(packed >> 24) & 0x1ffff;
  uint32_t ym = ymd >> 5;
  return {.year = ym / 13,
          .month = ym % 13,
          .day = ymd & 31,
          .hour = hms >> 12,
          .minute = hms >> 6 & 63,
          .second = hms & 63,
          .microsecond = static_cast<uint32_t>(packed & 0xffffff)};
}

uint64_t pack_core_time(const TimeFields& t) {
  return static_cast<uint64_t>(t.year) << 50 | static_cast<uint64_t>(t.month) << 46 |
         static_cast<uint64_t>(t.day) << 41 | static_cast<uint64_t>(t.hour) << 36 |
         static_cast<uint64_t>(t.minute) << 30 | static_cast<uint64_t>(t.second) << 24 |
         static_cast<uint64_t>(t.microsecond) << 4;
}

TimeFields unpack_core_time(uint64_t core) {
  auto bits = [core](int shift, int width) {
    return static_cast<uint32_t>(core >> shift & ((1ull << width) - 1));
  };
  return {.year = bits(50, 14),
          .month = bits(46, 4),
          .day = bits(41, 5),
          .hour = bits(36, 5),
          .minute = bits(30, 6),
          .second = bits(24, 6),
          .microsecond = bits(4, 20)};
}

int64_t unix_seconds(const TimeFields& t) {
  // Years that begin in March end with the leap day; 400 of them are always 146097 days.
  int64_t month = (static_cast<int64_t>(t.month) + 9) % 12;
  int64_t year = static_cast<int64_t>(t.year) - (t.month <= 2 ? 1 : 0);
  int64_t era = (year >= 0 ? year : year - 399) / 400;
  int64_t of_era = year - era * 400;
  int64_t day_of_year = (153 * month + 2) / 5 + static_cast<int64_t>(t.day) - 1;
  int64_t days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719468;
  return days * 86400 + t.hour * 3600ll + t.minute * 60ll + t.second;
}

TimeFields time_from_unix(int64_t seconds, uint32_t microsecond) {
  int64_t days = seconds / 86400;
  int64_t clock = seconds % 86400;
  if (clock < 0) {
    clock += 86400;
    --days;
  }
  days += 719468;
  int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  int64_t of_era = days - era * 146097;
  int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  int64_t day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t month = (5 * day_of_year + 2) / 153;
  int64_t year = year_of_era + era * 400 + (month >= 10 ? 1 : 0);
  return {.year = static_cast<uint32_t>(std::max<int64_t>(year, 0)),
          .month = static_cast<uint32_t>(month < 10 ? month + 3 : month - 9),
          .day = static_cast<uint32_t>(day_of_year - (153 * month + 2) / 5 + 1),
          .hour = static_cast<uint32_t>(clock / 3600),
          .minute = static_cast<uint32_t>(clock / 60 % 60),
          .second = static_cast<uint32_t>(clock % 60),
          .microsecond = microsecond};
}

void append_date(std::string& out, const TimeFields& t) {
  append_number(out, t.year, 4);
  out += '-';
  append_two(out, t.month);
  out += '-';
  append_two(out, t.day);
}

void append_datetime(std::string& out, const TimeFields& t, int fsp) {
  append_date(out, t);
  out += ' ';
  append_clock(out, t);
  append_fraction(out, t.microsecond, fsp);
}

void append_duration(std::string& out, int64_t nanoseconds, int fsp) {
  uint64_t ns = static_cast<uint64_t>(nanoseconds);
  if (nanoseconds < 0) {
    out += '-';
    ns = 0 - ns;
  }
  uint64_t micros = ns / 1000;
  uint64_t seconds = micros / kMicro;
  append_number(out, seconds / 3600, 2);
  out += ':';
  append_two(out, static_cast<uint32_t>(seconds / 60 % 60));
  out += ':';
  append_two(out, static_cast<uint32_t>(seconds % 60));
  append_fraction(out, static_cast<uint32_t>(micros % kMicro), fsp);
}

bool parse_datetime(std::string_view text, TimeFields* t) {
  TextReader in(text);
  *t = {};
  if (!in.number(4, 9999, &t->year) || !in.eat('-') || !in.number(2, 12, &t->month)) return false;
  if (!in.eat('-') || !in.number(2, 31, &t->day)) return false;
  if (in.done()) return true;
  if (!in.eat(' ') && !in.eat('T')) return false;
  return read_clock(in, t) && in.done();
}

bool parse_duration(std::string_view text, int64_t* nanoseconds) {
  TextReader in(text);
  bool negative = in.eat('-');
  uint32_t hour = 0;
  uint32_t minute = 0;
  uint32_t second = 0;
  uint32_t micro = 0;
  if (!in.number(3, 838, &hour) || !in.eat(':') || !in.number(2, 59, &minute)) return false;
  if (in.eat(':')) {
    if (!in.number(2, 59, &second)) return false;
    if (in.eat('.')) in.fraction(&micro);
  }
  if (!in.done()) return false;
  int64_t seconds = hour * 3600ll + minute * 60ll + second;
  *nanoseconds = (seconds * static_cast<int64_t>(kMicro) + micro) * 1000;
  if (negative) *nanoseconds = -*nanoseconds;
  return true;
}

}  // namespace tbl::codec
