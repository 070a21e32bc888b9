#include "base/bytes.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/crc32c.h"

namespace tbl {
namespace {

TEST(BytesTest, FixedWidthInBothOrders) {
  std::string out;
  put_le32(out, 0x823A56E8);
  put_be32(out, 0x823A56E8);
  put_be16(out, 0x0102);
  put_le64(out, 1);
  EXPECT_EQ(to_hex(out), "e8563a82823a56e801020100000000000000");
  ByteReader in(out);
  uint32_t a = 0, b = 0;
  uint16_t c = 0;
  uint64_t d = 0;
  ASSERT_TRUE(in.read_le32(&a) && in.read_be32(&b) && in.read_be16(&c) && in.read_le64(&d));
  EXPECT_EQ(a, b);
  EXPECT_EQ(c, 0x0102);
  EXPECT_EQ(d, 1U);
  EXPECT_TRUE(in.empty());
}

/// Every read of a too short input fails and does not move.
TEST(BytesTest, BoundsAreKept) {
  std::string data(7, '\xff');
  ByteReader in(data);
  uint64_t v = 0;
  Bytes piece;
  EXPECT_FALSE(in.read_le64(&v));
  EXPECT_FALSE(in.read_be64(&v));
  EXPECT_FALSE(in.read_uvarint(&v));
  EXPECT_FALSE(in.read_bytes(8, &piece));
  EXPECT_FALSE(in.read_bytes(SIZE_MAX, &piece));
  EXPECT_FALSE(in.skip(8));
  EXPECT_EQ(in.remaining(), 7U);
  EXPECT_TRUE(in.skip(7));
  uint8_t byte = 0;
  EXPECT_FALSE(in.read_u8(&byte));
}

TEST(BytesTest, VarintVectors) {
  std::string out;
  put_uvarint(out, 300);
  put_varint(out, -1);
  put_varint(out, 63);
  put_varint(out, INT64_MIN);
  EXPECT_EQ(to_hex(out), "ac02017effffffffffffffffff01");
}

TEST(BytesTest, VarintRefusesMoreThan64Bits) {
  uint64_t v = 0;
  std::string largest(9, '\xff');
  std::string fits = largest + "\x01";
  EXPECT_TRUE(ByteReader(fits).read_uvarint(&v));
  EXPECT_EQ(v, UINT64_MAX);
  std::string too_large = largest + "\x02";
  EXPECT_FALSE(ByteReader(too_large).read_uvarint(&v));
  std::string too_long = std::string(10, '\x80') + "\x01";
  EXPECT_FALSE(ByteReader(too_long).read_uvarint(&v));
}

TEST(BytesTest, VarintsRoundTrip) {
  EXPECT_TRUE(rc::check([](uint64_t u, int64_t i) {
    std::string out;
    put_uvarint(out, u);
    put_varint(out, i);
    ByteReader in(out);
    uint64_t u2 = 0;
    int64_t i2 = 0;
    RC_ASSERT(in.read_uvarint(&u2) && in.read_varint(&i2) && in.empty());
    RC_ASSERT(u2 == u);
    RC_ASSERT(i2 == i);
  }));
}

TEST(BytesTest, Hex) {
  EXPECT_EQ(to_hex(std::string("\x00\xab", 2)), "00ab");
  EXPECT_EQ(*from_hex("00 aB"), std::string("\x00\xab", 2));
  EXPECT_FALSE(from_hex("0").ok());
  EXPECT_FALSE(from_hex("0g").ok());
}

/// RFC 3720, B.4, and the check value of the CRC catalogue.
TEST(Crc32cTest, Vectors) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283U);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aaU);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43U);
  EXPECT_EQ(crc32c(""), 0U);
}

TEST(Crc32cTest, SeedContinues) {
  std::string text = "the quick brown fox jumps over the lazy dog";
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(crc32c(text.substr(cut), crc32c(text.substr(0, cut))), crc32c(text));
  }
}

}  // namespace
}  // namespace tbl
