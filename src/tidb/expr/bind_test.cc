#include "tidb/expr/bind.h"

#include <gtest/gtest.h>

#include <map>

#include "tidb/expr/func_expr.h"
#include "tidb/expr/subquery.h"
#include "tidb/expr/test_hooks.h"

namespace tbl::tidb {
namespace {

/// Gives the rows it was made with.
class FakeSubquery : public SubqueryRunner {
 public:
  explicit FakeSubquery(std::vector<Row> rows, size_t width = 1)
      : rows_(std::move(rows)), columns_(width, int_type()) {}
  const std::vector<FieldType>& columns() const override { return columns_; }
  bool correlated() const override { return false; }
  Status run(EvalContext&, const Row&, const std::function<bool(const Row&)>& on_row) override {
    for (const Row& row : rows_) {
      if (!on_row(row)) break;
    }
    return {};
  }
  std::unique_ptr<SubqueryRunner> clone() const override {
    return std::make_unique<FakeSubquery>(rows_, columns_.size());
  }
  std::string to_string() const override { return "select"; }

 private:
  std::vector<Row> rows_;
  std::vector<FieldType> columns_;
};

/// Columns a, b (int), s (text), d (datetime) and one subquery.
class TestScope : public BindScope {
 public:
  Result<ExprPtr> column(const ast::ColumnName& name) override {
    static const std::map<std::string, std::pair<size_t, FieldType>> kColumns = {
        {"a", {0, int_type()}},
        {"b", {1, int_type()}},
        {"s", {2, string_type(10)}},
        {"d", {3, datetime_type()}},
        {"u", {4, int_type(true)}}};
    auto found = kColumns.find(name.name);
    if (found == kColumns.end()) return BindScope::column(name);
    const auto& [index, type] = found->second;
    return ExprPtr(std::make_unique<ColumnRef>(index, type, "t." + name.name));
  }
  Result<ExprPtr> subquery(const ast::Expr& node, ExprPtr left) override {
    auto runner = std::make_unique<FakeSubquery>(rows, width);
    if (node.kind == ast::ExprKind::kExists) {
      return make_subquery(SubqueryKind::kExists, std::move(runner));
    }
    if (left == nullptr) return make_subquery(SubqueryKind::kScalar, std::move(runner));
    if (node.kind == ast::ExprKind::kIn) {
      return make_quantified(std::move(left), CompareOp::kEq, SubqueryKind::kAny,
                             std::move(runner));
    }
    const auto& compare = ast::as<ast::CompareSubquery>(node);
    return make_quantified(std::move(left), CompareOp::kGt,
                           compare.all ? SubqueryKind::kAll : SubqueryKind::kAny,
                           std::move(runner));
  }

  std::vector<Row> rows;
  size_t width = 1;
};

class BindTest : public testing::Test {
 protected:
  std::string bound(std::string_view text) {
    auto e = session_.bind(text, &scope_);
    return e.ok() ? (*e)->to_string() : "error " + std::to_string(e.status().detail());
  }
  std::string value(std::string_view text, const Row& row = {}) {
    auto e = session_.bind(text, &scope_);
    if (!e.ok()) return "error " + std::to_string(e.status().detail());
    auto clone = (*e)->clone();
    auto v = clone->eval(session_.eval, row);
    if (!v.ok()) return "error " + std::to_string(v.status().detail());
    return v->is_null() ? "NULL" : value_to_text(*v, (*e)->type());
  }
  static Row numbers(int64_t a, int64_t b) { return {Value::of_int(a), Value::of_int(b)}; }

  TestSession session_;
  TestScope scope_;
};

TEST_F(BindTest, TextForExplain) {
  EXPECT_EQ(bound("a + 1 > b"), "gt(plus(t.a, 1), t.b)");
  EXPECT_EQ(bound("s like 'x%'"), "like(t.s, \"x%\", 92)");
  EXPECT_EQ(bound("a between 1 and 3"), "and(ge(t.a, 1), le(t.a, 3))");
  EXPECT_EQ(bound("not a in (1, 2)"), "not(in(t.a, 1, 2))");
  EXPECT_EQ(bound("case a when 1 then 'x' else s end"), "case(eq(t.a, 1), \"x\", t.s)");
}

TEST_F(BindTest, ConstantsAreFolded) {
  EXPECT_EQ(bound("1 + 2 * 3"), "7");
  EXPECT_EQ(bound("a + (1 + 2)"), "plus(t.a, 3)");
  EXPECT_EQ(bound("concat('a', 'b') = s"), "eq(\"ab\", t.s)");
  EXPECT_EQ(bound("1 / 0"), "div(1, 0)") << "its warning belongs to the statement";
  EXPECT_EQ(bound("rand() + 1").substr(0, 5), "plus(");
  EXPECT_EQ(bound("now() = d"), "eq(now(), t.d)");
}

TEST_F(BindTest, ConstantsTakeTheColumnsKind) {
  EXPECT_EQ(bound("a = '5'"), "eq(t.a, 5)");
  EXPECT_EQ(bound("'5' < a"), "lt(5, t.a)");
  EXPECT_EQ(bound("a = '5x'"), "eq(t.a, \"5x\")");
  EXPECT_EQ(bound("d > '2020-01-02'"), "gt(t.d, 2020-01-02 00:00:00)");
  EXPECT_EQ(bound("d > 'x'"), "gt(t.d, \"x\")");
  EXPECT_EQ(session_.warnings.count(), 0u);
}

TEST_F(BindTest, Columns) {
  EXPECT_EQ(value("a + b * 2", numbers(1, 3)), "7");
  EXPECT_EQ(value("(a, b) in ((1, 2), (1, 3))", numbers(1, 3)), "1");
  EXPECT_EQ(bound("nosuch"), "error 1054");
  EXPECT_EQ(bound("count(a)"), "error 1111");
  auto outside = session_.bind("a", &scope_);
  EXPECT_FALSE((*outside)->eval(session_.eval, {}).ok());
}

TEST_F(BindTest, LongInListsAgreeWithShortOnes) {
  std::string list = "(0";
  for (int i = 2; i < 200; i += 2) list += ", " + std::to_string(i);
  for (int64_t v : {0, 1, 57, 58, 198, 199}) {
    EXPECT_EQ(value("a in " + list + ")", numbers(v, 0)), v % 2 == 0 ? "1" : "0") << v;
    EXPECT_EQ(value("a in " + list + ", null)", numbers(v, 0)), v % 2 == 0 ? "1" : "NULL") << v;
  }
}

TEST_F(BindTest, Errors1690NameTheExpression) {
  auto e = session_.bind("a + b", &scope_);
  auto v = (*e)->eval(session_.eval, numbers(INT64_MAX, 1));
  EXPECT_EQ(v.status().message(), "BIGINT value is out of range in '(t.a + t.b)'");
}

TEST_F(BindTest, UnsignedMinusSigned) {
  Row row = {Value::of_int(2), Value::of_int(0), Value(), Value(), Value::of_uint(1)};
  EXPECT_EQ(value("u - a", row), "error 1690");
  session_.eval.convert.sql_mode |= kModeNoUnsignedSubtraction;
  EXPECT_EQ(value("u - a", row), "-1");
}

TEST_F(BindTest, DivisionByZero) {
  EXPECT_EQ(value("a / 0", numbers(1, 0)), "NULL");
  ASSERT_EQ(session_.warnings.count(), 1u);
  EXPECT_EQ(session_.warnings.list()[0].code, 1365);
  session_.eval.convert.strict = true;
  EXPECT_EQ(value("a / 0", numbers(1, 0)), "error 1365");
  session_.eval.convert.sql_mode &= ~static_cast<SqlMode>(kModeErrorForDivisionByZero);
  EXPECT_EQ(value("a % 0", numbers(1, 0)), "NULL");
}

TEST_F(BindTest, TruncatedNumbersWarn) {
  EXPECT_EQ(value("'12abc' + a", numbers(1, 0)), "13");
  ASSERT_EQ(session_.warnings.count(), 1u);
  EXPECT_EQ(session_.warnings.list()[0].code, 1292);
}

TEST_F(BindTest, Subqueries) {
  EXPECT_EQ(value("(select 1)"), "NULL");
  EXPECT_EQ(value("exists (select 1)"), "0");
  EXPECT_EQ(value("a in (select 1)", numbers(1, 0)), "0");
  EXPECT_EQ(value("a > all (select 1)", numbers(1, 0)), "1");
  scope_.rows = {{Value::of_int(3)}};
  EXPECT_EQ(value("(select 1) + 1"), "4");
  EXPECT_EQ(value("a > all (select 1)", numbers(4, 0)), "1");
  scope_.rows.push_back({Value()});
  EXPECT_EQ(value("(select 1)"), "error 1242");
  EXPECT_EQ(value("exists (select 1)"), "1");
  EXPECT_EQ(value("a in (select 1)", numbers(3, 0)), "1");
  EXPECT_EQ(value("a in (select 1)", numbers(4, 0)), "NULL");
  EXPECT_EQ(value("a not in (select 1)", numbers(4, 0)), "NULL");
  EXPECT_EQ(value("a > any (select 1)", numbers(4, 0)), "1");
  EXPECT_EQ(value("a > all (select 1)", numbers(4, 0)), "NULL");
}

TEST_F(BindTest, RowSubqueries) {
  scope_.width = 2;
  scope_.rows = {numbers(1, 2)};
  EXPECT_EQ(value("(a, b) = (select 1, 2)", numbers(1, 2)), "1");
  EXPECT_EQ(value("(a, b) = (select 1, 2)", numbers(1, 3)), "0");
  EXPECT_EQ(value("(a, b) in (select 1, 2)", numbers(1, 2)), "1");
  EXPECT_EQ(value("a in (select 1, 2)", numbers(1, 2)), "error 1241");
  EXPECT_EQ(value("(select 1, 2)"), "error 1241");
}

TEST_F(BindTest, CorrelatedColumnsFollowTheOuterRow) {
  auto outer = std::make_shared<OuterRow>();
  CorrelatedColumn column(outer, 1, int_type(), "t.b");
  EXPECT_FALSE(column.eval(session_.eval, {}).ok());
  Row row = numbers(1, 42);
  outer->row = &row;
  EXPECT_EQ(column.clone()->eval(session_.eval, {})->as_int(), 42);
}

TEST_F(BindTest, Parameters) {
  auto unknown = session_.bind("? + 1");
  ASSERT_TRUE(unknown.ok());
  EXPECT_FALSE((*unknown)->eval(session_.eval, {}).ok());
  session_.eval.params.push_back({Value::of_int(5), int_type()});
  EXPECT_EQ((*unknown)->eval(session_.eval, {})->as_double(), 6);
  EXPECT_EQ(session_.value("? + 1"), "6");
}

TEST_F(BindTest, ConjunctionsComeApartAndTogether) {
  auto e = session_.bind("a = 1 and (b = 2 and s = 'x')", &scope_);
  auto parts = split_conjunction(std::move(*e));
  ASSERT_EQ(parts.size(), 3u);
  auto joined = conjunction(std::move(parts), {session_.eval});
  EXPECT_EQ((*joined)->to_string(), "and(and(eq(t.a, 1), eq(t.b, 2)), eq(t.s, \"x\"))");
}

TEST_F(BindTest, OperatorsAreNoFunctions) {
  for (const char* name : {"plus", "getvar", "eq", "and", "case", "convert_using"}) {
    EXPECT_FALSE(is_function(name)) << name;
  }
  for (const char* name : {"abs", "mod", "now", "json_extract"}) {
    EXPECT_TRUE(is_function(name)) << name;
  }
  EXPECT_EQ(bound("getvar(1)"), "error 1305");
  EXPECT_EQ(session_.bind("nosuch(1)").status().message(), "FUNCTION test.nosuch does not exist");
  EXPECT_EQ(session_.bind("abs()").status().message(),
            "Incorrect parameter count in the call to native function 'abs'");
}

/// type_text, and whether it is NOT NULL.
struct TypeCase {
  const char* expression;
  const char* type;
};

class ResultTypes : public testing::TestWithParam<TypeCase> {};

TEST_P(ResultTypes, AreMySqls) {
  TestSession session;
  auto e = session.bind(GetParam().expression);
  ASSERT_TRUE(e.ok()) << e.status().message();
  EXPECT_EQ(type_text((*e)->type()), GetParam().type) << GetParam().expression;
}

INSTANTIATE_TEST_SUITE_P(
    All, ResultTypes,
    testing::Values(TypeCase{"1", "bigint(1)"}, TypeCase{"1 + 1", "bigint(20)"},
                    TypeCase{"1 = 1", "bigint(1)"}, TypeCase{"1.25", "decimal(3,2)"},
                    TypeCase{"1.5 + 1", "decimal(3,1)"}, TypeCase{"1.5 * 1.25", "decimal(5,3)"},
                    TypeCase{"1 / 3", "decimal(5,4)"}, TypeCase{"1e0", "double"},
                    TypeCase{"18446744073709551615", "bigint(20) unsigned"},
                    TypeCase{"1 & 2", "bigint(20) unsigned"}, TypeCase{"now()", "datetime"},
                    TypeCase{"now(3)", "datetime(3)"}, TypeCase{"curdate()", "date"},
                    TypeCase{"curtime()", "time"}, TypeCase{"json_array()", "json"},
                    TypeCase{"md5('a')", "varchar(32)"},
                    TypeCase{"if(1, 1.25, 2.5)", "decimal(3,2)"},
                    TypeCase{"cast('1' as decimal(10,3))", "decimal(10,3)"},
                    TypeCase{"cast('a' as char(5))", "varchar(5)"},
                    TypeCase{"length('a')", "bigint(10)"}, TypeCase{"x'41'", "varbinary(1)"}));

}  // namespace
}  // namespace tbl::tidb
