// What is written reads back the same, and is byte for byte what TiDB v3.0 wrote where recorded.
#include "schema/json_writer.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "schema/schema_diff.h"

namespace tbl::schema {
namespace {

constexpr std::string_view kRecordedDatabaseJob =
    R"({"id":2,"type":1,"schema_id":1,"table_id":0,"state":6,"err":null,"err_count":0,"row_count":0,"raw_args":null,"schema_state":5,"snapshot_ver":0,"start_ts":470652890858127364,"dependency_id":0,"query":"CREATE DATABASE IF NOT EXISTS test","binlog":{"SchemaVersion":1,"DBInfo":{"id":1,"db_name":{"O":"test","L":"test"},"charset":"utf8mb4","collate":"utf8mb4_bin","state":5},"TableInfo":null,"FinishedTS":470652890859175936},"version":1,"reorg_meta":null,"priority":0})";

constexpr std::string_view kRecordedTable =
    R"({"id":45,"name":{"O":"t2","L":"t2"},"charset":"utf8mb4","collate":"utf8mb4_bin","cols":[{"id":1,"name":{"O":"a","L":"a"},"offset":0,"origin_default":null,"default":null,"default_bit":null,"generated_expr_string":"","generated_stored":false,"dependences":null,"type":{"Tp":3,"Flag":8,"Flen":11,"Decimal":0,"Charset":"binary","Collate":"binary","Elems":null},"state":5,"comment":"","version":2}],"index_info":[{"id":1,"idx_name":{"O":"ua","L":"ua"},"tbl_name":{"O":"","L":""},"idx_cols":[{"name":{"O":"a","L":"a"},"offset":0,"length":-1}],"is_unique":true,"is_primary":false,"state":5,"comment":"","index_type":1}],"fk_info":null,"state":5,"pk_is_handle":false,"comment":"","auto_inc_id":0,"max_col_id":4,"max_idx_id":2,"update_timestamp":470652891054473219,"ShardRowIDBits":0,"max_shard_row_id_bits":0,"pre_split_regions":0,"partition":null,"compression":"","view":null,"version":3})";

std::string decompressed(const std::string& path) {
  std::string content;
  FILE* pipe = popen(("zstd -dcq '" + path + "'").c_str(), "r");
  char buffer[1 << 16];
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) content.append(buffer, n);
  EXPECT_EQ(pclose(pipe), 0) << path;
  return content;
}

/// Fields of `written` that `recorded` has too, with equal values; the others are defaults there.
void expect_subset(const nlohmann::json& written, const nlohmann::json& recorded,
                   const std::string& at) {
  if (written.is_object() && recorded.is_object()) {
    for (const auto& [key, value] : written.items()) {
      ASSERT_TRUE(recorded.contains(key)) << at << "." << key;
      expect_subset(value, recorded[key], at + "." + key);
    }
    return;
  }
  if (written.is_array() && recorded.is_array() && written.size() == recorded.size()) {
    for (size_t i = 0; i < written.size(); ++i) expect_subset(written[i], recorded[i], at);
    return;
  }
  if (written.is_null() && recorded.is_array() && recorded.empty()) return;  // both: no elements
  EXPECT_EQ(written, recorded) << at;
}

TEST(JsonWriter, RecordedBytesComeBack) {
  auto job = parse_job(kRecordedDatabaseJob);
  ASSERT_TRUE(job.ok()) << job.status().to_string();
  EXPECT_EQ(write_job(*job), kRecordedDatabaseJob);
  auto table = parse_table_info(kRecordedTable);
  ASSERT_TRUE(table.ok()) << table.status().to_string();
  EXPECT_EQ(write_table_info(**table), kRecordedTable);
}

class RecordedJobs : public testing::TestWithParam<std::string> {};

TEST_P(RecordedJobs, NothingOfThemIsLost) {
  const auto jobs = nlohmann::json::parse(
      decompressed(std::string(TBL_CAPTURES) + "/" + GetParam() + "/ddl_history.json.zst"));
  ASSERT_GT(jobs.size(), 20U);
  for (const auto& item : jobs) {
    auto job = parse_job(item.dump());
    ASSERT_TRUE(job.ok()) << job.status().to_string();
    const std::string text = write_job(*job);
    expect_subset(nlohmann::json::parse(text), item, "job " + std::to_string(job->id));
    auto again = parse_job(text);
    ASSERT_TRUE(again.ok()) << again.status().to_string() << text;
    EXPECT_EQ(write_job(*again), text);
  }
}

INSTANTIATE_TEST_SUITE_P(All, RecordedJobs, testing::Values("types", "stress", "clustered"),
                         [](const auto& info) { return info.param; });

TEST(JsonWriter, BitDefaultsSurvive) {
  for (const std::string& bytes : {std::string("\x0a"), std::string("\xff\x00\xfe", 3),
                                   std::string("ab"), std::string("abcd\x01")}) {
    TableInfo table;
    auto& column = table.columns.emplace_back();
    column.id = 1;
    column.name = CiName::of("b");
    column.default_value = bytes;
    column.default_bit = bytes;
    auto back = parse_table_info(write_table_info(table));
    ASSERT_TRUE(back.ok()) << back.status().to_string();
    EXPECT_EQ((*back)->columns[0].default_bit, bytes);
  }
}

TEST(JsonWriter, ErrorsAndRangesOfAJobSurvive) {
  DdlJob job;
  job.id = 7;
  job.type = ActionType::kAddIndex;
  job.state = JobState::kRollbackDone;
  job.error = JobError{kErrorClassDdl, 1062, "Duplicate entry '1' for key 'k'"};
  job.error_count = 1;
  job.reorg_end_handle = INT64_MAX;
  job.snapshot_version = UINT64_MAX;
  job.raw_args = R"([{"L":"k","O":"k"},3,[]])";
  auto back = parse_job(write_job(job));
  ASSERT_TRUE(back.ok()) << back.status().to_string();
  EXPECT_EQ(back->error, job.error);
  EXPECT_EQ(back->reorg_end_handle, INT64_MAX);
  EXPECT_EQ(back->snapshot_version, UINT64_MAX);
  EXPECT_EQ(back->raw_args, job.raw_args);
}

TEST(SchemaDiffJson, IsAsTidbWritesIt) {
  const SchemaDiff diff{43, ActionType::kTruncateTable, 84, 104, 86, 0};
  const std::string text = write_schema_diff(diff);
  EXPECT_EQ(
      text,
      R"({"version":43,"type":11,"schema_id":84,"table_id":104,"old_table_id":86,"old_schema_id":0})");
  auto back = parse_schema_diff(text);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back, diff);
  EXPECT_FALSE(parse_schema_diff("{\"version\":\"x\"}").ok());
}

}  // namespace
}  // namespace tbl::schema
