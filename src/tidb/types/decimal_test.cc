// Decimals against 128-bit integers; the other oracle is recorded_functions_test.cc.
#include "tidb/types/decimal.h"
#include "base/test_seed.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace tbl::tidb {
namespace {

Decimal parse(const std::string& text) {
  Decimal::Parsed parsed = Decimal::parse(text);
  EXPECT_TRUE(parsed.complete) << text;
  return parsed.value;
}

/// number / 10^scale, written by this test.
std::string text_of(__int128 number, int scale) {
  bool negative = number < 0;
  unsigned __int128 rest =
      negative ? -static_cast<unsigned __int128>(number) : static_cast<unsigned __int128>(number);
  std::string digits;
  for (; rest != 0 || static_cast<int>(digits.size()) <= scale; rest /= 10) {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
  }
  if (scale > 0) digits.insert(digits.size() - static_cast<size_t>(scale), ".");
  return (negative ? "-" : "") + digits;
}

__int128 pow10(int n) {
  __int128 v = 1;
  for (; n > 0; --n) v *= 10;
  return v;
}

/// A number small enough that its products fit 128 bits.
struct Model {
  int64_t number;
  int scale;

  std::string text() const { return text_of(number, scale); }
  __int128 at(int other) const { return number * pow10(other - scale); }
};

Model random_model(std::mt19937_64& rng) {
  auto bits = static_cast<int>(rng() % 55 + 1);
  auto magnitude = static_cast<int64_t>(rng() >> (64 - bits));
  return {rng() % 2 == 0 ? magnitude : -magnitude, static_cast<int>(rng() % 9)};
}

TEST(Decimal, ArithmeticIsExact) {
  uint64_t seed = test_seed();
  std::mt19937_64 rng(seed);
  for (int i = 0; i < 3000; ++i) {
    Model a = random_model(rng);
    Model b = random_model(rng);
    Decimal x = parse(a.text());
    Decimal y = parse(b.text());
    int scale = std::max(a.scale, b.scale);
    __int128 p = a.at(scale);
    __int128 q = b.at(scale);
    std::string both = a.text() + " " + b.text();
    EXPECT_EQ(Decimal::add(x, y)->to_string(), text_of(p + q, scale)) << both;
    EXPECT_EQ(Decimal::subtract(x, y)->to_string(), text_of(p - q, scale)) << both;
    __int128 product = static_cast<__int128>(a.number) * b.number;
    EXPECT_EQ(Decimal::multiply(x, y)->to_string(), text_of(product, a.scale + b.scale)) << both;
    EXPECT_EQ(Decimal::compare(x, y), p < q ? -1 : (p > q ? 1 : 0)) << both;
    if (q == 0) continue;
    EXPECT_EQ(Decimal::modulo(x, y).to_string(), text_of(p % q, scale)) << both;
    EXPECT_EQ(Decimal::int_divide(x, y)->to_string(), text_of(p / q, 0)) << both;
  }
}

TEST(Decimal, QuotientOfLongNumbersTimesDivisorIsTheDividend) {
  uint64_t seed = test_seed();
  std::mt19937_64 rng(seed);
  auto digits = [&](size_t n) {
    std::string text(1, static_cast<char>('1' + rng() % 9));
    // Runs of 0 and 9 are where a guessed quotient word is wrong.
    while (text.size() < n) text += rng() % 3 == 0 ? "000000000" : (rng() % 2 ? "999999999" : "7");
    return text.substr(0, n);
  };
  for (int i = 0; i < 2000; ++i) {
    std::string b_text = digits(10 + rng() % 25);
    Decimal b = parse(b_text);
    Decimal q = parse(digits(1 + rng() % 30));
    Decimal rest = Decimal::modulo(parse(digits(1 + rng() % 30)), b);
    Decimal a = *Decimal::add(*Decimal::multiply(b, q), rest);
    EXPECT_EQ(Decimal::int_divide(a, b)->to_string(), q.to_string())
        << a.to_string() << " " << b_text;
    EXPECT_EQ(Decimal::modulo(a, b).to_string(), rest.to_string())
        << a.to_string() << " " << b_text;
  }
}

TEST(Decimal, RoundsHalfAwayFromZero) {
  uint64_t seed = test_seed();
  std::mt19937_64 rng(seed);
  for (int i = 0; i < 2000; ++i) {
    Model a = random_model(rng);
    int to = static_cast<int>(rng() % (static_cast<uint64_t>(a.scale) + 1));
    __int128 unit = pow10(a.scale - to);
    __int128 magnitude = a.number < 0 ? -static_cast<__int128>(a.number) : a.number;
    __int128 rounded = (magnitude + unit / 2) / unit;
    __int128 cut = magnitude / unit;
    Decimal d = parse(a.text());
    int sign = a.number < 0 ? -1 : 1;
    EXPECT_EQ(d.round(to).to_string(), text_of(sign * rounded, to)) << a.text() << " " << to;
    EXPECT_EQ(d.truncate(to).to_string(), text_of(sign * cut, to)) << a.text() << " " << to;
  }
}

TEST(Decimal, ReadsPrefixes) {
  EXPECT_EQ(parse("-12.30e2").to_string(), "-1230");
  EXPECT_EQ(parse("1.5e-3").to_string(), "0.0015");
  EXPECT_EQ(parse(" +.5 ").to_string(), "0.5");
  EXPECT_EQ(parse("5.").to_string(), "5");
  EXPECT_EQ(parse("0.00").to_string(), "0.00");
  EXPECT_EQ(parse("-0").to_string(), "0");
  EXPECT_EQ(parse("0e100000").to_string(), "0");
  EXPECT_EQ(parse("1e-100000").to_string(), "0");
  Decimal::Parsed partly = Decimal::parse("12abc");
  EXPECT_EQ(partly.value.to_string(), "12");
  EXPECT_FALSE(partly.complete);
  EXPECT_FALSE(partly.empty);
  for (const char* none : {"", "abc", "-", ".", "e5", "- 5"}) {
    EXPECT_TRUE(Decimal::parse(none).empty) << none;
  }
  Decimal::Parsed huge = Decimal::parse("-1e66");
  EXPECT_TRUE(huge.overflow);
  EXPECT_EQ(huge.value.to_string(), "-" + std::string(65, '9'));
}

TEST(Decimal, LimitsOfIntegers) {
  bool clipped = true;
  EXPECT_EQ(parse("-9223372036854775808").to_int(&clipped), std::numeric_limits<int64_t>::min());
  EXPECT_FALSE(clipped);
  EXPECT_EQ(parse("9223372036854775807.5").to_int(&clipped), std::numeric_limits<int64_t>::max());
  EXPECT_TRUE(clipped);
  EXPECT_EQ(parse("18446744073709551615.4").to_uint(&clipped),
            std::numeric_limits<uint64_t>::max());
  EXPECT_FALSE(clipped);
  EXPECT_EQ(parse("-1").to_uint(&clipped), 0u);
  EXPECT_TRUE(clipped);
  EXPECT_EQ(Decimal::of_int(std::numeric_limits<int64_t>::min()).to_string(),
            "-9223372036854775808");
  EXPECT_EQ(Decimal::of_uint(~0ull).to_string(), "18446744073709551615");
  EXPECT_EQ(Decimal::of_double(0.1).to_string(), "0.1");
  EXPECT_EQ(Decimal::of_double(-1.5e20).to_string(), "-150000000000000000000");
  EXPECT_EQ(parse("123456789.125").to_double(), 123456789.125);
}

TEST(Decimal, FitsColumns) {
  bool clipped = false;
  bool rounded = false;
  EXPECT_EQ(parse("1.235").fit(5, 2, &clipped, &rounded).to_string(), "1.24");
  EXPECT_TRUE(rounded && !clipped);
  EXPECT_EQ(parse("999.995").fit(5, 2, &clipped, &rounded).to_string(), "999.99");
  EXPECT_TRUE(clipped);
  EXPECT_EQ(parse("-7").fit(5, 2, &clipped, &rounded).to_string(), "-7.00");
  EXPECT_FALSE(clipped || rounded);
  EXPECT_EQ(parse("0.5").fit(2, 2, &clipped, &rounded).to_string(), "0.50");
  EXPECT_FALSE(clipped);
}

TEST(Decimal, BinaryFormReadsBack) {
  for (const char* text : {"0.00", "-123.45", "99999999.99", "0.01", "-0.10", "1234567890.12"}) {
    std::string binary = parse(text).to_binary(12, 2);
    auto back = Decimal::from_binary(12, 2, binary);
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(back->to_string(), text);
  }
  EXPECT_FALSE(Decimal::from_binary(12, 2, "x").ok());
  EXPECT_FALSE(Decimal::from_binary(90, 2, std::string(50, '\x80')).ok());
}

TEST(Decimal, QuotientsKeepHiddenDigits) {
  Decimal third = *Decimal::divide(parse("1"), parse("3"));
  EXPECT_EQ(third.to_string(), "0.3333");
  EXPECT_EQ(Decimal::multiply(third, parse("3"))->to_string(), "1.0000");
  EXPECT_EQ(Decimal::add(third, third)->to_string(), "0.6667");
  EXPECT_EQ(parse("12.3400").to_short_string(), "12.34");
  EXPECT_EQ(parse("100").to_short_string(), "100");
  EXPECT_EQ(parse("-0.5").floor().to_string(), "-1");
  EXPECT_EQ(parse("-0.5").ceil().to_string(), "0");
}

TEST(Decimal, ZerosThatAreOnlyShownAreNoDigitsOfAQuotient) {
  Decimal shown = parse("0.7340").show(10);
  EXPECT_EQ(shown.to_string(), "0.7340000000");
  EXPECT_EQ(parse("-7").show(2).to_string(), "-7.00");
  EXPECT_EQ(parse("2.345").show(2).to_string(), "2.35");
  EXPECT_EQ(Decimal::divide(shown, parse("6"))->to_string(), "0.12233333300000");
  EXPECT_EQ(Decimal::divide(parse("0.7340").round(10), parse("6"))->to_string(),
            "0.12233333333333");
}

}  // namespace
}  // namespace tbl::tidb
