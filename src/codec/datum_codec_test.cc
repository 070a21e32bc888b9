#include "codec/datum_codec.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "codec/decimal.h"
#include "codec/test_util.h"

namespace tbl::codec {
namespace {

std::string value(const Datum& d) {
  std::string out;
  write_value(out, d);
  return out;
}
std::string key(const Datum& d) {
  std::string out;
  write_key(out, d);
  return out;
}

TEST(DatumCodec, Varints) {
  const std::pair<int64_t, const char*> ints[] = {
      {0, "00"},
      {1, "02"},
      {-1, "01"},
      {63, "7e"},
      {64, "8001"},
      {-64, "7f"},
      {-65, "8101"},
      {300, "d804"},
      {2021, "ca1f"},
      {std::numeric_limits<int64_t>::max(), "feffffffffffffffff01"},
      {std::numeric_limits<int64_t>::min(), "ffffffffffffffffff01"}};
  for (auto [v, bytes] : ints)
    EXPECT_EQ(to_hex(value(Datum::of_int(v))), std::string("08") + bytes);
  const std::pair<uint64_t, const char*> uints[] = {{0, "00"},
                                                    {127, "7f"},
                                                    {128, "8001"},
                                                    {300, "ac02"},
                                                    {513, "8104"},
                                                    {~0ull, "ffffffffffffffffff01"},
                                                    {1848030837010981440u, "c0c487b094c8e1d219"},
                                                    {1848030556663578624u, "8080808080c0e1d219"}};
  for (auto [v, bytes] : uints)
    EXPECT_EQ(to_hex(value(Datum::of_uint(v))), std::string("09") + bytes);
}

TEST(DatumCodec, ValueVectors) {
  EXPECT_EQ(to_hex(value(Datum::null())), "00");
  EXPECT_EQ(to_hex(value(Datum::of_bytes("abc"))), "0206616263");
  EXPECT_EQ(to_hex(value(Datum::of_bytes(""))), "0200");
  EXPECT_EQ(to_hex(value(Datum::of_float(1.5))), "05bff8000000000000");
  EXPECT_EQ(to_hex(value(Datum::of_int(-3723450000000))), "08ff89d1eeddd801");
  EXPECT_EQ(to_hex(value(Datum::of_decimal(10, 2, kept_hex("7fffff84d2")))), "060a027fffff84d2");
  EXPECT_EQ(to_hex(value(Datum::of_json(kept_hex("0401")))), "0a0401");
  EXPECT_EQ(to_hex(value(Datum::of_duration(3600500000000))), "07800003464e860500");
}

TEST(DatumCodec, KeyVectors) {
  EXPECT_EQ(to_hex(key(Datum::null())), "00");
  EXPECT_EQ(to_hex(key(Datum::of_int(1))), "038000000000000001");
  EXPECT_EQ(to_hex(key(Datum::of_uint(513))), "040000000000000201");
  EXPECT_EQ(to_hex(key(Datum::of_float(1.5))), "05bff8000000000000");
  EXPECT_EQ(to_hex(key(Datum::of_bytes("x"))), "017800000000000000f8");
  EXPECT_EQ(to_hex(key(Datum::of_duration(-3723450000000))), "077ffffc9d1115dd80");
  EXPECT_EQ(to_hex(key(Datum::min_not_null())), "01");
  EXPECT_EQ(to_hex(key(Datum::max())), "fa");
}

TEST(DatumCodec, DamagedDataIsRefused) {
  for (const char* bad : {"",
                          "02",
                          "0201",
                          "0203ff",
                          "0208616263",
                          "03",
                          "0380000000000000",
                          "04",
                          "05",
                          "06",
                          "060a02",
                          "07",
                          "08",
                          "09ffffffffffffffffffff01",
                          "09ffffffffffffffffff02",
                          "0a",
                          "0a05",
                          "0bff",
                          "14",
                          "ff",
                          "01"}) {
    std::string bytes = hex(bad);
    ByteReader in(bytes);
    ByteReader skipped(bytes);
    Arena arena;
    Datum d;
    Bytes encoded;
    EXPECT_FALSE(read_datum(in, arena, &d)) << bad;
    EXPECT_FALSE(skip_datum(skipped, &encoded)) << bad;
  }
}

TEST(DatumCodec, ValuesPointIntoTheInput) {
  std::string bytes = value(Datum::of_bytes("abcdef"));
  ByteReader in(bytes);
  Arena arena;
  Datum d;
  ASSERT_TRUE(read_datum(in, arena, &d));
  EXPECT_EQ(static_cast<const void*>(d.as_bytes().data()), bytes.data() + 2);
  EXPECT_EQ(arena.reserved_bytes(), 0u);
}

/// Texts and decimals that the datums point to.
struct Holder {
  std::string text;
  std::string decimal;
};

Datum random_datum(Holder& holder) {
  switch (*rc::gen::inRange(0, 7)) {
    case 0:
      return Datum::null();
    case 1:
      return Datum::of_int(*rc::gen::arbitrary<int64_t>());
    case 2:
      return Datum::of_uint(*rc::gen::arbitrary<uint64_t>());
    case 3:
      return Datum::of_float(*rc::gen::arbitrary<double>());
    case 4:
      holder.text = *rc::gen::arbitrary<std::string>();
      return Datum::of_bytes(holder.text);
    case 5: {
      std::string digits = std::to_string(*rc::gen::inRange<int64_t>(-99999999, 99999999));
      RC_ASSERT(append_decimal_binary(holder.decimal, digits, 10, 2).ok());
      return Datum::of_decimal(10, 2, holder.decimal);
    }
    default:
      return Datum::of_duration(*rc::gen::arbitrary<int64_t>());
  }
}

RC_GTEST_PROP(DatumCodec, BothEncodingsComeBack, (const std::string& after)) {
  Holder holder;
  Datum d = random_datum(holder);
  for (const std::string& encoded : {value(d), key(d)}) {
    std::string bytes = encoded + after;
    ByteReader in(bytes);
    Arena arena;
    Datum read;
    RC_ASSERT(read_datum(in, arena, &read));
    RC_ASSERT(read == d);
    RC_ASSERT(in.rest() == after);
    ByteReader again(bytes);
    Bytes skipped;
    RC_ASSERT(skip_datum(again, &skipped));
    RC_ASSERT(skipped == encoded);
  }
}

RC_GTEST_PROP(DatumCodec, KeysSortNullFirst, ()) {
  Holder holder;
  Datum d = random_datum(holder);
  RC_PRE(!d.is_null());
  RC_ASSERT(key(Datum::null()) < key(d));
  RC_ASSERT(key(Datum::min_not_null()) <= key(d));
  RC_ASSERT(key(d) < key(Datum::max()));
}

RC_GTEST_PROP(DatumCodec, CutDataIsRefused, ()) {
  Holder holder;
  std::string bytes = value(random_datum(holder));
  ByteReader in(Bytes(bytes).substr(0, *rc::gen::inRange<size_t>(0, bytes.size())));
  Arena arena;
  Datum read;
  RC_ASSERT_FALSE(read_datum(in, arena, &read));
}

}  // namespace
}  // namespace tbl::codec
