// The DDL statements of recorded clusters, run through this engine, leave the jobs and tables that
// the original left: ids, types, flags, defaults, indexes, partitions, arguments for GC.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "schema/json_writer.h"
#include "tidb/ddl/test_ddl.h"

namespace tbl::tidb {
namespace {

using nlohmann::json;
using schema::DdlJob;
using schema::TableInfo;

std::string decompressed(const std::string& path) {
  std::string content;
  FILE* pipe = popen(("zstd -dcq '" + path + "'").c_str(), "r");
  char buffer[1 << 16];
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) content.append(buffer, n);
  EXPECT_EQ(pclose(pipe), 0) << path;
  return content;
}

/// The table as JSON of v3.0 without what differs between versions and runs.
json comparable(const TableInfo& table) {
  json object = json::parse(schema::write_table_info(table));
  object.erase("update_timestamp");
  object.erase("version");
  if (object["partition"].is_object()) object["partition"].erase("num");
  return object;
}

/// A single integer column is the primary key, but not the handle.
bool keeps_row_id(const TableInfo& table) {
  const auto* primary = table.primary_index();
  return !table.pk_is_handle && primary != nullptr && primary->columns.size() == 1;
}

class RecordedStatements : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    json all = json::parse(
        decompressed(std::string(TBL_CAPTURES) + "/" + GetParam() + "/ddl_history.json.zst"));
    for (const auto& item : all) {
      auto job = schema::parse_job(item.dump());
      ASSERT_TRUE(job.ok()) << job.status().to_string();
      if (job->schema_id == 1 || job->schema_id == 3) {
        last_system_id_ = std::max(last_system_id_, job->id);
        continue;
      }
      jobs_.push_back(*job);
      databases_.push_back(item["schema_name"]);
    }
    ASSERT_GT(jobs_.size(), 50U);
  }

  /// Ids go on where the original's system tables ended.
  void start_behind_bootstrap() {
    auto txn = ddl_.storage.begin();
    MetaWriter meta((*txn)->store());
    ASSERT_TRUE(meta.take_global_ids(last_system_id_).ok());
    ASSERT_TRUE((*txn)->commit(nullptr).ok());
  }

  TestDdl ddl_;
  std::vector<DdlJob> jobs_;
  std::vector<std::string> databases_;
  int64_t last_system_id_ = 0;
};

void expect_same_job(const DdlJob& ours, const DdlJob& recorded) {
  EXPECT_EQ(ours.id, recorded.id);
  EXPECT_EQ(ours.type, recorded.type);
  EXPECT_EQ(ours.state, recorded.state);
  EXPECT_EQ(ours.schema_state, recorded.schema_state);
  EXPECT_EQ(ours.schema_id, recorded.schema_id);
  EXPECT_EQ(ours.table_id, recorded.table_id);
  if (recorded.type != schema::ActionType::kModifyColumn) {  // newer ones keep lists there
    EXPECT_EQ(json::parse(ours.raw_args), json::parse(recorded.raw_args));
  }
  ASSERT_EQ(ours.table != nullptr, recorded.table != nullptr);
  ASSERT_EQ(ours.db != nullptr, recorded.db != nullptr);
  if (ours.db) {
    EXPECT_EQ(schema::write_db_info(*ours.db), schema::write_db_info(*recorded.db));
  }
  if (!ours.table) return;
  const json mine = comparable(*ours.table);
  const json theirs = comparable(*recorded.table);
  EXPECT_EQ(mine, theirs) << json::diff(theirs, mine).dump();
}

TEST_P(RecordedStatements, LeaveTheSameJobs) {
  start_behind_bootstrap();
  for (size_t i = 0; i < jobs_.size(); ++i) {
    const DdlJob& recorded = jobs_[i];
    SCOPED_TRACE("job " + std::to_string(recorded.id) + ": " + recorded.query);
    ddl_.current_db = databases_[i];
    if (recorded.table) ddl_.options.alter_primary_key = keeps_row_id(*recorded.table);
    ddl_.ok(recorded.query);
    ASSERT_EQ(ddl_.last_jobs.size(), 1U);
    expect_same_job(ddl_.last_job(), recorded);
    if (HasFatalFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(All, RecordedStatements, testing::Values("types", "stress"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace tbl::tidb
