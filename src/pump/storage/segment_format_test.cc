#include "pump/storage/segment_format.h"

#include <gtest/gtest.h>

#include "pump/storage/storage_testing.h"

namespace tbl::pump {
namespace {

using testing::hex_bytes;

// Bytes written by the original.
TEST(SegmentFormat, RecordOfTheOriginal) {
  EXPECT_EQ(to_hex(encode_record("hello")), "e8563a8205000000000000004cbb719a68656c6c6f");
}

TEST(SegmentFormat, SealedSegmentOfTheOriginal) {
  const std::string p = hex_bytes("08001064180022016b2a017638004000");
  EXPECT_EQ(to_hex(encode_record(p) + encode_footer(100)),
            "e8563a82100000000000000037dea47808001064180022016b2a017638004000"
            "640000000000000022b93a12");
}

TEST(SegmentFormat, HeaderIsReadBack) {
  const auto header = parse_record_header(encode_record("hello"));
  ASSERT_TRUE(header);
  EXPECT_EQ(header->length, 5u);
  EXPECT_EQ(header->crc, 0x9a71bb4cu);
  EXPECT_FALSE(parse_record_header(encode_record("hello").substr(0, 15)));
  EXPECT_FALSE(parse_record_header(hex_bytes("e9563a82100000000000000037dea478")));
}

TEST(SegmentFormat, FooterIsFoundAtTheEnd) {
  EXPECT_EQ(parse_footer("xyz" + encode_footer(77)), 77u);
  EXPECT_EQ(parse_footer(encode_footer(77) + "x"), std::nullopt);
  EXPECT_EQ(parse_footer(encode_footer(77).substr(1)), std::nullopt);
}

TEST(SegmentFormat, Names) {
  EXPECT_EQ(segment_name(7), "000007.vlog");
  EXPECT_EQ(segment_name(4294967295), "4294967295.vlog");
  for (const uint32_t id : {0u, 7u, 999999u, 1000000u, 4294967295u}) {
    EXPECT_EQ(parse_segment_name(segment_name(id)), id);
  }
  for (const char* name : {"7.vlog", "000007.vlo", "00000x.vlog", ".vlog", "4294967296.vlog", ""}) {
    EXPECT_EQ(parse_segment_name(name), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace tbl::pump
