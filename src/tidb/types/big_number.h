// Unsigned integers of up to 288 decimal digits: what decimal arithmetic is done in. For
// decimal.cc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tbl::tidb {

/// Little endian words in base 10^9 without leading zero words. The callers keep results within
/// kWords: a sum of the operands' digits is enough.
class BigNumber {
 public:
  static constexpr size_t kWords = 32;
  static constexpr uint64_t kBase = 1'000'000'000;

  BigNumber() = default;
  explicit BigNumber(uint64_t v);
  explicit BigNumber(std::span<const uint32_t> words);
  /// Digits only, at most kWords * 9.
  static BigNumber parse(std::string_view digits);

  std::span<const uint32_t> words() const { return {words_.data(), size_}; }
  bool is_zero() const { return size_ == 0; }
  /// Decimal digits; 0 for zero.
  int digit_count() const;
  /// "0" for zero.
  std::string to_string() const;

  void multiply_pow10(int power);
  /// Divided by 10^power, rounded half up or cut.
  void divide_pow10(int power, bool round);
  /// True: every digit below 10^power is 0.
  bool divisible_by_pow10(int power) const;
  void increment();

  static int compare(const BigNumber& a, const BigNumber& b);
  static BigNumber add(const BigNumber& a, const BigNumber& b);
  /// a >= b.
  static BigNumber subtract(const BigNumber& a, const BigNumber& b);
  static BigNumber multiply(const BigNumber& a, const BigNumber& b);
  /// `b` is not zero. `*remainder` may be null.
  static BigNumber divide(const BigNumber& a, const BigNumber& b, BigNumber* remainder);

 private:
  void trim();
  void multiply_small(uint32_t factor);
  /// Returns the remainder.
  uint32_t divide_small(uint32_t divisor);
  static BigNumber divide_long(BigNumber a, BigNumber b, BigNumber* remainder);
  /// One step of long division: takes b * q off `rest` at word `at` and gives q.
  static uint32_t divide_step(std::span<uint32_t> rest, size_t at, const BigNumber& b);

  std::array<uint32_t, kWords> words_{};
  size_t size_ = 0;
};

}  // namespace tbl::tidb
