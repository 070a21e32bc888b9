#include "codec/memcomparable.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>

#include "codec/test_util.h"

namespace tbl::codec {
namespace {

template <typename T>
std::string encode(void (*put)(std::string&, T), T v) {
  std::string out;
  put(out, v);
  return out;
}

TEST(Memcomparable, IntVectors) {
  EXPECT_EQ(to_hex(encode(put_comparable_int, int64_t{0})), "8000000000000000");
  EXPECT_EQ(to_hex(encode(put_comparable_int, int64_t{1})), "8000000000000001");
  EXPECT_EQ(to_hex(encode(put_comparable_int, int64_t{-1})), "7fffffffffffffff");
  EXPECT_EQ(to_hex(encode(put_comparable_int, std::numeric_limits<int64_t>::min())),
            "0000000000000000");
  EXPECT_EQ(to_hex(encode(put_comparable_int, std::numeric_limits<int64_t>::max())),
            "ffffffffffffffff");
}

TEST(Memcomparable, FloatVectors) {
  EXPECT_EQ(to_hex(encode(put_comparable_float, 0.0)), "8000000000000000");
  EXPECT_EQ(to_hex(encode(put_comparable_float, -0.0)), "8000000000000000");
  EXPECT_EQ(to_hex(encode(put_comparable_float, 1.0)), "bff0000000000000");
  EXPECT_EQ(to_hex(encode(put_comparable_float, 1.5)), "bff8000000000000");
  EXPECT_EQ(to_hex(encode(put_comparable_float, -1.0)), "400fffffffffffff");
  EXPECT_EQ(to_hex(encode(put_comparable_float, -2.25)), "3ffdffffffffffff");
}

TEST(Memcomparable, BytesVectors) {
  EXPECT_EQ(to_hex(encode<Bytes>(put_comparable_bytes, "")), "0000000000000000f7");
  EXPECT_EQ(to_hex(encode<Bytes>(put_comparable_bytes, "abc")), "6162630000000000fa");
  EXPECT_EQ(to_hex(encode<Bytes>(put_comparable_bytes, "12345678")),
            "3132333435363738ff0000000000000000f7");
  EXPECT_EQ(to_hex(encode<Bytes>(put_comparable_bytes, "123456789")),
            "3132333435363738ff3900000000000000f8");
  EXPECT_EQ(to_hex(encode<Bytes>(put_comparable_bytes_desc, "abc")), "9e9d9cffffffffff05");
}

TEST(Memcomparable, BadBytesAreRefused) {
  for (const char* bad : {"", "6162630000000000", "6162630000000000f6", "6162630000000100fa",
                          "3132333435363738ff", "3132333435363738ff00000000000000"}) {
    std::string bytes = hex(bad);
    ByteReader in(bytes);
    Arena arena;
    Bytes v;
    size_t size = 0;
    std::string text;
    EXPECT_FALSE(read_comparable_bytes(in, arena, &v)) << bad;
    EXPECT_FALSE(skip_comparable_bytes(in, &size)) << bad;
    EXPECT_FALSE(read_comparable_bytes(in, &text)) << bad;
    EXPECT_EQ(in.remaining(), bytes.size()) << bad;
  }
}

RC_GTEST_PROP(Memcomparable, IntsSortAsBytes, (int64_t a, int64_t b)) {
  RC_ASSERT((a < b) == (encode(put_comparable_int, a) < encode(put_comparable_int, b)));
  RC_ASSERT((a < b) == (encode(put_comparable_int_desc, a) > encode(put_comparable_int_desc, b)));
  std::string both = encode(put_comparable_int, a) + encode(put_comparable_int_desc, b);
  ByteReader in(both);
  int64_t x = 0;
  int64_t y = 0;
  RC_ASSERT(read_comparable_int(in, &x) && read_comparable_int_desc(in, &y));
  RC_ASSERT(x == a && y == b && in.empty());
}

RC_GTEST_PROP(Memcomparable, UintsSortAsBytes, (uint64_t a, uint64_t b)) {
  RC_ASSERT((a < b) == (encode(put_comparable_uint, a) < encode(put_comparable_uint, b)));
  std::string both = encode(put_comparable_uint, a) + encode(put_comparable_uint_desc, b);
  ByteReader in(both);
  uint64_t x = 0;
  uint64_t y = 0;
  RC_ASSERT(read_comparable_uint(in, &x) && read_comparable_uint_desc(in, &y));
  RC_ASSERT(x == a && y == b);
}

RC_GTEST_PROP(Memcomparable, FloatsSortAsBytes, (uint64_t bits_a, uint64_t bits_b)) {
  auto a = std::bit_cast<double>(bits_a);
  auto b = std::bit_cast<double>(bits_b);
  RC_PRE(!std::isnan(a) && !std::isnan(b));
  RC_ASSERT((a < b) == (encode(put_comparable_float, a) < encode(put_comparable_float, b)));
  std::string both = encode(put_comparable_float, a) + encode(put_comparable_float_desc, b);
  ByteReader in(both);
  double x = 0;
  double y = 0;
  RC_ASSERT(read_comparable_float(in, &x) && read_comparable_float_desc(in, &y));
  RC_ASSERT(x == a && y == b);
}

RC_GTEST_PROP(Memcomparable, BytesSortAsBytes, (const std::string& a, const std::string& suffix)) {
  // A common prefix is where a wrong marker would show.
  std::string b = a.substr(0, a.size() / 2) + suffix;
  RC_ASSERT((a < b) ==
            (encode<Bytes>(put_comparable_bytes, a) < encode<Bytes>(put_comparable_bytes, b)));
  RC_ASSERT((a < b) == (encode<Bytes>(put_comparable_bytes_desc, a) >
                        encode<Bytes>(put_comparable_bytes_desc, b)));
}

RC_GTEST_PROP(Memcomparable, BytesComeBack, (const std::string& v, const std::string& after)) {
  std::string bytes = encode<Bytes>(put_comparable_bytes, v) + after;
  RC_ASSERT(bytes.size() - after.size() == (v.size() / 8 + 1) * 9);
  ByteReader in(bytes);
  Arena arena;
  Bytes read;
  RC_ASSERT(read_comparable_bytes(in, arena, &read));
  RC_ASSERT(read == v);
  RC_ASSERT(in.rest() == after);

  bytes = encode<Bytes>(put_comparable_bytes_desc, v) + after;
  ByteReader desc(bytes);
  std::string text = "x";
  RC_ASSERT(read_comparable_bytes_desc(desc, &text));
  RC_ASSERT(text == "x" + v);
  RC_ASSERT(desc.rest() == after);
}

}  // namespace
}  // namespace tbl::codec
