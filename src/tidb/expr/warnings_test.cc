// What functions warn of, and what changes from one evaluation to the next.
#include <gtest/gtest.h>

#include "tidb/expr/test_hooks.h"

namespace tbl::tidb {
namespace {

struct WarningCase {
  const char* expression;
  const char* value;
  int code;
};

class FunctionWarnings : public testing::TestWithParam<WarningCase> {};

TEST_P(FunctionWarnings, HaveMySqlsNumbers) {
  TestSession session;
  EXPECT_EQ(session.value(GetParam().expression), GetParam().value);
  ASSERT_EQ(session.warnings.count(), 1u) << GetParam().expression;
  EXPECT_EQ(session.warnings.list()[0].code, GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(
    All, FunctionWarnings,
    testing::Values(WarningCase{"log(-1)", "NULL", 3020}, WarningCase{"1 / 0", "NULL", 1365},
                    WarningCase{"mod(1, 0)", "NULL", 1365}, WarningCase{"'1x' + 1", "2", 1292},
                    WarningCase{"repeat('ab', 99999999)", "NULL", 1301},
                    WarningCase{"space(999999999)", "NULL", 1301},
                    WarningCase{"lpad('a', 999999999, 'b')", "NULL", 1301},
                    WarningCase{"date_add('9999-12-31', interval 1 day)", "NULL", 1441},
                    WarningCase{"sec_to_time(100000000)", "838:59:59", 1292},
                    WarningCase{"dayname('2020-00-10')", "NULL", 1292},
                    WarningCase{"year('x')", "NULL", 1292},
                    WarningCase{"str_to_date('x', '%Y')", "NULL", 1411},
                    WarningCase{"uncompress('any string')", "NULL", 1259},
                    WarningCase{"sleep(-1)", "0", 1210}));

TEST(Randomness, SeededSequencesAreMySqls) {
  TestSession session;
  auto e = session.bind("rand(3)");
  ASSERT_TRUE(e.ok());
  // As MariaDB gives for `select rand(3) from three_rows`.
  for (const char* expected :
       {"0.9057697559760601", "0.37307905813034536", "0.14808605345719125"}) {
    auto v = (*e)->eval(session.eval, {});
    EXPECT_EQ(value_to_text(*v, (*e)->type()), expected);
  }
}

TEST(Randomness, UnseededOnesUseTheSessionsState) {
  TestSession a, b;
  a.eval.rand_seed1 = b.eval.rand_seed1 = 12345;
  a.eval.rand_seed2 = b.eval.rand_seed2 = 67890;
  std::string first = a.value("rand()");
  EXPECT_EQ(first, b.value("rand()"));
  EXPECT_NE(first, a.value("rand()"));
}

TEST(Randomness, UuidsDifferAndAreVersion1) {
  TestSession session;
  std::string a = session.value("uuid()"), b = session.value("uuid()");
  EXPECT_NE(a, b);
  EXPECT_EQ(a[14], '1');
  EXPECT_EQ(a.substr(19), b.substr(19)) << "clock sequence and node stay";
}

TEST(Locks, NamesAreCheckedAndHaveNoCase) {
  TestSession session;
  EXPECT_EQ(session.value("get_lock('', 1)"), "error 3057");
  EXPECT_EQ(session.value("get_lock(repeat('x', 65), 1)"), "error 3057");
  EXPECT_EQ(session.value("get_lock('Name', 1)"), "1");
  EXPECT_EQ(session.value("is_used_lock('NAME')"), "7");
  EXPECT_EQ(session.value("release_lock('nAME')"), "1");
}

TEST(Session, SleepAndLastInsertId) {
  TestSession session;
  EXPECT_EQ(session.value("sleep(1.5)"), "0");
  EXPECT_EQ(session.hooks.slept(), std::chrono::milliseconds(1500));
  session.eval.last_insert_id = 41;
  EXPECT_EQ(session.value("last_insert_id() + 1"), "42");
  EXPECT_FALSE(session.eval.new_last_insert_id.has_value());
  EXPECT_EQ(session.value("last_insert_id(9)"), "9");
  EXPECT_EQ(session.eval.new_last_insert_id, 9u);
}

TEST(Session, StrictStatementsFailOnDivisionByZero) {
  TestSession session;
  session.eval.convert.strict = true;
  EXPECT_EQ(session.value("1 / 0"), "error 1365");
  EXPECT_EQ(session.value("sleep(-1)"), "error 1210");
}

}  // namespace
}  // namespace tbl::tidb
