#include "pump/storage/binlog_record.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "base/sim_env.h"
#include "base/test_seed.h"
#include "pump/storage/binlog_fields.h"
#include "pump/storage/segment_format.h"
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

/// The fields and whether they are canonical, or the error, as text.
std::string told(const Result<BinlogFields>& parsed) {
  if (!parsed.ok()) return parsed.status().message();
  std::string text =
      fmt::format("{} {} {} {} {} {}", parsed->tp, parsed->start_ts, parsed->commit_ts,
                  parsed->ddl_job_id, parsed->ddl_schema_state, parsed->canonical);
  for (const auto& range : {parsed->prewrite_key, parsed->prewrite_value, parsed->ddl_query}) {
    text += range ? fmt::format(" [{}, {}]", range->offset, range->length) : " -";
  }
  for (const ByteRange& range : parsed->unknown) {
    text += fmt::format(" unknown [{}, {}]", range.offset, range.length);
  }
  return text;
}

/// In memory most binlogs take a shorter way than in a segment: both must say the same of anything.
TEST(BinlogRecord, MemoryAndSegmentSayTheSame) {
  std::mt19937_64 random(test_seed());
  SimEnv env;
  ASSERT_TRUE(env.create_dirs("value").ok());
  SegmentSet segments(env, "value");
  size_t canonical = 0;
  for (uint32_t id = 0; id < 3000; ++id) {
    std::string bytes =
        testing::make_prewrite(random() >> (random() % 64), "key", std::string(random() % 200, 'v'))
            .payload;
    for (uint64_t n = random() % 3; n > 0; --n) {
      const size_t at = random() % bytes.size();
      if (random() % 3 == 0) {
        bytes.insert(at, 1, static_cast<char>(random()));
      } else {
        bytes[at] = static_cast<char>(random() % 2 == 0 ? random() : bytes[at] ^ 0x80);
      }
    }
    const std::string record = encode_record(bytes);
    ASSERT_TRUE((*env.open_append(segments.path(id)))->append(record).ok());
    segments.set({.id = id, .size = record.size()});
    SegmentWindow window;
    window.use(*segments.open(id));
    const auto in_memory = parse_binlog_fields(bytes);
    const Place place{id, static_cast<uint32_t>(bytes.size()), 0};
    ASSERT_EQ(told(in_memory), told(parse_binlog_fields(window, place))) << to_hex(bytes);
    canonical += in_memory.ok() && in_memory->canonical;
  }
  EXPECT_GT(canonical, 1000u);
  EXPECT_LT(canonical, 2500u);
}

}  // namespace
}  // namespace tbl::pump
