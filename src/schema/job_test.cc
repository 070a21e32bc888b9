#include "schema/job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/test_seed.h"
#include "schema/test_tables.h"

namespace tbl::schema {
namespace {

using testing::HasSubstr;

// As TiDB 6.6 and 3.0.0 wrote them.
constexpr std::string_view kCreateSchema66 =
    R"({"id":3,"type":1,"schema_id":2,"table_id":0,"schema_name":"test","table_name":"","state":6,)"
    R"("warning":null,"err":null,"err_count":0,"row_count":0,"raw_args":null,"schema_state":5,)"
    R"("snapshot_ver":0,"real_start_ts":470652531550191617,"start_ts":470652531546259456,)"
    R"("dependency_id":0,"query":"CREATE DATABASE IF NOT EXISTS test","binlog":{"SchemaVersion":1,)"
    R"("DBInfo":{"id":2,"db_name":{"O":"test","L":"test"},"charset":"utf8mb4","collate":"utf8mb4_bin",)"
    R"("state":5,"policy_ref_info":null},"TableInfo":null,"FinishedTS":470652531560415232,)"
    R"("MultipleTableInfos":null},"version":1,"reorg_meta":null,"multi_schema_info":null,"priority":0,)"
    R"("seq_num":1})";
constexpr std::string_view kCreateSchema30 =
    R"({"id":2,"type":1,"schema_id":1,"table_id":0,"state":6,"err":null,"err_count":0,"row_count":0,)"
    R"("raw_args":null,"schema_state":5,"snapshot_ver":0,"start_ts":470652890858127364,)"
    R"("dependency_id":0,"query":"CREATE DATABASE IF NOT EXISTS test","binlog":{"SchemaVersion":1,)"
    R"("DBInfo":{"id":1,"db_name":{"O":"test","L":"test"},"charset":"utf8mb4","collate":"utf8mb4_bin",)"
    R"("state":5},"TableInfo":null,"FinishedTS":470652890859175936},"version":1,"reorg_meta":null,)"
    R"("priority":0})";

TEST(JobTest, ReadsJobsOfOldAndNewVersions) {
  auto job = parse_job(kCreateSchema66);
  ASSERT_TRUE(job.ok()) << job.status().to_string();
  EXPECT_EQ(job->id, 3);
  EXPECT_EQ(job->type, ActionType::kCreateSchema);
  EXPECT_EQ(job->state, JobState::kSynced);
  EXPECT_TRUE(job->is_finished());
  EXPECT_EQ(job->schema_version, 1);
  EXPECT_EQ(job->finished_ts, 470652531560415232U);
  EXPECT_EQ(job->db->id, 2);
  EXPECT_EQ(job->table, nullptr);
  EXPECT_EQ(job->query, "CREATE DATABASE IF NOT EXISTS test");

  auto old = parse_job(kCreateSchema30);
  ASSERT_TRUE(old.ok()) << old.status().to_string();
  EXPECT_EQ(old->db->name.o, "test");
}

TEST(JobTest, TextEscapedByGoIsPlainAgain) {
  auto job = parse_job(R"({"id":3,"query":"select 1 \u003c 2 \u0026\u0026 'ä' \u003e 0"})");
  ASSERT_TRUE(job.ok());
  EXPECT_EQ(job->query, "select 1 < 2 && 'ä' > 0");
  EXPECT_EQ(job->schema_version, 0);
}

TEST(JobTest, ReadsTables) {
  JobText text{.id = 8, .type = 60, .version = 30, .schema_id = 2, .table_id = 5};
  text.tables =
      "[" + table_json(5, "a", column_json(1, "x", 3, 0)) + "," + table_json(6, "b", "") + "]";
  auto job = parse_job(text.json());
  ASSERT_TRUE(job.ok()) << job.status().to_string();
  ASSERT_EQ(job->tables.size(), 2U);
  EXPECT_EQ(job->tables[1]->name.o, "b");
}

TEST(JobTest, ErrorsNameTheJob) {
  auto error = [](const std::string& json) { return parse_job(json).status().message(); };
  EXPECT_EQ(error("nonsense"), "job: not valid JSON");
  EXPECT_THAT(error(R"({"id":8,"type":300})"), HasSubstr("ddl job 8: job: field type"));
  EXPECT_THAT(error(R"({"id":8,"binlog":[]})"),
              HasSubstr("ddl job 8: job: binlog: not a JSON object"));
  EXPECT_THAT(error(R"({"id":8,"binlog":{"TableInfo":{"id":4,"name":"t","cols":7}}})"),
              HasSubstr("table t(4)"));
  EXPECT_THAT(error(R"({"id":8,"binlog":{"MultipleTableInfos":[3]}})"),
              HasSubstr("table: not a JSON object"));
}

TEST(JobTest, TheHeaderAgreesWithTheWholeJob) {
  auto header = parse_job_header(kCreateSchema66);
  ASSERT_TRUE(header.ok()) << header.status().to_string();
  EXPECT_EQ(header->id, 3);
  EXPECT_EQ(header->state, JobState::kSynced);
  EXPECT_EQ(header->schema_version, 1);
  EXPECT_EQ(header->type, ActionType::kCreateSchema);
  EXPECT_EQ(header->new_table_id, 0);
  EXPECT_FALSE(parse_job_header(kCreateSchema66.substr(0, 400)).ok());
  EXPECT_FALSE(parse_job_header("[]").ok());
}

TEST(JobTest, NamesOfActionsAndStates) {
  EXPECT_EQ(action_name(ActionType::kCreateSchema), "create schema");
  EXPECT_EQ(action_name(ActionType::kDropResourceGroup), "drop resource group");
  EXPECT_EQ(action_name(ActionType::kModifySchemaCharset), "modify schema charset and collate");
  EXPECT_EQ(action_name(static_cast<ActionType>(200)), "none");
  DdlJob job;
  job.id = 4;
  job.type = ActionType::kDropColumn;
  job.state = JobState::kSynced;
  EXPECT_THAT(job.to_string(), HasSubstr("ID:4, Type:drop column, State:synced, SchemaState:none"));
}

TEST(JobTest, ActionsThatTheDownstreamNeverSees) {
  std::vector<int> ignored;
  for (int type = 0; type < 256; ++type) {
    if (is_ignored_action(static_cast<ActionType>(type))) ignored.push_back(type);
  }
  EXPECT_THAT(ignored,
              testing::ElementsAre(27, 28, 31, 49, 50, 51, 52, 53, 54, 55, 56, 57, 59, 68, 69, 70));
}

TEST(JobTest, DroppingAColumnIsSeenByItsState) {
  DdlJob job;
  job.type = ActionType::kDropColumn;
  job.schema_state = SchemaState::kDeleteOnly;
  EXPECT_TRUE(job.is_dropping_column());
  job.schema_state = SchemaState::kNone;
  EXPECT_FALSE(job.is_dropping_column());
}

// Damaged JSON gives an error or some job, never anything else; both readers see the same ids.
TEST(JobTest, DamagedBytesDoNoHarm) {
  const unsigned seed = test_seed();
  std::mt19937 random(seed);
  JobText text{.id = 8, .type = 3, .version = 30, .schema_id = 2, .table_id = 5};
  text.table = table_json(5, "a", column_json(1, "x", 3, 3), R"("pk_is_handle":true)");
  const std::string good = text.json();
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = good;
    for (int hits = 1 + static_cast<int>(random() % 3); hits > 0; --hits) {
      bytes[random() % bytes.size()] = "0123456789{}[]\",:null\xff-."[random() % 24];
    }
    auto job = parse_job(bytes);
    auto header = parse_job_header(bytes);
    if (!job.ok() || !header.ok()) continue;
    EXPECT_EQ(job->id, header->id) << bytes;
    EXPECT_EQ(job->schema_version, header->schema_version) << bytes;
  }
}

}  // namespace
}  // namespace tbl::schema
