#include "tidb/expr/json_args.h"

#include "tidb/expr/call_args.h"
#include "tidb/expr/result_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

Result<std::string> json_element(const Value& v, const FieldType& type) {
  if (v.is_null()) return json_null();
  if (v.kind() == ValueKind::kInt && (type.flag & kFlagBoolean)) {
    return json_of_bool(v.as_int() != 0);
  }
  return to_json(v);
}

Result<std::string> document_arg(const Call& call, size_t i) {
  const Value& v = call.args[i];
  if (v.kind() == ValueKind::kJson) return v.as_string();
  std::string place =
      "argument " + std::to_string(i + 1) + " to function " + std::string(call.expr.name());
  if (!v.is_string()) {
    return sql_error(kErrInvalidTypeForJson, "Invalid data type for JSON data in " + place +
                                                 "; a JSON string or JSON type is required.");
  }
  return json_parse(v.as_string());
}

Result<JsonPath> path_arg(const Call& call, size_t i) { return JsonPath::parse(text_arg(call, i)); }

}  // namespace tbl::tidb
