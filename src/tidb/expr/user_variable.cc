#include "tidb/expr/user_variable.h"

#include "tidb/expr/call_args.h"
#include "tidb/types/number_text.h"

namespace tbl::tidb {

TypedValue as_user_variable(Value value, const FieldType& type) {
  switch (value.kind()) {
    case ValueKind::kNull:
    case ValueKind::kInt:
    case ValueKind::kUint:
    case ValueKind::kDecimal:
    case ValueKind::kString:
      return {std::move(value), type};
    case ValueKind::kDouble:
      return {std::move(value), double_type()};
    case ValueKind::kBits: {
      bool clipped = false;
      return {Value::of_uint(bits_to_uint(value.as_string(), &clipped)), int_type(true)};
    }
    default:
      return {Value::of_string(text_of(value, type)), string_type()};
  }
}

}  // namespace tbl::tidb
