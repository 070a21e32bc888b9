#include "tidb/types/big_number.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace tbl::tidb {
namespace {

constexpr std::array<uint32_t, 10> kPow10 = {1,      10,      100,      1000,      10000,
                                             100000, 1000000, 10000000, 100000000, 1000000000};

}  // namespace

BigNumber::BigNumber(uint64_t v) {
  for (; v != 0; v /= kBase) words_[size_++] = static_cast<uint32_t>(v % kBase);
}

BigNumber::BigNumber(std::span<const uint32_t> words) : size_(words.size()) {
  std::ranges::copy(words, words_.begin());
  trim();
}

BigNumber BigNumber::parse(std::string_view digits) {
  BigNumber n;
  while (!digits.empty()) {
    size_t length = std::min<size_t>(9, digits.size());
    uint32_t word = 0;
    for (char c : digits.substr(digits.size() - length)) {
      word = word * 10 + static_cast<uint32_t>(c - '0');
    }
    assert(n.size_ < kWords);
    n.words_[n.size_++] = word;
    digits.remove_suffix(length);
  }
  n.trim();
  return n;
}

void BigNumber::trim() {
  while (size_ > 0 && words_[size_ - 1] == 0) --size_;
}

int BigNumber::digit_count() const {
  if (size_ == 0) return 0;
  int digits = 1;
  while (digits < 9 && words_[size_ - 1] >= kPow10[static_cast<size_t>(digits)]) ++digits;
  return digits + 9 * static_cast<int>(size_ - 1);
}

std::string BigNumber::to_string() const {
  if (size_ == 0) return "0";
  std::string text = fmt::format("{}", words_[size_ - 1]);
  for (size_t i = size_ - 1; i-- > 0;) fmt::format_to(std::back_inserter(text), "{:09}", words_[i]);
  return text;
}

void BigNumber::multiply_small(uint32_t factor) {
  uint64_t carry = 0;
  for (size_t i = 0; i < size_; ++i) {
    carry += uint64_t{words_[i]} * factor;
    words_[i] = static_cast<uint32_t>(carry % kBase);
    carry /= kBase;
  }
  if (carry != 0) {
    assert(size_ < kWords);
    words_[size_++] = static_cast<uint32_t>(carry);
  }
}

uint32_t BigNumber::divide_small(uint32_t divisor) {
  uint64_t rest = 0;
  for (size_t i = size_; i-- > 0;) {
    rest = rest * kBase + words_[i];
    words_[i] = static_cast<uint32_t>(rest / divisor);
    rest %= divisor;
  }
  trim();
  return static_cast<uint32_t>(rest);
}

void BigNumber::multiply_pow10(int power) {
  if (size_ == 0) return;
  auto shift = static_cast<size_t>(power / 9);
  multiply_small(kPow10[static_cast<size_t>(power % 9)]);
  assert(size_ + shift <= kWords);
  std::copy_backward(words_.begin(), words_.begin() + size_, words_.begin() + size_ + shift);
  std::fill_n(words_.begin(), shift, 0);
  size_ += shift;
}

void BigNumber::divide_pow10(int power, bool round) {
  if (power <= 0) return;
  if (power > digit_count()) {
    *this = BigNumber();
    return;
  }
  // All but the last digit first: that one decides the rounding.
  int before = power - 1;
  auto shift = static_cast<size_t>(before / 9);
  std::copy(words_.begin() + shift, words_.begin() + size_, words_.begin());
  std::fill(words_.begin() + (size_ - shift), words_.begin() + size_, 0);
  size_ -= shift;
  divide_small(kPow10[static_cast<size_t>(before % 9)]);
  uint32_t last = divide_small(10);
  if (round && last >= 5) increment();
}

bool BigNumber::divisible_by_pow10(int power) const {
  if (size_ == 0) return true;
  if (power >= digit_count()) return power <= 0;
  auto whole = static_cast<size_t>(power / 9);
  for (size_t i = 0; i < whole; ++i) {
    if (words_[i] != 0) return false;
  }
  return words_[whole] % kPow10[static_cast<size_t>(power % 9)] == 0;
}

void BigNumber::increment() { *this = add(*this, BigNumber(1)); }

int BigNumber::compare(const BigNumber& a, const BigNumber& b) {
  if (a.size_ != b.size_) return a.size_ < b.size_ ? -1 : 1;
  for (size_t i = a.size_; i-- > 0;) {
    if (a.words_[i] != b.words_[i]) return a.words_[i] < b.words_[i] ? -1 : 1;
  }
  return 0;
}

BigNumber BigNumber::add(const BigNumber& a, const BigNumber& b) {
  BigNumber sum;
  size_t size = std::max(a.size_, b.size_);
  uint32_t carry = 0;
  for (size_t i = 0; i < size; ++i) {
    uint32_t word = a.words_[i] + b.words_[i] + carry;  // unused words are 0
    carry = word >= kBase ? 1 : 0;
    sum.words_[i] = carry ? word - static_cast<uint32_t>(kBase) : word;
  }
  sum.size_ = size;
  if (carry != 0) {
    assert(size < kWords);
    sum.words_[sum.size_++] = carry;
  }
  return sum;
}

BigNumber BigNumber::subtract(const BigNumber& a, const BigNumber& b) {
  BigNumber rest = a;
  uint32_t borrow = 0;
  for (size_t i = 0; i < a.size_; ++i) {
    uint32_t take = b.words_[i] + borrow;
    borrow = rest.words_[i] < take ? 1 : 0;
    rest.words_[i] = rest.words_[i] + (borrow ? static_cast<uint32_t>(kBase) : 0) - take;
  }
  assert(borrow == 0);
  rest.trim();
  return rest;
}

BigNumber BigNumber::multiply(const BigNumber& a, const BigNumber& b) {
  BigNumber product;
  assert(a.size_ + b.size_ <= kWords);
  for (size_t i = 0; i < a.size_; ++i) {
    uint64_t carry = 0;
    for (size_t k = 0; k < b.size_; ++k) {
      carry += uint64_t{a.words_[i]} * b.words_[k] + product.words_[i + k];
      product.words_[i + k] = static_cast<uint32_t>(carry % kBase);
      carry /= kBase;
    }
    product.words_[i + b.size_] = static_cast<uint32_t>(carry);
  }
  product.size_ = a.size_ + b.size_;
  product.trim();
  return product;
}

BigNumber BigNumber::divide(const BigNumber& a, const BigNumber& b, BigNumber* remainder) {
  assert(!b.is_zero());
  if (compare(a, b) < 0) {
    if (remainder != nullptr) *remainder = a;
    return {};
  }
  if (b.size_ > 1) return divide_long(a, b, remainder);
  BigNumber quotient = a;
  uint32_t rest = quotient.divide_small(b.words_[0]);
  if (remainder != nullptr) *remainder = BigNumber(rest);
  return quotient;
}

BigNumber BigNumber::divide_long(BigNumber a, BigNumber b, BigNumber* remainder) {
  // Both scaled so that the divisor's first word is at least half the base: a quotient word guessed
  // from the first words is then at most 2 too large.
  auto scale = static_cast<uint32_t>(kBase / (b.words_[b.size_ - 1] + 1));
  a.multiply_small(scale);
  b.multiply_small(scale);
  std::array<uint32_t, kWords + 1> rest{};
  std::ranges::copy(a.words(), rest.begin());
  BigNumber quotient;
  for (size_t at = a.size_ - b.size_ + 1; at-- > 0;) {
    quotient.words_[at] = divide_step(rest, at, b);
  }
  quotient.size_ = a.size_ - b.size_ + 1;
  quotient.trim();
  if (remainder != nullptr) {
    *remainder = BigNumber(std::span<const uint32_t>(rest.data(), b.size_));
    remainder->divide_small(scale);
  }
  return quotient;
}

uint32_t BigNumber::divide_step(std::span<uint32_t> rest, size_t at, const BigNumber& b) {
  size_t n = b.size_;
  uint64_t head = uint64_t{rest[at + n]} * kBase + rest[at + n - 1];
  uint64_t guess = std::min(head / b.words_[n - 1], kBase - 1);
  int64_t borrow = 0;
  uint64_t carry = 0;
  for (size_t i = 0; i <= n; ++i) {
    carry += i < n ? guess * b.words_[i] : 0;
    int64_t word = int64_t{rest[at + i]} - static_cast<int64_t>(carry % kBase) + borrow;
    carry /= kBase;
    borrow = word < 0 ? -1 : 0;
    rest[at + i] = static_cast<uint32_t>(word < 0 ? word + static_cast<int64_t>(kBase) : word);
  }
  while (borrow != 0) {  // the guess was too large: give one divisor back
    --guess;
    uint32_t over = 0;
    for (size_t i = 0; i <= n; ++i) {
      uint32_t word = rest[at + i] + (i < n ? b.words_[i] : 0) + over;
      over = word >= kBase ? 1 : 0;
      rest[at + i] = over ? word - static_cast<uint32_t>(kBase) : word;
    }
    if (over != 0) borrow = 0;
  }
  return static_cast<uint32_t>(guess);
}

}  // namespace tbl::tidb
