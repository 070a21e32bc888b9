#include "pump/storage/binlog_record.h"

#include <gtest/gtest.h>

#include "pump/storage/storage_testing.h"

namespace tbl::pump {
namespace {

using testing::hex_bytes;

std::string stored(const char* hex) {
  auto record = decode_binlog(hex_bytes(hex));
  return record.ok() ? to_hex(record->payload) : record.status().message();
}

// Bytes written by the original.
TEST(BinlogRecord, CanonicalBytesStay) {
  for (const char* hex : {"08001064180022016b2a017638004000", "08011064186e22016b38004000",
                          "08021078187838004000", "08021078187838004000a20603616263"}) {
    EXPECT_EQ(stored(hex), hex);
  }
}

TEST(BinlogRecord, FakeAndCommitAreTheOriginals) {
  EXPECT_EQ(to_hex(make_fake(120).payload), "08021078187838004000");
  EXPECT_TRUE(make_fake(120).header.is_fake());
  EXPECT_EQ(to_hex(make_commit(100, 110).payload), "08011064186e38004000");
  EXPECT_FALSE(make_commit(100, 110).header.is_fake());
}

TEST(BinlogRecord, MissingNumbersAreWritten) {
  // What TiDB before 3.0.6 sends: no ddl_schema_state.
  EXPECT_EQ(stored("0800108280808cda9f86c406180022076c6976655f6b312a0208013800"),
            "0800108280808cda9f86c406180022076c6976655f6b312a02080138004000");
  EXPECT_EQ(stored(""), "08001000180038004000");
  EXPECT_EQ(stored("1001"), "08001001180038004000");
}

TEST(BinlogRecord, FieldsAreOrderedAndTheLastCounts) {
  EXPECT_EQ(stored("400522016b18051064080110 65"), "08011065180522016b38004005");
  // Two keys; an overlong number; an unknown field before a known one.
  EXPECT_EQ(stored("08011064180522016a22016b38004000"), "08011064180522016b38004000");
  EXPECT_EQ(stored("0801108a00180538004000"), "0801100a180538004000");
  EXPECT_EQ(stored("a20603616263080110641805 38004000"), "08011064180538004000a20603616263");
}

TEST(BinlogRecord, EmptyBytesStayPresent) {
  EXPECT_EQ(stored("08001064180022002a0038004000"), "08001064180022002a0038004000");
}

TEST(BinlogRecord, NegativeNumbers) {
  EXPECT_EQ(stored("08ffffffffffffffffff011064180038004000"),
            "08ffffffffffffffffff011064180038004000");
  // Upper bits of an int32 are lost.
  EXPECT_EQ(stored("0881808080101064180038004000"), "08011064180038004000");
}

TEST(BinlogRecord, Headers) {
  EXPECT_TRUE(decode_binlog("")->header.is_probe());
  EXPECT_TRUE(decode_binlog(hex_bytes("0809"))->header.is_probe());
  const auto ddl = decode_binlog(hex_bytes("08001064180022016b3201783805"));
  EXPECT_TRUE(ddl->header.is_prewrite());
  EXPECT_TRUE(ddl->header.ddl);
  EXPECT_EQ(ddl->header.start_ts, 100u);
  const auto r = decode_binlog(hex_bytes("080210641800"));
  EXPECT_TRUE(r->header.is_rollback());
  EXPECT_FALSE(r->header.is_fake());
}

// Texts that clients of the original see.
TEST(BinlogRecord, Errors) {
  EXPECT_EQ(stored("ffff"), "unexpected EOF");
  EXPECT_EQ(stored("08"), "unexpected EOF");
  EXPECT_EQ(stored("2a05aabb"), "unexpected EOF");
  EXPECT_EQ(decode_binlog("hello").status().message(),
            "proto: Binlog: wiretype end group for non-group");
  EXPECT_EQ(stored("0a00"), "proto: wrong wireType = 2 for field Tp");
  EXPECT_EQ(stored("2800"), "proto: wrong wireType = 0 for field PrewriteValue");
  EXPECT_EQ(stored("0000"), "proto: Binlog: illegal tag 0 (wire type 0)");
  EXPECT_EQ(stored("08ffffffffffffffffffff01"), "proto: integer overflow");
  EXPECT_EQ(stored("47"), "proto: wrong wireType = 7 for field DdlSchemaState");
  EXPECT_EQ(stored("4f"), "proto: illegal wireType 7");
  EXPECT_EQ(stored("2affffffffffffffffff01"), "proto: negative length found during unmarshaling");
}

TEST(BinlogRecord, UnknownGroupIsKept) {
  // field 10, group { field 1: 1, group 2 {} }
  const char* hex =
      "08011064186e380040005308011314"
      "54";
  EXPECT_EQ(stored(hex), hex);
  EXPECT_EQ(stored("530801"), "unexpected EOF");
}

}  // namespace
}  // namespace tbl::pump
