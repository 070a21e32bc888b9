// Names of types, as SHOW CREATE TABLE and information_schema print them.
#include <fmt/format.h>

#include <algorithm>

#include "tidb/types/field_type.h"

namespace tbl::tidb {

using namespace schema;  // NOLINT: the names of all types

std::string_view type_name(const FieldType& type) {
  bool bytes = type.has_binary_charset();
  switch (type.tp) {
    case kTypeTiny:
      return "tinyint";
    case kTypeShort:
      return "smallint";
    case kTypeInt24:
      return "mediumint";
    case kTypeLong:
      return "int";
    case kTypeLongLong:
      return "bigint";
    case kTypeFloat:
      return "float";
    case kTypeDouble:
      return "double";
    case kTypeNewDecimal:
      return "decimal";
    case kTypeNull:
      return "null";
    case kTypeTimestamp:
      return "timestamp";
    case kTypeDate:
    case kTypeNewDate:
      return "date";
    case kTypeDuration:
      return "time";
    case kTypeDatetime:
      return "datetime";
    case kTypeYear:
      return "year";
    case kTypeVarchar:
    case kTypeVarString:
      return bytes ? "varbinary" : "varchar";
    case kTypeString:
      return bytes ? "binary" : "char";
    case kTypeBit:
      return "bit";
    case kTypeJson:
      return "json";
    case kTypeEnum:
      return "enum";
    case kTypeSet:
      return "set";
    case kTypeTinyBlob:
      return bytes ? "tinyblob" : "tinytext";
    case kTypeBlob:
      return bytes ? "blob" : "text";
    case kTypeMediumBlob:
      return bytes ? "mediumblob" : "mediumtext";
    case kTypeLongBlob:
      return bytes ? "longblob" : "longtext";
    case kTypeGeometry:
      return "geometry";
    default:
      return "unspecified";
  }
}

namespace {

std::string member_list(const FieldType& type) {
  std::string list;
  for (const std::string& e : type.elems) {
    if (!list.empty()) list += ',';
    list += '\'';
    for (char c : e) {
      if (c == '\'') list += '\'';
      list += c;
    }
    list += '\'';
  }
  return list;
}

/// What stands in parentheses behind the type's name; empty: nothing.
std::string type_arguments(const FieldType& type) {
  switch (type.tp) {
    case kTypeFloat:
    case kTypeDouble:
      return type.decimal >= 0 ? fmt::format("{},{}", type.flen, type.decimal) : "";
    case kTypeNewDecimal:
      return fmt::format("{},{}", type.flen, std::max(type.decimal, 0));
    case kTypeTimestamp:
    case kTypeDatetime:
    case kTypeDuration:
      return type.decimal > 0 ? fmt::format("{}", type.decimal) : "";
    case kTypeEnum:
    case kTypeSet:
      return member_list(type);
    case kTypeDate:
    case kTypeJson:
    case kTypeNull:
      return "";
    default:
      return is_blob_type(type.tp) || type.flen < 0 ? "" : fmt::format("{}", type.flen);
  }
}

}  // namespace

std::string type_text(const FieldType& type) {
  std::string text(type_name(type));
  std::string arguments = type_arguments(type);
  if (!arguments.empty()) text += "(" + arguments + ")";
  if (type.tp == kTypeYear || type.tp == kTypeBit) return text;
  if (is_numeric_type(type.tp)) {
    if (type.is_unsigned()) text += " unsigned";
    if ((type.flag & kFlagZerofill) != 0) text += " zerofill";
  }
  return text;
}

}  // namespace tbl::tidb
