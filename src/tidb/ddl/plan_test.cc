// Statements that cannot be: MySQL's numbers and texts; and what others become.
#include <gtest/gtest.h>

#include "tidb/ddl/ddl_text.h"
#include "tidb/ddl/test_ddl.h"

namespace tbl::tidb {
namespace {

class PlanTest : public testing::Test {
 protected:
  void SetUp() override {
    ddl_.ok("create database test");
    ddl_.ok("create table t (id int primary key, a int, b varchar(10), key ka (a))");
    ddl_.ok("create view v as select id from t");
  }
  TestDdl ddl_;
};

struct Refused {
  std::string statement;
  std::string error;
};

class RefusedTest : public PlanTest, public testing::WithParamInterface<Refused> {};

TEST_P(RefusedTest, WithTheErrorOfMysql) {
  EXPECT_EQ(ddl_.error(GetParam().statement), GetParam().error) << GetParam().statement;
}

const Refused kRefused[] = {
    {"create database test", "1007 Can't create database 'test'; database exists"},
    {"create database x character set nope", "1115 Unknown character set: 'nope'"},
    {"drop database nope", "1008 Can't drop database 'nope'; database doesn't exist"},
    {"create table t (a int)", "1050 Table 'test.t' already exists"},
    {"create table nope.t (a int)", "1049 Unknown database 'nope'"},
    {"create table x (a int, A int)", "1060 Duplicate column name 'A'"},
    {"create table x (a int, key k (a), key K (a))", "1061 Duplicate key name 'K'"},
    {"create table x (a int default 'x')", "1067 Invalid default value for 'a'"},
    {"create table x (a int not null default null)", "1067 Invalid default value for 'a'"},
    {"create table x (a datetime(3) default current_timestamp)",
     "1067 Invalid default value for 'a'"},
    {"create table x (a int default now())", "1067 Invalid default value for 'a'"},
    {"create table x (a int primary key, b int primary key)", "1068 Multiple primary key defined"},
    {"create table x (a int, key (b))", "1072 Key column 'b' doesn't exist in table"},
    {"create table x (a char(256))",
     "1074 Column length too big for column 'a' (max = 255); use BLOB or TEXT instead"},
    {"create table x (a int auto_increment)",
     "1075 Incorrect table definition; there can be only one auto column and it must be defined "
     "as a key"},
    {"create table x (a int auto_increment primary key, b int auto_increment unique)",
     "1075 Incorrect table definition; there can be only one auto column and it must be defined "
     "as a key"},
    {"create table x (a int, key k (a(3)))",
     "1089 Incorrect prefix key; the used key part isn't a string, the used length is longer than "
     "the key part, or the storage engine doesn't support unique prefix keys"},
    {"create table x (a text default 'x')",
     "1101 BLOB, TEXT, GEOMETRY or JSON column 'a' can't have a default value"},
    {"create table x (a text, key (a))",
     "1170 BLOB/TEXT column 'a' used in key specification without a key length"},
    {"create table x (a json, key (a))",
     "3152 JSON column 'a' cannot be used in key specification."},
    {"create table x (a int null primary key)",
     "1171 All parts of a PRIMARY KEY must be NOT NULL; if you need NULL in a key, use UNIQUE "
     "instead"},
    {"create table x (a int, key `primary` (a))", "1280 Incorrect index name 'primary'"},
    {"create table x (a varchar(1000), key (a))",
     "1071 Specified key was too long; max key length is 3072 bytes"},
    {"create table x (a decimal(66,0))",
     "1426 Too big precision 66 specified for column 'a'. Maximum is 65."},
    {"create table x (a decimal(40,31))",
     "1425 Too big scale 31 specified for column 'a'. Maximum is 30."},
    {"create table x (a decimal(2,3))",
     "1427 For float(M,D), double(M,D) or decimal(M,D), M must be >= D (column 'a')."},
    {"create table x (a enum('a','b','A'))", "1291 Column 'a' has duplicated value 'A' in ENUM"},
    {"create table x (a int on update current_timestamp)",
     "1294 Invalid ON UPDATE clause for 'a' column"},
    {"create table x (a int as (b + 1))", "1054 Unknown column 'b' in 'generated column function'"},
    {"create table x (a int, b int as (c), c int as (a))",
     "3107 Generated column can refer only to generated columns defined prior to it."},
    {"create table x (a int primary key auto_increment, b int as (a))",
     "3109 Generated column 'b' cannot refer to auto-increment column."},
    {"create table x (a int, b double as (rand()))",
     "3102 Expression of generated column 'b' contains a disallowed function."},
    {"create table x (a int) partition by range (a) (partition p0 values less than (10), "
     "partition p1 values less than (5))",
     "1493 VALUES LESS THAN value must be strictly increasing for each partition"},
    {"create table x (a int) partition by range (a) (partition p0 values less than maxvalue, "
     "partition p1 values less than (5))",
     "1481 MAXVALUE can only be used in last partition definition"},
    {"create table x (a int) partition by range (a) (partition p0 values less than (1), "
     "partition P0 values less than (5))",
     "1517 Duplicate partition name P0"},
    {"create table x (a int) partition by hash (1) partitions 2",
     "1486 Constant, random or timezone-dependent expressions in (sub)partitioning function are "
     "not allowed"},
    {"create table x (a int, b int, primary key (b)) partition by hash (a) partitions 2",
     "1503 A PRIMARY KEY must include all columns in the table's partitioning function"},
    {"create table x (a int) partition by hash (a) partitions 2000",
     "1499 Too many partitions (including subpartitions) were defined"},
    {"drop table nope, nope2", "1051 Unknown table 'test.nope,test.nope2'"},
    {"truncate table nope", "1146 Table 'test.nope' doesn't exist"},
    {"rename table t to v", "1050 Table 'test.v' already exists"},
    {"drop view t", "1347 'test.t' is not VIEW"},
    {"create view v as select 1", "1050 Table 'test.v' already exists"},
    {"create view w as select nope from t", "1054 Unknown column 'nope' in 'field list'"},
    {"alter table v add column c int", "1347 'test.v' is not BASE TABLE"},
    {"alter table t add column a int", "1060 Duplicate column name 'a'"},
    {"alter table t add column c int after nope", "1054 Unknown column 'nope' in 't'"},
    {"alter table t drop column nope", "1091 Can't DROP 'nope'; check that column/key exists"},
    {"alter table t drop index nope", "1091 Can't DROP 'nope'; check that column/key exists"},
    {"alter table t drop column a", "8200 can't drop column a with index covered now"},
    {"alter table t drop column id", "8200 Unsupported drop integer primary key"},
    {"alter table t add primary key (a)", "1068 Multiple primary key defined"},
    {"alter table t drop primary key",
     "8200 Unsupported drop primary key when the table's pkIsHandle is true"},
    {"drop index `primary` on t",
     "8200 Unsupported drop primary key when the table's pkIsHandle is true"},
    {"alter table t add column c int, add column d int", "8200 Unsupported multi schema change"},
    {"alter table t add index ka (b)", "1061 Duplicate key name 'ka'"},
    {"alter table t rename index nope to x", "1176 Key 'nope' doesn't exist in table 't'"},
    {"alter table t modify a varchar(5)",
     "8200 Unsupported modify column type varchar(5) not match origin int(11)"},
    {"alter table t modify a smallint",
     "8200 Unsupported modify column length 6 is less than origin 11"},
    {"alter table t modify a int unsigned",
     "8200 Unsupported modify column can't change unsigned integer to signed or vice versa"},
    {"alter table t modify b varchar(5)",
     "8200 Unsupported modify column length 5 is less than origin 10"},
    {"alter table t modify b varchar(10) character set latin1",
     "8200 Unsupported modify charset from utf8mb4 to latin1"},
    {"alter table t change a b int", "1060 Duplicate column name 'b'"},
    {"alter table t drop partition p0",
     "1505 Partition management on a not partitioned table is not possible"},
    {"create temporary table x (a int)",
     "1235 This version of TiDB doesn't yet support 'CREATE TEMPORARY TABLE'"},
};

INSTANTIATE_TEST_SUITE_P(All, RefusedTest, testing::ValuesIn(kRefused));

TEST_F(PlanTest, IfExistsTurnsErrorsIntoNotes) {
  for (const char* statement :
       {"create database if not exists test", "drop database if exists nope",
        "create table if not exists t (a int)", "drop table if exists nope",
        "drop view if exists nope", "alter table t add column if not exists a int",
        "alter table t drop column if exists nope"}) {
    EXPECT_EQ(ddl_.error(statement), "") << statement;
    EXPECT_EQ(ddl_.warnings.count(), 1U) << statement;
    EXPECT_TRUE(ddl_.last_jobs.empty()) << statement;
  }
}

TEST_F(PlanTest, DropTableDropsWhatIsThereBeforeItComplains) {
  EXPECT_EQ(ddl_.error("drop table nope, t"), "1051 Unknown table 'test.nope'");
  EXPECT_EQ(ddl_.table("t"), nullptr);
}

TEST_F(PlanTest, SeveralTablesAreSeveralJobs) {
  ddl_.ok("create table t2 (a int)");
  ddl_.ok("drop table t, t2");
  EXPECT_EQ(ddl_.last_jobs.size(), 2U);
  EXPECT_EQ(ddl_.last_jobs[0].query, ddl_.last_jobs[1].query);
}

TEST_F(PlanTest, LikeCopiesColumnsAndKeysOnly) {
  ddl_.ok("alter table t auto_increment 500");
  ddl_.ok("create table u like t");
  const auto table = ddl_.table("u");
  EXPECT_EQ(table->columns.size(), 3U);
  EXPECT_EQ(table->indexes.size(), 1U);
  EXPECT_TRUE(table->pk_is_handle);
  EXPECT_EQ(table->auto_increment, 0);
}

TEST_F(PlanTest, CharsetIsInherited) {
  ddl_.ok("create database d character set latin1");
  ddl_.current_db = "d";
  ddl_.ok("create table x (a char(3), b char(3) collate utf8mb4_general_ci, c text) charset utf8");
  auto table = ddl_.table("x");
  EXPECT_EQ(table->collate, "utf8_bin");
  EXPECT_EQ(table->columns[0].type.collate, "utf8_bin");
  EXPECT_EQ(table->columns[1].type.charset, "utf8mb4");
  ddl_.ok("create table y (a char(3))");
  EXPECT_EQ(ddl_.table("y")->columns[0].type.charset, "latin1");
}

TEST_F(PlanTest, DefaultsAreStoredAsTheOriginalDoes) {
  ddl_.ok(
      "create table d (a int default 0x41, b bit(8) default 5, c timestamp default "
      "'2020-01-01 00:00:00', e datetime(2) default now(2), f bool default true, g date "
      "default '20200203')");
  const auto table = ddl_.table("d");
  EXPECT_EQ(table->columns[0].default_value, "65");
  EXPECT_EQ(table->columns[1].default_bit, "\x05");
  EXPECT_EQ(table->columns[2].default_value, "2020-01-01 00:00:00");
  EXPECT_EQ(table->columns[3].default_value, "CURRENT_TIMESTAMP");
  EXPECT_EQ(table->columns[4].default_value, "1");
  EXPECT_EQ(table->columns[5].default_value, "2020-02-03");
}

TEST_F(PlanTest, AddedColumnsKnowWhatOlderRowsHave) {
  ddl_.ok("alter table t add column n int not null");
  ddl_.ok("alter table t add column m datetime default current_timestamp");
  const auto table = ddl_.table("t");
  EXPECT_EQ(table->column_by_name("n")->origin_default, "0");
  EXPECT_EQ(table->column_by_name("n")->default_value, std::nullopt);
  EXPECT_EQ(table->column_by_name("m")->origin_default, "2020-09-13 12:26:40");
}

TEST_F(PlanTest, UnknownPartitioningIsANormalTableWithAWarning) {
  ddl_.ok("create table x (a int) partition by list (a) (partition p0 values in (1))");
  EXPECT_FALSE(ddl_.table("x")->partition.has_value());
}

TEST(DdlText, OptionsOfTidbGoIntoOneComment) {
  EXPECT_EQ(annotate_ddl("create table t (a int)"), "create table t (a int)");
  EXPECT_EQ(annotate_ddl("create table t (a int) SHARD_ROW_ID_BITS=4 comment 'x'"),
            "create table t (a int) /*!90000 SHARD_ROW_ID_BITS=4 */ comment 'x'");
  EXPECT_EQ(annotate_ddl("create table t (a int) pre_split_regions = 2 shard_row_id_bits = 4"),
            "create table t (a int) /*!90000 shard_row_id_bits = 4 pre_split_regions = 2 */ ");
  const std::string done = "create table t (a int) /*!90000 shard_row_id_bits=4 */";
  EXPECT_EQ(annotate_ddl(done), done);
}

}  // namespace
}  // namespace tbl::tidb
