// The plans that are chosen, by EXPLAIN.
#include <gtest/gtest.h>

#include "tidb/exec/sql_test_session.h"

namespace tbl::tidb {

namespace {

class Explain : public testing::Test {
 protected:
  void SetUp() override {
    EXPECT_EQ(s.text("create table t (a int primary key, b int, c int, d varchar(20), "
                     "unique key ub (b), key kc (c), key kd (d(3)))"),
              "");
    EXPECT_EQ(s.text("create table u (x int, y int, key kxy (x, y))"), "");
  }
  /// id and operator info of each line, without counts.
  std::string plan(const std::string& sql) {
    SqlOutcome outcome = s.run("explain " + sql);
    EXPECT_TRUE(outcome.status.ok()) << sql << ": " << outcome.status.to_string();
    std::string text;
    for (const auto& row : outcome.rows) text += row[0] + " " + row[2] + " " + row[3] + "\n";
    return text;
  }
  bool uses(const std::string& sql, const std::string& words) {
    std::string text = plan(sql);
    bool found = text.find(words) != std::string::npos;
    EXPECT_TRUE(found) << words << " is not in\n" << text;
    return found;
  }
  bool avoids(const std::string& sql, const std::string& words) {
    std::string text = plan(sql);
    bool found = text.find(words) != std::string::npos;
    EXPECT_FALSE(found) << words << " is in\n" << text;
    return !found;
  }

  SqlTestSession s;
};

TEST_F(Explain, DrawsTheTreeAsTiDbDoes) {
  SqlOutcome outcome = s.run("explain select * from t where c > a");
  ASSERT_EQ(outcome.rows.size(), 4u);
  EXPECT_EQ(outcome.rows[1][0].substr(0, 6), "└─");
  EXPECT_EQ(outcome.rows[2][0].substr(0, 8), "  └─");
  EXPECT_EQ(outcome.rows[2][2], "cop");
}

TEST_F(Explain, ChoosesPointsAndRanges) {
  uses("select * from t where a = 1", "Point_Get");
  uses("select * from t where a in (1, 2, 1)", "Batch_Point_Get");
  uses("select * from t where b = 1", "Point_Get");
  uses("select * from t where a > 1 and a <= 5", "range:(1,5]");
  uses("select * from t where c = 1", "IndexLookUp");
  uses("select c from t where c = 1", "IndexReader");
  uses("select a, c from t where c between 1 and 3", "range:[1,3]");
  uses("select * from t where d = 'abcdef'", "range:[\"abcdef\",\"abcdef\"]");
  uses("select y from u where x = 1 and y > 5", "range:(1 5,1]");
  uses("select y from u where x in (1, 2) and y = 5", "range:[1 5,1 5], [2 5,2 5]");
  uses("select * from t where c is null", "range:[NULL,NULL]");
  uses("select * from t where b is null", "IndexLookUp");
  uses("select * from t where a = '7'", "handle:7");
  uses("select * from t use index () where c = 1", "TableReader");
  uses("select * from t ignore index (kc) where c = 1", "TableReader");
  uses("select * from t where d = 5", "TableReader");
}

TEST_F(Explain, AnImpossibleConditionReadsNothing) {
  uses("select * from t where 1 = 0", "TableDual");
  uses("select * from t where a = null", "range:");
  avoids("select * from t where a = null", "[-inf");
}

TEST_F(Explain, SortsVanishWhereTheTableIsInOrder) {
  avoids("select * from t order by a", "Sort");
  avoids("select * from t order by a desc limit 3", "TopN");
  uses("select * from t order by a desc limit 3", "desc");
  avoids("select c from t where c > 3 order by c", "Sort");
  avoids("select * from t order by c limit 5", "TopN");
  avoids("select y from u where x = 1 order by y", "Sort");
  uses("select y from u where x in (1, 2) order by y", "Sort");
  uses("select * from t order by d limit 5", "TopN");
  uses("select a from t order by b, c", "Sort");
}

TEST_F(Explain, ConditionsReachTheTables) {
  uses("select * from (select * from t) s where s.a = 1", "Point_Get");
  uses("select * from t join u on t.a = u.x where t.a = 1", "Point_Get");
  uses("select c, count(*) from t group by c having c = 5", "range:[5,5]");
  uses("select * from (select a from t union all select x from u) z where a = 3", "Point_Get");
  uses("select * from t left join u on t.a = u.x where u.y = 1", "inner join");
  uses("select * from t left join u on t.a = u.x where u.y is null", "left outer join");
}

TEST_F(Explain, JoinsUseIndexesForFewRows) {
  uses("select * from t join u on t.c = u.x where t.a in (1, 2)", "IndexJoin");
  uses("select * from u join t on t.a = u.y where u.x = 3", "IndexJoin");
  uses("select * from t join u on t.c = u.y", "HashLeftJoin");
  uses("select * from t, u", "CARTESIAN");
}

TEST_F(Explain, SubqueriesBecomeSemiJoins) {
  uses("select * from t where a in (select x from u)", "semi join");
  uses("select * from t where a not in (select x from u)", "anti semi join");
  uses("select * from t where exists (select 1 from u where u.x = t.a)", "semi join");
  uses("select *, (select max(y) from u where u.x = t.a) from t", "Apply");
}

TEST_F(Explain, ChangesHaveASource) {
  uses("delete from t where a = 1", "Delete");
  uses("update t set b = 1 where a = 1", "Point_Get");
  uses("insert into t select x, y, 1, 'd' from u", "Insert");
}

TEST_F(Explain, PartitionsAreLeftOut) {
  EXPECT_EQ(s.text("create table p (a int, b int) partition by range (a) (partition p0 values less "
                   "than (10), partition p1 values less than (20), partition p2 values less than "
                   "maxvalue)"),
            "");
  auto ids = [&](const std::string& sql) {
    auto planned = s.plan(sql);
    EXPECT_TRUE(planned.ok()) << planned.status().to_string();
    const PlanNode* node = std::get<QueryPlan>((*planned)->body).root.get();
    while (!node->children.empty()) node = node->children[0].get();
    return as<DataSourcePlan>(*node).physical_ids.size();
  };
  EXPECT_EQ(ids("select * from p"), 3u);
  EXPECT_EQ(ids("select * from p where a = 15"), 1u);
  EXPECT_EQ(ids("select * from p where a < 15"), 2u);
  EXPECT_EQ(ids("select * from p where a >= 20"), 1u);
  EXPECT_EQ(ids("select * from p where a in (1, 25)"), 2u);
  EXPECT_EQ(ids("select * from p where b = 1"), 3u);
}

}  // namespace

}  // namespace tbl::tidb
