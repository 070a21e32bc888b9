#include "drainer/meta_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "drainer/test_stream.h"

namespace tbl::drainer {
namespace {

using schema::column_json;
using schema::db_json;
using schema::JobText;
using schema::table_json;
using testing::HasSubstr;

constexpr int64_t kTable = 10;

/// A cluster at schema version 5 whose table `t` was renamed to `u` by the job of version 5.
class LoadSchemaTest : public testing::Test {
 protected:
  LoadSchemaTest() {
    put({.id = 1, .type = 1, .version = 1, .schema_id = 2, .db = db_json(2, "db")});
    put({.id = 2,
         .type = 3,
         .version = 4,
         .schema_id = 2,
         .table_id = kTable,
         .table = table_json(kTable, "t", "")});
    put({.id = 3,
         .type = 14,
         .version = 5,
         .schema_id = 2,
         .table_id = kTable,
         .table = table_json(kTable, "u", "")});
    meta_.values[codec::meta_hash_key("DBs", "DB:2")] = db_json(2, "db");
    meta_.values[codec::meta_hash_key("DB:2", "Table:10")] = table_json(kTable, "u", "");
    meta_.values[kVersionKey] = "5";
  }
  void put(const JobText& job) { meta_.values[history_key(job.id)] = job.json(); }
  std::string table_name() {
    const auto* names = tracker_.name_of(kTable);
    return names == nullptr ? "none" : names->table;
  }

  const std::string kVersionKey = codec::meta_string_key("SchemaVersionKey");
  schema::MapReader meta_;
  schema::SchemaTracker tracker_;
  SchemaStart start_{.commit_ts = 100,
                     .schema_version = 4,
                     .now_ts = 200,
                     .get_ts = [] { return Result<uint64_t>(300); },
                     .gc_safe_point = 50};
};

TEST_F(LoadSchemaTest, TakesTheSnapshotAtTheCheckpoint) {
  ASSERT_TRUE(load_schema(tracker_, meta_, start_).ok());
  EXPECT_EQ(tracker_.version(), 5);
  EXPECT_EQ(table_name(), "u");
}

TEST_F(LoadSchemaTest, TakesTheHistoryWhereASnapshotMayBeGone) {
  start_.gc_safe_point = 100;
  ASSERT_TRUE(load_schema(tracker_, meta_, start_).ok());
  EXPECT_EQ(tracker_.version(), 4) << "what comes later is applied when it comes by";
  EXPECT_EQ(table_name(), "t");
}

TEST_F(LoadSchemaTest, TakesTheHistoryForAFutureCheckpoint) {
  start_.now_ts = 99;
  ASSERT_TRUE(load_schema(tracker_, meta_, start_).ok());
  EXPECT_EQ(table_name(), "t");
}

TEST_F(LoadSchemaTest, TakesTheHistoryWhereVersionsDoNotFit) {
  meta_.values[kVersionKey] = "3";
  ASSERT_TRUE(load_schema(tracker_, meta_, start_).ok());
  EXPECT_EQ(table_name(), "t");
}

TEST_F(LoadSchemaTest, TakesTheHistoryOfAClusterWithoutVersion) {
  meta_.values.erase(kVersionKey);
  start_.schema_version = 0;
  ASSERT_TRUE(load_schema(tracker_, meta_, start_).ok());
  EXPECT_EQ(table_name(), "none") << "no checkpoint told how far to go";
  ASSERT_TRUE(tracker_.apply_up_to(5).ok());
  EXPECT_EQ(table_name(), "u");
}

TEST_F(LoadSchemaTest, AnInsistedSnapshotMustBeThere) {
  start_.insist_on_snapshot = true;
  start_.gc_safe_point = 100;
  EXPECT_THAT(load_schema(tracker_, meta_, start_).message(),
              HasSubstr("load-schema-snapshot: 100 is not above the GC safe point 100"));
}

}  // namespace
}  // namespace tbl::drainer
