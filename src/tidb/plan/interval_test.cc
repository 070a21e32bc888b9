#include "tidb/plan/interval.h"

#include <gtest/gtest.h>

#include <random>

#include "base/test_seed.h"
#include "tidb/expr/function.h"
#include "tidb/plan/range.h"
#include "tidb/types/convert.h"
#include "tidb/types/field_type.h"

namespace tbl::tidb {

namespace {

constexpr size_t kColumn = 7;
constexpr int kValues = 8;  // 0 .. 7, and NULL

bool contains(const ValueInterval& interval, const Value& v) {
  int low = compare_same_type(v, interval.low);
  if (low < 0 || (low == 0 && interval.low_exclusive)) return false;
  if (!interval.high) return true;
  int high = compare_same_type(v, *interval.high);
  return high < 0 || (high == 0 && !interval.high_exclusive);
}

bool contains(const IntervalSet& set, const Value& v) {
  for (const ValueInterval& interval : set.intervals) {
    if (contains(interval, v)) return true;
  }
  return false;
}

std::vector<Value> domain() {
  std::vector<Value> values = {Value::null()};
  for (int i = 0; i < kValues; ++i) values.push_back(Value::of_int(i));
  return values;
}

/// Conditions over one integer column.
class Conditions {
 public:
  ExprPtr column() const { return std::make_unique<ColumnRef>(kColumn, int_type(), "t.a"); }

  ExprPtr call(std::string_view name, std::vector<ExprPtr> args) {
    auto made = make_function(name, std::move(args), BuildContext{eval});
    EXPECT_TRUE(made.ok()) << made.status().to_string();
    return std::move(*made);
  }
  ExprPtr compare_with(std::string_view name, Value v) {
    std::vector<ExprPtr> args;
    args.push_back(column());
    args.push_back(Constant::of(std::move(v)));
    return call(name, std::move(args));
  }
  ExprPtr random(std::mt19937& rng, int depth) {
    static constexpr std::string_view kOps[] = {"eq", "ne", "lt", "le", "gt", "ge"};
    std::vector<ExprPtr> args;
    switch (rng() % (depth > 0 ? 6 : 4)) {
      case 0:
        args.push_back(column());
        return call("isnull", std::move(args));
      case 1: {
        args.push_back(column());
        for (size_t i = 0; i < 1 + rng() % 3; ++i) args.push_back(number(rng));
        return call("in", std::move(args));
      }
      case 2:
      case 3:
        return compare_with(kOps[rng() % std::size(kOps)],
                            Value::of_int(static_cast<int64_t>(rng() % kValues)));
      default:
        args.push_back(random(rng, depth - 1));
        args.push_back(random(rng, depth - 1));
        return call(rng() % 2 ? "and" : "or", std::move(args));
    }
  }

  EvalContext eval;

 private:
  static ExprPtr number(std::mt19937& rng) {
    return Constant::of(Value::of_int(static_cast<int64_t>(rng() % kValues)));
  }
};

TEST(Interval, SetsHoldWhatTheirConditionsLetPass) {
  uint32_t seed = test_seed();
  std::mt19937 rng(seed);
  Conditions conditions;
  FieldType type = int_type();
  for (int round = 0; round < 500; ++round) {
    ExprPtr condition = conditions.random(rng, 3);
    SCOPED_TRACE(condition->to_string());
    auto set = intervals_of(*condition, {kColumn, &type}, conditions.eval);
    if (!set) continue;
    for (const Value& v : domain()) {
      Row row(kColumn + 1);
      row[kColumn] = v;
      auto pass = eval_condition(*condition, conditions.eval, row);
      ASSERT_TRUE(pass.ok());
      if (set->exact) {
        EXPECT_EQ(contains(*set, v), *pass) << debug_text(v);
      } else if (*pass) {
        EXPECT_TRUE(contains(*set, v)) << debug_text(v);
      }
    }
  }
}

TEST(Interval, ConstantsBetweenTheColumnsValuesMoveTheBounds) {
  Conditions conditions;
  FieldType type = int_type();
  auto set_of = [&](std::string_view op, Value v) {
    auto set =
        intervals_of(*conditions.compare_with(op, std::move(v)), {kColumn, &type}, conditions.eval);
    return set ? *set : IntervalSet::all();
  };
  auto one_and_a_half = Decimal::parse("1.5").value;
  EXPECT_FALSE(contains(set_of("gt", Value::of_decimal(one_and_a_half)), Value::of_int(1)));
  EXPECT_TRUE(contains(set_of("gt", Value::of_decimal(one_and_a_half)), Value::of_int(2)));
  EXPECT_TRUE(contains(set_of("lt", Value::of_decimal(one_and_a_half)), Value::of_int(1)));
  EXPECT_FALSE(contains(set_of("lt", Value::of_decimal(one_and_a_half)), Value::of_int(2)));
  EXPECT_TRUE(set_of("eq", Value::of_decimal(one_and_a_half)).intervals.empty());
  EXPECT_TRUE(set_of("eq", Value::null()).intervals.empty());
}

TEST(Range, ConditionsOnLeadingColumnsMakeRanges) {
  Conditions conditions;
  FieldType type = int_type();
  std::vector<RangeColumn> columns = {{kColumn, &type, false}, {kColumn + 1, &type, false}};
  std::vector<ExprPtr> all;
  std::vector<ExprPtr> in;
  in.push_back(conditions.column());
  in.push_back(Constant::of(Value::of_int(5)));
  in.push_back(Constant::of(Value::of_int(3)));
  all.push_back(conditions.call("in", std::move(in)));
  std::vector<ExprPtr> greater;
  greater.push_back(std::make_unique<ColumnRef>(kColumn + 1, type, "t.b"));
  greater.push_back(Constant::of(Value::of_int(9)));
  all.push_back(conditions.call("gt", std::move(greater)));
  RangeResult result = build_ranges(columns, all, conditions.eval);
  ASSERT_EQ(result.ranges.size(), 2u);
  EXPECT_EQ(result.ranges[0].low, (Row{Value::of_int(3), Value::of_int(9)}));
  EXPECT_TRUE(result.ranges[0].low_exclusive);
  EXPECT_EQ(result.ranges[0].high, Row{Value::of_int(3)});
  EXPECT_FALSE(result.ranges[0].high_exclusive);
  EXPECT_EQ(result.ranges[1].high, Row{Value::of_int(5)});
  EXPECT_EQ(result.point_columns, 1u);
  EXPECT_EQ(result.guaranteed, (std::vector<bool>{true, true}));
}

TEST(Range, APrefixColumnsRangesAreOnlyAHint) {
  Conditions conditions;
  FieldType type = int_type();
  std::vector<RangeColumn> columns = {{kColumn, &type, true}};
  std::vector<ExprPtr> all;
  all.push_back(conditions.compare_with("gt", Value::of_int(4)));
  RangeResult result = build_ranges(columns, all, conditions.eval);
  ASSERT_EQ(result.ranges.size(), 1u);
  EXPECT_FALSE(result.ranges[0].low_exclusive);
  EXPECT_FALSE(result.guaranteed[0]);
}

}  // namespace

}  // namespace tbl::tidb
