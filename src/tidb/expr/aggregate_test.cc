#include "tidb/expr/aggregate.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tidb/expr/test_hooks.h"
#include "tidb/types/json_value.h"

namespace tbl::tidb {
namespace {

/// One column "v" of the type of the first value.
class AggregateTest : public testing::Test {
 protected:
  static Value decimal(const char* text) { return Value::of_decimal(Decimal::parse(text).value); }
  static Value integer(int64_t v) { return Value::of_int(v); }
  static Value text(const char* v) { return Value::of_string(v); }

  AggregateCall call_of(std::string name, const std::vector<Value>& values) {
    AggregateCall call;
    call.name = std::move(name);
    FieldType type = values.empty() ? int_type() : type_of_value(values[0]);
    if (!values.empty() && values[0].kind() == ValueKind::kDecimal) type = decimal_type(10, 2);
    call.args.push_back(std::make_unique<ColumnRef>(0, type, "v"));
    return call;
  }

  std::string run(AggregateCall call, const std::vector<Value>& values) {
    auto made = make_aggregate(std::move(call), {session_.eval});
    if (!made.ok()) return "error " + std::to_string(made.status().detail());
    auto state = make_state(**made);
    for (const Value& v : values) {
      Status status = state->update(session_.eval, {v});
      if (!status.ok()) return "error " + std::to_string(status.detail());
    }
    auto result = state->result(session_.eval);
    if (!result.ok()) return "error " + std::to_string(result.status().detail());
    return result->is_null() ? "NULL" : value_to_text(*result, (*made)->type);
  }
  std::string run(const char* name, const std::vector<Value>& values) {
    return run(call_of(name, values), values);
  }
  std::string run_distinct(const char* name, const std::vector<Value>& values) {
    AggregateCall call = call_of(name, values);
    call.distinct = true;
    return run(std::move(call), values);
  }

  const Value null_;
  TestSession session_;
};

TEST_F(AggregateTest, NoRows) {
  EXPECT_EQ(run("count", {}), "0");
  for (const char* name : {"sum", "avg", "min", "max", "std", "var_samp", "group_concat",
                           "json_arrayagg", "any_value"}) {
    EXPECT_EQ(run(name, {}), "NULL") << name;
  }
  EXPECT_EQ(run("bit_and", {}), "18446744073709551615");
  EXPECT_EQ(run("bit_or", {}), "0");
  EXPECT_EQ(run("bit_xor", {}), "0");
}

TEST_F(AggregateTest, NullsAreLeftOut) {
  std::vector<Value> values = {integer(1), null_, integer(3)};
  EXPECT_EQ(run("count", values), "2");
  EXPECT_EQ(run("sum", values), "4");
  EXPECT_EQ(run("avg", values), "2.0000");
  EXPECT_EQ(run("min", values), "1");
  EXPECT_EQ(run("max", values), "3");
  EXPECT_EQ(run("group_concat", values), "1,3");
  EXPECT_EQ(run("json_arrayagg", values), "[1, null, 3]");
}

TEST_F(AggregateTest, SumsBeyondBigint) {
  int64_t large = INT64_MAX;
  EXPECT_EQ(run("sum", {integer(large), integer(large), integer(1)}), "18446744073709551615");
  EXPECT_EQ(run("sum", {integer(INT64_MIN), integer(-1), integer(5)}), "-9223372036854775804");
}

TEST_F(AggregateTest, DecimalsKeepTheirScale) {
  std::vector<Value> values = {decimal("1.10"), decimal("2.25")};
  EXPECT_EQ(run("sum", values), "3.35");
  EXPECT_EQ(run("avg", values), "1.675000");
  EXPECT_EQ(run("max", values), "2.25");
}

TEST_F(AggregateTest, DoublesAndTexts) {
  EXPECT_EQ(run("sum", {Value::of_double(1.5), Value::of_double(2)}), "3.5");
  EXPECT_EQ(run("sum", {text("1.5"), text("2")}), "3.5");
  EXPECT_EQ(run("max", {text("9"), text("10")}), "9");
  EXPECT_EQ(run("sum", {Value::of_double(1e308), Value::of_double(1e308)}), "error 1690");
}

TEST_F(AggregateTest, Distinct) {
  std::vector<Value> values = {integer(2), integer(2), integer(5), null_};
  EXPECT_EQ(run_distinct("count", values), "2");
  EXPECT_EQ(run_distinct("sum", values), "7");
  EXPECT_EQ(run_distinct("group_concat", values), "2,5");
}

TEST_F(AggregateTest, CountOfSeveralColumnsNeedsAllOfThem) {
  AggregateCall call;
  call.name = "count";
  call.distinct = true;
  call.args.push_back(std::make_unique<ColumnRef>(0, int_type(), "a"));
  call.args.push_back(std::make_unique<ColumnRef>(1, string_type(), "b"));
  auto made = make_aggregate(std::move(call), {session_.eval});
  ASSERT_TRUE(made.ok());
  auto state = make_state(**made);
  for (const Row& row : std::vector<Row>{{integer(1), text("x")},
                                         {integer(1), text("x")},
                                         {integer(1), null_},
                                         {integer(1), text("")}}) {
    ASSERT_TRUE(state->update(session_.eval, row).ok());
  }
  EXPECT_EQ(state->result(session_.eval)->as_int(), 2);
}

TEST_F(AggregateTest, VarianceAgreesWithItsDefinition) {
  const double numbers[] = {2, 4, 4, 4, 5, 5, 7, 9};
  std::vector<Value> values;
  for (double v : numbers) values.push_back(Value::of_double(v));
  EXPECT_EQ(run("std", values), "2");
  EXPECT_EQ(run("variance", values), "4");
  EXPECT_NEAR(std::stod(run("var_samp", values)), 32.0 / 7, 1e-12);
  EXPECT_NEAR(std::stod(run("stddev_samp", values)), std::sqrt(32.0 / 7), 1e-12);
  EXPECT_EQ(run("var_samp", {Value::of_double(1)}), "NULL");
}

TEST_F(AggregateTest, Bits) {
  std::vector<Value> values = {integer(12), integer(10)};
  EXPECT_EQ(run("bit_and", values), "8");
  EXPECT_EQ(run("bit_or", values), "14");
  EXPECT_EQ(run("bit_xor", values), "6");
}

TEST_F(AggregateTest, GroupConcatSortsAndCuts) {
  std::vector<Value> values = {text("b"), text("a"), text("c")};
  AggregateCall call = call_of("group_concat", values);
  call.separator = "-";
  call.order_by.push_back({std::make_unique<ColumnRef>(0, string_type(), "v"), true});
  EXPECT_EQ(call.to_string(), "group_concat(v order by v desc separator \"-\")");
  auto copy = call.clone();
  EXPECT_EQ(run(std::move(call), values), "c-b-a");
  session_.eval.group_concat_max_len = 4;
  EXPECT_EQ(run(std::move(*copy), values), "c-b-");
  ASSERT_EQ(session_.warnings.count(), 1u);
  EXPECT_EQ(session_.warnings.list()[0].code, 1260);
}

TEST_F(AggregateTest, GroupConcatCutsBetweenCharacters) {
  session_.eval.group_concat_max_len = 5;
  EXPECT_EQ(run("group_concat", {text("äöü")}), "äö");
}

TEST_F(AggregateTest, JsonObject) {
  AggregateCall call;
  call.name = "json_objectagg";
  call.args.push_back(std::make_unique<ColumnRef>(0, string_type(), "k"));
  call.args.push_back(std::make_unique<ColumnRef>(1, int_type(), "v"));
  auto made = make_aggregate(std::move(call), {session_.eval});
  ASSERT_TRUE(made.ok());
  auto state = make_state(**made);
  ASSERT_TRUE(state->update(session_.eval, {text("b"), integer(1)}).ok());
  ASSERT_TRUE(state->update(session_.eval, {text("a"), integer(2)}).ok());
  ASSERT_TRUE(state->update(session_.eval, {text("b"), integer(3)}).ok());
  EXPECT_EQ(state->update(session_.eval, {null_, integer(3)}).detail(), 3158);
  EXPECT_EQ(json_to_text(state->result(session_.eval)->as_string()), R"({"a": 2, "b": 3})");
}

TEST_F(AggregateTest, Types) {
  auto type_of = [&](const char* name, const std::vector<Value>& values) {
    auto made = make_aggregate(call_of(name, values), {session_.eval});
    return type_text((*made)->type);
  };
  EXPECT_EQ(type_of("count", {}), "bigint(21)");
  EXPECT_EQ(type_of("sum", {decimal("1")}), "decimal(32,2)");
  EXPECT_EQ(type_of("avg", {decimal("1")}), "decimal(14,6)");
  EXPECT_EQ(type_of("sum", {text("1")}), "double");
  EXPECT_EQ(type_of("bit_or", {}), "bigint(21) unsigned");
}

TEST_F(AggregateTest, Refusals) {
  EXPECT_EQ(run("median", {integer(1)}), "error 1305");
  AggregateCall two = call_of("sum", {integer(1)});
  two.args.push_back(Constant::of(integer(1)));
  EXPECT_EQ(run(std::move(two), {}), "error 1582");
  EXPECT_TRUE(is_aggregate_function("count"));
  EXPECT_FALSE(is_aggregate_function("first_row"));
  EXPECT_FALSE(is_aggregate_function("abs"));
}

}  // namespace
}  // namespace tbl::tidb
