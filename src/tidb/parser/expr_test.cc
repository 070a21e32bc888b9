// How operators bind, and the forms of operands: text -> the same with parentheses everywhere.
#include <gtest/gtest.h>

#include "tidb/ast/dml.h"
#include "tidb/parser/parser_testing.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

using namespace ast;

struct Case {
  const char* text;
  const char* brackets;
};

class Binding : public testing::TestWithParam<Case> {};

TEST_P(Binding, IsMysqls) { EXPECT_EQ(brackets(GetParam().text), GetParam().brackets); }

INSTANTIATE_TEST_SUITE_P(
    Expr, Binding,
    testing::Values(
        Case{"1 + 2 * 3", "(1+(2*3))"}, Case{"1 * 2 + 3", "((1*2)+3)"},
        Case{"1 - 2 - 3", "((1-2)-3)"}, Case{"a or b and c", "(`a` OR (`b` AND `c`))"},
        Case{"a xor b or c xor d", "((`a` XOR `b`) OR (`c` XOR `d`))"},
        Case{"a && b || c", "((`a` AND `b`) OR `c`)"}, Case{"not a = b", "(NOT (`a`=`b`))"},
        Case{"! a = b", "((!`a`)=`b`)"}, Case{"not a and b", "((NOT `a`) AND `b`)"},
        Case{"not not a", "(NOT (NOT `a`))"}, Case{"a = b = c", "((`a`=`b`)=`c`)"},
        Case{"a < b + 1", "(`a`<(`b`+1))"},
        Case{"a | b & c << d + e * f ^ g", "(`a`|(`b`&(`c`<<(`d`+(`e`*(`f`^`g`))))))"},
        Case{"-a ^ b", "((-`a`)^`b`)"}, Case{"- - 1", "(-(-1))"}, Case{"1--1", "(1-(-1))"},
        Case{"~a + 1", "((~`a`)+1)"}, Case{"a div b mod c % d", "(((`a` DIV `b`)%`c`)%`d`)"},
        Case{"a between b and c and d", "((`a` BETWEEN `b` AND `c`) AND `d`)"},
        Case{"a not between 1 + 1 and 2 | 1", "(`a` NOT BETWEEN (1+1) AND (2|1))"},
        Case{"a between 1 and 2 = 1", "((`a` BETWEEN 1 AND 2)=1)"},
        Case{"a in (1, 2) = 1", "((`a` IN (1,2))=1)"}, Case{"a + 1 in (2)", "((`a`+1) IN (2))"},
        Case{"a like b and c", "((`a` LIKE `b`) AND `c`)"},
        Case{"a like 'x' escape '!'", "(`a` LIKE 'x' ESCAPE '!')"},
        Case{"a not like 'x'", "(`a` NOT LIKE 'x')"},
        Case{"a regexp 'x' or b not rlike 'y'", "((`a` REGEXP 'x') OR (`b` NOT REGEXP 'y'))"},
        Case{"a is null or b is not true", "((`a` IS NULL) OR (`b` IS NOT TRUE))"},
        Case{"a = b is null", "((`a`=`b`) IS NULL)"},
        Case{"a is unknown is false", "((`a` IS UNKNOWN) IS FALSE)"},
        Case{"a collate utf8_bin = b", "((`a` COLLATE utf8_bin)=`b`)"},
        Case{"-a collate utf8_bin", "(-(`a` COLLATE utf8_bin))"},
        Case{"binary a = b", "(BINARY `a`=`b`)"}, Case{"a <=> b", "(`a`<=>`b`)"},
        Case{"a <> b", "(`a`!=`b`)"}, Case{"@a := b + 1", "@`a`:=(`b`+1)"},
        Case{"@a := 1 or 2", "@`a`:=(1 OR 2)"},
        Case{"a sounds like b", "(SOUNDEX(`a`)=SOUNDEX(`b`))"},
        Case{"a = any (select 1)", "(`a`=ANY (SELECT 1))"},
        Case{"a > all (select 1) and b", "((`a`>ALL (SELECT 1)) AND `b`)"}));

class Operand : public testing::TestWithParam<Case> {};

TEST_P(Operand, IsRead) { EXPECT_EQ(brackets(GetParam().text), GetParam().brackets); }

INSTANTIATE_TEST_SUITE_P(
    Expr, Operand,
    testing::Values(
        Case{"t.a + d.t.`b c`", "(`t`.`a`+`d`.`t`.`b c`)"}, Case{"`t`.`select`", "`t`.`select`"},
        Case{"case a when 1 then 2 else 3 end", "CASE `a` WHEN 1 THEN 2 ELSE 3 END"},
        Case{"case when a then b when c then d end",
             "CASE WHEN `a` THEN `b` WHEN `c` THEN `d` END"},
        Case{"(1, 2) = row(3, 4)", "(ROW(1,2)=ROW(3,4))"}, Case{"((1))", "1"},
        Case{"exists (select 1)", "EXISTS (SELECT 1)"},
        Case{"not exists (select 1)", "(NOT EXISTS (SELECT 1))"},
        Case{"a in (select 1)", "(`a` IN (SELECT 1))"}, Case{"(select 1) + 1", "((SELECT 1)+1)"},
        Case{"((select 1) union (select 2))", "((SELECT 1) UNION (SELECT 2))"},
        Case{"a in ((select 1) union select 2)", "(`a` IN ((SELECT 1) UNION SELECT 2))"},
        Case{"a in ((1), (2))", "(`a` IN (1,2))"},
        Case{"(a, b) in ((1, 2))", "(ROW(`a`,`b`) IN (ROW(1,2)))"},
        Case{"cast(a as signed)", "CAST(`a` AS SIGNED)"},
        Case{"cast(a as unsigned integer)", "CAST(`a` AS UNSIGNED)"},
        Case{"cast(a as char(3) charset utf8)", "CAST(`a` AS CHAR(3) CHARSET utf8)"},
        Case{"cast(a as decimal(10, 2))", "CAST(`a` AS DECIMAL(10,2))"},
        Case{"cast(a as datetime(6))", "CAST(`a` AS DATETIME(6))"},
        Case{"cast(a as binary(4))", "CAST(`a` AS BINARY(4))"},
        Case{"cast(a as json)", "CAST(`a` AS JSON)"},
        Case{"convert(a, time)", "CONVERT(`a`, TIME)"},
        Case{"convert(a using utf8mb4)", "CONVERT(`a` USING utf8mb4)"},
        Case{"char(65, 66 using ascii)", "CHAR(65, 66 USING ascii)"}, Case{"now()", "NOW()"},
        Case{"current_timestamp", "CURRENT_TIMESTAMP()"},
        Case{"current_timestamp(3)", "CURRENT_TIMESTAMP(3)"}, Case{"utc_date", "UTC_DATE()"},
        Case{"current_user", "CURRENT_USER()"}, Case{"database()", "DATABASE()"},
        Case{"if(a, b, c)", "IF(`a`, `b`, `c`)"}, Case{"left(a, 1)", "LEFT(`a`, 1)"},
        Case{"insert('a', 1, 2, 'b')", "INSERT('a', 1, 2, 'b')"},
        Case{"replace(a, 'b', 'c')", "REPLACE(`a`, 'b', 'c')"}, Case{"mod(a, 2)", "MOD(`a`, 2)"},
        Case{"values(a) + default(b)", "(VALUES(`a`)+DEFAULT(`b`))"}, Case{"d.f(1)", "`d`.F(1)"},
        Case{"interval(1, 2, 3)", "INTERVAL(1, 2, 3)"},
        Case{"interval(1, 2) + 3", "(INTERVAL(1, 2)+3)"},
        Case{"a + interval 1 day", "DATE_ADD(`a`, INTERVAL 1 DAY)"},
        Case{"a - interval (1 + 1) day_hour", "DATE_SUB(`a`, INTERVAL (1+1) DAY_HOUR)"},
        Case{"interval 1 month + a", "DATE_ADD(`a`, INTERVAL 1 MONTH)"},
        Case{"a + interval 1 day > b", "(DATE_ADD(`a`, INTERVAL 1 DAY)>`b`)"},
        Case{"date_sub(a, interval '1:2' minute_second)",
             "DATE_SUB(`a`, INTERVAL '1:2' MINUTE_SECOND)"},
        Case{"adddate(a, 31)", "DATE_ADD(`a`, INTERVAL 31 DAY)"},
        Case{"subdate(a, interval 2 week)", "DATE_SUB(`a`, INTERVAL 2 WEEK)"},
        Case{"extract(year_month from a)", "EXTRACT(YEAR_MONTH FROM `a`)"},
        Case{"timestampdiff(sql_tsi_day, a, b)", "TIMESTAMPDIFF(DAY, `a`, `b`)"},
        Case{"timestampadd(month, 1, a)", "TIMESTAMPADD(MONTH, 1, `a`)"},
        Case{"get_format(date, 'eur')", "GET_FORMAT(DATE, 'eur')"},
        Case{"position('a' in b)", "LOCATE('a', `b`)"},
        Case{"substring(a from 2 for 3)", "SUBSTRING(`a`, 2, 3)"},
        Case{"substr(a, 2)", "SUBSTR(`a`, 2)"}, Case{"trim(a)", "TRIM(`a`)"},
        Case{"trim('x' from a)", "TRIM('x' FROM `a`)"},
        Case{"trim(leading from a)", "TRIM(LEADING ' ' FROM `a`)"},
        Case{"trim(trailing 'x' from a)", "TRIM(TRAILING 'x' FROM `a`)"},
        Case{"weight_string(a as char(3))", "WEIGHT_STRING(`a` AS CHAR(3))"},
        Case{"count(*)", "COUNT(1)"}, Case{"count(distinct a, b)", "COUNT(DISTINCT `a`, `b`)"},
        Case{"sum(all a)", "SUM(`a`)"},
        Case{"group_concat(distinct a, b order by c desc, d separator '-')",
             "GROUP_CONCAT(DISTINCT `a`, `b` ORDER BY `c` DESC,`d` SEPARATOR '-')"},
        Case{"next value for s", "NEXTVAL(`s`)"}, Case{"nextval(d.s)", "NEXTVAL(`d`.`s`)"},
        Case{"j->'$.a'", "JSON_EXTRACT(`j`, '$.a')"},
        Case{"t.j->>'$.a' = 1", "(JSON_UNQUOTE(JSON_EXTRACT(`t`.`j`, '$.a'))=1)"},
        Case{"match (a, b) against ('x' in boolean mode)",
             "MATCH (`a`,`b`) AGAINST ('x' IN BOOLEAN MODE)"},
        Case{"@a + @@b + @@global.c + @@local.d", "(((@`a`+@@`b`)+@@GLOBAL.`c`)+@@SESSION.`d`)"},
        Case{"{d '2020-01-01'}", "DATE '2020-01-01'"}, Case{"{fn now()}", "NOW()"},
        Case{"count", "`count`"}, Case{"date", "`date`"}));

class Constant : public testing::TestWithParam<Case> {};

TEST_P(Constant, IsRead) { EXPECT_EQ(brackets(GetParam().text), GetParam().brackets); }

INSTANTIATE_TEST_SUITE_P(
    Expr, Constant,
    testing::Values(Case{"null", "NULL"}, Case{"true", "TRUE"}, Case{"FALSE", "FALSE"},
                    Case{"9223372036854775808", "9223372036854775808"}, Case{"1.50", "1.50"},
                    Case{"1e3", "1e3"}, Case{"'it''s'", "'it''s'"}, Case{"'a' 'b' \"c\"", "'abc'"},
                    Case{R"('a\\b\n')", "'a\\\\b\n'"}, Case{"_latin1'x'", "_LATIN1'x'"},
                    Case{"N'x'", "_UTF8'x'"}, Case{"_binary x'4f'", "_BINARY x'4f'"},
                    Case{"0xABC", "x'0abc'"}, Case{"b'101'", "b'101'"}, Case{"0b1", "b'1'"},
                    Case{"date '2020-01-01'", "DATE '2020-01-01'"}, Case{"time'1:2'", "TIME '1:2'"},
                    Case{"timestamp '2020-01-01 1:2:3'", "TIMESTAMP '2020-01-01 1:2:3'"},
                    Case{"_binary", "`_binary`"}));

TEST(Expr, NumbersAreIntThenUintThenDecimal) {
  const auto kind = [](const char* text) {
    auto expr = parse_expression(text, {});
    return as<Literal>(**expr).literal;
  };
  EXPECT_EQ(kind("9223372036854775807"), LiteralKind::kInt);
  EXPECT_EQ(kind("9223372036854775808"), LiteralKind::kUint);
  EXPECT_EQ(kind("18446744073709551615"), LiteralKind::kUint);
  EXPECT_EQ(kind("18446744073709551616"), LiteralKind::kDecimal);
  EXPECT_EQ(kind("1."), LiteralKind::kDecimal);
  EXPECT_EQ(kind("1e0"), LiteralKind::kDouble);
  EXPECT_EQ(parse_expression("1e400", {}).status().detail(), kErrIllegalValueForType);
}

TEST(Expr, ModesChangeTheLanguage) {
  EXPECT_EQ(brackets("a || b || c", kModePipesAsConcat), "CONCAT(CONCAT(`a`, `b`), `c`)");
  EXPECT_EQ(brackets("a || b + c", kModePipesAsConcat), "(CONCAT(`a`, `b`)+`c`)");
  EXPECT_EQ(brackets("not a = b", kModeHighNotPrecedence), "((!`a`)=`b`)");
  EXPECT_EQ(brackets("\"a\" + 'b'", kModeAnsiQuotes), "(`a`+'b')");
  EXPECT_EQ(brackets(R"('a\n')", kModeNoBackslashEscapes), R"('a\\n')");
}

class NoExpression : public testing::TestWithParam<const char*> {};

TEST_P(NoExpression, IsRefused) { EXPECT_FALSE(parse_expression(GetParam(), {}).ok()); }

INSTANTIATE_TEST_SUITE_P(
    Expr, NoExpression,
    testing::Values("1 +", "+", "a in (1) + 2", "a = not b", "a between 1", "()", "a in ()",
                    "case end", "case a when 1 end", "cast(a as nothing)", "cast(a)", "f(1,)",
                    "sum(a, b)", "count(a, b)", "row(1)", "extract(day a)", "interval 1 day",
                    "a + interval 1 nothing", "date_add(a, 1)", "'a", "x'1'", "a.b.c.d", "select",
                    "exists 1", "(select 1", "a -> b", "a is 1", "@@", "a like", "trim(both a)"));

TEST(Expr, LongChainsAreFlatEnough) {
  std::string text = "a = 0";
  for (int i = 1; i < 10000; ++i) text += " or a = " + std::to_string(i);
  auto expr = parse_expression(text, {});
  ASSERT_TRUE(expr.ok()) << expr.status().message().substr(0, 100);
  EXPECT_LE((*expr)->depth, 20U);
  // In order from the left.
  const Expr* leaf = expr->get();
  while (as<Binary>(*leaf).op == BinaryOp::kOr) leaf = as<Binary>(*leaf).left.get();
  EXPECT_EQ(as<Literal>(*as<Binary>(*leaf).right).number, 0U);
}

TEST(Expr, DepthIsBounded) {
  const auto repeated = [](const char* left, int n, const char* middle, const char* right) {
    std::string text;
    for (int i = 0; i < n; ++i) text += left;
    text += middle;
    for (int i = 0; i < n; ++i) text += right;
    return text;
  };
  EXPECT_TRUE(parse_expression(repeated("(", 200, "1", ")"), {}).ok());
  for (const char* left : {"(", "-", "not ", "f(", "1+(", "case when ", "(select ", "(1,", "a in (",
                           "interval (", "!", "binary ", "exists (select ", "{fn "}) {
    auto expr = parse_expression(repeated(left, 20000, "1", ""), {});
    ASSERT_FALSE(expr.ok()) << left;
  }
  std::string sum = "1";
  for (int i = 0; i < 20000; ++i) sum += "+1";
  EXPECT_FALSE(parse_expression(sum, {}).ok());
  EXPECT_FALSE(parse("select * from " + repeated("(", 20000, "t", ")"), {}).ok());
  EXPECT_FALSE(parse(repeated("(", 20000, "select 1", ")"), {}).ok());
  EXPECT_FALSE(parse("select * from t" + repeated(" join t", 20000, "", ""), {}).ok());
  EXPECT_FALSE(parse("select * from t" + repeated(" left join t", 20000, "", ""), {}).ok());
}

}  // namespace
}  // namespace tbl::tidb
