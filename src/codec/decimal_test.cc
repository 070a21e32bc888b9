#include "codec/decimal.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/test_util.h"

namespace tbl::codec {
namespace {

struct Vector {
  const char* text;
  int prec;
  int frac;
  const char* bytes;
};

constexpr Vector kVectors[] = {
    {"1234567890.1234", 14, 4, "810dfb38d204d2"},
    {"-1234567890.1234", 14, 4, "7ef204c72dfb2d"},
    {"-123.45", 10, 2, "7fffff84d2"},
    {"12345", 10, 0, "8000003039"},
    {"0", 1, 0, "80"},
    {"0.5", 1, 1, "85"},
    {"-0.001", 5, 3, "7ffffe"},
    {"-12345.67", 10, 2, "7fffcfc6bc"},
};

std::string text_of(int prec, int frac, Bytes binary) {
  std::string text;
  auto datum = Datum::of_decimal(static_cast<uint8_t>(prec), static_cast<uint8_t>(frac), binary);
  return append_decimal_text(text, datum) ? text : "refused";
}

std::string binary_of(std::string_view text, int prec, int frac) {
  std::string out;
  Status status = append_decimal_binary(out, text, prec, frac);
  return status.ok() ? out : status.message();
}

TEST(Decimal, Vectors) {
  for (const Vector& v : kVectors) {
    EXPECT_EQ(to_hex(binary_of(v.text, v.prec, v.frac)), v.bytes) << v.text;
    EXPECT_EQ(text_of(v.prec, v.frac, hex(v.bytes)), v.text);
    EXPECT_EQ(decimal_size(v.prec, v.frac), hex(v.bytes).size());
  }
}

TEST(Decimal, TextHasAllFractionDigits) {
  EXPECT_EQ(text_of(10, 2, binary_of("0", 10, 2)), "0.00");
  EXPECT_EQ(text_of(10, 2, binary_of("-0.001", 10, 2)), "0.00");
  EXPECT_EQ(text_of(10, 2, binary_of(".5", 10, 2)), "0.50");
  EXPECT_EQ(text_of(10, 2, binary_of("+7.", 10, 2)), "7.00");
  EXPECT_EQ(text_of(30, 30, binary_of("-0.000000000000000000000000000001", 30, 30)),
            "-0.000000000000000000000000000001");
}

TEST(Decimal, RoundsHalfAwayFromZero) {
  EXPECT_EQ(text_of(5, 2, binary_of("1.005", 5, 2)), "1.01");
  EXPECT_EQ(text_of(5, 2, binary_of("-1.005", 5, 2)), "-1.01");
  EXPECT_EQ(text_of(5, 2, binary_of("1.00499", 5, 2)), "1.00");
  EXPECT_EQ(text_of(5, 0, binary_of("99.5", 5, 0)), "100");
}

TEST(Decimal, RefusesWhatDoesNotFit) {
  EXPECT_EQ(binary_of("1000", 5, 2), "decimal '1000' does not fit");
  EXPECT_EQ(binary_of("999.995", 5, 2), "decimal '999.995' does not fit");
  EXPECT_EQ(binary_of("1e3", 5, 2), "not a decimal: '1e3'");
  EXPECT_EQ(binary_of("", 5, 2), "not a decimal: ''");
  EXPECT_EQ(binary_of(".", 5, 2), "not a decimal: '.'");
  EXPECT_EQ(binary_of("1", 5, 6), "no such decimal type");
  EXPECT_EQ(binary_of("1", 0, 0), "no such decimal type");
}

TEST(Decimal, SizesOfImpossibleTypesAreZero) {
  for (auto [prec, frac] : {std::pair{0, 0}, {82, 0}, {40, 31}, {3, 4}, {-1, 0}, {5, -1}}) {
    EXPECT_EQ(decimal_size(prec, frac), 0u) << prec << "," << frac;
  }
}

TEST(Decimal, DamagedWordsAreRefused) {
  EXPECT_EQ(text_of(9, 0, hex("ffffffff")), "refused");   // above 999999999
  EXPECT_EQ(text_of(1, 0, hex("8a")), "refused");         // 10 in one digit
  EXPECT_EQ(text_of(10, 2, hex("80000030")), "refused");  // too short
}

TEST(Decimal, ReadsPrecAndFrac) {
  std::string bytes = hex("0a02 7fffff84d2 aa");
  ByteReader in(bytes);
  Datum d;
  ASSERT_TRUE(read_decimal(in, &d));
  EXPECT_EQ(in.remaining(), 1u);
  std::string text;
  ASSERT_TRUE(append_decimal_text(text, d));
  EXPECT_EQ(text, "-123.45");
  for (const char* bad : {"", "0a", "0a02", "0a027fffff84", "0000", "5300", "0a0b00", "050680"}) {
    std::string bad_bytes = hex(bad);
    ByteReader bad_in(bad_bytes);
    EXPECT_FALSE(read_decimal(bad_in, &d)) << bad;
  }
}

/// A decimal text in normal form with the digits of its type.
std::string random_text(int whole, int frac) {
  auto digits = [](int n) {
    return *rc::gen::container<std::string>(n, rc::gen::inRange('0', static_cast<char>('9' + 1)));
  };
  std::string left = digits(whole);
  left.erase(0, std::min(left.find_first_not_of('0'), left.size()));
  std::string right = digits(frac);
  std::string text = (left.empty() ? "0" : left) + (frac > 0 ? "." + right : "");
  bool zero = text.find_first_of("123456789") == std::string::npos;
  return (!zero && *rc::gen::arbitrary<bool>() ? "-" : "") + text;
}

RC_GTEST_PROP(Decimal, TextComesBack, ()) {
  int frac = *rc::gen::inRange(0, kMaxDecimalFrac + 1);
  int prec = *rc::gen::inRange(std::max(frac, 1), kMaxDecimalPrec + 1);
  std::string text = random_text(prec - frac, frac);
  std::string binary = binary_of(text, prec, frac);
  RC_ASSERT(binary.size() == decimal_size(prec, frac));
  RC_ASSERT(text_of(prec, frac, binary) == text);
}

RC_GTEST_PROP(Decimal, BytesSortAsNumbers, ()) {
  // 18 digits, so that __int128-free arithmetic is the oracle.
  int frac = *rc::gen::inRange(0, 19);
  auto a = *rc::gen::inRange<int64_t>(-999'999'999'999'999'999, 1'000'000'000'000'000'000);
  auto b =
      *rc::gen::oneOf(rc::gen::just(a + 1), rc::gen::inRange<int64_t>(-1'000'000, 1'000'000),
                      rc::gen::inRange<int64_t>(-999'999'999'999'999'999, 999'999'999'999'999'999));
  RC_PRE(b <= 999'999'999'999'999'999);
  auto binary = [&](int64_t v) {
    std::string digits = std::to_string(std::abs(v));
    if (digits.size() <= static_cast<size_t>(frac))
      digits.insert(0, static_cast<size_t>(frac) + 1 - digits.size(), '0');
    digits.insert(digits.size() - static_cast<size_t>(frac), ".");
    return binary_of((v < 0 ? "-" : "") + digits, 18, frac);
  };
  RC_ASSERT((a < b) == (binary(a) < binary(b)));
}

}  // namespace
}  // namespace tbl::codec
