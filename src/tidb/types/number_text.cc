#include "tidb/types/number_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "codec/float_text.h"

namespace tbl::tidb {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool all_blank(std::string_view text) { return std::ranges::all_of(text, is_blank); }

std::string_view skip_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return text;
}

size_t digits_at(std::string_view text, size_t at) {
  size_t n = 0;
  while (at + n < text.size() && is_digit(text[at + n])) ++n;
  return n;
}

/// Length of "[+-]ddd[.ddd][e[+-]dd]" at the front; 0: no number.
size_t number_length(std::string_view text) {
  size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  size_t whole = digits_at(text, at);
  at += whole;
  if (at < text.size() && text[at] == '.') {
    size_t fraction = digits_at(text, at + 1);
    if (whole + fraction == 0) return 0;
    at += 1 + fraction;
  } else if (whole == 0) {
    return 0;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    size_t sign = at + 1 < text.size() && (text[at + 1] == '-' || text[at + 1] == '+') ? 1 : 0;
    size_t exponent = digits_at(text, at + 1 + sign);
    if (exponent > 0) at += 1 + sign + exponent;
  }
  return at;
}

/// 1e+15 and 1e-05 as MySQL's clients know them: 1e15, 1e-5.
std::string short_exponent(std::string text) {
  size_t e = text.find('e');
  if (e == std::string::npos) return text;
  size_t at = e + 1;
  if (text[at] == '+') text.erase(at, 1);
  if (text[at] == '-') ++at;
  while (at + 1 < text.size() && text[at] == '0') text.erase(at, 1);
  return text;
}

template <typename T>
std::string shortest_text(T v) {
  std::string text;
  double magnitude = std::abs(static_cast<double>(v));
  if (v == 0) return "0";
  if (magnitude >= 1e15 || magnitude < 1e-15) {
    codec::append_scientific(text, v);
    return short_exponent(std::move(text));
  }
  codec::append_fixed(text, v);
  return text;
}

}  // namespace

NumberPrefix<double> scan_double(std::string_view text) {
  NumberPrefix<double> out;
  text = skip_blanks(text);
  size_t length = number_length(text);
  if (length == 0) return out;
  out.empty = false;
  out.complete = all_blank(text.substr(length));
  std::string number(text.substr(0, length));
  out.value = std::strtod(number.c_str(), nullptr);
  if (std::isinf(out.value)) {
    out.overflow = true;
    out.value = std::copysign(std::numeric_limits<double>::max(), out.value);
  }
  return out;
}

NumberPrefix<uint64_t> scan_uint(std::string_view text) {
  NumberPrefix<uint64_t> out;
  text = skip_blanks(text);
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  size_t length = digits_at(text, 0);
  if (length == 0) return out;
  out.empty = false;
  out.complete = all_blank(text.substr(length));
  auto error = std::from_chars(text.data(), text.data() + length, out.value).ec;
  if (error != std::errc()) {
    out.overflow = true;
    out.value = std::numeric_limits<uint64_t>::max();
  }
  return out;
}

NumberPrefix<int64_t> scan_int(std::string_view text) {
  NumberPrefix<int64_t> out;
  text = skip_blanks(text);
  bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  if (negative && (text.empty() || !is_digit(text.front()))) return out;
  NumberPrefix<uint64_t> magnitude = scan_uint(text);
  out.empty = magnitude.empty;
  out.complete = magnitude.complete;
  constexpr uint64_t kLimit = 1ULL << 63;
  uint64_t limit = negative ? kLimit : kLimit - 1;
  out.overflow = magnitude.overflow || magnitude.value > limit;
  uint64_t clipped = std::min(magnitude.value, limit);
  out.value = static_cast<int64_t>(negative ? 0 - clipped : clipped);
  return out;
}

std::string double_text(double v) { return shortest_text(v); }
std::string float_text(float v) { return shortest_text(v); }

std::string fixed_text(double v, int decimals) {
  std::string text = fmt::format("{:.{}f}", v, decimals);
  bool zero = text.find_first_of("123456789") == std::string::npos;
  return zero && text.front() == '-' ? text.substr(1) : text;
}

double round_double(double v, int decimals) {
  constexpr int kFar = 308;
  decimals = std::clamp(decimals, -kFar, kFar);
  double unit = std::pow(10.0, std::abs(decimals));
  double scaled = decimals < 0 ? v / unit : v * unit;
  if (std::isinf(scaled) || std::isnan(scaled)) return decimals < 0 ? 0 : v;
  double rounded = std::round(scaled);
  return decimals < 0 ? rounded * unit : rounded / unit;
}

uint64_t bits_to_uint(std::string_view bytes, bool* clipped) {
  while (!bytes.empty() && bytes.front() == '\0') bytes.remove_prefix(1);
  if (clipped != nullptr) *clipped = bytes.size() > 8;
  if (bytes.size() > 8) return std::numeric_limits<uint64_t>::max();
  uint64_t v = 0;
  for (char c : bytes) v = v << 8 | static_cast<uint8_t>(c);
  return v;
}

std::string uint_to_bits(uint64_t v, size_t width) {
  std::string bytes(width, '\0');
  for (size_t i = width; i-- > 0; v >>= 8) bytes[i] = static_cast<char>(v & 0xff);
  return bytes;
}

}  // namespace tbl::tidb
