// STR_TO_DATE.
#include <algorithm>

#include "tidb/types/collation.h"
#include "tidb/types/time_value.h"

namespace tbl::tidb {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_punct(char c) { return c > ' ' && c < 0x7f && !is_digit(c) && !is_alpha(c); }

/// Reads a text by a format, letter by letter.
class FormatReader {
 public:
  explicit FormatReader(std::string_view text) : rest_(text) {}

  std::optional<FormattedTime> read(std::string_view format) {
    if (!follow(format)) return std::nullopt;
    skip_blanks();
    out_.truncated = !rest_.empty();
    if (!finish()) return std::nullopt;
    return out_;
  }

 private:
  void skip_blanks() {
    while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
  }

  /// True: everything the format asks for is there (the text may end before the format does).
  bool follow(std::string_view format) {
    for (size_t i = 0; i < format.size(); ++i) {
      skip_blanks();
      if (rest_.empty()) return true;
      if (format[i] == '%' && i + 1 < format.size()) {
        if (!take_part(format[++i])) return false;
      } else if (!is_blank(format[i])) {
        if (rest_.front() != format[i]) return false;
        rest_.remove_prefix(1);
      }
    }
    return true;
  }

  bool take_number(size_t most, uint32_t limit, uint32_t* out) {
    size_t n = 0;
    uint32_t v = 0;
    while (n < most && n < rest_.size() && is_digit(rest_[n])) {
      v = v * 10 + static_cast<uint32_t>(rest_[n++] - '0');
    }
    if (n == 0 || v > limit) return false;
    rest_.remove_prefix(n);
    *out = v;
    return true;
  }

  bool take_word(std::string_view word) {
    if (rest_.size() < word.size() || !equal_ignoring_case(rest_.substr(0, word.size()), word)) {
      return false;
    }
    rest_.remove_prefix(word.size());
    return true;
  }

  bool take_month_name(bool whole) {
    for (uint32_t month = 1; month <= 12; ++month) {
      std::string_view name = month_name(month);
      if (take_word(whole ? name : name.substr(0, 3))) {
        out_.fields.month = month;
        return true;
      }
    }
    return false;
  }

  bool take_weekday_name(bool whole) {
    for (int day = 0; day < 7; ++day) {
      std::string_view name = weekday_name(day);
      if (take_word(whole ? name : name.substr(0, 3))) {
        weekday_ = day;
        return true;
      }
    }
    return false;
  }

  bool take_part(char letter) {
    constexpr std::string_view kClockLetters = "fHkhIlipsSrT";
    if (kClockLetters.find(letter) != std::string_view::npos) {
      out_.has_time = true;
      return take_clock_part(letter);
    }
    constexpr std::string_view kDateLetters = "YymcMbdeDjaWwUuVvXx";
    if (kDateLetters.find(letter) != std::string_view::npos) {
      out_.has_date = true;
      return take_date_part(letter);
    }
    return take_other(letter);
  }

  bool take_date_part(char letter) {
    TimeFields& t = out_.fields;
    switch (letter) {
      case 'Y':
        return take_year();
      case 'y':
        if (!take_number(2, 99, &t.year)) return false;
        t.year += t.year < 70 ? 2000 : 1900;
        return true;
      case 'm':
      case 'c':
        return take_number(2, 12, &t.month);
      case 'M':
        return take_month_name(true);
      case 'b':
        return take_month_name(false);
      case 'd':
      case 'e':
        return take_number(2, 31, &t.day);
      case 'D':
        if (!take_number(2, 31, &t.day)) return false;
        rest_.remove_prefix(std::min<size_t>(2, rest_.size()));
        return true;
      case 'j':
        return take_number(3, 366, &day_of_year_) && day_of_year_ > 0;
      case 'a':
        return take_weekday_name(false);
      case 'W':
        return take_weekday_name(true);
      default:
        return take_week_part(letter);
    }
  }

  bool take_year() {
    size_t before = rest_.size();
    if (!take_number(4, 9999, &out_.fields.year)) return false;
    if (before - rest_.size() <= 2) out_.fields.year += out_.fields.year < 70 ? 2000 : 1900;
    return true;
  }

  bool take_week_part(char letter) {
    uint32_t number = 0;
    switch (letter) {
      case 'w':
        if (!take_number(1, 6, &number)) return false;
        weekday_ = static_cast<int>((number + 6) % 7);
        return true;
      case 'X':
      case 'x':
        return take_number(4, 9999, &week_year_);
      default:
        week_monday_first_ = letter == 'u' || letter == 'v';
        week_strict_ = letter == 'V' || letter == 'v';
        if (!take_number(2, 53, &number)) return false;
        week_ = static_cast<int>(number);
        return true;
    }
  }

  bool take_clock_part(char letter) {
    TimeFields& t = out_.fields;
    switch (letter) {
      case 'H':
      case 'k':
        return take_number(2, 23, &t.hour);
      case 'h':
      case 'I':
      case 'l':
        twelve_hours_ = true;
        return take_number(2, 12, &t.hour) && t.hour > 0;
      case 'i':
        return take_number(2, 59, &t.minute);
      case 's':
      case 'S':
        return take_number(2, 59, &t.second);
      case 'f':
        return take_fraction();
      case 'p':
        return take_half();
      case 'r':
        return follow("%I:%i:%S %p");
      default:
        return follow("%H:%i:%S");
    }
  }

  bool take_fraction() {
    size_t n = 0;
    while (n < 6 && n < rest_.size() && is_digit(rest_[n])) ++n;
    uint32_t v = 0;
    if (!take_number(6, 999999, &v)) return false;
    for (; n < 6; ++n) v *= 10;
    out_.fields.microsecond = v;
    out_.has_micro = true;
    return true;
  }

  bool take_half() {
    if (take_word("AM")) {
      afternoon_ = false;
    } else if (take_word("PM")) {
      afternoon_ = true;
    } else {
      return false;
    }
    has_half_ = true;
    return true;
  }

  /// %. skips punctuation, %@ letters, %# digits.
  bool take_other(char letter) {
    if (letter == '%') return take_word("%");
    bool (*skipped)(char) = nullptr;
    if (letter == '.') skipped = is_punct;
    if (letter == '@') skipped = is_alpha;
    if (letter == '#') skipped = is_digit;
    if (skipped == nullptr) return false;
    while (!rest_.empty() && skipped(rest_.front())) rest_.remove_prefix(1);
    return true;
  }

  /// Twelve hours, days of the year and weeks become fields.
  bool finish() {
    TimeFields& t = out_.fields;
    if (has_half_ && !twelve_hours_) return false;
    if (twelve_hours_) t.hour = t.hour % 12 + (afternoon_ ? 12 : 0);
    if (day_of_year_ > 0) set_date(day_number(t.year, 1, 1) + day_of_year_ - 1);
    if (week_ >= 0 && weekday_ >= 0) return finish_week();
    return true;
  }

  /// The year, the week of it and the weekday.
  bool finish_week() {
    uint32_t year = week_strict_ ? week_year_ : out_.fields.year;
    int mode = (week_monday_first_ ? 1 : 0) | (week_strict_ ? 2 : 0);
    // Some day of week 1 is among the first seven days; from there on by whole weeks.
    int64_t new_year = day_number(year, 1, 1);
    for (int64_t day = new_year - 7; day < new_year + 7; ++day) {
      TimeFields t = date_of_day_number(day);
      int in_year = 0;
      if (weekday(t) != weekday_) continue;
      int number = week_of(t, mode | 2, &in_year);
      if (number != 1 || in_year != static_cast<int>(year)) continue;
      set_date(day + (int64_t{week_} - 1) * 7);
      return out_.fields.month != 0;
    }
    return false;
  }

  void set_date(int64_t day) {
    TimeFields date = date_of_day_number(day);
    out_.fields.year = date.year;
    out_.fields.month = date.month;
    out_.fields.day = date.day;
  }

  std::string_view rest_;
  FormattedTime out_;
  bool twelve_hours_ = false;
  bool has_half_ = false;
  bool afternoon_ = false;
  uint32_t day_of_year_ = 0;
  int weekday_ = -1;
  int week_ = -1;
  uint32_t week_year_ = 0;
  bool week_monday_first_ = false;
  bool week_strict_ = false;
};

}  // namespace

std::optional<FormattedTime> parse_formatted(std::string_view text, std::string_view format) {
  return FormatReader(text).read(format);
}

}  // namespace tbl::tidb
