// Arguments of a builtin as the kind of value that it computes with. For files of expr/. None is
// NULL: kPlain builtins never see one.
#pragma once

#include <optional>
#include <string>

#include "tidb/expr/func_expr.h"

namespace tbl::tidb {

inline Result<int64_t> int_arg(const Call& call, size_t i) {
  if (call.args[i].kind() == ValueKind::kInt) return call.args[i].as_int();
  return to_int(call.args[i], call.ctx.convert);
}
inline Result<uint64_t> uint_arg(const Call& call, size_t i) {
  return to_uint(call.args[i], call.ctx.convert);
}
inline Result<double> double_arg(const Call& call, size_t i) {
  return to_double(call.args[i], call.ctx.convert);
}
inline Result<Decimal> decimal_arg(const Call& call, size_t i) {
  return to_decimal(call.args[i], call.ctx.convert);
}
/// The text that a client would see.
std::string text_of(const Value& value, const FieldType& type);
inline std::string text_arg(const Call& call, size_t i) {
  return text_of(call.args[i], call.arg_type(i));
}
/// An argument that counts characters or bytes, clipped to the range of int64.
Result<int64_t> length_arg(const Call& call, size_t i);

/// Characters count as bytes in this argument.
inline bool is_bytes_arg(const Call& call, size_t i) { return call.arg_type(i).is_byte_string(); }

/// For operations on bits: a negative number counts as its two's complement.
Result<uint64_t> bits_of(const Value& v, EvalContext& ctx);

/// NULL with a warning, or an error in a strict writing statement, under
/// ERROR_FOR_DIVISION_BY_ZERO; else just NULL.
Result<Value> divided_by_zero(EvalContext& ctx);

/// Integer result of the call: unsigned when its type is.
Value integer_value(const Call& call, uint64_t bits);

/// A double, or error 1690 when it is infinite or no number.
Result<Value> finite(double v, const Call& call);
/// 1690: "DOUBLE value is out of range in 'exp(1000)'".
Status out_of_range(const char* type, const Call& call);

}  // namespace tbl::tidb
