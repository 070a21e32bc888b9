// SELECT: text -> nodes, seen as text again or looked into.
#include <gtest/gtest.h>

#include "tidb/ast/dml.h"
#include "tidb/parser/parser_testing.h"

namespace tbl::tidb {
namespace {

using namespace ast;

/// The query as a view would keep it, with parentheses around operations.
std::string query(std::string_view sql) {
  auto statement = parse_as<SelectStatement>(sql);
  if (!statement) return "";
  RestoreOptions options;
  options.style = RestoreStyle::kView;
  options.string_introducer = false;
  return restore(*statement->query, options);
}

struct Case {
  const char* sql;
  const char* restored;
};

class QueryText : public testing::TestWithParam<Case> {};

TEST_P(QueryText, IsRead) { EXPECT_EQ(query(GetParam().sql), GetParam().restored); }

INSTANTIATE_TEST_SUITE_P(
    Clauses, QueryText,
    testing::Values(
        Case{"select 1", "SELECT 1"}, Case{"select 1 from dual", "SELECT 1"},
        Case{"select *, t.*, d.t.*, a b, c as 'd e', f \"g\" from t",
             "SELECT *,`t`.*,`d`.`t`.*,`a` AS `b`,`c` AS `d e`,`f` AS `g` FROM `t`"},
        Case{"select distinct sql_no_cache a from t", "SELECT SQL_NO_CACHE DISTINCT `a` FROM `t`"},
        Case{"select sql_calc_found_rows straight_join a from t",
             "SELECT SQL_CALC_FOUND_ROWS STRAIGHT_JOIN `a` FROM `t`"},
        Case{"select /*!40001 SQL_NO_CACHE */ * from `t`", "SELECT SQL_NO_CACHE * FROM `t`"},
        Case{"select a from t where b = 1 group by c, d desc with rollup having e order by f, 2 "
             "desc "
             "limit 3",
             "SELECT `a` FROM `t` WHERE `b`=1 GROUP BY `c`,`d` DESC WITH ROLLUP HAVING `e` ORDER "
             "BY `f`,2 DESC LIMIT 3"},
        Case{"select a from t limit 1, 2", "SELECT `a` FROM `t` LIMIT 1,2"},
        Case{"select a from t limit 2 offset ?", "SELECT `a` FROM `t` LIMIT ?,2"},
        Case{"select a from t for update", "SELECT `a` FROM `t` FOR UPDATE"},
        Case{"select a from t for update of t nowait", "SELECT `a` FROM `t` FOR UPDATE NOWAIT"},
        Case{"select a from t lock in share mode", "SELECT `a` FROM `t` LOCK IN SHARE MODE"},
        Case{"select a from t for share", "SELECT `a` FROM `t` LOCK IN SHARE MODE"}));

INSTANTIATE_TEST_SUITE_P(
    Tables, QueryText,
    testing::Values(
        Case{"select 1 from d.t as x", "SELECT 1 FROM `d`.`t` AS `x`"},
        Case{"select 1 from t partition (p0, p1) x use index (i, primary) force key for join (j)",
             "SELECT 1 FROM `t` PARTITION(`p0`, `p1`) AS `x` USE INDEX (`i`, `primary`) FORCE "
             "INDEX FOR JOIN (`j`)"},
        Case{"select 1 from a, b, c", "SELECT 1 FROM ((`a`) JOIN `b`) JOIN `c`"},
        Case{"select 1 from a join b on x = y inner join c using (i, j)",
             "SELECT 1 FROM (`a` JOIN `b` ON `x`=`y`) JOIN `c` USING (`i`,`j`)"},
        Case{"select 1 from a cross join b straight_join c on x",
             "SELECT 1 FROM (`a` JOIN `b`) STRAIGHT_JOIN `c` ON `x`"},
        Case{"select 1 from a natural join b natural left outer join c",
             "SELECT 1 FROM (`a` NATURAL JOIN `b`) NATURAL LEFT JOIN `c`"},
        Case{"select 1 from a left join b on x right outer join c on y",
             "SELECT 1 FROM (`a` LEFT JOIN `b` ON `x`) RIGHT JOIN `c` ON `y`"},
        Case{"select 1 from a left join b left join c on x on y",
             "SELECT 1 FROM `a` LEFT JOIN (`b` LEFT JOIN `c` ON `x`) ON `y`"},
        Case{"select 1 from a join b join c on x on y",
             "SELECT 1 FROM `a` JOIN (`b` JOIN `c` ON `x`) ON `y`"},
        Case{"select 1 from a join b join c on x", "SELECT 1 FROM (`a` JOIN `b`) JOIN `c` ON `x`"},
        Case{"select 1 from a, b left join c on x",
             "SELECT 1 FROM (`a`) JOIN (`b` LEFT JOIN `c` ON `x`)"},
        Case{"select 1 from a join (b, c) on x", "SELECT 1 FROM `a` JOIN ((`b`) JOIN `c`) ON `x`"},
        Case{"select 1 from (a join b) join c on x",
             "SELECT 1 FROM (`a` JOIN `b`) JOIN `c` ON `x`"},
        Case{"select 1 from ((a))", "SELECT 1 FROM `a`"},
        Case{"select 1 from (select 2) as x (i)", "SELECT 1 FROM (SELECT 2) AS `x` (`i`)"},
        Case{"select 1 from ((select 2) x join t)", "SELECT 1 FROM (SELECT 2) AS `x` JOIN `t`"},
        Case{"select 1 from ((select 2) union (select 3)) x",
             "SELECT 1 FROM ((SELECT 2) UNION (SELECT 3)) AS `x`"},
        Case{"select 1 from ((select 2)) x", "SELECT 1 FROM ((SELECT 2)) AS `x`"},
        Case{"select 1 from (((select 2) x) join (((select 3) y)))",
             "SELECT 1 FROM (SELECT 2) AS `x` JOIN (SELECT 3) AS `y`"}));

INSTANTIATE_TEST_SUITE_P(
    Sets, QueryText,
    testing::Values(
        Case{"select 1 union select 2 union all select 3 union distinct select 4",
             "SELECT 1 UNION SELECT 2 UNION ALL SELECT 3 UNION SELECT 4"},
        Case{"select 1 union select 2 order by 1 limit 1",
             "SELECT 1 UNION SELECT 2 ORDER BY 1 LIMIT 1"},
        Case{"(select 1 order by 1) union (select 2 limit 1) limit 2",
             "(SELECT 1 ORDER BY 1) UNION (SELECT 2 LIMIT 1) LIMIT 2"},
        Case{"((select 1))", "((SELECT 1))"}, Case{"(select 1) limit 1", "(SELECT 1) LIMIT 1"},
        Case{"((select 1 union select 2) except all select 3) order by 1",
             "((SELECT 1 UNION SELECT 2) EXCEPT ALL SELECT 3) ORDER BY 1"},
        Case{"select 1 intersect select 2", "SELECT 1 INTERSECT SELECT 2"},
        Case{"select 1 union select 2 intersect select 3 except select 4",
             "SELECT 1 UNION SELECT 2 INTERSECT SELECT 3 EXCEPT SELECT 4"},
        Case{"with a as (select 1), b (x, y) as (select 2, 3) select * from a, b",
             "WITH `a` AS (SELECT 1), `b` (`x`, `y`) AS (SELECT 2,3) SELECT * FROM (`a`) JOIN `b`"},
        Case{
            "with recursive r as (select 1 union all select n + 1 from r) select * from r",
            "WITH RECURSIVE `r` AS (SELECT 1 UNION ALL SELECT `n`+1 FROM `r`) SELECT * FROM `r`"}));

TEST(Query, HeadingsAreTheSource) {
  auto statement = parse_as<SelectStatement>("select 1 +  1, a . b c, count( * ), *, 'x' 'y'");
  const auto& items = statement->query->terms[0].select->items;
  EXPECT_EQ(items[0].text, "1 +  1");
  EXPECT_EQ(items[1].text, "a . b");
  EXPECT_EQ(items[1].alias, "c");
  EXPECT_EQ(items[2].text, "count( * )");
  EXPECT_EQ(items[3].text, "*");
  EXPECT_EQ(items[3].expr, nullptr);
}

TEST(Query, IntersectIsOneTermOfTheUnion) {
  auto statement = parse_as<SelectStatement>("select 1 union select 2 intersect select 3");
  const auto& terms = statement->query->terms;
  ASSERT_EQ(terms.size(), 2U);
  EXPECT_EQ(terms[1].op, SetOp::kUnion);
  ASSERT_NE(terms[1].query, nullptr);
  EXPECT_EQ(terms[1].query->terms[1].op, SetOp::kIntersect);
}

TEST(Query, HintsAreKeptAsText) {
  auto statement = parse_as<SelectStatement>("select /*+ use_index(t, i) */ 1");
  EXPECT_EQ(statement->query->terms[0].select->hints, " use_index(t, i) ");
}

TEST(Query, PlainSelectIsToldFromOthers) {
  EXPECT_TRUE(parse_as<SelectStatement>("select 1")->query->is_plain_select());
  EXPECT_TRUE(parse_as<SelectStatement>("(select 1)")->query->is_plain_select());
  EXPECT_FALSE(parse_as<SelectStatement>("(select 1) limit 1")->query->is_plain_select());
  EXPECT_FALSE(parse_as<SelectStatement>("select 1 union select 2")->query->is_plain_select());
}

class NoQuery : public testing::TestWithParam<const char*> {};

TEST_P(NoQuery, IsRefused) { EXPECT_NE(parse_error(GetParam()), ""); }

INSTANTIATE_TEST_SUITE_P(
    Query, NoQuery,
    testing::Values("select", "select from t", "select a,", "select a from",
                    "select a from t where", "select a from t limit a", "select a from t limit -1",
                    "select a b c", "select a from t join", "select a from t left join u",
                    "select a from t on x", "select a from t order a", "select a from t group by",
                    "select 1 union", "(select 1", "select 1)", "select 1 limit 1 union select 2",
                    "select * from (select 1", "with a select 1", "with a as select 1 select 2",
                    "select * from lateral (select 1) x", "select a from t for",
                    "select a from t lock in", "select * from t use index", "select t.* x from t",
                    "select a from t natural u", "select 1 from a join b on x on y"));

}  // namespace
}  // namespace tbl::tidb
