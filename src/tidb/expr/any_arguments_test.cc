// Every function with arguments of every kind: no crash, and values of the kind that the type says.
#include <gtest/gtest.h>

#include <random>

#include "base/test_seed.h"
#include "tidb/expr/aggregate.h"
#include "tidb/expr/func_expr.h"
#include "tidb/expr/test_hooks.h"
#include "tidb/types/json_value.h"

namespace tbl::tidb {
namespace {

Value decimal(const char* text) { return Value::of_decimal(Decimal::parse(text).value); }
Value duration(int64_t seconds) { return Value::of_duration({seconds * kNanosPerSecond, 3}); }
Value time_of(uint32_t year, uint32_t month, uint32_t day, uint8_t type) {
  return Value::of_time({{year, month, day, 10, 11, 12, 345000}, type, 3});
}

FieldType member_type(uint8_t tp) {
  FieldType type = string_type(3);
  type.tp = tp;
  type.elems = {"a", "b", "1"};
  return type;
}

std::vector<TypedValue> argument_pool() {
  std::vector<TypedValue> pool;
  auto add = [&](Value v) {
    FieldType type = type_of_value(v);
    pool.push_back({std::move(v), std::move(type)});
  };
  for (int64_t v :
       {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{7}, int64_t{20200102}, INT64_MIN, INT64_MAX}) {
    add(Value::of_int(v));
  }
  for (uint64_t v : {uint64_t{3}, UINT64_MAX}) add(Value::of_uint(v));
  for (double v : {0.0, -1.5, 1e308, 1e-300, 12345.678}) add(Value::of_double(v));
  for (const char* v : {"0", "-1.50", "12345678901234567890123456789012345.6789",
                        "99999999999999999999999999999999999999999999999999999999999999999"}) {
    add(decimal(v));
  }
  for (const char* v : {"", "a", "12abc", "äöü", "2020-01-02 03:04:05.6", "10:11:12", "%Y-%m-%d",
                        "$.a[1]", "{\"a\": [1, 2]}", "DAY", "utf8mb4", "one", "-", "\xff\xfe",
                        "+08:00", "838:59:59.999999"}) {
    add(Value::of_string(v));
  }
  add(time_of(2020, 2, 29, schema::kTypeDate));
  add(time_of(2020, 2, 29, schema::kTypeDatetime));
  add(time_of(9999, 12, 31, schema::kTypeTimestamp));
  add(time_of(0, 0, 0, schema::kTypeDatetime));
  add(duration(3661));
  add(duration(-838 * 3600));
  add(Value::of_json(*json_parse(R"({"a": [1, "x"], "b": null})")));
  add(Value::of_json(*json_parse("[1, 2.5]")));
  add(Value::of_bits("\x01\x02"));
  pool.push_back({Value::of_enum(2, "b"), member_type(schema::kTypeEnum)});
  pool.push_back({Value::of_set(3, "a,b"), member_type(schema::kTypeSet)});
  add(Value::null());
  return pool;
}

bool fits(const Value& v, const FieldType& type) {
  if (v.is_null()) return true;
  switch (eval_class(type)) {
    case EvalClass::kInt:
      return v.kind() == ValueKind::kInt || v.kind() == ValueKind::kUint ||
             v.kind() == ValueKind::kBits;
    case EvalClass::kDouble:
      return v.kind() == ValueKind::kDouble;
    case EvalClass::kDecimal:
      return v.kind() == ValueKind::kDecimal;
    case EvalClass::kTime:
      return v.kind() == ValueKind::kTime;
    case EvalClass::kDuration:
      return v.kind() == ValueKind::kDuration;
    case EvalClass::kJson:
      return v.kind() == ValueKind::kJson;
    case EvalClass::kString:
      return v.is_string() || v.kind() == ValueKind::kEnum || v.kind() == ValueKind::kSet ||
             v.kind() == ValueKind::kBits;
  }
  return false;
}

class AnyArguments : public testing::Test {
 protected:
  AnyArguments() : pool_(argument_pool()), random_(seed_) {
    // No text of megabytes from REPEAT and the like.
    session_.eval.max_allowed_packet = 100'000;
  }

  size_t pick(size_t count) { return std::uniform_int_distribution<size_t>(0, count - 1)(random_); }

  /// A constant, or a column with the value in `row`.
  ExprPtr argument(Row* row) {
    const TypedValue& picked = pool_[pick(pool_.size())];
    if (pick(2) == 0) return std::make_unique<Constant>(picked.value, picked.type);
    row->push_back(picked.value);
    return std::make_unique<ColumnRef>(row->size() - 1, picked.type, "t.c");
  }

  void check(std::string_view name, size_t count) {
    Row row;
    std::vector<ExprPtr> args;
    for (size_t i = 0; i < count; ++i) args.push_back(argument(&row));
    std::string text(name);
    for (const auto& arg : args) text += " " + arg->to_string();
    try {
      check_call(name, std::move(args), row);
    } catch (const std::exception& thrown) {
      ADD_FAILURE() << text << " throws " << thrown.what();
    }
  }

  void check_call(std::string_view name, std::vector<ExprPtr> args, const Row& row) {
    auto e = make_function(name, std::move(args), {session_.eval});
    if (!e.ok()) return;
    std::string text = (*e)->to_string();
    auto v = (*e)->eval(session_.eval, row);
    if (!v.ok()) {
      EXPECT_NE(v.status().detail(), 0) << text << ": " << v.status().message();
      return;
    }
    EXPECT_TRUE(fits(*v, (*e)->type()))
        << text << " is " << debug_text(*v) << ", not of " << type_text((*e)->type());
    if (!v->is_null()) value_to_text(*v, (*e)->type());
    ++evaluated_;
  }

  const uint32_t seed_ = test_seed();
  std::vector<TypedValue> pool_;
  std::mt19937 random_;
  TestSession session_;
  int evaluated_ = 0;
};

TEST_F(AnyArguments, OfFunctionsAndOperators) {
  auto names = function_names();
  for (std::string_view name :
       {"plus", "minus",  "mul",    "div",    "intdiv",    "mod",  "unaryminus",
        "eq",   "lt",     "nulleq", "in",     "and",       "or",   "xor",
        "not",  "istrue", "bitand", "bitneg", "leftshift", "case", "regexp"}) {
    names.push_back(name);
  }
  constexpr size_t kRounds = 60, kMostArguments = 5;
  for (std::string_view name : names) {
    if (name == "benchmark") continue;
    const FunctionDef* def = find_function(name);
    size_t least = static_cast<size_t>(def->min_args);
    size_t most = std::clamp<size_t>(static_cast<size_t>(def->max_args), least, kMostArguments);
    for (size_t i = 0; i < kRounds; ++i) check(name, least + pick(most - least + 1));
  }
  EXPECT_GT(evaluated_, 3000);
}

TEST_F(AnyArguments, OfCasts) {
  std::vector<FieldType> targets = {
      int_type(),       int_type(true),  decimal_type(10, 3), double_type(), date_type(),
      datetime_type(2), duration_type(), string_type(4),      bytes_type(4), json_type()};
  for (const auto& target : targets) {
    for (const auto& [value, type] : pool_) {
      auto e = make_cast(std::make_unique<ColumnRef>(0, type, "t.c"), target, {session_.eval});
      ASSERT_TRUE(e.ok());
      auto v = (*e)->eval(session_.eval, {value});
      if (!v.ok()) continue;
      EXPECT_TRUE(fits(*v, (*e)->type())) << debug_text(value) << " as " << type_text(target);
    }
  }
}

TEST_F(AnyArguments, OfAggregates) {
  for (const char* name : {"count", "sum", "avg", "min", "max", "group_concat", "bit_and",
                           "bit_xor", "std", "var_samp", "json_arrayagg", "any_value"}) {
    for (const auto& [value, type] : pool_) {
      AggregateCall call;
      call.name = name;
      call.distinct = pick(2) == 0;
      call.args.push_back(std::make_unique<ColumnRef>(0, type, "t.c"));
      auto made = make_aggregate(std::move(call), {session_.eval});
      ASSERT_TRUE(made.ok()) << name;
      auto state = make_state(**made);
      for (int i = 0; i < 3; ++i) {
        Status status = state->update(session_.eval, {value});
        EXPECT_TRUE(status.ok() || status.detail() != 0) << status.message();
      }
      auto result = state->result(session_.eval);
      if (!result.ok()) continue;
      EXPECT_TRUE(fits(*result, (*made)->type))
          << name << " of " << debug_text(value) << " is " << debug_text(*result);
    }
  }
}

}  // namespace
}  // namespace tbl::tidb
