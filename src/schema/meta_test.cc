// History and snapshot against meta keys as TiKV holds them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/history.h"
#include "schema/snapshot.h"
#include "schema/test_tables.h"

namespace tbl::schema {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Keys worked out by hand: 'm', groups of eight bytes with a marker, the type, the field in groups.
std::string history_key(uint8_t job_id) {
  return from_hex("6d 44444c4a6f624869ff 73746f7279000000fc 0000000000000068").value() +
         from_hex("00000000000000").value() + static_cast<char>(job_id) +
         from_hex("ff 0000000000000000f7").value();
}
const std::string kDb1Key =
    from_hex("6d 4442730000000000fa 0000000000000068 44423a3100000000fb").value();
const std::string kTable5Key =
    from_hex("6d 44423a3100000000fb 0000000000000068 5461626c653a3500fe").value();
const std::string kTid5Key =
    from_hex("6d 44423a3100000000fb 0000000000000068 5449443a35000000fc").value();
const std::string kVersionKey =
    from_hex("6d 536368656d615665ff 7273696f6e4b6579ff 0000000000000000f7 0000000000000073")
        .value();

TEST(HistoryTest, IsOrderedByVersionAndHoldsWhatWillBeApplied) {
  MapReader reader;
  auto put = [&](uint8_t id, const JobText& text) { reader.values[history_key(id)] = text.json(); };
  put(1, {.id = 1, .type = 1, .version = 9});
  put(2, {.id = 2, .type = 1, .version = 4});
  put(3, {.id = 3, .type = 1, .version = 5, .state = 3});  // rolled back
  put(4, {.id = 4, .type = 3, .version = 6, .table_id = 281474976710654});
  put(5, {.id = 5, .type = 3, .version = 0});
  put(6, {.id = 6, .type = 3, .version = 7, .state = 4});
  auto history = load_history(reader, 100);
  ASSERT_TRUE(history.ok()) << history.status().to_string();
  std::vector<int64_t> ids;
  for (const auto& entry : *history) ids.push_back(entry.job_id);
  EXPECT_THAT(ids, ElementsAre(2, 6, 1));
}

TEST(HistoryTest, AnUnreadableJobIsNamedByItsKey) {
  MapReader reader;
  reader.values[history_key(7)] = "{";
  auto history = load_history(reader, 100);
  EXPECT_THAT(history.status().message(), HasSubstr("load ddl job history: ddl job at key 6d44"));
}

TEST(HistoryTest, ReadsOneJobOnceItIsThere) {
  MapReader reader;
  EXPECT_FALSE(read_job(reader, 45, 100).value().has_value());
  reader.values[history_key(45)] = JobText{.id = 45, .type = 3, .version = 8}.json();
  EXPECT_EQ(read_job(reader, 45, 100).value()->schema_version, 8);
  reader.values[history_key(45)] = "[]";
  EXPECT_THAT(read_job(reader, 45, 100).status().message(),
              HasSubstr("read ddl job 45 from history"));
}

TEST(SnapshotTest, HoldsDatabasesTablesAndVersion) {
  MapReader reader;
  reader.values[kVersionKey] = "23";
  reader.values[kDb1Key] = db_json(1, "test");
  reader.values[kTable5Key] = table_json(5, "t", column_json(1, "a", 3, 0));
  reader.values[kTid5Key] = "30001";
  auto snapshot = load_snapshot(reader, 100);
  ASSERT_TRUE(snapshot.ok()) << snapshot.status().to_string();
  EXPECT_EQ(snapshot->schema_version, 23);
  ASSERT_EQ(snapshot->databases.size(), 1U);
  ASSERT_EQ(snapshot->tables.size(), 1U);
  EXPECT_EQ(snapshot->tables[0].schema_id, 1);
  EXPECT_EQ(snapshot->tables[0].header.id, 5);
  EXPECT_EQ(snapshot->tables[0].json.text().value(), reader.values[kTable5Key]);
}

TEST(SnapshotTest, OfAnEmptyClusterIsEmpty) {
  MapReader reader;
  auto snapshot = load_snapshot(reader, 100);
  ASSERT_TRUE(snapshot.ok());
  EXPECT_EQ(snapshot->schema_version, 0);
  EXPECT_THAT(snapshot->databases, IsEmpty());
}

TEST(SnapshotTest, ErrorsNameTsAndPlace) {
  MapReader reader;
  reader.values[kVersionKey] = "23x";
  EXPECT_EQ(load_snapshot(reader, 100).status().message(),
            "load schema snapshot at 100: SchemaVersionKey: not a number: 23x");
  reader.values.erase(kVersionKey);
  reader.values[kDb1Key] = db_json(1, "test");
  reader.values[kTable5Key] = "oops";
  EXPECT_THAT(load_snapshot(reader, 100).status().message(), HasSubstr("database test, Table:5"));
  reader.values[kDb1Key] = "{}[";
  EXPECT_FALSE(load_snapshot(reader, 100).ok());
}

}  // namespace
}  // namespace tbl::schema
