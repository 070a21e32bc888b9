// SET, transactions, prepared statements, EXPLAIN, KILL, LOCK.
#include "tidb/ast/session.h"

#include <gtest/gtest.h>

#include "tidb/ast/account.h"
#include "tidb/ast/dml.h"
#include "tidb/ast/show.h"
#include "tidb/parser/parser_testing.h"

namespace tbl::tidb {
namespace {

using namespace ast;

/// "kind scope name=value" of every item.
std::string set_text(std::string_view sql) {
  auto node = parse_as<SetStatement>(sql);
  if (!node) return "";
  RestoreOptions options;
  options.string_introducer = false;
  options.style = RestoreStyle::kView;
  std::string out;
  for (const auto& item : node->items) {
    if (!out.empty()) out += "; ";
    out +=
        std::to_string(static_cast<int>(item.kind)) + std::to_string(static_cast<int>(item.scope));
    out += ' ' + item.name + item.charset + (item.collate.empty() ? "" : "/" + item.collate);
    if (item.value) out += "=" + restore(*item.value, options);
  }
  return out;
}

struct SetCase {
  const char* sql;
  const char* text;
};

class SetText : public testing::TestWithParam<SetCase> {};

TEST_P(SetText, IsRead) { EXPECT_EQ(set_text(GetParam().sql), GetParam().text); }

INSTANTIATE_TEST_SUITE_P(
    Session, SetText,
    testing::Values(
        SetCase{"set autocommit=1, sql_mode = concat(@@sql_mode,',STRICT_TRANS_TABLES')",
                "00 autocommit=1; 00 sql_mode=CONCAT(@@`sql_mode`, ',STRICT_TRANS_TABLES')"},
        SetCase{"SET global A = on", "02 a='on'"}, SetCase{"set session a := off", "01 a='off'"},
        SetCase{"set local a = default", "01 a=DEFAULT"},
        SetCase{"set @@a = 'x', @@global.b = 1, @@session.c = all", "00 a='x'; 02 b=1; 01 c='all'"},
        SetCase{"set @x = 1, @`Y` := @x + 1", "10 x=1; 10 y=@`x`+1"},
        SetCase{"set names utf8mb4", "20 utf8mb4"},
        SetCase{"set names 'utf8' collate utf8_bin", "20 utf8/utf8_bin"},
        SetCase{"set names default", "20 "}, SetCase{"set names binary", "20 binary"},
        SetCase{"set character set utf8", "30 utf8"}, SetCase{"set charset 'latin1'", "30 latin1"},
        SetCase{"set character_set_results = NULL", "00 character_set_results=NULL"},
        SetCase{"SET SESSION character_set_results = binary", "01 character_set_results='binary'"},
        SetCase{"/*!40103 SET TIME_ZONE='+00:00' */", "00 time_zone='+00:00'"},
        SetCase{"/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */",
                "10 old_sql_mode=@@`sql_mode`; 00 sql_mode='NO_AUTO_VALUE_ON_ZERO'"},
        SetCase{"set sql_mode = ANSI", "00 sql_mode='ANSI'"}, SetCase{"set a.b = 1", "00 a.b=1"},
        SetCase{"set autocommit = (select 1)", "00 autocommit=(SELECT 1)"}));

TEST(SetTransaction, Forms) {
  auto node = parse_as<SetTransactionStatement>(
      "set session transaction isolation level repeatable read, read only");
  EXPECT_EQ(node->scope, VariableScope::kSession);
  EXPECT_EQ(node->isolation, "REPEATABLE-READ");
  EXPECT_EQ(node->read_only, true);
  node = parse_as<SetTransactionStatement>("set transaction isolation level read uncommitted");
  EXPECT_EQ(node->scope, VariableScope::kDefault);
  EXPECT_EQ(node->isolation, "READ-UNCOMMITTED");
  EXPECT_FALSE(node->read_only.has_value());
  EXPECT_EQ(parse_as<SetTransactionStatement>("set global transaction read write")->read_only,
            false);
}

TEST(Set, PasswordAndRoles) {
  auto node = parse_as<SetPasswordStatement>("set password for 'u'@'h' = password('p')");
  EXPECT_EQ(node->user->host, "h");
  EXPECT_EQ(node->password, "p");
  EXPECT_FALSE(parse_as<SetPasswordStatement>("set password = 'q'")->user.has_value());
  EXPECT_NE(parse_as<SetRoleStatement>("set default role all to 'u'@'%'"), nullptr);
  EXPECT_NE(parse_as<SetRoleStatement>("set role none"), nullptr);
}

TEST(Transaction, Begin) {
  EXPECT_EQ(parse_as<BeginStatement>("begin")->mode, BeginStatement::Mode::kDefault);
  EXPECT_NE(parse_as<BeginStatement>("begin work"), nullptr);
  EXPECT_EQ(parse_as<BeginStatement>("begin pessimistic")->mode,
            BeginStatement::Mode::kPessimistic);
  EXPECT_EQ(parse_as<BeginStatement>("begin optimistic")->mode, BeginStatement::Mode::kOptimistic);
  auto node = parse_as<BeginStatement>("START TRANSACTION /*!40108 WITH CONSISTENT SNAPSHOT */");
  EXPECT_TRUE(node->consistent_snapshot);
  EXPECT_EQ(
      parse_as<BeginStatement>("start transaction with consistent snapshot, read only")->read_only,
      true);
  EXPECT_EQ(parse_as<BeginStatement>("start transaction read write")->read_only, false);
  EXPECT_FALSE(parse_as<BeginStatement>("start transaction")->read_only.has_value());
}

TEST(Transaction, EndAndSavepoints) {
  EXPECT_TRUE(parse_as<CommitStatement>("commit work and chain")->chain);
  EXPECT_FALSE(parse_as<CommitStatement>("commit and no chain no release")->chain);
  EXPECT_TRUE(parse_as<RollbackStatement>("rollback release")->release);
  EXPECT_EQ(parse_as<RollbackStatement>("rollback to savepoint `S`")->savepoint, "S");
  EXPECT_EQ(parse_as<RollbackStatement>("rollback work to s")->savepoint, "s");
  EXPECT_EQ(parse_as<SavepointStatement>("savepoint s")->name, "s");
  EXPECT_EQ(parse_as<ReleaseSavepointStatement>("release savepoint s")->name, "s");
}

TEST(Prepared, Statements) {
  EXPECT_EQ(parse_as<PrepareStatement>("prepare s from 'select ?'")->sql, "select ?");
  EXPECT_EQ(parse_as<PrepareStatement>("prepare s from @V")->variable, "v");
  EXPECT_EQ(parse_as<ExecuteStatement>("execute s using @a, @B")->variables,
            (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(parse_as<DeallocateStatement>("deallocate prepare s")->name, "s");
  EXPECT_EQ(parse_as<DeallocateStatement>("drop prepare s")->name, "s");
}

TEST(Explain, StatementsAndTables) {
  auto node = parse_as<ExplainStatement>("explain format = 'DOT' select 1");
  EXPECT_EQ(node->format, "dot");
  EXPECT_EQ(node->statement->kind, StatementKind::kSelect);
  EXPECT_TRUE(parse_as<ExplainStatement>("explain analyze delete from t")->analyze);
  EXPECT_NE(parse_as<ExplainStatement>("desc (select 1) union (select 2)"), nullptr);
  EXPECT_NE(parse_as<ExplainStatement>("explain extended select 1"), nullptr);
  EXPECT_EQ(parse_as<ExplainStatement>("explain for connection 4")->connection_id, 4U);
  auto table = parse_as<ShowStatement>("desc d.t c");
  EXPECT_EQ(table->show, ShowKind::kColumns);
  EXPECT_EQ(table->table.schema, "d");
  EXPECT_EQ(table->column, "c");
  EXPECT_NE(parse_as<ShowStatement>("describe t 'x%'")->like, nullptr);
}

TEST(Session, Others) {
  auto kill = parse_as<KillStatement>("kill tidb query 5");
  EXPECT_TRUE(kill->tidb);
  EXPECT_TRUE(kill->query_only);
  EXPECT_EQ(kill->connection_id, 5U);
  EXPECT_FALSE(parse_as<KillStatement>("kill connection 6")->query_only);
  EXPECT_EQ(parse_as<UseStatement>("use `d b`")->database, "d b");
  auto lock =
      parse_as<LockTablesStatement>("lock tables a as x read local, d.b low_priority write");
  ASSERT_EQ(lock->locks.size(), 2U);
  EXPECT_EQ(lock->locks[0].alias, "x");
  EXPECT_TRUE(lock->locks[0].local);
  EXPECT_TRUE(lock->locks[1].write);
  EXPECT_NE(parse_as<UnlockTablesStatement>("unlock tables"), nullptr);
}

class NoSession : public testing::TestWithParam<const char*> {};

TEST_P(NoSession, IsRefused) { EXPECT_NE(parse_error(GetParam()), ""); }

INSTANTIATE_TEST_SUITE_P(Session, NoSession,
                         testing::Values("set", "set a", "set a = ", "set @a", "set names",
                                         "set a = 1,", "set transaction isolation level foo",
                                         "set password", "begin foo", "start transaction with",
                                         "commit and", "rollback to", "savepoint", "kill", "kill x",
                                         "use", "use a b", "prepare s", "prepare s from 1",
                                         "execute", "execute s using a", "explain",
                                         "explain analyze t", "lock tables t",
                                         "explain format select 1", "release s", "set @@ = 1"));

}  // namespace
}  // namespace tbl::tidb
