// Calls and casts.
#include <algorithm>

#include "tidb/ast/restorer.h"

namespace tbl::tidb::ast {

using schema::FieldType;

void Restorer::function_name(std::string_view name) {
  const bool is_word = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || static_cast<unsigned char>(c) >= 0x80;
  });
  if (is_word) {
    word(name);
  } else {
    quoted(name);
  }
  plain("(");
}

/// trim(s, removed, side): the side stands in front.
void Restorer::trim(const FunctionCall& node) {
  static constexpr std::string_view kSides[] = {"BOTH ", "LEADING ", "TRAILING "};
  function_name(node.name);
  if (node.args.size() > 2) word(kSides[as<Literal>(*node.args[2]).number % 3]);
  if (node.args.size() > 1) {
    expr(*node.args[1]);
    word(" FROM ");
  }
  expr(*node.args[0]);
  plain(")");
}

/// False: the call is written as any other.
bool Restorer::special_function(const FunctionCall& node) {
  if (!node.schema.empty() || node.args.empty()) return false;
  if (node.name == "trim") {
    trim(node);
  } else if (node.name == "extract" && node.args.size() == 2) {
    function_name(node.name);
    expr(*node.args[0]);
    word(" FROM ");
    expr(*node.args[1]);
    plain(")");
  } else if (node.name == "get_format" && node.args.size() == 2) {
    function_name(node.name);
    word(as<Literal>(*node.args[0]).text);
    plain(", ");
    expr(*node.args[1]);
    plain(")");
  } else if (node.name == "weight_string" && node.args[0]->kind == ExprKind::kCast) {
    const auto& cast = as<Cast>(*node.args[0]);
    function_name(node.name);
    expr(*cast.value);
    word(" AS ");
    cast_type(cast.type);
    plain(")");
  } else {
    return false;
  }
  return true;
}

void Restorer::function(const FunctionCall& node) {
  if (special_function(node)) return;
  if (!node.schema.empty()) {
    quoted(node.schema);
    plain(".");
  }
  function_name(node.name);
  list(node.args, ", ");
  if (!node.charset.empty()) {
    word(" USING ");
    charset(node.charset);
  }
  plain(")");
}

void Restorer::aggregate(const Aggregate& node) {
  function_name(node.name);
  if (node.distinct) word("DISTINCT ");
  list(node.args, ", ");
  if (!node.order_by.empty()) {
    word(" ORDER BY ");
    order_items(node.order_by);
  }
  if (node.separator) {
    word(" SEPARATOR ");
    plain_string(*node.separator);
  }
  plain(")");
}

void Restorer::cast_type(const FieldType& type) {
  switch (type.tp) {
    case schema::kTypeLongLong:
      return word(type.is_unsigned() ? "UNSIGNED" : "SIGNED");
    case schema::kTypeNewDecimal:
      word("DECIMAL");
      break;
    case schema::kTypeDate:
      return word("DATE");
    case schema::kTypeYear:
      return word("YEAR");
    case schema::kTypeDatetime:
      word("DATETIME");
      break;
    case schema::kTypeDuration:
      word("TIME");
      break;
    case schema::kTypeJson:
      return word("JSON");
    case schema::kTypeFloat:
      return word("FLOAT");
    case schema::kTypeDouble:
      return word("DOUBLE");
    default:
      word(type.has_binary_charset() ? "BINARY" : "CHAR");
      break;
  }
  const bool time = type.tp == schema::kTypeDatetime || type.tp == schema::kTypeDuration;
  const int64_t length = time ? type.decimal : type.flen;
  if (length != FieldType::kUnspecified) {
    plain("(" + std::to_string(length));
    if (!time && type.decimal != FieldType::kUnspecified) {
      plain("," + std::to_string(type.decimal));
    }
    plain(")");
  }
  if (type.tp != schema::kTypeVarString || type.has_binary_charset()) return;
  if ((type.flag & schema::kFlagBinary) != 0) word(" BINARY");
  if (type.charset.empty()) return;
  word(" CHARSET ");
  charset(type.charset);
}

void Restorer::cast(const Cast& node) {
  if (node.syntax == CastSyntax::kBinary) {
    word("BINARY ");
    return expr(*node.value);
  }
  const bool convert = node.syntax == CastSyntax::kConvert;
  function_name(convert ? "CONVERT" : "CAST");
  expr(*node.value);
  if (convert) {
    plain(", ");
  } else {
    word(" AS ");
  }
  cast_type(node.type);
  plain(")");
}

}  // namespace tbl::tidb::ast
