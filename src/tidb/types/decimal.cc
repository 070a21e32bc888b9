#include "tidb/types/decimal.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>

#include "codec/decimal.h"
#include "tidb/types/big_number.h"

namespace tbl::tidb {
namespace {

constexpr int kCapacity = 81;  ///< digits of kWords words
constexpr int kMaxScale = 72;
constexpr int kWordDigits = 9;

int round_up_to_word(int digits) { return (digits + kWordDigits - 1) / kWordDigits * kWordDigits; }

}  // namespace

/// Decimals from and to the numbers they are computed in.
class DecimalMath {
 public:
  static BigNumber number(const Decimal& d) { return BigNumber(std::span(d.words_)); }

  /// number / 10^scale, showing `shown` digits. Digits that find no place are cut at the end.
  /// Nothing: they find no place before the point.
  static std::optional<Decimal> make(BigNumber number, int scale, int shown, bool negative) {
    int digits = number.digit_count();
    if (digits - scale > kCapacity) return std::nullopt;
    int excess = std::max(digits - kCapacity, scale - kMaxScale);
    if (excess > 0) {
      number.divide_pow10(excess, false);
      scale -= excess;
    }
    Decimal d;
    std::ranges::copy(number.words(), d.words_.begin());
    d.scale_ = static_cast<uint8_t>(scale);
    d.shown_ = static_cast<uint8_t>(shown);
    d.negative_ = negative && !number.is_zero();
    return d;
  }

  /// For results that cannot have more digits before the point than a decimal already had.
  static Decimal make_fitting(BigNumber number, int scale, int shown, bool negative) {
    auto d = make(std::move(number), scale, shown, negative);
    return d ? *d : Decimal::largest(Decimal::kMaxDigits, 0, negative);
  }

  /// Both as integers at the larger scale, which is returned.
  static int align(const Decimal& a, const Decimal& b, BigNumber* x, BigNumber* y) {
    *x = number(a);
    *y = number(b);
    int scale = std::max(a.scale_, b.scale_);
    x->multiply_pow10(scale - a.scale_);
    y->multiply_pow10(scale - b.scale_);
    return scale;
  }

  /// a + b, or a - b when `flip`.
  static std::optional<Decimal> sum(const Decimal& a, const Decimal& b, bool flip) {
    BigNumber x;
    BigNumber y;
    int scale = align(a, b, &x, &y);
    int shown = std::max(a.shown_, b.shown_);
    bool b_negative = b.negative_ != flip;
    if (a.negative_ == b_negative) return make(BigNumber::add(x, y), scale, shown, a.negative_);
    if (BigNumber::compare(x, y) >= 0) {
      return make(BigNumber::subtract(x, y), scale, shown, a.negative_);
    }
    return make(BigNumber::subtract(y, x), scale, shown, b_negative);
  }

  /// Digits of a quotient: whole words for both fractions and the increment, so that what is
  /// computed further has the digits MySQL has.
  static int quotient_scale(const Decimal& a, const Decimal& b, int increment) {
    int a_words = round_up_to_word(a.scale_);
    int b_words = round_up_to_word(b.scale_);
    increment = std::max(0, increment - (a_words - a.scale_) - (b_words - b.scale_));
    return std::min(round_up_to_word(a_words + b_words + increment), kMaxScale);
  }

  static std::optional<Decimal> quotient(const Decimal& a, const Decimal& b, int increment) {
    int scale = quotient_scale(a, b, increment);
    BigNumber x = number(a);
    BigNumber y = number(b);
    int shift = scale + b.scale_ - a.scale_;
    if (shift >= 0) {
      x.multiply_pow10(shift);
    } else {
      y.multiply_pow10(-shift);
    }
    int shown = std::min(a.shown_ + increment, Decimal::kMaxFrac);
    return make(BigNumber::divide(x, y, nullptr), scale, shown, a.negative_ != b.negative_);
  }

  /// Moved to `frac` digits behind the point; `up`: away from zero whatever is lost.
  enum class Mode : uint8_t { kHalfUp, kCut, kUp };
  static Decimal to_scale(const Decimal& d, int frac, Mode mode) {
    BigNumber n = number(d);
    if (frac >= d.scale_) {  // zeros are digits like others
      int more = std::min(frac - d.scale_, kCapacity - n.digit_count());
      n.multiply_pow10(more);
      return make_fitting(std::move(n), d.scale_ + more, d.scale_ + more, d.negative_);
    }
    int drop = d.scale_ - frac;
    bool lost = !n.divisible_by_pow10(drop);
    n.divide_pow10(drop, mode == Mode::kHalfUp);
    if (mode == Mode::kUp && lost) n.increment();
    if (frac < 0) n.multiply_pow10(-frac);
    return make_fitting(std::move(n), std::max(frac, 0), std::max(frac, 0), d.negative_);
  }

  /// The digits with the point, without the sign.
  static std::string digits(const Decimal& d) {
    std::string text = number(d).to_string();
    size_t scale = d.scale_;
    if (text.size() <= scale) text.insert(0, scale + 1 - text.size(), '0');
    if (scale > 0) text.insert(text.size() - scale, ".");
    return text;
  }
};

using Mode = DecimalMath::Mode;

Decimal Decimal::of_int(int64_t v) {
  uint64_t magnitude = v < 0 ? ~static_cast<uint64_t>(v) + 1 : static_cast<uint64_t>(v);
  return *DecimalMath::make(BigNumber(magnitude), 0, 0, v < 0);
}

Decimal Decimal::of_uint(uint64_t v) { return *DecimalMath::make(BigNumber(v), 0, 0, false); }

Decimal Decimal::of_double(double v) {
  if (std::isnan(v)) return {};
  if (std::isinf(v)) return largest(kMaxDigits, 0, v < 0);
  char text[64];
  auto end = std::to_chars(text, text + sizeof text, v).ptr;
  return parse(std::string_view(text, static_cast<size_t>(end - text))).value;
}

Decimal Decimal::largest(int prec, int frac, bool negative) {
  auto nines = BigNumber::parse(std::string(static_cast<size_t>(std::max(prec, 0)), '9'));
  return *DecimalMath::make(std::move(nines), frac, frac, negative);
}

bool Decimal::is_zero() const {
  return std::ranges::all_of(words_, [](uint32_t w) { return w == 0; });
}

int Decimal::int_digits() const {
  return std::max(0, DecimalMath::number(*this).digit_count() - scale_);
}

int Decimal::precision() const { return std::max(1, int_digits() + shown_); }

std::string Decimal::to_string() const {
  if (shown_ < scale_) return round(shown_).to_string();
  std::string text = (negative_ ? "-" : "") + DecimalMath::digits(*this);
  if (shown_ > scale_ && scale_ == 0) text += '.';
  return text.append(shown_ - scale_, '0');
}

std::string Decimal::to_short_string() const {
  std::string text = to_string();
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

double Decimal::to_double() const {
  std::string text = DecimalMath::digits(*this);
  double v = 0;
  std::from_chars(text.data(), text.data() + text.size(), v);
  return negative_ ? -v : v;
}

int64_t Decimal::to_int(bool* clipped) const {
  std::string text = round(0).to_string();
  int64_t v = 0;
  auto error = std::from_chars(text.data(), text.data() + text.size(), v).ec;
  if (clipped != nullptr) *clipped = error != std::errc();
  if (error == std::errc()) return v;
  return negative_ ? std::numeric_limits<int64_t>::min() : std::numeric_limits<int64_t>::max();
}

uint64_t Decimal::to_uint(bool* clipped) const {
  Decimal whole = round(0);
  if (clipped != nullptr) *clipped = whole.negative_;
  if (whole.negative_) return 0;
  std::string text = whole.to_string();
  uint64_t v = 0;
  auto error = std::from_chars(text.data(), text.data() + text.size(), v).ec;
  if (clipped != nullptr) *clipped = error != std::errc();
  return error == std::errc() ? v : std::numeric_limits<uint64_t>::max();
}

Decimal Decimal::round(int frac) const {
  return DecimalMath::to_scale(*this, std::min(frac, kMaxFrac), Mode::kHalfUp);
}
Decimal Decimal::show(int frac) const {
  if (frac < shown_) return round(frac);
  Decimal d = *this;
  d.shown_ = static_cast<uint8_t>(std::min(frac, kMaxFrac));
  return d;
}
Decimal Decimal::truncate(int frac) const {
  return DecimalMath::to_scale(*this, std::min(frac, kMaxFrac), Mode::kCut);
}
Decimal Decimal::ceil() const {
  return DecimalMath::to_scale(*this, 0, negative_ ? Mode::kCut : Mode::kUp);
}
Decimal Decimal::floor() const {
  return DecimalMath::to_scale(*this, 0, negative_ ? Mode::kUp : Mode::kCut);
}

Decimal Decimal::negate() const {
  Decimal d = *this;
  d.negative_ = !negative_ && !is_zero();
  return d;
}

Decimal Decimal::abs() const {
  Decimal d = *this;
  d.negative_ = false;
  return d;
}

std::optional<Decimal> Decimal::add(const Decimal& a, const Decimal& b) {
  return DecimalMath::sum(a, b, false);
}

std::optional<Decimal> Decimal::subtract(const Decimal& a, const Decimal& b) {
  return DecimalMath::sum(a, b, true);
}

std::optional<Decimal> Decimal::multiply(const Decimal& a, const Decimal& b) {
  BigNumber product = BigNumber::multiply(DecimalMath::number(a), DecimalMath::number(b));
  int shown = std::min(a.shown_ + b.shown_, kMaxFrac);
  return DecimalMath::make(std::move(product), a.scale_ + b.scale_, shown,
                           a.negative_ != b.negative_);
}

std::optional<Decimal> Decimal::divide(const Decimal& a, const Decimal& b, int increment) {
  return DecimalMath::quotient(a, b, increment);
}

Decimal Decimal::modulo(const Decimal& a, const Decimal& b) {
  BigNumber x;
  BigNumber y;
  BigNumber rest;
  int scale = DecimalMath::align(a, b, &x, &y);
  BigNumber::divide(x, y, &rest);
  return DecimalMath::make_fitting(std::move(rest), scale, std::max(a.shown_, b.shown_),
                                   a.negative_);
}

std::optional<Decimal> Decimal::int_divide(const Decimal& a, const Decimal& b) {
  BigNumber x;
  BigNumber y;
  DecimalMath::align(a, b, &x, &y);
  return DecimalMath::make(BigNumber::divide(x, y, nullptr), 0, 0, a.negative_ != b.negative_);
}

int Decimal::compare(const Decimal& a, const Decimal& b) {
  if (a.negative_ != b.negative_) return a.negative_ ? -1 : 1;
  BigNumber x;
  BigNumber y;
  DecimalMath::align(a, b, &x, &y);
  int order = BigNumber::compare(x, y);
  return a.negative_ ? -order : order;
}

std::string Decimal::to_binary(int prec, int frac) const {
  std::string out;
  Status status = codec::append_decimal_binary(out, to_string(), prec, frac);
  if (status.ok()) return out;
  return largest(prec, frac, negative_).to_binary(prec, frac);
}

Result<Decimal> Decimal::from_binary(int prec, int frac, std::string_view binary) {
  std::string text;
  auto datum =
      codec::Datum::of_decimal(static_cast<uint8_t>(prec), static_cast<uint8_t>(frac), binary);
  if (!codec::append_decimal_text(text, datum)) return data_loss("damaged decimal");
  return parse(text).value;
}

Decimal Decimal::fit(int prec, int frac, bool* clipped, bool* rounded) const {
  Decimal d = round(frac);
  bool too_large = d.int_digits() > prec - frac;
  if (clipped != nullptr) *clipped = too_large;
  if (rounded != nullptr) *rounded = !too_large && compare(d, *this) != 0;
  return too_large ? largest(prec, frac, negative_) : d;
}

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes the digits at the front of `text` off it.
std::string_view take_digits(std::string_view* text) {
  size_t n = 0;
  while (n < text->size() && is_digit((*text)[n])) ++n;
  std::string_view digits = text->substr(0, n);
  text->remove_prefix(n);
  return digits;
}

/// Takes an exponent like e-5 off; 0 where there is none (a lone 'e' is left).
int take_exponent(std::string_view* text) {
  if (text->empty() || (text->front() != 'e' && text->front() != 'E')) return 0;
  std::string_view rest = text->substr(1);
  bool negative = !rest.empty() && rest.front() == '-';
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) rest.remove_prefix(1);
  std::string_view digits = take_digits(&rest);
  if (digits.empty()) return 0;
  *text = rest;
  constexpr int kFar = 100000;
  int power = 0;
  for (char c : digits) power = std::min(kFar, power * 10 + (c - '0'));
  return negative ? -power : power;
}

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace

Decimal::Parsed Decimal::parse(std::string_view text) {
  Parsed parsed;
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  std::string digits(take_digits(&text));
  int point = static_cast<int>(std::min<size_t>(digits.size(), 1 << 20));
  if (!text.empty() && text.front() == '.' &&
      (!digits.empty() || (text.size() > 1 && is_digit(text[1])))) {
    text.remove_prefix(1);
    digits += take_digits(&text);
  }
  if (digits.empty()) return parsed;
  parsed.empty = false;
  point += take_exponent(&text);
  parsed.complete = std::ranges::all_of(text, is_blank);

  size_t zeros = digits.find_first_not_of('0');
  if (zeros == std::string::npos) zeros = digits.size();
  digits.erase(0, zeros);
  point -= static_cast<int>(std::min<size_t>(zeros, 1 << 20));
  if (!digits.empty() && point > kMaxDigits) {
    parsed.overflow = true;
    parsed.value = largest(kMaxDigits, 0, negative);
    return parsed;
  }
  if (digits.empty()) point = std::clamp(point, -kMaxScale, 0);
  int keep = std::min(kCapacity, point + kMaxScale);
  if (keep < 0) return parsed;  // too small to be told from zero
  if (static_cast<int>(digits.size()) < point) {
    digits.append(static_cast<size_t>(point) - digits.size(), '0');
  }
  bool up = static_cast<int>(digits.size()) > keep && digits[static_cast<size_t>(keep)] >= '5';
  digits.resize(std::min(digits.size(), static_cast<size_t>(keep)));
  int scale = static_cast<int>(digits.size()) - point;
  BigNumber number = BigNumber::parse(digits);
  if (up) number.increment();
  parsed.value =
      DecimalMath::make_fitting(std::move(number), scale, std::min(scale, kMaxFrac), negative);
  return parsed;
}

}  // namespace tbl::tidb
