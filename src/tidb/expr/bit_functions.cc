// & | ^ ~ << >> and BIT_COUNT: on unsigned integers of 64 bits.
#include <bit>

#include "tidb/expr/call_args.h"
#include "tidb/expr/families.h"
#include "tidb/expr/result_type.h"

namespace tbl::tidb {

namespace {

Result<FieldType> bits(BuildCall&) { return int_type(true); }
Result<FieldType> count_type(BuildCall&) { return int_type_of_width(2); }

enum class BitOp : uint8_t { kAnd, kOr, kXor, kLeft, kRight };

template <BitOp kOp>
Result<Value> eval_bits(Call& call) {
  TBL_ASSIGN(uint64_t a, bits_of(call.args[0], call.ctx));
  TBL_ASSIGN(uint64_t b, bits_of(call.args[1], call.ctx));
  switch (kOp) {
    case BitOp::kAnd:
      return Value::of_uint(a & b);
    case BitOp::kOr:
      return Value::of_uint(a | b);
    case BitOp::kXor:
      return Value::of_uint(a ^ b);
    case BitOp::kLeft:
      return Value::of_uint(b < 64 ? a << b : 0);
    case BitOp::kRight:
      return Value::of_uint(b < 64 ? a >> b : 0);
  }
  return Value::null();
}

Result<Value> eval_invert(Call& call) {
  TBL_ASSIGN(uint64_t a, bits_of(call.args[0], call.ctx));
  return Value::of_uint(~a);
}

Result<Value> eval_bit_count(Call& call) {
  TBL_ASSIGN(uint64_t a, bits_of(call.args[0], call.ctx));
  return Value::of_int(std::popcount(a));
}

constexpr FunctionDef kFunctions[] = {
    {"bitand", 2, 2, bits, eval_bits<BitOp::kAnd>, kHidden},
    {"bitor", 2, 2, bits, eval_bits<BitOp::kOr>, kHidden},
    {"bitxor", 2, 2, bits, eval_bits<BitOp::kXor>, kHidden},
    {"leftshift", 2, 2, bits, eval_bits<BitOp::kLeft>, kHidden},
    {"rightshift", 2, 2, bits, eval_bits<BitOp::kRight>, kHidden},
    {"bitneg", 1, 1, bits, eval_invert, kHidden},
    {"bit_count", 1, 1, count_type, eval_bit_count},
};

}  // namespace

std::span<const FunctionDef> bit_functions() { return kFunctions; }

}  // namespace tbl::tidb
