#include "tidb/ast/restore.h"

#include <gtest/gtest.h>

#include "tidb/ast/dml.h"
#include "tidb/parser/parser.h"

namespace tbl::tidb::ast {
namespace {

std::string column_text(std::string_view text) {
  auto expr = parse_expression(text, {});
  return expr.ok() ? restore(**expr, {}) : expr.status().message();
}

std::string view_text(std::string_view sql, const RestoreOptions& options) {
  auto statement = parse_one(sql, {});
  if (!statement.ok()) return statement.status().message();
  return restore(*as<SelectStatement>(**statement).query, options);
}

// As TiDB 5.1 has stored them.
TEST(Restore, GeneratedColumns) {
  EXPECT_EQ(column_text("a+1"), "`a` + 1");
  EXPECT_EQ(column_text("A * 2"), "`a` * 2");
  EXPECT_EQ(column_text("concat('v',a)"), "concat(_utf8mb4'v', `a`)");
  EXPECT_EQ(column_text("json_unquote(json_extract(j,'$.n'))"),
            "json_unquote(json_extract(`j`, _utf8mb4'$.n'))");
}

TEST(Restore, PartitionExpressions) {
  RestoreOptions view;
  view.style = RestoreStyle::kView;
  EXPECT_EQ(restore(**parse_expression("id", {}), view), "`id`");
  EXPECT_EQ(restore(**parse_expression("year(d)", {}), view), "YEAR(`d`)");
}

TEST(Restore, Views) {
  RestoreOptions view;
  view.style = RestoreStyle::kView;
  view.current_schema = "wl2";
  EXPECT_EQ(view_text("select id, a from t where id > 1", view),
            "SELECT `id`,`a` FROM `wl2`.`t` WHERE `id`>1");
  EXPECT_EQ(view_text("select wl2.dr.id, wl2.dr.v from wl2.dr", view),
            "SELECT `wl2`.`dr`.`id`,`wl2`.`dr`.`v` FROM `wl2`.`dr`");
}

TEST(Restore, ALargerViewOfTidb) {
  RestoreOptions view;
  view.style = RestoreStyle::kView;
  view.current_schema = "information_schema";
  EXPECT_EQ(
      view_text(
          "(select job_id as job_id, tidb_decode_sql_digests(all_sql_digests, 4096) as "
          "`SQL_DIGESTS` from ddl_jobs, cluster_tidb_trx, information_schema.cluster_processlist "
          "where (ddl_jobs.state != 'synced' and ddl_jobs.state <> 'cancelled') and "
          "find_in_set(ddl_jobs.table_id, cluster_tidb_trx.related_table_ids) and "
          "cluster_tidb_trx.session_id = cluster_processlist.id)",
          view),
      "(SELECT `job_id` AS `job_id`,TIDB_DECODE_SQL_DIGESTS(`all_sql_digests`, 4096) AS "
      "`SQL_DIGESTS` FROM ((`information_schema`.`ddl_jobs`) JOIN "
      "`information_schema`.`cluster_tidb_trx`) JOIN `information_schema`.`cluster_processlist` "
      "WHERE "
      "(`ddl_jobs`.`state`!=_UTF8MB4'synced' AND `ddl_jobs`.`state`!=_UTF8MB4'cancelled') AND "
      "FIND_IN_SET(`ddl_jobs`.`table_id`, `cluster_tidb_trx`.`related_table_ids`) AND "
      "`cluster_tidb_trx`.`session_id`=`cluster_processlist`.`id`)");
}

TEST(Restore, CommonTablesHaveNoSchema) {
  RestoreOptions view;
  view.style = RestoreStyle::kView;
  view.current_schema = "d";
  EXPECT_EQ(view_text("with C as (select * from c) select * from c join t", view),
            "WITH `C` AS (SELECT * FROM `d`.`c`) SELECT * FROM `c` JOIN `d`.`t`");
  EXPECT_EQ(
      view_text("with recursive c as (select * from c) select 1 from (select 1 from c) x", view),
      "WITH RECURSIVE `c` AS (SELECT * FROM `c`) SELECT 1 FROM (SELECT 1 FROM `c`) AS `x`");
  EXPECT_EQ(view_text("select * from (with c as (select 1) select * from c) x, c", view),
            "SELECT * FROM ((WITH `c` AS (SELECT 1) SELECT * FROM `c`) AS `x`) JOIN `d`.`c`");
}

TEST(Restore, ParenthesesStay) {
  EXPECT_EQ(column_text("((a) + (1))"), "((`a`) + (1))");
  EXPECT_EQ(column_text("(a + 1) * 2"), "(`a` + 1) * 2");
  EXPECT_EQ(column_text("not (a = 1)"), "not (`a` = 1)");
}

TEST(Restore, QuotesAreDoubled) {
  EXPECT_EQ(column_text("`a``b` = 'x''y\\\\z'"), "`a``b` = _utf8mb4'x''y\\\\z'");
}

class RoundTrip : public testing::TestWithParam<const char*> {};

TEST_P(RoundTrip, ReadsAsTheSame) {
  RestoreOptions brackets;
  brackets.bracket_all = true;
  auto first = parse_expression(GetParam(), {});
  ASSERT_TRUE(first.ok()) << first.status().message();
  for (RestoreStyle style : {RestoreStyle::kColumn, RestoreStyle::kView}) {
    RestoreOptions options;
    options.style = style;
    std::string text = restore(**first, options);
    auto second = parse_expression(text, {});
    ASSERT_TRUE(second.ok()) << text << "\n" << second.status().message();
    EXPECT_EQ(restore(**second, options), text);
    EXPECT_EQ(restore(**second, brackets), restore(**first, brackets)) << text;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Restore, RoundTrip,
    testing::Values(
        "1 - -1", "- -1", "1 - - -1 ^ 2", "a - - - - 1", "1--1", "-(-a)", "a - - - 1", "!a = !(b)",
        "not a and not (b or c)", "~-+a", "a + b * (c - d) div e % f ^ g | h & i << j >> k",
        "a or b and c xor d", "a between 1 and 2 or b not in (1, 'x') and c like 'y' escape '|'",
        "a is not unknown", "case a when 1 then 'x' end", "case when a then b else c end",
        "(a, b) = (1, 2)", "exists (select 1 from t where x = 1)", "a > any (select b from c)",
        "a in ((select 1) union (select 2))", "cast(a as char(3) character set latin1)",
        "convert(a, decimal(10, 2))", "convert(a using utf8)", "binary a",
        "_latin1'x' collate latin1_bin", "x'00ff'", "b'0000000000000101'", "_binary x'ff'",
        "date '2020-01-01' + interval 1 day", "trim(both 'x' from a)", "trim(leading from a)",
        "substring(a from 1 for 2)", "position(a in b)", "extract(hour from a)",
        "timestampdiff(month, a, b)", "get_format(datetime, 'iso')",
        "count(*) + count(distinct a, b)", "group_concat(a order by b desc separator ', ')",
        "@a := @b + @@global.c", "default(a) + values(b)",
        "match (a, b) against ('c' with query expansion)", "char(1, 2 using binary)",
        "weight_string(a as binary(3))", "d.f(1, ?)", "d.`x y`(1)", "a collate 'x y'",
        "next value for d.s", "j->'$.a' + t.j->>'$.b'",
        "1e3 + 1.50 + 18446744073709551615 + null + true", "adddate(a, 1)", "a sounds like b",
        "interval(1, 2, 3)", "a regexp 'x' = b", "'a\nb\\\\c''d'", "timestamp'2020-01-01'",
        "{fn now()} + {d '2020-01-01'}", "current_timestamp(3)", "if(a, b, c) = left(a, 1)"));

}  // namespace
}  // namespace tbl::tidb::ast
