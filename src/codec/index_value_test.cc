#include "codec/index_value.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/test_util.h"

namespace tbl::codec {
namespace {

IndexValue parse(const char* text) {
  static std::string bytes;
  bytes = hex(text);
  IndexValue value;
  EXPECT_TRUE(parse_index_value(bytes, &value)) << text;
  return value;
}

TEST(IndexValue, OldForms) {
  EXPECT_EQ(parse("fffffffffffffffe").int_handle, -2);
  EXPECT_TRUE(parse("0000000000000007").has_int_handle);
  EXPECT_FALSE(parse("30").has_int_handle);
  EXPECT_EQ(to_hex(int_handle_index_value(-2)), "fffffffffffffffe");
  EXPECT_EQ(to_hex(plain_index_value()), "30");
}

TEST(IndexValue, ClusteredForms) {
  IndexValue plain = parse("00 7d 01 80 00 0200 0000 01 02 0100 0400 02 416220");
  EXPECT_TRUE(plain.common_handle.empty());
  EXPECT_EQ(to_hex(plain.restored), "80000200000001020100040002416220");
  const char* unique = "00 7d 01 7f 000a 017800000000000000f8 80 00 0100 0000 01 0100 02";
  IndexValue with_handle = parse(unique);
  EXPECT_EQ(to_hex(with_handle.common_handle), "017800000000000000f8");
  EXPECT_EQ(to_hex(with_handle.restored), "80000100000001010002");
  EXPECT_EQ(clustered_index_value(hex("017800000000000000f8"), hex("80000100000001010002")),
            hex(unique));
}

TEST(IndexValue, RestoredRowWithIntHandle) {
  IndexValue padded = parse("02 80 00 0000 0100 02 0000");
  EXPECT_FALSE(padded.has_int_handle);
  EXPECT_EQ(to_hex(padded.restored), "80000000010002");
  IndexValue unique = parse("08 80 00 0100 0000 02 0100 61 0000000000000005");
  EXPECT_TRUE(unique.has_int_handle);
  EXPECT_EQ(unique.int_handle, 5);
  IndexValue global = parse("08 7e 8000000000000060 0000000000000005");
  EXPECT_EQ(global.partition_id, 0x60);
  EXPECT_TRUE(global.has_partition);
  EXPECT_EQ(global.int_handle, 5);
}

TEST(IndexValue, Damage) {
  IndexValue value;
  for (const char* bad : {"", "303030", "ff000000000000000000", "007d0200000000000000",
                          "00 7d 01 7f ffff 00000000", "00 7d 01 7e 8000 00000000"}) {
    EXPECT_FALSE(parse_index_value(hex(bad), &value)) << bad;
  }
}

RC_GTEST_PROP(IndexValue, AnyBytesAreSafe, (const std::string& start)) {
  std::string bytes = start + *rc::gen::container<std::string>(16, rc::gen::arbitrary<char>());
  IndexValue value;
  if (!parse_index_value(bytes, &value)) return;
  RC_ASSERT(value.common_handle.size() + value.restored.size() <= bytes.size());
}

}  // namespace
}  // namespace tbl::codec
