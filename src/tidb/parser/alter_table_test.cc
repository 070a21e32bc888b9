#include "tidb/ast/alter_table.h"

#include <gtest/gtest.h>

#include "tidb/parser/parser_testing.h"

namespace tbl::tidb {
namespace {

using namespace ast;

std::unique_ptr<AlterTableStatement> alter(const std::string& specs) {
  return parse_as<AlterTableStatement>("alter table d.t " + specs);
}

struct KindCase {
  const char* spec;
  AlterKind kind;
};

class AlterSpecKind : public testing::TestWithParam<KindCase> {};

TEST_P(AlterSpecKind, IsRead) {
  auto node = alter(GetParam().spec);
  ASSERT_NE(node, nullptr);
  ASSERT_EQ(node->specs.size(), 1U);
  EXPECT_EQ(node->specs[0].kind, GetParam().kind);
}

INSTANTIATE_TEST_SUITE_P(
    AlterTable, AlterSpecKind,
    testing::Values(
        KindCase{"add column a int", AlterKind::kAddColumns},
        KindCase{"add a int first", AlterKind::kAddColumns},
        KindCase{"add (a int, b int)", AlterKind::kAddColumns},
        KindCase{"drop column a", AlterKind::kDropColumn},
        KindCase{"drop a restrict", AlterKind::kDropColumn},
        KindCase{"modify a bigint after b", AlterKind::kModifyColumn},
        KindCase{"change column a b int", AlterKind::kChangeColumn},
        KindCase{"rename column a to b", AlterKind::kRenameColumn},
        KindCase{"alter column a set default 1", AlterKind::kSetDefault},
        KindCase{"alter a drop default", AlterKind::kDropDefault},
        KindCase{"add index i (a)", AlterKind::kAddConstraint},
        KindCase{"add unique (a)", AlterKind::kAddConstraint},
        KindCase{"add primary key (a)", AlterKind::kAddConstraint},
        KindCase{"add constraint c foreign key (a) references u (b)", AlterKind::kAddConstraint},
        KindCase{"add check (a > 0)", AlterKind::kAddConstraint},
        KindCase{"drop primary key", AlterKind::kDropPrimaryKey},
        KindCase{"drop key i", AlterKind::kDropIndex},
        KindCase{"drop foreign key f", AlterKind::kDropForeignKey},
        KindCase{"drop check c", AlterKind::kDropCheck},
        KindCase{"alter check c not enforced", AlterKind::kAlterCheck},
        KindCase{"alter index i invisible", AlterKind::kAlterIndexVisible},
        KindCase{"rename index a to b", AlterKind::kRenameIndex},
        KindCase{"rename to u", AlterKind::kRenameTable},
        KindCase{"rename u", AlterKind::kRenameTable},
        KindCase{"auto_increment = 5", AlterKind::kOptions},
        KindCase{"engine innodb comment 'x'", AlterKind::kOptions},
        KindCase{"default character set utf8", AlterKind::kOptions},
        KindCase{"convert to character set utf8mb4 collate utf8mb4_bin",
                 AlterKind::kConvertCharset},
        KindCase{"add partition (partition p values less than (1))", AlterKind::kAddPartitions},
        KindCase{"add partition partitions 3", AlterKind::kAddPartitions},
        KindCase{"drop partition p, q", AlterKind::kDropPartitions},
        KindCase{"truncate partition all", AlterKind::kTruncatePartitions},
        KindCase{"coalesce partition 2", AlterKind::kCoalescePartitions},
        KindCase{"reorganize partition p into (partition q values less than (1))",
                 AlterKind::kReorganizePartitions},
        KindCase{"exchange partition p with table u without validation",
                 AlterKind::kExchangePartition},
        KindCase{"check partition p", AlterKind::kOtherPartition},
        KindCase{"partition by hash (a) partitions 2", AlterKind::kPartitionBy},
        KindCase{"remove partitioning", AlterKind::kRemovePartitioning},
        KindCase{"order by a, b desc", AlterKind::kOrderBy},
        KindCase{"algorithm = inplace", AlterKind::kIgnored},
        KindCase{"lock none", AlterKind::kIgnored}, KindCase{"force", AlterKind::kIgnored},
        KindCase{"disable keys", AlterKind::kIgnored}));

TEST(AlterTable, SeveralSpecs) {
  auto node = alter(
      "add column if not exists a int not null after b, drop column if exists `C`, modify e "
      "varchar(3) "
      "first, change f G int, add key i (a), comment = 'x', algorithm default");
  ASSERT_NE(node, nullptr);
  EXPECT_EQ(node->table.schema, "d");
  ASSERT_EQ(node->specs.size(), 7U);
  const auto& s = node->specs;
  EXPECT_TRUE(s[0].if_not_exists);
  EXPECT_EQ(s[0].position.kind, ColumnPosition::Kind::kAfter);
  EXPECT_EQ(s[0].position.after, "b");
  EXPECT_EQ(s[0].columns[0].name, "a");
  EXPECT_TRUE(s[1].if_exists);
  EXPECT_EQ(s[1].name, "C");
  EXPECT_EQ(s[2].position.kind, ColumnPosition::Kind::kFirst);
  EXPECT_EQ(s[3].name, "f");
  EXPECT_EQ(s[3].columns[0].name, "G");
  EXPECT_EQ(s[4].constraint->name, "i");
  EXPECT_EQ(s[5].options[0].text, "x");
}

TEST(AlterTable, Details) {
  EXPECT_EQ(alter("add (a int, key (a))")->specs[0].constraints.size(), 1U);
  auto node = alter("convert to charset utf8 collate utf8_bin");
  EXPECT_EQ(node->specs[0].charset, "utf8");
  EXPECT_EQ(node->specs[0].collate, "utf8_bin");
  EXPECT_EQ(alter("rename as e.u")->specs[0].new_table.schema, "e");
  EXPECT_TRUE(alter("truncate partition all")->specs[0].all_partitions);
  EXPECT_EQ(alter("drop partition p, q")->specs[0].partitions.size(), 2U);
  EXPECT_EQ(alter("add partition partitions 3")->specs[0].partition_count, 3U);
  EXPECT_EQ(alter("alter a set default -1")->specs[0].default_value->kind, ExprKind::kUnary);
  EXPECT_EQ(alter("alter a set default null")->specs[0].default_value->kind, ExprKind::kLiteral);
  EXPECT_TRUE(parse_as<AlterTableStatement>("alter ignore table t")->specs.empty());
}

class NoAlter : public testing::TestWithParam<const char*> {};

TEST_P(NoAlter, IsRefused) {
  EXPECT_NE(parse_error(std::string("alter table t ") + GetParam()), "");
}

INSTANTIATE_TEST_SUITE_P(AlterTable, NoAlter,
                         testing::Values("add", "add column", "add a", "drop", "modify a",
                                         "change a int", "rename", "rename column a b", "alter a",
                                         "alter a set 1", "add index", "add primary (a)", "foo",
                                         "add partition p", "coalesce partition", "a int",
                                         "drop column a b", "convert to utf8", "add a int,",
                                         "disable", "truncate p"));

}  // namespace
}  // namespace tbl::tidb
