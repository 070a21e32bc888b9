#include "tidb/parser/parser.h"

#include <gtest/gtest.h>

#include "tidb/ast/dml.h"
#include "tidb/parser/parser_testing.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

using namespace ast;

const std::string kSyntax =
    "You have an error in your SQL syntax; check the manual that corresponds to your TiDB version "
    "for the right syntax to use ";

TEST(Parser, SplitsStatementsAndKeepsTheirText) {
  auto list = parse(" select 1 ; ; /* c */ begin;\ncommit ;", {});
  ASSERT_TRUE(list.ok()) << list.status().to_string();
  ASSERT_EQ(list->size(), 3U);
  EXPECT_EQ((*list)[0]->text, "select 1");
  EXPECT_EQ((*list)[1]->text, "/* c */ begin");
  EXPECT_EQ((*list)[1]->kind, StatementKind::kBegin);
  EXPECT_EQ((*list)[2]->text, "commit");
}

TEST(Parser, EmptyTexts) {
  for (const char* sql : {"", " ", ";;", "-- x", "/* y */ ;"}) {
    auto list = parse(sql, {});
    ASSERT_TRUE(list.ok()) << sql;
    EXPECT_TRUE(list->empty()) << sql;
    EXPECT_EQ(parse_one(sql, {}).status().detail(), kErrEmptyQuery) << sql;
  }
}

TEST(Parser, NumbersParametersPerStatement) {
  auto list = parse("select ?, ?; select ? + 1", {});
  ASSERT_TRUE(list.ok());
  EXPECT_EQ((*list)[0]->param_count, 2U);
  EXPECT_EQ((*list)[1]->param_count, 1U);
  const auto& item = as<SelectStatement>(*(*list)[0]).query->terms[0].select->items[1];
  EXPECT_EQ(as<ParamMarker>(*item.expr).index, 1U);
}

struct ErrorCase {
  const char* sql;
  const char* where;
};

class SyntaxError : public testing::TestWithParam<ErrorCase> {};

TEST_P(SyntaxError, NamesThePlaceAsTidbDoes) {
  auto list = parse(GetParam().sql, {});
  ASSERT_FALSE(list.ok());
  EXPECT_EQ(list.status().detail(), kErrParse);
  EXPECT_EQ(list.status().message(), kSyntax + GetParam().where);
}

// The first and the third are messages seen of TiDB: the column is behind the token, and one more
// on the lines after the first.
INSTANTIATE_TEST_SUITE_P(
    Parser, SyntaxError,
    testing::Values(
        ErrorCase{"selec", "line 1 column 5 near \"selec\" "},
        ErrorCase{"selec 1; select 2", "line 1 column 5 near \"selec 1; select 2\" "},
        ErrorCase{"CREATE TABLE IF NOT EXISTS m.moronTable\n(userID TEXT, cnt INT\nCHARACTER SET "
                  "utf8 COLLATE utf8_bin\nCOMMENT 'x')",
                  "line 3 column 10 near \"CHARACTER SET utf8 COLLATE utf8_bin\nCOMMENT 'x')\" "},
        ErrorCase{"select", "line 1 column 6 near \"\" "},
        ErrorCase{"select 1 +", "line 1 column 10 near \"\" "},
        ErrorCase{"select 1;\nselect * form t where x",
                  "line 2 column 14 near \"form t where x\" "},
        ErrorCase{"select 'open", "line 1 column 12 near \"'open\" "},
        ErrorCase{"select 1 +; select 2", "line 1 column 11 near \"; select 2\" "}));

TEST(Parser, LongRestsAreCut) {
  std::string sql = "selec " + std::string(3000, 'x');
  std::string message = parse_error(sql);
  EXPECT_EQ(message,
            kSyntax + "line 1 column 5 near \"" + sql.substr(0, 2048) + "\" (total length 3006)");
}

TEST(Parser, OneErrorFailsTheWholeText) { EXPECT_FALSE(parse("select 1; nonsense", {}).ok()); }

TEST(Parser, ExpressionAlone) {
  EXPECT_TRUE(parse_expression("`a` + 1", {}).ok());
  EXPECT_FALSE(parse_expression("", {}).ok());
  EXPECT_FALSE(parse_expression("a b", {}).ok());
}

TEST(Parser, ReservedWords) {
  EXPECT_TRUE(is_reserved_word("Select"));
  EXPECT_FALSE(is_reserved_word("status"));
  EXPECT_FALSE(is_reserved_word("foo"));
  EXPECT_EQ(parse_error("select status, date, count from user, `select`"), "");
  EXPECT_NE(parse_error("create table select (a int)"), "");
}

TEST(Parser, WhatIsNotSupportedSaysSo) {
  for (const char* sql : {"select row_number() over (order by a) from t",
                          "select sum(a) over w from t window w as (partition by b)",
                          "select a from t into outfile 'x'", "select 1 into dumpfile 'x'",
                          "select * from t for update skip locked"}) {
    auto list = parse(sql, {});
    ASSERT_FALSE(list.ok()) << sql;
    EXPECT_EQ(list.status().detail(), kErrNotSupportedYet) << sql;
  }
}

}  // namespace
}  // namespace tbl::tidb
