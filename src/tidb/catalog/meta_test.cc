#include "tidb/catalog/meta.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "codec/keys.h"
#include "tidb/catalog/test_meta_store.h"

namespace tbl::tidb {
namespace {

using schema::ActionType;
using schema::DbInfo;
using schema::DdlJob;
using schema::SchemaState;
using schema::TableInfo;

std::string hex_key(const std::string& spaced) { return from_hex(spaced).value(); }

TableInfo small_table(int64_t id, const std::string& name) {
  TableInfo table;
  table.id = id;
  table.name = schema::CiName::of(name);
  table.state = SchemaState::kPublic;
  auto& column = table.columns.emplace_back();
  column.id = 1;
  column.name = schema::CiName::of("a");
  column.state = SchemaState::kPublic;
  return table;
}

int64_t hash_count(MapMetaStore& store, std::string_view hash) {
  auto it = store.values.find(codec::meta_hash_count_key(hash));
  return it == store.values.end() ? 0 : static_cast<int64_t>(get_be64(it->second.data()));
}

class MetaTest : public testing::Test {
 protected:
  MapMetaStore store_;
  MetaWriter meta_{store_};
};

TEST_F(MetaTest, KeysAreThoseOfTidb) {
  ASSERT_TRUE(meta_.take_global_ids(1).ok());
  ASSERT_TRUE(meta_.bump_schema_version().ok());
  ASSERT_TRUE(meta_.set_bootstrap_version(33).ok());
  ASSERT_TRUE(meta_.put_diff({.version = 23}).ok());
  DbInfo db;
  db.id = 1;
  ASSERT_TRUE(meta_.put_database(db).ok());
  ASSERT_TRUE(meta_.put_table(1, small_table(5, "t")).ok());
  DdlJob job;
  job.id = 45;
  ASSERT_TRUE(meta_.add_history(job).ok());
  ASSERT_TRUE(meta_.push_job(job).ok());
  for (const char* key :
       {"6d 4e657874476c6f62ff 616c494400000000fb 0000000000000073",
        "6d 536368656d615665ff 7273696f6e4b6579ff 0000000000000000f7 0000000000000073",
        "6d 426f6f7473747261ff 704b657900000000fb 0000000000000073",
        "6d 446966663a323300fe 0000000000000073",
        "6d 4442730000000000fa 0000000000000068 44423a3100000000fb",
        "6d 44423a3100000000fb 0000000000000068 5461626c653a3500fe",
        "6d 4442730000000000fa 0000000000000048",
        "6d 44444c4a6f624869ff 73746f7279000000fc 0000000000000068 000000000000002dff "
        "0000000000000000f7",
        "6d 44444c4a6f624c69ff 7374000000000000f9 000000000000004c",
        "6d 44444c4a6f624c69ff 7374000000000000f9 000000000000006c 8000000000000000"}) {
    EXPECT_TRUE(store_.values.contains(hex_key(key))) << key;
  }
  EXPECT_EQ(store_.values.at(hex_key("6d 426f6f7473747261ff 704b657900000000fb 0000000000000073")),
            "33");
}

TEST_F(MetaTest, GlobalIdsAreNeverGivenTwice) {
  EXPECT_EQ(meta_.take_global_ids(3).value(), 1);
  EXPECT_EQ(meta_.take_global_ids(1).value(), 4);
  EXPECT_EQ(meta_.take_global_ids(2).value(), 5);
  EXPECT_EQ(meta_.last_global_id().value(), 6);
}

TEST_F(MetaTest, HashesCountTheirFields) {
  DbInfo db;
  db.id = 1;
  ASSERT_TRUE(meta_.put_database(db).ok());
  db.charset = "utf8";
  ASSERT_TRUE(meta_.put_database(db).ok());
  EXPECT_EQ(hash_count(store_, "DBs"), 1);
  ASSERT_TRUE(meta_.put_table(1, small_table(5, "t")).ok());
  ASSERT_TRUE(meta_.put_table(1, small_table(6, "u")).ok());
  ASSERT_TRUE(meta_.advance_auto_id(1, 5, 30000).ok());
  EXPECT_EQ(hash_count(store_, "DB:1"), 3);
  ASSERT_TRUE(meta_.drop_table(1, 5).ok());
  ASSERT_TRUE(meta_.remove_auto_id(1, 5).ok());
  ASSERT_TRUE(meta_.remove_auto_id(1, 5).ok());
  EXPECT_EQ(hash_count(store_, "DB:1"), 1);
  ASSERT_TRUE(meta_.drop_database(1).ok());
  EXPECT_EQ(hash_count(store_, "DB:1"), 0);
  EXPECT_EQ(hash_count(store_, "DBs"), 0);
  EXPECT_TRUE(store_.values.empty());
}

TEST_F(MetaTest, AutoIdsAdvance) {
  EXPECT_EQ(meta_.auto_id(1, 5).value(), 0);
  EXPECT_EQ(meta_.advance_auto_id(1, 5, 30000).value(), 30000);
  EXPECT_EQ(meta_.advance_auto_id(1, 5, 10).value(), 30010);
  ASSERT_TRUE(meta_.set_auto_id(1, 5, 99).ok());
  EXPECT_EQ(meta_.auto_id(1, 5).value(), 99);
}

TEST_F(MetaTest, QueueIsFirstInFirstOutAndLeavesNoKeys) {
  DdlJob job;
  for (int64_t id : {7, 8, 9}) {
    job.id = id;
    ASSERT_TRUE(meta_.push_job(job).ok());
  }
  job.id = 8;
  job.query = "changed";
  ASSERT_TRUE(meta_.update_job(job).ok());
  auto queued = meta_.queued_jobs(JobQueue::kGeneral);
  ASSERT_EQ(queued->size(), 3U);
  EXPECT_EQ((*queued)[1].query, "changed");
  for (int64_t id : {7, 8, 9}) {
    EXPECT_EQ(meta_.first_job(JobQueue::kGeneral).value()->id, id);
    ASSERT_TRUE(meta_.pop_job(JobQueue::kGeneral).ok());
  }
  EXPECT_FALSE(meta_.pop_job(JobQueue::kGeneral).ok());
  EXPECT_FALSE(meta_.update_job(job).ok());
  EXPECT_TRUE(store_.values.empty());
}

TEST_F(MetaTest, IndexJobsHaveTheirOwnQueue) {
  DdlJob job;
  job.id = 3;
  job.type = ActionType::kAddIndex;
  ASSERT_TRUE(meta_.push_job(job).ok());
  EXPECT_FALSE(meta_.first_job(JobQueue::kGeneral).value().has_value());
  EXPECT_EQ(meta_.first_job(JobQueue::kAddIndex).value()->id, 3);
}

TEST_F(MetaTest, HistoryIsNewestFirst) {
  DdlJob job;
  for (int64_t id : {300, 2, 70000}) {
    job.id = id;
    ASSERT_TRUE(meta_.add_history(job).ok());
  }
  auto two = meta_.history(2);
  ASSERT_EQ(two->size(), 2U);
  EXPECT_EQ((*two)[0].id, 70000);
  EXPECT_EQ((*two)[1].id, 300);
  EXPECT_EQ(meta_.history(0)->size(), 3U);
  EXPECT_EQ(meta_.history_job(2).value()->id, 2);
  EXPECT_FALSE(meta_.history_job(4).value().has_value());
}

TEST_F(MetaTest, ReorgProgressSurvivesAndGoes) {
  EXPECT_FALSE(meta_.reorg_progress(5).value().has_value());
  ASSERT_TRUE(meta_.put_reorg_progress(5, {INT64_MIN, INT64_MAX, 77}).ok());
  auto progress = meta_.reorg_progress(5).value();
  EXPECT_EQ(progress->start_handle, INT64_MIN);
  EXPECT_EQ(progress->end_handle, INT64_MAX);
  EXPECT_EQ(progress->physical_id, 77);
  ASSERT_TRUE(meta_.remove_reorg_progress(5).ok());
  EXPECT_TRUE(store_.values.empty());
}

TEST_F(MetaTest, BadValuesAreErrorsThatNameTheKey) {
  store_.values[codec::meta_string_key("SchemaVersionKey")] = "12x";
  auto version = meta_.schema_version();
  ASSERT_FALSE(version.ok());
  EXPECT_NE(version.status().message().find("SchemaVersionKey"), std::string::npos);
  store_.values[codec::meta_list_key("DDLJobList")] = "short";
  EXPECT_FALSE(meta_.first_job(JobQueue::kGeneral).ok());
  store_.values[codec::meta_hash_key("DBs", "DB:1")] = "{";
  EXPECT_FALSE(meta_.databases().ok());
}

}  // namespace
}  // namespace tbl::tidb
