#include "codec/decimal.h"

#include <algorithm>
#include <array>

namespace tbl::codec {

namespace {

constexpr int kDigitsPerWord = 9;
constexpr std::array<uint8_t, 10> kBytesForDigits = {0, 1, 1, 2, 2, 3, 3, 4, 4, 4};
constexpr std::array<uint32_t, 10> kPowers = {1,      10,      100,      1000,      10000,
                                              100000, 1000000, 10000000, 100000000, 1000000000};
constexpr size_t kMaxSize = 48;

size_t digits_size(int digits) {
  return static_cast<size_t>(digits / kDigitsPerWord) * 4 +
         kBytesForDigits[digits % kDigitsPerWord];
}

/// Calls group(digits) for the groups of a decimal from left to right, until one returns false.
template <typename Group>
bool for_each_group(int whole, int frac, Group group) {
  if (whole % kDigitsPerWord != 0 && !group(whole % kDigitsPerWord)) return false;
  for (int i = whole / kDigitsPerWord; i > 0; --i) {
    if (!group(kDigitsPerWord)) return false;
  }
  for (int i = frac / kDigitsPerWord; i > 0; --i) {
    if (!group(kDigitsPerWord)) return false;
  }
  return frac % kDigitsPerWord == 0 || group(frac % kDigitsPerWord);
}

/// All digits of a decimal as text, the whole part first. False when a group is too large.
bool read_digits(const Datum& decimal, char* digits, bool* negative) {
  Bytes binary = decimal.as_bytes();
  char buf[kMaxSize];
  std::memcpy(buf, binary.data(), binary.size());
  *negative = (buf[0] & 0x80) == 0;
  buf[0] = static_cast<char>(buf[0] ^ 0x80);
  if (*negative)
    std::transform(buf, buf + binary.size(), buf, [](char c) { return static_cast<char>(~c); });
  const char* p = buf;
  return for_each_group(decimal.prec() - decimal.frac(), decimal.frac(), [&](int n) {
    uint32_t word = 0;
    for (int i = kBytesForDigits[n]; i > 0; --i) word = word << 8 | static_cast<uint8_t>(*p++);
    if (word >= kPowers[n]) return false;
    for (int i = n - 1; i >= 0; --i) {
      digits[i] = static_cast<char>('0' + word % 10);
      word /= 10;
    }
    digits += n;
    return true;
  });
}

}  // namespace

size_t decimal_size(int prec, int frac) {
  if (prec < 1 || prec > kMaxDecimalDigits || frac < 0 || frac > kMaxDecimalFrac || frac > prec)
    return 0;
  return digits_size(prec - frac) + digits_size(frac);
}

bool read_decimal(ByteReader& in, Datum* out) {
  uint8_t prec = 0;
  uint8_t frac = 0;
  if (!in.read_u8(&prec) || !in.read_u8(&frac)) return false;
  size_t size = decimal_size(prec, frac);
  Bytes binary;
  if (size == 0 || !in.read_bytes(size, &binary)) return false;
  *out = Datum::of_decimal(prec, frac, binary);
  return true;
}

void write_decimal(std::string& out, const Datum& decimal) {
  out += static_cast<char>(decimal.prec());
  out += static_cast<char>(decimal.frac());
  out += decimal.as_bytes();
}

bool append_decimal_text(std::string& out, const Datum& decimal) {
  size_t size = decimal_size(decimal.prec(), decimal.frac());
  if (size == 0 || size != decimal.as_bytes().size()) return false;
  char digits[kMaxDecimalDigits + 1];
  bool negative = false;
  if (!read_digits(decimal, digits, &negative)) return false;
  size_t prec = decimal.prec();
  size_t whole = prec - decimal.frac();
  size_t first = 0;
  while (first < whole && digits[first] == '0') ++first;
  bool zero = std::all_of(digits + first, digits + prec, [](char c) { return c == '0'; });
  if (negative && !zero) out += '-';
  if (first == whole) out += '0';
  out.append(digits + first, whole - first);
  if (decimal.frac() > 0) {
    out += '.';
    out.append(digits + whole, decimal.frac());
  }
  return true;
}

namespace {

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// A decimal's text taken apart.
struct DecimalText {
  bool negative = false;
  std::string_view whole;  // without leading zeros
  std::string_view frac;
};

bool split(std::string_view text, DecimalText* out) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    out->negative = text.front() == '-';
    text.remove_prefix(1);
  }
  size_t point = text.find('.');
  out->whole = text.substr(0, point);
  out->frac = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (out->whole.empty() && out->frac.empty()) return false;
  if (!all_digits(out->whole) || !all_digits(out->frac)) return false;
  while (!out->whole.empty() && out->whole.front() == '0') out->whole.remove_prefix(1);
  return true;
}

/// Adds one at the last digit; true when a digit is carried out of the front.
bool increment(char* digits, int count) {
  for (int i = count - 1; i >= 0; --i) {
    if (digits[i] != '9') {
      ++digits[i];
      return false;
    }
    digits[i] = '0';
  }
  return true;
}

}  // namespace

Status append_decimal_binary(std::string& out, std::string_view text, int prec, int frac) {
  DecimalText parts;
  if (!split(text, &parts)) return invalid_argument("not a decimal: '" + std::string(text) + "'");
  size_t size = decimal_size(prec, frac);
  if (size == 0) return invalid_argument("no such decimal type");
  auto whole = static_cast<size_t>(prec - frac);
  auto out_of_range = [&] {
    return invalid_argument("decimal '" + std::string(text) + "' does not fit");
  };
  if (parts.whole.size() > whole) return out_of_range();
  char digits[kMaxDecimalDigits + 1];
  std::fill(digits, digits + prec, '0');
  std::copy(parts.whole.begin(), parts.whole.end(), digits + whole - parts.whole.size());
  auto kept = parts.frac.substr(0, static_cast<size_t>(frac));
  std::copy(kept.begin(), kept.end(), digits + whole);
  bool round_up = parts.frac.size() > kept.size() && parts.frac[kept.size()] >= '5';
  if (round_up && increment(digits, prec)) return out_of_range();
  bool zero = std::all_of(digits, digits + prec, [](char c) { return c == '0'; });

  size_t begin = out.size();
  const char* p = digits;
  for_each_group(prec - frac, frac, [&](int n) {
    uint32_t word = 0;
    for (int i = 0; i < n; ++i) word = word * 10 + static_cast<uint32_t>(*p++ - '0');
    for (int i = kBytesForDigits[n] - 1; i >= 0; --i) out += static_cast<char>(word >> (i * 8));
    return true;
  });
  if (parts.negative && !zero) {
    std::transform(out.begin() + static_cast<ptrdiff_t>(begin), out.end(),
                   out.begin() + static_cast<ptrdiff_t>(begin),
                   [](char c) { return static_cast<char>(~c); });
  }
  out[begin] = static_cast<char>(out[begin] ^ 0x80);
  return ok_status();
}

}  // namespace tbl::codec
