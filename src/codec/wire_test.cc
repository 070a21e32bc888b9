#include "codec/wire.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/test_util.h"

namespace tbl::codec {
namespace {

std::string error_of(Bytes message) {
  WireReader reader(message);
  WireField field;
  while (reader.next(&field)) {
  }
  return reader.status("Binlog").message();
}

TEST(Wire, ErrorTexts) {
  EXPECT_EQ(error_of(hex("ffff")), "unexpected EOF");
  EXPECT_EQ(error_of(hex("08")), "unexpected EOF");
  EXPECT_EQ(error_of("hello"), "proto: Binlog: wiretype end group for non-group");
  EXPECT_EQ(error_of(hex("2205616263")), "unexpected EOF");
  EXPECT_EQ(error_of(hex("22ffffffffffffffffff01")),
            "proto: negative length found during unmarshaling");
  EXPECT_EQ(error_of(hex("08ffffffffffffffffffff01")), "proto: integer overflow");
  EXPECT_EQ(error_of(hex("0001")), "proto: Binlog: illegal tag 0 (wire type 0)");
  EXPECT_EQ(error_of(hex("0e01")), "proto: illegal wireType 6");
  EXPECT_EQ(error_of(hex("0900000000000000")), "unexpected EOF");
  EXPECT_EQ(error_of(hex("0d000000")), "unexpected EOF");
  EXPECT_EQ(error_of(hex("0b0801")), "unexpected EOF");
  EXPECT_EQ(error_of(""), "");
}

TEST(Wire, GroupsAreSkippedWhole) {
  std::string message = hex("0b 0801 13 1201ff 14 0c 1005");
  WireReader reader(message);
  WireField field;
  ASSERT_TRUE(reader.next(&field));
  EXPECT_EQ(field.number, 1u);
  EXPECT_EQ(to_hex(field.whole), "0b0801131201ff140c");
  ASSERT_TRUE(reader.next(&field));
  EXPECT_EQ(field.varint, 5u);
  EXPECT_FALSE(reader.next(&field));
  EXPECT_FALSE(reader.failed());
}

TEST(Wire, NestingDoesNotEatTheStack) {
  std::string message(3'000'000, '\x0b');
  EXPECT_EQ(error_of(message), "unexpected EOF");
}

TEST(Wire, WrongTypeNamesTheField) {
  std::string message = hex("0a00");
  WireReader reader(message);
  WireField field;
  ASSERT_TRUE(reader.next(&field));
  EXPECT_FALSE(reader.expect(field, WireType::kVarint, "Tp"));
  EXPECT_EQ(reader.status("Binlog").message(), "proto: wrong wireType = 2 for field Tp");
  EXPECT_FALSE(reader.next(&field));
}

TEST(Wire, FixedFields) {
  std::string message = hex("09 0102030405060708 15 01020304");
  WireReader reader(message);
  WireField field;
  ASSERT_TRUE(reader.next(&field));
  EXPECT_EQ(field.varint, 0x0807060504030201u);
  ASSERT_TRUE(reader.next(&field));
  EXPECT_EQ(field.varint, 0x04030201u);
}

RC_GTEST_PROP(Wire, FieldsComeBack, (uint64_t v, const std::string& bytes)) {
  uint32_t number = *rc::gen::inRange(1u, 1u << 29);
  std::string message;
  put_wire_varint(message, number, v);
  put_wire_bytes(message, number, bytes);
  RC_ASSERT(message.size() == 2 * wire_varint_size(static_cast<uint64_t>(number) << 3) +
                                  wire_varint_size(v) + wire_varint_size(bytes.size()) +
                                  bytes.size());
  WireReader reader(message);
  WireField field;
  RC_ASSERT(reader.next(&field));
  RC_ASSERT(field.number == number && field.type == WireType::kVarint && field.varint == v);
  RC_ASSERT(reader.next(&field));
  RC_ASSERT(field.number == number && field.type == WireType::kBytes && field.bytes == bytes);
  RC_ASSERT_FALSE(reader.next(&field) || reader.failed());
}

}  // namespace
}  // namespace tbl::codec
