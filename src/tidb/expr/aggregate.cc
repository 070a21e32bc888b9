#include "tidb/expr/aggregate.h"

#include <algorithm>
#include <array>

#include "tidb/expr/aggregate_state.h"
#include "tidb/expr/result_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

using TypeOf = FieldType (*)(const AggregateCall&, const BuildContext&);

FieldType count_type(const AggregateCall&, const BuildContext&) {
  FieldType type = int_type_of_width(21);
  type.flag |= schema::kFlagNotNull;
  return type;
}

FieldType bits_type(const AggregateCall&, const BuildContext&) {
  FieldType type = int_type_of_width(21, true);
  type.flag |= schema::kFlagNotNull;
  return type;
}

FieldType sum_type(const AggregateCall& call, const BuildContext&) {
  const FieldType& arg = call.args[0]->type();
  if (numeric_class(arg) == EvalClass::kDouble)
    return real_type(arg.decimal > 30 ? -1 : arg.decimal);
  Digits digits = digits_of(arg);
  return limited_decimal_type(digits.whole + digits.frac + 22, digits.frac);
}

FieldType average_type(const AggregateCall& call, const BuildContext& ctx) {
  const FieldType& arg = call.args[0]->type();
  auto increment = static_cast<int>(ctx.eval.div_precision_increment);
  if (numeric_class(arg) == EvalClass::kDouble) {
    return real_type(arg.decimal < 0 || arg.decimal > 30 ? -1 : arg.decimal + increment);
  }
  Digits digits = digits_of(arg);
  return limited_decimal_type(digits.whole + digits.frac + increment, digits.frac + increment);
}

FieldType variance_type(const AggregateCall&, const BuildContext&) { return real_type(-1); }

FieldType arg_type(const AggregateCall& call, const BuildContext&) {
  FieldType type = call.args[0]->type();
  constexpr uint32_t kDropped = schema::kFlagNotNull | schema::kFlagPrimaryKey |
                                schema::kFlagUniqueKey | schema::kFlagMultipleKey |
                                schema::kFlagAutoIncrement | schema::kFlagOnUpdateNow |
                                schema::kFlagNoDefaultValue | schema::kFlagTimestamp;
  type.flag &= ~kDropped;
  return type;
}

/// MIN and MAX compare ENUMs and SETs as texts.
FieldType extreme_type(const AggregateCall& call, const BuildContext& ctx) {
  FieldType type = arg_type(call, ctx);
  if (type.tp == schema::kTypeEnum || type.tp == schema::kTypeSet) {
    type.tp = schema::kTypeString;
    type.flag &= ~static_cast<uint32_t>(schema::kFlagEnum | schema::kFlagSet);
    type.elems.clear();
  }
  return type;
}

FieldType concat_type(const AggregateCall& call, const BuildContext& ctx) {
  return text_type_of(call.args, kMaxBlobWidth, ctx);
}

FieldType document_type(const AggregateCall&, const BuildContext&) { return json_type(); }

struct AggregateDef {
  std::string_view name;
  size_t min_args;
  size_t max_args;
  TypeOf type;
};

constexpr size_t kMany = 1000;
constexpr AggregateDef kAggregates[] = {
    {"count", 1, kMany, count_type},
    {"approx_count_distinct", 1, kMany, count_type},
    {"sum", 1, 1, sum_type},
    {"avg", 1, 1, average_type},
    {"min", 1, 1, extreme_type},
    {"max", 1, 1, extreme_type},
    {"group_concat", 1, kMany, concat_type},
    {"bit_and", 1, 1, bits_type},
    {"bit_or", 1, 1, bits_type},
    {"bit_xor", 1, 1, bits_type},
    {"std", 1, 1, variance_type},
    {"stddev", 1, 1, variance_type},
    {"stddev_pop", 1, 1, variance_type},
    {"stddev_samp", 1, 1, variance_type},
    {"variance", 1, 1, variance_type},
    {"var_pop", 1, 1, variance_type},
    {"var_samp", 1, 1, variance_type},
    {"json_arrayagg", 1, 1, document_type},
    {"json_objectagg", 2, 2, document_type},
    {"any_value", 1, 1, arg_type},
    {"first_row", 1, 1, arg_type},
};

const AggregateDef* find_aggregate(std::string_view name) {
  for (const auto& def : kAggregates) {
    if (def.name == name) return &def;
  }
  return nullptr;
}

}  // namespace

bool is_aggregate_function(std::string_view lower_name) {
  return lower_name != "first_row" && find_aggregate(lower_name) != nullptr;
}

Result<std::unique_ptr<AggregateCall>> make_aggregate(AggregateCall call, const BuildContext& ctx) {
  const AggregateDef* def = find_aggregate(call.name);
  if (def == nullptr) return no_such_function(call.name);
  if (call.args.size() < def->min_args || call.args.size() > def->max_args) {
    return wrong_parameter_count(call.name);
  }
  for (const auto& arg : call.args) {
    if (column_count(*arg) != 1) return operand_columns(1);
  }
  if (call.name == "approx_count_distinct") {
    call.name = "count";
    call.distinct = true;
  }
  call.type = def->type(call, ctx);
  return std::make_unique<AggregateCall>(std::move(call));
}

std::string AggregateCall::to_string() const {
  std::string out = name + (distinct ? "(distinct " : "(");
  for (size_t i = 0; i < args.size(); ++i) {
    if (i > 0) out += ", ";
    out += args[i]->to_string();
  }
  for (size_t i = 0; i < order_by.size(); ++i) {
    out += i > 0 ? ", " : " order by ";
    out += order_by[i].key->to_string();
    if (order_by[i].descending) out += " desc";
  }
  if (name == "group_concat") out += " separator \"" + separator + "\"";
  return out + ")";
}

std::unique_ptr<AggregateCall> AggregateCall::clone() const {
  auto copy = std::make_unique<AggregateCall>();
  copy->name = name;
  for (const auto& arg : args) copy->args.push_back(arg->clone());
  copy->distinct = distinct;
  for (const auto& order : order_by)
    copy->order_by.push_back({order.key->clone(), order.descending});
  copy->separator = separator;
  copy->type = type;
  return copy;
}

Status ArgumentsState::update(EvalContext& ctx, const Row& row) {
  for (size_t i = 0; i < args_.size(); ++i) {
    TBL_ASSIGN(args_[i], call_.args[i]->eval(ctx, row));
    if (skip_nulls_ && args_[i].is_null()) return {};
  }
  if (call_.distinct) {
    std::string key;
    for (const Value& v : args_) {
      std::string part = group_key(v);
      key += std::to_string(part.size()) + ":" + part;
    }
    constexpr size_t kNodeBytes = 64;
    size_t bytes = key.size() + kNodeBytes;
    if (!seen_.insert(std::move(key)).second) return {};
    seen_bytes_ += bytes;
  }
  return add(ctx, args_, row);
}

std::unique_ptr<AggregateState> make_state(const AggregateCall& call) {
  for (auto make : {make_number_state, make_value_state, make_concat_state, make_json_state}) {
    if (auto state = make(call)) return state;
  }
  return nullptr;
}

}  // namespace tbl::tidb
