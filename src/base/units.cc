#include "base/units.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace tbl {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

Result<uint64_t> bad_size(std::string_view text, std::string_view why) {
  return invalid_argument(fmt::format("bad size '{}': {}", text, why));
}

/// The factor of a lower-case unit, or 0.
double size_factor(std::string_view unit) {
  if (unit.empty() || unit == "b") return 1;
  size_t power = std::string_view("kmgtpe").find(unit[0]);
  if (power == std::string_view::npos) return 0;
  unit.remove_prefix(1);
  bool binary = !unit.empty() && unit[0] == 'i';
  if (binary) unit.remove_prefix(1);
  if (!unit.empty() && unit != "b") return 0;
  return std::pow(binary ? 1024.0 : 1000.0, static_cast<double>(power + 1));
}

double duration_factor(std::string_view unit) {
  static constexpr std::array<Unit, 8> kUnits = {{{"ns", 1},
                                                  {"us", 1e3},
                                                  {"\xc2\xb5s", 1e3},
                                                  {"\xce\xbcs", 1e3},
                                                  {"ms", 1e6},
                                                  {"s", 1e9},
                                                  {"m", 60e9},
                                                  {"h", 3600e9}}};
  for (const Unit& candidate : kUnits) {
    if (candidate.name == unit) return candidate.factor;
  }
  return 0;
}

Result<std::chrono::nanoseconds> bad_duration(std::string_view text, std::string_view why) {
  return invalid_argument(fmt::format("{} duration \"{}\"", why, text));
}

size_t number_length(std::string_view text) {
  size_t n = text.find_first_not_of("0123456789.");
  return n == text.npos ? text.size() : n;
}

/// Reads "123.45"; false for "", "." and "1.2.3".
bool parse_decimal(std::string_view text, long double* whole) {
  if (text.empty() || text == ".") return false;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *whole);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

Result<uint64_t> parse_byte_size(std::string_view text) {
  std::string number;
  std::string unit;
  for (char c : text) {
    bool digit = (c >= '0' && c <= '9') || c == '.';
    if (digit && unit.empty()) {
      number += c;
    } else if (c != ' ' && c != ',' && c != '\t') {
      unit += static_cast<char>(tolower(static_cast<unsigned char>(c)));
    }
  }
  long double value = 0;
  if (!parse_decimal(number, &value)) return bad_size(text, "it does not begin with a number");
  double factor = size_factor(unit);
  if (factor == 0) return bad_size(text, "unhandled size name: " + unit);
  long double bytes = value * factor;
  if (bytes >= 18446744073709551616.0L) return bad_size(text, "too large");
  return static_cast<uint64_t>(bytes);
}

Result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  std::string_view rest = text;
  bool negative = !rest.empty() && rest[0] == '-';
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) rest.remove_prefix(1);
  if (rest == "0") return std::chrono::nanoseconds(0);
  if (rest.empty()) return bad_duration(text, "time: invalid");
  long double total = 0;
  while (!rest.empty()) {
    size_t n = number_length(rest);
    long double value = 0;
    if (!parse_decimal(rest.substr(0, n), &value)) return bad_duration(text, "time: invalid");
    rest.remove_prefix(n);
    size_t unit_length = rest.find_first_of("0123456789.");
    std::string_view unit = rest.substr(0, unit_length);
    if (unit.empty()) return bad_duration(text, "time: missing unit in");
    double factor = duration_factor(unit);
    if (factor == 0) return bad_duration(text, fmt::format("time: unknown unit \"{}\" in", unit));
    rest.remove_prefix(unit.size());
    total += value * factor;
  }
  if (total >= 9223372036854775808.0L) return bad_duration(text, "time: invalid");
  auto nanos = static_cast<int64_t>(total);
  return std::chrono::nanoseconds(negative ? -nanos : nanos);
}

Result<std::chrono::nanoseconds> parse_days_or_duration(std::string_view text) {
  int64_t days = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), days);
  constexpr int64_t kMaxDays = INT64_MAX / (24LL * 3600 * 1000000000);
  if (error == std::errc() && end == text.data() + text.size() && std::abs(days) <= kMaxDays) {
    return std::chrono::nanoseconds(std::chrono::hours(24 * days));
  }
  auto duration = parse_duration(text);
  if (duration.ok()) return duration;
  return invalid_argument(
      fmt::format("unsupported gc time {}, etc: use 7 for 7 day, 7h for 7 hour: {}", text,
                  duration.status().message()));
}

std::string format_duration(std::chrono::nanoseconds duration) {
  int64_t nanos = duration.count();
  if (nanos == 0) return "0s";
  std::string sign = nanos < 0 ? "-" : "";
  uint64_t rest = nanos < 0 ? 0 - static_cast<uint64_t>(nanos) : static_cast<uint64_t>(nanos);
  if (rest < 1000) return fmt::format("{}{}ns", sign, rest);
  if (rest < 1000000) return fmt::format("{}{}\xc2\xb5s", sign, static_cast<double>(rest) / 1e3);
  if (rest < 1000000000) return fmt::format("{}{}ms", sign, static_cast<double>(rest) / 1e6);
  constexpr uint64_t kMinute = 60000000000;
  std::string seconds = fmt::format("{}s", static_cast<double>(rest % kMinute) / 1e9);
  uint64_t minutes = rest / kMinute;
  if (minutes == 0) return sign + seconds;
  if (minutes < 60) return fmt::format("{}{}m{}", sign, minutes, seconds);
  return fmt::format("{}{}h{}m{}", sign, minutes / 60, minutes % 60, seconds);
}

}  // namespace tbl
