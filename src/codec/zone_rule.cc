#include "codec/zone_rule.h"

#include "codec/time.h"

namespace tbl::codec {

namespace {

constexpr int64_t kDay = 86400;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

class RuleParser {
 public:
  explicit RuleParser(std::string_view text) : rest_(text) {}

  std::optional<ZoneRule> parse() {
    ZoneRule rule;
    if (!name() || !seconds(&rule.standard_offset)) return {};
    rule.standard_offset = -rule.standard_offset;
    if (rest_.empty()) return rule;
    rule.has_daylight = true;
    rule.daylight_offset = rule.standard_offset + 3600;
    if (!name()) return {};
    if (!rest_.empty() && rest_.front() != ',') {
      if (!seconds(&rule.daylight_offset)) return {};
      rule.daylight_offset = -rule.daylight_offset;
    }
    if (!date(&rule.start) || !date(&rule.end) || !rest_.empty()) return {};
    return rule;
  }

 private:
  bool eat(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool name() {
    size_t n = 0;
    if (eat('<')) {
      n = rest_.find('>');
      if (n == std::string_view::npos) return false;
      rest_.remove_prefix(n + 1);
      return n > 0;
    }
    while (n < rest_.size() && is_letter(rest_[n])) ++n;
    rest_.remove_prefix(n);
    return n >= 3;
  }

  bool number(int* v, int max) {
    if (rest_.empty() || !is_digit(rest_.front())) return false;
    *v = 0;
    while (!rest_.empty() && is_digit(rest_.front())) {
      *v = *v * 10 + (rest_.front() - '0');
      if (*v > max) return false;
      rest_.remove_prefix(1);
    }
    return true;
  }

  /// [+-]hh[:mm[:ss]]
  bool seconds(int64_t* v) {
    bool negative = eat('-');
    if (!negative) eat('+');
    int h = 0;
    int m = 0;
    int s = 0;
    if (!number(&h, 167)) return false;
    if (eat(':') && !number(&m, 59)) return false;
    if (eat(':') && !number(&s, 59)) return false;
    *v = h * 3600 + m * 60 + s;
    if (negative) *v = -*v;
    return true;
  }

  /// ,Mm.w.d | ,Jn | ,n and perhaps /time
  bool date(ZoneRuleDate* d) {
    if (!eat(',')) return false;
    if (eat('M')) {
      d->kind = ZoneRuleDate::Kind::kWeekday;
      if (!number(&d->month, 12) || d->month < 1 || !eat('.')) return false;
      if (!number(&d->week, 5) || d->week < 1 || !eat('.') || !number(&d->day, 6)) return false;
    } else if (eat('J')) {
      d->kind = ZoneRuleDate::Kind::kJulian;
      if (!number(&d->day, 365) || d->day < 1) return false;
    } else {
      d->kind = ZoneRuleDate::Kind::kZeroJulian;
      if (!number(&d->day, 365)) return false;
    }
    return !eat('/') || seconds(&d->second);
  }

  std::string_view rest_;
};

bool is_leap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int64_t midnight(uint32_t year, uint32_t month, uint32_t day) {
  return unix_seconds({.year = year, .month = month, .day = day});
}

/// Wall clock seconds (as if UTC) of a rule's date in a year.
int64_t date_in_year(const ZoneRuleDate& d, uint32_t year) {
  int64_t january = midnight(year, 1, 1);
  if (d.kind == ZoneRuleDate::Kind::kZeroJulian) return january + d.day * kDay + d.second;
  if (d.kind == ZoneRuleDate::Kind::kJulian) {
    int64_t day = d.day - 1 + (d.day >= 60 && is_leap(year) ? 1 : 0);
    return january + day * kDay + d.second;
  }
  auto month = static_cast<uint32_t>(d.month);
  int64_t first = midnight(year, month, 1);
  int64_t next = month == 12 ? midnight(year + 1, 1, 1) : midnight(year, month + 1, 1);
  int64_t weekday = ((first / kDay + 4) % 7 + 7) % 7;  // 1970-01-01 was a Thursday
  int64_t day = first + ((d.day - weekday + 7) % 7 + (d.week - 1) * 7) * kDay;
  while (day >= next) day -= 7 * kDay;
  return day + d.second;
}

}  // namespace

int64_t ZoneRule::offset_at(int64_t unix_seconds) const {
  if (!has_daylight) return standard_offset;
  uint32_t year = time_from_unix(unix_seconds + standard_offset, 0).year;
  int64_t from = date_in_year(start, year) - standard_offset;
  int64_t to = date_in_year(end, year) - daylight_offset;
  bool daylight = from < to ? unix_seconds >= from && unix_seconds < to
                            : unix_seconds >= from || unix_seconds < to;
  return daylight ? daylight_offset : standard_offset;
}

std::optional<ZoneRule> parse_zone_rule(std::string_view text) { return RuleParser(text).parse(); }

}  // namespace tbl::codec
