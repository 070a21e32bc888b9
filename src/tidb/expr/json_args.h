// Arguments of JSON functions. For files of expr/.
#pragma once

#include <string>

#include "tidb/expr/func_expr.h"
#include "tidb/types/json_value.h"

namespace tbl::tidb {

/// A value as an element of a document: NULL is JSON null, 0 and 1 of a boolean expression are
/// false and true, texts are strings.
Result<std::string> json_element(const Value& v, const FieldType& type);
/// An argument that is a document: JSON, or a text that is parsed. Error 3146 for other types,
/// 3140 for bad texts.
Result<std::string> document_arg(const Call& call, size_t i);
/// Error 3143 for a bad path.
Result<JsonPath> path_arg(const Call& call, size_t i);

}  // namespace tbl::tidb
