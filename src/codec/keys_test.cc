#include "codec/keys.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "codec/datum_codec.h"
#include "codec/test_util.h"

namespace tbl::codec {
namespace {

TEST(Keys, RecordKeys) {
  EXPECT_EQ(to_hex(record_key(45, int64_t{1})), "74800000000000002d5f728000000000000001");
  EXPECT_EQ(to_hex(record_key(45, int64_t{-1})), "74800000000000002d5f727fffffffffffffff");
  EXPECT_EQ(to_hex(record_key(0x57, Bytes(hex("017800000000000000f8")))),
            "7480000000000000575f72017800000000000000f8");
  // A handle is never shorter than 9 bytes, so that it cannot be taken for an integer.
  EXPECT_EQ(to_hex(record_key(1, Bytes(hex("0601018005")))),
            "7480000000000000015f72060101800500000000");
  EXPECT_EQ(to_hex(table_prefix(45)), "74800000000000002d");
  EXPECT_EQ(to_hex(record_prefix(45)), "74800000000000002d5f72");
}

TEST(Keys, IndexKeys) {
  EXPECT_EQ(to_hex(index_prefix(45, 2)), "74800000000000002d5f698000000000000002");
  std::string key = index_prefix(0x5a, 3) + hex("017800000000000000f8");
  IndexKey index;
  ASSERT_TRUE(parse_index_key(key, &index));
  EXPECT_EQ(index.table_id, 0x5a);
  EXPECT_EQ(index.index_id, 3);
  EXPECT_EQ(to_hex(index.values), "017800000000000000f8");
}

TEST(Keys, ParsesRecordKeys) {
  RecordKey record;
  ASSERT_TRUE(parse_record_key(hex("74800000000000002d5f727fffffffffffffff"), &record));
  EXPECT_EQ(record.table_id, 45);
  EXPECT_FALSE(record.is_common);
  EXPECT_EQ(record.handle, -1);
  std::string common = hex("7480000000000000575f72017800000000000000f8");
  ASSERT_TRUE(parse_record_key(common, &record));
  EXPECT_TRUE(record.is_common);
  EXPECT_EQ(to_hex(record.common_handle), "017800000000000000f8");
  for (const char* bad :
       {"", "74", "74800000000000002d", "74800000000000002d5f72", "74800000000000002d5f69",
        "74800000000000002d5f7280000000000000", "6d800000000000002d5f728000000000000001"}) {
    EXPECT_FALSE(parse_record_key(hex(bad), &record)) << bad;
  }
}

TEST(Keys, MetaVectors) {
  EXPECT_EQ(to_hex(meta_string_key("NextGlobalID")),
            "6d4e657874476c6f62ff616c494400000000fb0000000000000073");
  EXPECT_EQ(to_hex(meta_string_key("SchemaVersionKey")),
            "6d536368656d615665ff7273696f6e4b6579ff0000000000000000f70000000000000073");
  EXPECT_EQ(to_hex(meta_string_key("BootstrapKey")),
            "6d426f6f7473747261ff704b657900000000fb0000000000000073");
  EXPECT_EQ(to_hex(meta_string_key("Diff:23")), "6d446966663a323300fe0000000000000073");
  EXPECT_EQ(to_hex(meta_hash_key("DBs", "DB:1")),
            "6d4442730000000000fa000000000000006844423a3100000000fb");
  EXPECT_EQ(to_hex(meta_hash_key("DB:1", "Table:5")),
            "6d44423a3100000000fb00000000000000685461626c653a3500fe");
  EXPECT_EQ(to_hex(meta_hash_count_key("DBs")), "6d4442730000000000fa0000000000000048");
  EXPECT_EQ(to_hex(meta_hash_prefix("DBs")), "6d4442730000000000fa0000000000000068");
  std::string job_id;
  put_be64(job_id, 45);
  EXPECT_EQ(
      to_hex(meta_hash_key("DDLJobHistory", job_id)),
      "6d44444c4a6f624869ff73746f7279000000fc0000000000000068000000000000002dff0000000000000000f7");
  EXPECT_EQ(to_hex(meta_list_key("DDLJobList")),
            "6d44444c4a6f624c69ff7374000000000000f9000000000000004c");
  EXPECT_EQ(to_hex(meta_list_element_key("DDLJobList", 0)),
            "6d44444c4a6f624c69ff7374000000000000f9000000000000006c8000000000000000");
}

TEST(Keys, PrefixNext) {
  EXPECT_EQ(prefix_next("ab"), "ac");
  EXPECT_EQ(to_hex(prefix_next(hex("74ff"))), "75");
  EXPECT_EQ(prefix_next(hex("ffff")), "");
  EXPECT_EQ(prefix_next(""), "");
}

RC_GTEST_PROP(Keys, PrefixNextBoundsThePrefix,
              (const std::string& prefix, const std::string& rest)) {
  std::string next = prefix_next(prefix);
  RC_ASSERT(next.empty() || prefix + rest < next);
  RC_ASSERT(next.empty() || next.size() <= prefix.size());
}

RC_GTEST_PROP(Keys, MetaKeysComeBack,
              (const std::string& key, const std::string& field, int64_t index)) {
  MetaKey m;
  RC_ASSERT(parse_meta_key(meta_string_key(key), &m));
  RC_ASSERT(m.type == 's' && m.key == key);
  RC_ASSERT(parse_meta_key(meta_hash_key(key, field), &m));
  RC_ASSERT(m.type == 'h' && m.key == key && m.field == field);
  RC_ASSERT(parse_meta_key(meta_hash_count_key(key), &m));
  RC_ASSERT(m.type == 'H' && m.key == key);
  RC_ASSERT(parse_meta_key(meta_list_key(key), &m));
  RC_ASSERT(m.type == 'L' && m.key == key);
  RC_ASSERT(parse_meta_key(meta_list_element_key(key, index), &m));
  RC_ASSERT(m.type == 'l' && m.key == key && m.index == index);
  RC_ASSERT_FALSE(parse_meta_key(meta_string_key(key) + "x", &m));
  RC_ASSERT_FALSE(parse_meta_key(meta_hash_prefix(key), &m));
}

RC_GTEST_PROP(Keys, HandlesSortAsKeys, (int64_t table, int64_t a, int64_t b)) {
  RC_ASSERT((a < b) == (record_key(table, a) < record_key(table, b)));
  RecordKey record;
  std::string key = record_key(table, a);
  RC_ASSERT(parse_record_key(key, &record));
  RC_ASSERT(record.table_id == table && record.handle == a && !record.is_common);
}

}  // namespace
}  // namespace tbl::codec
