#include "schema/tracker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/test_tables.h"

namespace tbl::schema {
namespace {

using testing::HasSubstr;

constexpr int64_t kDb = 2;
constexpr int64_t kTable = 10;

class TrackerTest : public testing::Test {
 protected:
  void append(const JobText& text) {
    auto job = parse_job(text.json());
    ASSERT_TRUE(job.ok()) << job.status().to_string();
    tracker_.append(std::make_shared<const DdlJob>(std::move(*job)));
  }
  Status apply(const JobText& text) {
    append(text);
    return tracker_.apply_up_to(text.version);
  }
  void must_apply(const JobText& text) {
    Status status = apply(text);
    ASSERT_TRUE(status.ok()) << status.to_string();
    ASSERT_EQ(tracker_.version(), text.version);
  }
  void create_db(int64_t version, int64_t id, const std::string& name) {
    must_apply({.type = 1, .version = version, .schema_id = id, .db = db_json(id, name)});
  }
  JobText table_job(int type, int64_t version, const std::string& columns = "") {
    return {.type = type,
            .version = version,
            .schema_id = kDb,
            .table_id = kTable,
            .table = table_json(kTable, "t", columns)};
  }
  void create_db_and_table() {
    create_db(1, kDb, "Db");
    must_apply(table_job(3, 2, column_json(1, "a", 3, 0)));
  }
  std::string name_of(int64_t id) {
    const auto* names = tracker_.name_of(id);
    return names == nullptr ? "none" : names->schema + "." + names->table;
  }
  std::string names_at(int64_t version) {
    auto names = tracker_.names_at(version);
    return names.ok() ? names->schema + "." + names->table : names.status().message();
  }
  size_t columns_of(int64_t id) {
    auto table = tracker_.table(id);
    return table.ok() ? (*table)->columns.size() : 0;
  }

  SchemaTracker tracker_;
};

TEST_F(TrackerTest, JobsWaitForTheirVersion) {
  append({.type = 1, .version = 1, .schema_id = kDb, .db = db_json(kDb, "Db")});
  append(table_job(3, 2, column_json(1, "a", 3, 0)));
  append(table_job(5, 5, column_json(1, "a", 3, 0) + "," + column_json(2, "b", 3, 0)));
  ASSERT_TRUE(tracker_.apply_up_to(4).ok());
  EXPECT_EQ(tracker_.version(), 2);
  EXPECT_EQ(columns_of(kTable), 1U);
  ASSERT_TRUE(tracker_.apply_up_to(5).ok());
  EXPECT_EQ(columns_of(kTable), 2U);
  EXPECT_EQ(names_at(5), "Db.t");
  EXPECT_EQ(names_at(4), "version: 4 not found");
}

TEST_F(TrackerTest, AJobThatIsNotNewerIsSkipped) {
  create_db_and_table();
  append(table_job(4, 2));  // a drop at a version that is done
  EXPECT_TRUE(tracker_.apply_up_to(9).ok());
  EXPECT_EQ(columns_of(kTable), 1U);
  EXPECT_EQ(tracker_.version(), 2);
}

TEST_F(TrackerTest, AJobOfTheStreamThatWaitsAlreadyIsNotTakenTwice) {
  JobText create = {.id = 1, .type = 1, .version = 1, .schema_id = kDb, .db = db_json(kDb, "Db")};
  tracker_.load_history({{2, 2, table_job(3, 2).json()}, {1, 1, create.json()}});
  append(create);
  append(table_job(3, 2));
  ASSERT_TRUE(tracker_.apply_up_to(2).ok());
  EXPECT_EQ(name_of(kTable), "Db.t");
}

TEST_F(TrackerTest, DatabaseWithId1IsReplacedOnce) {
  create_db(1, 1, "test");
  EXPECT_EQ(names_at(1), "test.");
  Status twice = apply({.type = 1, .version = 2, .schema_id = 1, .db = db_json(1, "again")});
  EXPECT_THAT(twice.message(), HasSubstr("schema again(1) already exists"));
}

TEST_F(TrackerTest, TablesOfMysqlNeedNoJobForTheirDatabase) {
  must_apply(
      {.type = 3, .version = 1, .schema_id = 1, .table_id = 4, .table = table_json(4, "user", "")});
  EXPECT_EQ(name_of(4), "mysql.user");
}

TEST_F(TrackerTest, DroppingADatabaseTakesItsTablesAlong) {
  create_db_and_table();
  must_apply(
      {.type = 2, .version = 5, .schema_id = kDb, .db = db_json(kDb, "Db"), .schema_state = 0});
  EXPECT_EQ(names_at(5), "Db.");
  EXPECT_EQ(name_of(kTable), "none");
  EXPECT_TRUE(tracker_.is_truncated(kTable));
  EXPECT_EQ(tracker_.table(kTable).status().message(), "not found table id: 10");
}

TEST_F(TrackerTest, AlteringADatabaseKeepsItsTables) {
  create_db_and_table();
  must_apply({.type = 26, .version = 3, .schema_id = kDb, .db = db_json(kDb, "Db")});
  EXPECT_EQ(names_at(3), "Db.");
  EXPECT_EQ(name_of(kTable), "Db.t");
  EXPECT_FALSE(apply({.type = 26, .version = 4, .schema_id = 77, .db = db_json(77, "x")}).ok());
}

TEST_F(TrackerTest, RenameMovesTheTableToTheDatabaseOfTheJob) {
  create_db_and_table();
  create_db(3, 7, "Other");
  must_apply({.type = 14,
              .version = 4,
              .schema_id = 7,
              .table_id = kTable,
              .table = table_json(kTable, "u", column_json(1, "a", 3, 0))});
  EXPECT_EQ(name_of(kTable), "Other.u");
  EXPECT_EQ(names_at(4), "Other.u");
  must_apply({.type = 2, .version = 5, .schema_id = kDb});
  EXPECT_EQ(name_of(kTable), "Other.u");
}

TEST_F(TrackerTest, SeveralTablesAreRenamedInOneJob) {
  create_db_and_table();
  create_db(3, 7, "Other");
  must_apply({.type = 3,
              .version = 4,
              .schema_id = 7,
              .table_id = 11,
              .table = table_json(11, "b", column_json(1, "a", 3, 0))});
  // A swap through a third name, over two databases: the session is in Db.
  const std::string columns = column_json(1, "a", 3, 0);
  JobText swap{.type = 47, .version = 5, .schema_id = 7, .table_id = kTable};
  swap.query = "rename table t to x, OTHER.b to t, x to other.b";
  swap.tables = "[" + table_json(kTable, "x", columns) + "," + table_json(11, "t", columns) + "," +
                table_json(kTable, "b", columns) + "]";
  must_apply(swap);
  EXPECT_EQ(name_of(kTable), "Other.b");
  EXPECT_EQ(name_of(11), "Db.t");
  EXPECT_EQ(names_at(5), "Other.b");
  must_apply({.type = 2, .version = 6, .schema_id = 7});
  EXPECT_EQ(name_of(kTable), "none");
  EXPECT_EQ(name_of(11), "Db.t");
}

TEST_F(TrackerTest, NamesWithoutADatabaseAreTheJobsWhereNothingElseTells) {
  create_db_and_table();
  create_db(3, 7, "Other");
  JobText move{.type = 47, .version = 4, .schema_id = 7, .table_id = kTable};
  move.query = "rename tables Db.t to u, Other.u to v";
  const std::string columns = column_json(1, "a", 3, 0);
  move.tables =
      "[" + table_json(kTable, "u", columns) + "," + table_json(kTable, "v", columns) + "]";
  must_apply(move);
  EXPECT_EQ(name_of(kTable), "Other.v");
}

TEST_F(TrackerTest, ARenameThatCannotBeUnderstoodIsAnError) {
  create_db_and_table();
  JobText odd{.type = 47, .version = 3, .schema_id = kDb, .table_id = kTable};
  odd.tables = "[" + table_json(kTable, "u", "") + "]";
  EXPECT_THAT(apply(odd).message(), HasSubstr("1 tables in the job, 0 renames in its text: q"));
  odd.version = 4;
  odd.query = "rename table t to nowhere.u";
  EXPECT_THAT(apply(odd).message(), HasSubstr("schema nowhere not found"));
}

TEST_F(TrackerTest, TruncateGivesANewIdAndRemembersTheOld) {
  create_db_and_table();
  JobText truncate = table_job(11, 3);
  truncate.table = table_json(11, "t", column_json(1, "a", 3, 0));
  must_apply(truncate);
  EXPECT_TRUE(tracker_.is_truncated(kTable));
  EXPECT_FALSE(tracker_.is_truncated(11));
  EXPECT_EQ(name_of(11), "Db.t");
  EXPECT_EQ(names_at(3), "Db.t");
}

TEST_F(TrackerTest, ARecoveredTableIsBack) {
  create_db_and_table();
  must_apply(table_job(4, 3));
  EXPECT_EQ(names_at(3), "Db.t");
  EXPECT_TRUE(tracker_.is_truncated(kTable));
  must_apply(table_job(25, 4, column_json(1, "a", 3, 0)));
  EXPECT_FALSE(tracker_.is_truncated(kTable));
  EXPECT_EQ(columns_of(kTable), 1U);
}

std::string partitions_json(const std::vector<int64_t>& ids) {
  std::string definitions;
  for (int64_t id : ids) {
    definitions += fmt::format(R"({}{{"id":{},"name":"p","less_than":["1"]}})",
                               definitions.empty() ? "" : ",", id);
  }
  return R"("partition":{"type":1,"enable":true,"definitions":[)" + definitions + "]}";
}

// The job's TableInfo is the exchanged table in some versions of TiDB, the partitioned in others.
TEST_F(TrackerTest, AnExchangedTableGetsThePartitionsId) {
  const std::string columns = column_json(1, "a", 3, 0);
  create_db_and_table();
  must_apply({.type = 3,
              .version = 3,
              .schema_id = kDb,
              .table_id = 20,
              .table = table_json(20, "p", columns, partitions_json({21, 22}))});
  must_apply({.type = 42,
              .version = 4,
              .schema_id = kDb,
              .table_id = kTable,
              .table = table_json(20, "p", columns, partitions_json({21, kTable}))});
  EXPECT_EQ(name_of(22), "Db.t");
  EXPECT_EQ(name_of(20), "Db.p");
  EXPECT_EQ(name_of(kTable), "none");
  must_apply({.type = 42,
              .version = 5,
              .schema_id = kDb,
              .table_id = 22,
              .table = table_json(21, "t", columns)});
  EXPECT_EQ(name_of(21), "Db.t");
  EXPECT_EQ(name_of(22), "none");
}

TEST_F(TrackerTest, PartitioningAnewGivesAnotherId) {
  create_db_and_table();
  for (int type : {71, 72}) {
    JobText job = table_job(type, 3 + type, "");
    job.table_id = type == 71 ? kTable : 71;
    job.table = table_json(type, "t", column_json(1, "a", 3, 0));
    must_apply(job);
    EXPECT_EQ(name_of(type), "Db.t");
    EXPECT_EQ(name_of(job.table_id), "none");
  }
}

TEST_F(TrackerTest, ADatabaseComesBackWithItsTables) {
  create_db_and_table();
  must_apply({.type = 2, .version = 5, .schema_id = kDb, .schema_state = 0});
  must_apply({.type = 63, .version = 6, .schema_id = kDb, .db = db_json(kDb, "Back")});
  EXPECT_EQ(name_of(kTable), "Back.t");
  EXPECT_FALSE(tracker_.is_truncated(kTable));
  EXPECT_EQ(columns_of(kTable), 1U);
  EXPECT_THAT(apply({.type = 63, .version = 7, .schema_id = 9, .db = db_json(9, "x")}).message(),
              HasSubstr("database x(9) was not dropped lately"));
}

TEST_F(TrackerTest, KindsOfJobsToComeAreTakenForWhatTheyHold) {
  create_db_and_table();
  must_apply({.type = 200, .version = 3});
  EXPECT_EQ(names_at(3), ".");
  must_apply(table_job(201, 4, column_json(1, "a", 3, 0) + "," + column_json(2, "b", 3, 0)));
  EXPECT_EQ(columns_of(kTable), 2U);
  must_apply({.type = 202, .version = 5, .schema_id = kDb, .db = db_json(kDb, "New")});
  EXPECT_EQ(names_at(5), "New.");
}

TEST_F(TrackerTest, SeveralTablesInOneJob) {
  create_db(1, kDb, "Db");
  JobText job{.type = 60, .version = 2, .schema_id = kDb};
  job.tables = "[" + table_json(5, "a", "") + "," +
               table_json(281474976710654, "tidb_ddl_job", "") + "," + table_json(6, "b", "") + "]";
  must_apply(job);
  EXPECT_EQ(name_of(5), "Db.a");
  EXPECT_EQ(name_of(281474976710654), "none");
  EXPECT_EQ(names_at(2), "Db.b");
}

TEST_F(TrackerTest, ReplacingAViewLeavesTheOldIdBehind) {
  create_db(1, kDb, "Db");
  for (int64_t i = 0; i < 2; ++i) {
    must_apply({.type = 21,
                .version = 2 + i,
                .schema_id = kDb,
                .table_id = 20 + i,
                .table = table_json(20 + i, "v", "", R"("view":{})")});
  }
  EXPECT_EQ(name_of(20), "Db.v");
  EXPECT_EQ(tracker_.table_ids(), (std::vector<int64_t>{20, 21}));
  EXPECT_EQ(name_of(21), "Db.v");
}

TEST_F(TrackerTest, ErrorsOfJobsThatDoNotFit) {
  create_db_and_table();
  EXPECT_THAT(apply(table_job(3, 3)).message(), HasSubstr("table Db.t already exists"));
  JobText unknown = table_job(5, 4);
  unknown.table = table_json(99, "x", "");
  EXPECT_THAT(apply(unknown).message(), HasSubstr("table x(99) not found"));
  JobText without = table_job(5, 5);
  without.table = "null";
  EXPECT_THAT(apply(without).message(), HasSubstr("table 10 not found"));
  JobText drop = table_job(4, 6);
  drop.table_id = 98;
  EXPECT_THAT(apply(drop).message(), HasSubstr("table 98 not found"));
  EXPECT_THAT(apply({.type = 47, .version = 7}).message(),
              HasSubstr("0 tables in the job, 0 renames"));
  Status status = apply({.id = 31, .type = 3, .version = 8, .schema_id = 55});
  EXPECT_THAT(status.message(), testing::StartsWith("handle ddl job ID:31, Type:create table"));
  EXPECT_THAT(status.message(), HasSubstr("failed, the schema info: {"));
  EXPECT_THAT(status.message(), HasSubstr("schema 55 not found"));
}

TEST_F(TrackerTest, JobsThatFailedOrConcernNobodyChangeNothing) {
  create_db_and_table();
  JobText cancelled = table_job(4, 3);
  cancelled.state = 3;
  EXPECT_TRUE(apply(cancelled).ok());
  EXPECT_TRUE(apply({.type = 51, .version = 4}).ok());
  JobText system = table_job(3, 5);
  system.table_id = 281474976710654;
  EXPECT_TRUE(apply(system).ok());
  EXPECT_EQ(name_of(kTable), "Db.t");
}

TEST_F(TrackerTest, TwoFormsOfATableAreKept) {
  create_db_and_table();
  must_apply(table_job(5, 4, column_json(1, "a", 3, 0) + "," + column_json(2, "b", 3, 0)));
  auto at = [&](int64_t version) {
    auto table = tracker_.table_at(kTable, version);
    return table.ok() && *table ? (*table)->columns.size() : 0;
  };
  EXPECT_EQ(at(1), 1U);
  EXPECT_EQ(at(2), 1U);
  EXPECT_EQ(at(3), 2U);
  EXPECT_EQ(at(5), 0U) << "nothing that new is known";
  must_apply(table_job(6, 6, ""));
  EXPECT_EQ(at(2), 2U) << "the first form is gone";
  EXPECT_EQ(at(5), 0U);
  EXPECT_EQ(columns_of(kTable), 0U);
}

TEST_F(TrackerTest, DefaultsMayBeAppendedToOlderRows) {
  create_db_and_table();
  EXPECT_FALSE(tracker_.may_append_default(kTable, 2));
  must_apply(table_job(5, 4));
  EXPECT_TRUE(tracker_.may_append_default(kTable, 3));
  EXPECT_FALSE(tracker_.may_append_default(kTable, 4));
}

TEST_F(TrackerTest, DroppingAColumnIsMarkedUntilItIsDone) {
  create_db_and_table();
  JobText half = table_job(6, 7);
  half.schema_state = 1;
  append(half);
  ASSERT_TRUE(tracker_.apply_up_to(7).ok());
  EXPECT_EQ(tracker_.version(), 2) << "the job itself is still to come";
  EXPECT_TRUE(tracker_.may_append_default(kTable, 2));
  EXPECT_EQ(columns_of(kTable), 1U);
  JobText done = table_job(6, 7);
  done.schema_state = 0;
  must_apply(done);
  EXPECT_FALSE(tracker_.may_append_default(kTable, 7));
  EXPECT_EQ(columns_of(kTable), 0U);
}

TEST_F(TrackerTest, StartsFromASnapshot) {
  SchemaSnapshot snapshot;
  snapshot.schema_version = 40;
  snapshot.databases = {parse_db_info(db_json(1, "mysql")).value(),
                        parse_db_info(db_json(kDb, "Db")).value()};
  const std::string json = table_json(kTable, "t", column_json(1, "a", 3, 0));
  snapshot.tables = {{kDb, parse_table_header(json).value(), json}};
  snapshot.tables.push_back({kDb, {11, CiName::of("bad")}, R"({"id":11,"name":"bad","cols":3})"});
  ASSERT_TRUE(tracker_.load_snapshot(std::move(snapshot)).ok());
  EXPECT_EQ(tracker_.version(), 40);
  EXPECT_EQ(name_of(kTable), "Db.t");
  EXPECT_EQ(columns_of(kTable), 1U);
  EXPECT_TRUE(tracker_.may_append_default(kTable, 39));
  EXPECT_FALSE(tracker_.may_append_default(kTable, 40));
  EXPECT_EQ(name_of(11), "Db.bad");
  EXPECT_THAT(tracker_.table(11).status().message(), HasSubstr("bad(11)"));
  EXPECT_TRUE(apply(table_job(4, 40)).ok());
  EXPECT_EQ(name_of(kTable), "Db.t") << "version 40 is in the snapshot";
  must_apply(table_job(5, 41, ""));
  EXPECT_EQ(columns_of(kTable), 0U);
}

TEST_F(TrackerTest, ASnapshotTableWithoutDatabaseIsAnError) {
  SchemaSnapshot snapshot;
  snapshot.tables = {{77, {11, CiName::of("t")}, "{}"}};
  EXPECT_EQ(tracker_.load_snapshot(std::move(snapshot)).message(), "schema 77 not found");
}

}  // namespace
}  // namespace tbl::schema
