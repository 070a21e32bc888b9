// Exact decimal numbers as MySQL computes with them: columns have up to 65 digits, results up
// to 81.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace tbl::tidb {

/// A signed decimal number: digits and a scale. A value type of 48 bytes.
///
/// Quotients keep more digits than they show, so 1/3*3 is 1.0000: frac() is what text, columns and
/// result types show, the arithmetic goes on with all digits. Zero has no sign.
class Decimal {
 public:
  static constexpr int kMaxDigits = 65;
  static constexpr int kMaxFrac = 30;

  Decimal() = default;
  static Decimal of_int(int64_t v);
  static Decimal of_uint(uint64_t v);
  /// The shortest decimal text of the double; infinities and NaN give the largest number and 0.
  static Decimal of_double(double v);
  /// What a text held.
  struct Parsed;
  /// The longest numeric prefix ("-12.30e2abc"), leading blanks skipped.
  static Parsed parse(std::string_view text);
  /// The number with the most 9s that fits DECIMAL(prec, frac).
  static Decimal largest(int prec, int frac, bool negative);

  bool negative() const { return negative_; }
  bool is_zero() const;
  /// Digits behind the point that the text shows.
  int frac() const { return shown_; }
  /// Digits before the point without leading zeros; 0 when there are none.
  int int_digits() const;
  /// Digits in all, at least 1.
  int precision() const;

  /// "-123.45", with exactly frac() digits behind the point.
  std::string to_string() const;
  /// Without trailing zeros behind the point.
  std::string to_short_string() const;
  double to_double() const;
  /// Rounded half away from zero and clipped to the type; `*clipped` (may be null) tells.
  int64_t to_int(bool* clipped) const;
  uint64_t to_uint(bool* clipped) const;

  /// The result shows `frac` digits, at most kMaxFrac (may be negative: 15 at -1 is 20).
  Decimal round(int frac) const;
  /// As round(), but digits that are not there stay away: "1.5" shows as 1.500, and a quotient of
  /// it has the digits of one of 1.5. What IFNULL and its like give.
  Decimal show(int frac) const;
  Decimal truncate(int frac) const;
  Decimal ceil() const;
  Decimal floor() const;
  Decimal negate() const;
  Decimal abs() const;

  /// Nothing: more than 81 digits before the point.
  static std::optional<Decimal> add(const Decimal& a, const Decimal& b);
  static std::optional<Decimal> subtract(const Decimal& a, const Decimal& b);
  static std::optional<Decimal> multiply(const Decimal& a, const Decimal& b);
  /// Shows a.frac() + increment digits. Nothing: overflow; `b` must not be zero.
  static std::optional<Decimal> divide(const Decimal& a, const Decimal& b, int increment = 4);
  /// The remainder has the sign of `a`; `b` must not be zero.
  static Decimal modulo(const Decimal& a, const Decimal& b);
  /// The integer part of the quotient; `b` must not be zero.
  static std::optional<Decimal> int_divide(const Decimal& a, const Decimal& b);
  /// -1, 0 or 1.
  static int compare(const Decimal& a, const Decimal& b);

  bool operator==(const Decimal& other) const { return compare(*this, other) == 0; }

  /// The binary form of rows and keys for DECIMAL(prec, frac): codec/decimal.h. The number must fit
  /// (see fit()).
  std::string to_binary(int prec, int frac) const;
  static Result<Decimal> from_binary(int prec, int frac, std::string_view binary);
  /// Rounded to frac; clipped to the largest when it has too many digits. `*clipped`, `*rounded`
  /// (may be null) tell.
  Decimal fit(int prec, int frac, bool* clipped, bool* rounded) const;

 private:
  friend class DecimalMath;
  static constexpr int kWords = 9;

  std::array<uint32_t, kWords> words_{};  ///< base 10^9, least significant first
  uint8_t scale_ = 0;                     ///< the value is words / 10^scale
  uint8_t shown_ = 0;                     ///< <= scale, or more: zeros are shown
  bool negative_ = false;
};

struct Decimal::Parsed {
  Decimal value;
  bool complete = false;  ///< nothing but blanks was left over, and there was a digit
  bool empty = true;      ///< no digit at all
  bool overflow = false;  ///< the value is the largest
};

}  // namespace tbl::tidb
