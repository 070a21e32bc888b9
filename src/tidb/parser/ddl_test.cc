// CREATE, DROP, RENAME and so on of databases, tables, indexes, views.
#include "tidb/ast/ddl.h"

#include <gtest/gtest.h>

#include "tidb/parser/parser_testing.h"

namespace tbl::tidb {
namespace {

using namespace ast;
using schema::FieldType;

/// "tp/flen/decimal/flag/charset" of a column's type.
std::string type_text(const char* type) {
  auto node = parse_as<CreateTableStatement>(std::string("create table t (a ") + type + ")");
  if (!node) return "";
  const FieldType& t = node->columns[0].type;
  std::string out = std::to_string(t.tp) + "/" + std::to_string(t.flen) + "/" +
                    std::to_string(t.decimal) + "/" + std::to_string(t.flag) + "/" + t.charset;
  for (const auto& elem : t.elems) out += "," + elem;
  return out;
}

struct TypeCase {
  const char* type;
  const char* text;
};

class ColumnType : public testing::TestWithParam<TypeCase> {};

TEST_P(ColumnType, IsRead) { EXPECT_EQ(type_text(GetParam().type), GetParam().text); }

INSTANTIATE_TEST_SUITE_P(
    Ddl, ColumnType,
    testing::Values(
        TypeCase{"int", "3/-1/-1/0/"}, TypeCase{"int(11) unsigned", "3/11/-1/32/"},
        TypeCase{"bigint(20) zerofill", "8/20/-1/96/"}, TypeCase{"tinyint signed", "1/-1/-1/0/"},
        TypeCase{"bool", "1/1/-1/0/"}, TypeCase{"smallint", "2/-1/-1/0/"},
        TypeCase{"mediumint", "9/-1/-1/0/"}, TypeCase{"integer", "3/-1/-1/0/"},
        TypeCase{"int8", "8/-1/-1/0/"}, TypeCase{"decimal", "246/-1/-1/0/"},
        TypeCase{"numeric(10)", "246/10/-1/0/"}, TypeCase{"dec(10,2) unsigned", "246/10/2/32/"},
        TypeCase{"float", "4/-1/-1/0/"}, TypeCase{"float(5,2)", "4/5/2/0/"},
        TypeCase{"float(24)", "4/-1/-1/0/"}, TypeCase{"float(25)", "5/-1/-1/0/"},
        TypeCase{"double precision", "5/-1/-1/0/"}, TypeCase{"real(8,3)", "5/8/3/0/"},
        TypeCase{"bit", "16/-1/-1/0/"}, TypeCase{"bit(5)", "16/5/-1/0/"},
        TypeCase{"date", "10/-1/-1/0/"}, TypeCase{"datetime(6)", "12/-1/6/0/"},
        TypeCase{"timestamp", "7/-1/-1/0/"}, TypeCase{"time(3)", "11/-1/3/0/"},
        TypeCase{"year(4)", "13/4/-1/0/"}, TypeCase{"char", "254/-1/-1/0/"},
        TypeCase{"char(3) charset latin1 binary", "254/3/-1/128/latin1"},
        TypeCase{"varchar(20) character set utf8", "15/20/-1/0/utf8"},
        TypeCase{"character varying(5)", "15/5/-1/0/"},
        TypeCase{"national varchar(5)", "15/5/-1/0/utf8"}, TypeCase{"nchar(5)", "254/5/-1/0/utf8"},
        TypeCase{"binary(4)", "254/4/-1/0/binary"}, TypeCase{"varbinary(4)", "15/4/-1/0/binary"},
        TypeCase{"blob", "252/-1/-1/0/binary"}, TypeCase{"blob(10)", "252/10/-1/0/binary"},
        TypeCase{"tinyblob", "249/-1/-1/0/binary"}, TypeCase{"longtext", "251/-1/-1/0/"},
        TypeCase{"mediumtext charset utf8", "250/-1/-1/0/utf8"},
        TypeCase{"long varbinary", "250/-1/-1/0/binary"}, TypeCase{"long varchar", "250/-1/-1/0/"},
        TypeCase{"json", "245/-1/-1/0/"}, TypeCase{"enum('a','b ','c''d')", "247/-1/-1/0/,a,b,c'd"},
        TypeCase{"set('x', 'y') charset utf8", "248/-1/-1/0/utf8,x,y"},
        TypeCase{"serial", "8/-1/-1/32/"}));

TEST(CreateTable, ColumnOptions) {
  auto node = parse_as<CreateTableStatement>(
      "create table if not exists d.t (a int not null auto_increment primary key comment 'x', b "
      "timestamp(3) null default current_timestamp(3) on update now(3), c int default -1 unique "
      "key, "
      "e int generated always as (a + 1) stored, f varchar(3) collate utf8_bin default 'q' "
      "references u (v) on delete set null on update no action, g int as ( a*2 ) check (g > 0) not "
      "enforced, h int default (1 + 2) storage disk column_format fixed, i bigint auto_random(5))");
  ASSERT_NE(node, nullptr);
  EXPECT_TRUE(node->if_not_exists);
  ASSERT_EQ(node->columns.size(), 8U);
  const auto& c = node->columns;
  EXPECT_NE(c[0].find(ColumnOptionKind::kAutoIncrement), nullptr);
  EXPECT_NE(c[0].find(ColumnOptionKind::kPrimaryKey), nullptr);
  EXPECT_EQ(c[0].find(ColumnOptionKind::kComment)->text, "x");
  EXPECT_EQ(c[0].find(ColumnOptionKind::kDefault), nullptr);
  EXPECT_EQ(c[1].find(ColumnOptionKind::kDefault)->expr_text, "current_timestamp(3)");
  EXPECT_EQ(as<FunctionCall>(*c[1].find(ColumnOptionKind::kOnUpdate)->expr).name, "now");
  EXPECT_EQ(c[2].find(ColumnOptionKind::kDefault)->expr->kind, ExprKind::kUnary);
  EXPECT_NE(c[2].find(ColumnOptionKind::kUniqueKey), nullptr);
  EXPECT_TRUE(c[3].find(ColumnOptionKind::kGenerated)->stored);
  EXPECT_EQ(c[3].find(ColumnOptionKind::kGenerated)->expr_text, "a + 1");
  EXPECT_EQ(c[4].find(ColumnOptionKind::kCollate)->text, "utf8_bin");
  EXPECT_EQ(c[4].find(ColumnOptionKind::kReferences)->references->on_delete, ReferAction::kSetNull);
  EXPECT_FALSE(c[5].find(ColumnOptionKind::kGenerated)->stored);
  EXPECT_EQ(c[5].find(ColumnOptionKind::kGenerated)->expr_text, "a*2");
  EXPECT_FALSE(c[5].find(ColumnOptionKind::kCheck)->enforced);
  EXPECT_EQ(c[6].find(ColumnOptionKind::kDefault)->expr->parens, 1);
  EXPECT_EQ(c[7].find(ColumnOptionKind::kAutoRandom)->number, 5U);
}

TEST(CreateTable, Constraints) {
  auto node = parse_as<CreateTableStatement>(
      "create table t (a int, b text, primary key pk using btree (a desc) clustered, constraint x "
      "unique i (a, b(10)) comment 'c', key (b(3)) using hash key_block_size = 4, index j (a) "
      "invisible, fulltext key f (b) with parser ngram, constraint k foreign key (a) references "
      "d.u "
      "(v) on delete cascade, check (a > 0), constraint y check (a<9) enforced, key ((a + 1)))");
  ASSERT_NE(node, nullptr);
  ASSERT_EQ(node->constraints.size(), 9U);
  const auto& c = node->constraints;
  EXPECT_EQ(c[0].kind, ConstraintKind::kPrimaryKey);
  EXPECT_TRUE(c[0].columns[0].descending);
  EXPECT_EQ(c[0].options.clustered, true);
  EXPECT_EQ(c[0].name, "");
  EXPECT_EQ(c[1].kind, ConstraintKind::kUnique);
  EXPECT_EQ(c[1].name, "i");
  EXPECT_EQ(c[1].columns[1].length, 10);
  EXPECT_EQ(c[1].columns[0].length, FieldType::kUnspecified);
  EXPECT_EQ(c[1].options.comment, "c");
  EXPECT_EQ(c[2].options.type, IndexType::kHash);
  EXPECT_TRUE(c[3].options.invisible);
  EXPECT_EQ(c[4].kind, ConstraintKind::kFulltext);
  EXPECT_EQ(c[5].kind, ConstraintKind::kForeignKey);
  EXPECT_EQ(c[5].name, "k");
  EXPECT_EQ(c[5].references->table.schema, "d");
  EXPECT_EQ(c[5].references->on_delete, ReferAction::kCascade);
  EXPECT_EQ(c[6].check_text, "a > 0");
  EXPECT_EQ(c[7].name, "y");
  EXPECT_NE(c[8].columns[0].expr, nullptr);
}

TEST(CreateTable, Options) {
  auto node = parse_as<CreateTableStatement>(
      "create table t (a int) engine=InnoDB default charset=utf8mb4 collate utf8mb4_bin, "
      "comment='x' "
      "auto_increment 10 row_format=dynamic stats_persistent=default avg_row_length=1 data "
      "directory "
      "'/d' /*!90000 shard_row_id_bits=4 pre_split_regions=2 */ /*T![auto_id_cache] "
      "auto_id_cache=7 */ max_rows = 3 union=(u,v) insert_method first");
  ASSERT_NE(node, nullptr);
  std::string text;
  for (const auto& o : node->options) {
    text += o.name + "=" + (o.text.empty() ? std::to_string(o.number) : o.text) + ";";
  }
  EXPECT_EQ(
      text,
      "ENGINE=InnoDB;CHARSET=utf8mb4;COLLATE=utf8mb4_bin;COMMENT=x;AUTO_INCREMENT=10;ROW_FORMAT="
      "dynamic;STATS_PERSISTENT=default;AVG_ROW_LENGTH=1;DATA DIRECTORY=/d;SHARD_ROW_ID_BITS=4;"
      "PRE_SPLIT_REGIONS=2;AUTO_ID_CACHE=7;MAX_ROWS=3;UNION=0;INSERT_METHOD=first;");
  EXPECT_EQ(node->options[9].kind, TableOptionKind::kShardRowIdBits);
}

TEST(CreateTable, RangePartitions) {
  auto node = parse_as<CreateTableStatement>(
      "create table t (a int) engine=innodb partition by range (year(a)) (partition p0 values less "
      "than (2010) comment = 'c' engine = innodb, partition p1 values less than maxvalue)");
  ASSERT_NE(node, nullptr);
  const auto& p = *node->partition;
  EXPECT_EQ(p.kind, PartitionKind::kRange);
  EXPECT_EQ(p.expr_text, "year(a)");
  ASSERT_EQ(p.definitions.size(), 2U);
  EXPECT_EQ(p.definitions[0].comment, "c");
  EXPECT_EQ(as<Literal>(*p.definitions[0].less_than[0]).number, 2010U);
  EXPECT_EQ(p.definitions[1].less_than[0], nullptr);
}

TEST(CreateTable, OtherPartitions) {
  auto node =
      parse_as<CreateTableStatement>("create table t (a int) partition by hash(a) partitions 4");
  EXPECT_EQ(node->partition->kind, PartitionKind::kHash);
  EXPECT_EQ(node->partition->count, 4U);
  node = parse_as<CreateTableStatement>(
      "create table t (a int, b int) partition by range columns (a, b) (partition p values less "
      "than "
      "(1, maxvalue))");
  EXPECT_TRUE(node->partition->has_columns);
  EXPECT_EQ(node->partition->columns, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(node->partition->definitions[0].less_than[1], nullptr);
  node = parse_as<CreateTableStatement>(
      "create table t (a int) partition by list columns (a, b) (partition p values in ((1, 2), (3, "
      "null)), partition q default)");
  EXPECT_EQ(node->partition->kind, PartitionKind::kList);
  ASSERT_EQ(node->partition->definitions[0].in_values.size(), 2U);
  EXPECT_EQ(node->partition->definitions[0].in_values[1].size(), 2U);
  EXPECT_EQ(node->partition->definitions[1].in_values[0][0]->kind, ExprKind::kDefault);
  node = parse_as<CreateTableStatement>(
      "create table t (a int) partition by linear key algorithm=2 (a) partitions 2");
  EXPECT_EQ(node->partition->kind, PartitionKind::kKey);
  EXPECT_TRUE(node->partition->linear);
  node = parse_as<CreateTableStatement>(
      "create table t (a int) partition by range (a) subpartition by hash (a) subpartitions 2 "
      "(partition p values less than (1) (subpartition s0, subpartition s1))");
  EXPECT_TRUE(node->partition->has_subpartitions);
  EXPECT_EQ(node->partition->definitions[0].subpartitions.size(), 2U);
}

TEST(CreateTable, LikeAndSelect) {
  EXPECT_EQ(parse_as<CreateTableStatement>("create table t like d.u")->like->schema, "d");
  EXPECT_EQ(parse_as<CreateTableStatement>("create table t (like u)")->like->name, "u");
  for (const char* sql :
       {"create table t select 1", "create table t as (select 1)", "create table t (select 1)",
        "create table t (a int) engine=innodb replace as select 1"}) {
    EXPECT_NE(parse_as<CreateTableStatement>(sql)->select, nullptr) << sql;
  }
  EXPECT_TRUE(parse_as<CreateTableStatement>("create temporary table t (a int)")->temporary);
}

TEST(Database, CreateAlterDrop) {
  auto create = parse_as<CreateDatabaseStatement>(
      "create schema if not exists `D` default character set = utf8 collate utf8_bin");
  EXPECT_TRUE(create->if_not_exists);
  EXPECT_EQ(create->name, "D");
  ASSERT_EQ(create->options.size(), 2U);
  EXPECT_EQ(create->options[0].value, "utf8");
  auto alter = parse_as<AlterDatabaseStatement>("alter database charset utf8mb4");
  EXPECT_EQ(alter->name, "");
  EXPECT_EQ(parse_as<AlterDatabaseStatement>("alter database d collate = utf8_bin")->name, "d");
  EXPECT_TRUE(parse_as<DropDatabaseStatement>("drop database if exists d")->if_exists);
}

TEST(Table, DropTruncateRename) {
  auto drop = parse_as<DropTableStatement>("drop table if exists a, d.b restrict");
  EXPECT_TRUE(drop->if_exists);
  EXPECT_EQ(drop->tables.size(), 2U);
  EXPECT_EQ(parse_as<TruncateTableStatement>("truncate d.t")->table.schema, "d");
  EXPECT_EQ(parse_as<TruncateTableStatement>("truncate table t")->table.name, "t");
  auto rename = parse_as<RenameTableStatement>("rename table a to b, c to d.e");
  ASSERT_EQ(rename->pairs.size(), 2U);
  EXPECT_EQ(rename->pairs[1].to.schema, "d");
}

TEST(Index, CreateAndDrop) {
  auto create = parse_as<CreateIndexStatement>(
      "create unique index i using btree on d.t (a(3) desc, b) comment 'x' algorithm=inplace lock "
      "none");
  EXPECT_EQ(create->index.kind, ConstraintKind::kUnique);
  EXPECT_EQ(create->index.name, "i");
  EXPECT_EQ(create->table.schema, "d");
  EXPECT_EQ(create->index.columns[0].length, 3);
  EXPECT_EQ(create->index.options.comment, "x");
  auto drop = parse_as<DropIndexStatement>("drop index `PRIMARY` on t");
  EXPECT_EQ(drop->name, "PRIMARY");
}

TEST(View, CreateAlterDrop) {
  auto view = parse_as<CreateViewStatement>(
      "create or replace algorithm = merge definer = 'u'@'h' sql security invoker view d.v (a, b) "
      "as "
      "select 1, 2 with local check option");
  EXPECT_TRUE(view->or_replace);
  EXPECT_EQ(view->algorithm, CreateViewStatement::Algorithm::kMerge);
  EXPECT_EQ(view->definer->user, "u");
  EXPECT_EQ(view->definer->host, "h");
  EXPECT_EQ(view->security, CreateViewStatement::Security::kInvoker);
  EXPECT_EQ(view->check_option, CreateViewStatement::CheckOption::kLocal);
  EXPECT_EQ(view->columns.size(), 2U);
  view = parse_as<CreateViewStatement>("create definer=current_user view v as (select 1)");
  EXPECT_TRUE(view->definer->current);
  EXPECT_TRUE(parse_as<CreateViewStatement>("alter view v as select 1")->alter);
  EXPECT_EQ(parse_as<DropViewStatement>("drop view if exists a, b cascade")->views.size(), 2U);
}

TEST(Sequence, CreateAlterDrop) {
  auto create = parse_as<CreateSequenceStatement>(
      "create sequence if not exists s start with -5 increment by -2 minvalue -100 nomaxvalue "
      "cache "
      "10 nocycle comment = 'x'");
  EXPECT_EQ(create->options.start, -5);
  EXPECT_EQ(create->options.increment, -2);
  EXPECT_EQ(create->options.min_value, -100);
  EXPECT_TRUE(create->options.no_max_value);
  EXPECT_EQ(create->options.cache_value, 10);
  EXPECT_EQ(create->options.cycle, false);
  EXPECT_EQ(
      parse_as<AlterSequenceStatement>("alter sequence s restart with 3")->options.restart_with, 3);
  EXPECT_EQ(parse_as<DropSequenceStatement>("drop sequence a, b")->names.size(), 2U);
}

TEST(Ddl, TiDbsOwn) {
  EXPECT_EQ(parse_as<RecoverTableStatement>("recover table by job 12")->job_id, 12);
  EXPECT_EQ(parse_as<FlashbackTableStatement>("flashback table t to u")->new_name, "u");
  auto split =
      parse_as<SplitTableStatement>("split table t index i between (1) and (2, 'a') regions 4");
  EXPECT_EQ(split->index, "i");
  EXPECT_EQ(split->upper.size(), 2U);
  EXPECT_EQ(split->regions, 4U);
  EXPECT_EQ(parse_as<SplitTableStatement>("split region for table t by (1), (2)")->values.size(),
            2U);
}

class NoDefinition : public testing::TestWithParam<const char*> {};

TEST_P(NoDefinition, IsRefused) { EXPECT_NE(parse_error(GetParam()), ""); }

INSTANTIATE_TEST_SUITE_P(
    Ddl, NoDefinition,
    testing::Values("create", "create table", "create table t", "create table t ()",
                    "create table t (a)", "create table t (a int", "create table t (a varchar)",
                    "create table t (a int,)", "create table t (a int default)",
                    "create table t (a int default a)", "create table t (a int not)",
                    "create table t (a enum())", "create table t (a int) engine",
                    "create table t (primary key (a))", "create table t (key a)",
                    "create table t (a int) partition by",
                    "create table t (a int) partition by hash", "create table t (a int check a)",
                    "create database", "create index on t (a)", "create view v",
                    "create view v as insert into t values (1)", "drop", "drop table",
                    "drop index i", "rename table a", "create trigger x",
                    "create table t (a int b)", "alter database d", "create table t (a int(x))"));

}  // namespace
}  // namespace tbl::tidb
