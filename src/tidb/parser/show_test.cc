// SHOW, ADMIN, FLUSH, ANALYZE, CHANGE and the maintenance statements.
#include "tidb/ast/show.h"

#include <gtest/gtest.h>

#include "tidb/ast/admin.h"
#include "tidb/parser/parser_testing.h"

namespace tbl::tidb {
namespace {

using namespace ast;

struct KindCase {
  const char* sql;
  ShowKind kind;
};

class Show : public testing::TestWithParam<KindCase> {};

TEST_P(Show, KindIsFound) {
  auto node = parse_as<ShowStatement>(GetParam().sql);
  ASSERT_NE(node, nullptr);
  EXPECT_EQ(node->show, GetParam().kind);
}

INSTANTIATE_TEST_SUITE_P(
    Show, Show,
    testing::Values(KindCase{"show databases like 'a%'", ShowKind::kDatabases},
                    KindCase{"show schemas", ShowKind::kDatabases},
                    KindCase{"show full tables from d where Table_type = 'VIEW'",
                             ShowKind::kTables},
                    KindCase{"show tables", ShowKind::kTables},
                    KindCase{"show open tables in d", ShowKind::kOpenTables},
                    KindCase{"show table status from d like 'x'", ShowKind::kTableStatus},
                    KindCase{"show full columns from t from d", ShowKind::kColumns},
                    KindCase{"show fields in d.t", ShowKind::kColumns},
                    KindCase{"show extended full columns from t", ShowKind::kColumns},
                    KindCase{"show index from t", ShowKind::kIndex},
                    KindCase{"show keys in t in d", ShowKind::kIndex},
                    KindCase{"show indexes from t where key_name = 'x'", ShowKind::kIndex},
                    KindCase{"show create table d.t", ShowKind::kCreateTable},
                    KindCase{"show create view v", ShowKind::kCreateView},
                    KindCase{"show create database if not exists d", ShowKind::kCreateDatabase},
                    KindCase{"show create sequence s", ShowKind::kCreateSequence},
                    KindCase{"show create user 'a'@'b'", ShowKind::kCreateUser},
                    KindCase{"show create procedure p", ShowKind::kCreateProcedure},
                    KindCase{"show global variables like 'x'", ShowKind::kVariables},
                    KindCase{"show variables where Variable_name ='a' or Variable_name = 'b'",
                             ShowKind::kVariables},
                    KindCase{"show session status", ShowKind::kStatus},
                    KindCase{"show warnings limit 5", ShowKind::kWarnings},
                    KindCase{"show errors", ShowKind::kErrors},
                    KindCase{"show count(*) warnings", ShowKind::kWarnings},
                    KindCase{"show count(*) errors", ShowKind::kErrors},
                    KindCase{"show full processlist", ShowKind::kProcessList},
                    KindCase{"show grants", ShowKind::kGrants},
                    KindCase{"show grants for current_user()", ShowKind::kGrants},
                    KindCase{"show storage engines", ShowKind::kEngines},
                    KindCase{"show engine innodb status", ShowKind::kEngineStatus},
                    KindCase{"show character set", ShowKind::kCharset},
                    KindCase{"show charset", ShowKind::kCharset},
                    KindCase{"show collation like 'u%'", ShowKind::kCollation},
                    KindCase{"show master status", ShowKind::kMasterStatus},
                    KindCase{"show slave status", ShowKind::kSlaveStatus},
                    KindCase{"show binlog events in 'x' limit 2", ShowKind::kBinlogEvents},
                    KindCase{"show pump status", ShowKind::kPumpStatus},
                    KindCase{"show drainer status", ShowKind::kDrainerStatus},
                    KindCase{"show privileges", ShowKind::kPrivileges},
                    KindCase{"show plugins", ShowKind::kPlugins},
                    KindCase{"show triggers from d like 't'", ShowKind::kTriggers},
                    KindCase{"show events", ShowKind::kEvents},
                    KindCase{"show procedure status where db = 'd'", ShowKind::kProcedureStatus},
                    KindCase{"show function status", ShowKind::kFunctionStatus},
                    KindCase{"show profiles", ShowKind::kProfiles},
                    KindCase{"show profile cpu for query 1", ShowKind::kProfile},
                    KindCase{"show stats_meta", ShowKind::kStatsMeta},
                    KindCase{"show stats_healthy where x", ShowKind::kStatsHealthy},
                    KindCase{"show global bindings", ShowKind::kBindings},
                    KindCase{"show analyze status", ShowKind::kAnalyzeStatus},
                    KindCase{"show table t index i regions", ShowKind::kTableRegions},
                    KindCase{"show builtins", ShowKind::kBuiltins}));

TEST(ShowDetails, AreKept) {
  auto node = parse_as<ShowStatement>("show full columns from t from d like 'a%'");
  EXPECT_TRUE(node->full);
  EXPECT_EQ(node->table.schema, "d");
  EXPECT_EQ(as<Literal>(*node->like).text, "a%");
  node = parse_as<ShowStatement>("show global status where a = 1");
  EXPECT_EQ(node->scope, VariableScope::kGlobal);
  EXPECT_NE(node->where, nullptr);
  EXPECT_EQ(parse_as<ShowStatement>("show tables in d")->database, "d");
  EXPECT_TRUE(parse_as<ShowStatement>("show count(*) errors")->count_only);
  EXPECT_EQ(parse_as<ShowStatement>("show grants for u@localhost")->user->host, "localhost");
  EXPECT_TRUE(parse_as<ShowStatement>("show warnings limit 1, 2")->limit->offset != nullptr);
}

TEST(Admin, Forms) {
  EXPECT_EQ(parse_as<AdminStatement>("admin show ddl")->admin, AdminKind::kShowDdl);
  auto jobs = parse_as<AdminStatement>("admin show ddl jobs 5 where state = 'x'");
  EXPECT_EQ(jobs->admin, AdminKind::kShowDdlJobs);
  EXPECT_EQ(jobs->count, 5);
  EXPECT_NE(jobs->where, nullptr);
  EXPECT_EQ(parse_as<AdminStatement>("admin show ddl job queries 1, 2")->ids,
            (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(parse_as<AdminStatement>("admin cancel ddl jobs 3")->admin, AdminKind::kCancelDdlJobs);
  EXPECT_EQ(parse_as<AdminStatement>("admin check table a, d.b")->tables.size(), 2U);
  auto index = parse_as<AdminStatement>("admin check index d.t i");
  EXPECT_EQ(index->admin, AdminKind::kCheckIndex);
  EXPECT_EQ(index->index, "i");
  EXPECT_EQ(parse_as<AdminStatement>("admin checksum table t")->admin, AdminKind::kChecksumTable);
  EXPECT_EQ(parse_as<AdminStatement>("admin show t next_row_id")->admin, AdminKind::kShowNextRowId);
}

TEST(Maintenance, Forms) {
  EXPECT_EQ(parse_as<TableMaintenanceStatement>("optimize table a, b")->tables.size(), 2U);
  EXPECT_EQ(parse_as<TableMaintenanceStatement>("check table t extended")->operation, "check");
  EXPECT_EQ(parse_as<TableMaintenanceStatement>("repair local table t quick")->operation, "repair");
  auto analyze = parse_as<AnalyzeStatement>("analyze table t index i, j");
  EXPECT_TRUE(analyze->index_only);
  EXPECT_EQ(analyze->indexes.size(), 2U);
  EXPECT_EQ(parse_as<AnalyzeStatement>("analyze table a, b")->tables.size(), 2U);
  EXPECT_EQ(parse_as<FlushStatement>("flush privileges")->flush, FlushKind::kPrivileges);
  auto flush = parse_as<FlushStatement>("FLUSH TABLES WITH READ LOCK");
  EXPECT_EQ(flush->flush, FlushKind::kTables);
  EXPECT_TRUE(flush->with_read_lock);
  EXPECT_EQ(parse_as<FlushStatement>("flush local tables a, b")->tables.size(), 2U);
  EXPECT_EQ(parse_as<FlushStatement>("flush binary logs")->flush, FlushKind::kLogs);
}

TEST(ChangeNode, PumpAndDrainer) {
  auto node =
      parse_as<ChangeNodeStatement>("change pump to node_state = 'paused' for node_id 'a:1'");
  EXPECT_FALSE(node->drainer);
  EXPECT_EQ(node->state, "paused");
  EXPECT_EQ(node->node_id, "a:1");
  EXPECT_TRUE(
      parse_as<ChangeNodeStatement>("change drainer to node_state='offline' for node_id 'x'")
          ->drainer);
}

class NoShow : public testing::TestWithParam<const char*> {};

TEST_P(NoShow, IsRefused) { EXPECT_NE(parse_error(GetParam()), ""); }

INSTANTIATE_TEST_SUITE_P(
    Show, NoShow,
    testing::Values("show", "show foo", "show tables from", "show columns", "show columns from",
                    "show create", "show create table", "show index", "show count(*)",
                    "show count(1)", "show databases like", "show databases like a",
                    "show variables x", "show full", "show full databases", "show global tables",
                    "show grants for", "admin", "admin check", "admin check index t",
                    "admin cancel ddl jobs", "flush", "analyze table", "change pump",
                    "change pump to node_state='a'", "optimize t"));

}  // namespace
}  // namespace tbl::tidb
