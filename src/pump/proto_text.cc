#include "pump/proto_text.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

namespace tbl::pump {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Type = FieldDescriptor::CppType;

std::string quoted(const std::string& bytes) {
  std::string out = "\"";
  for (unsigned char c : bytes) {
    switch (c) {
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      default:
        if (c >= 0x20 && c < 0x7f) {
          out += static_cast<char>(c);
        } else {
          out += fmt::format("\\{:03o}", c);
        }
    }
  }
  return out + '"';
}

std::string enum_text(const FieldDescriptor& field, int number) {
  const auto* value = field.enum_type()->FindValueByNumber(number);
  return value != nullptr ? value->name() : std::to_string(number);
}

/// A value's text: of a singular field (`index` -1) or of one of a repeated field.
std::string value_text(const Message& m, const FieldDescriptor& field, int index) {
  const auto& r = *m.GetReflection();
  const auto* f = &field;
  bool one = index < 0;
  switch (field.cpp_type()) {
    case Type::CPPTYPE_STRING:
      return quoted(one ? r.GetString(m, f) : r.GetRepeatedString(m, f, index));
    case Type::CPPTYPE_ENUM:
      return enum_text(field, one ? r.GetEnumValue(m, f) : r.GetRepeatedEnumValue(m, f, index));
    case Type::CPPTYPE_MESSAGE:
      return "<" + compact_text(one ? r.GetMessage(m, f) : r.GetRepeatedMessage(m, f, index)) + ">";
    case Type::CPPTYPE_INT64:
      return std::to_string(one ? r.GetInt64(m, f) : r.GetRepeatedInt64(m, f, index));
    case Type::CPPTYPE_UINT64:
      return std::to_string(one ? r.GetUInt64(m, f) : r.GetRepeatedUInt64(m, f, index));
    case Type::CPPTYPE_INT32:
      return std::to_string(one ? r.GetInt32(m, f) : r.GetRepeatedInt32(m, f, index));
    case Type::CPPTYPE_UINT32:
      return std::to_string(one ? r.GetUInt32(m, f) : r.GetRepeatedUInt32(m, f, index));
    case Type::CPPTYPE_BOOL:
      return (one ? r.GetBool(m, f) : r.GetRepeatedBool(m, f, index)) ? "true" : "false";
    case Type::CPPTYPE_DOUBLE:
      return fmt::format("{}", one ? r.GetDouble(m, f) : r.GetRepeatedDouble(m, f, index));
    case Type::CPPTYPE_FLOAT:
      return fmt::format("{}", one ? r.GetFloat(m, f) : r.GetRepeatedFloat(m, f, index));
  }
  return "";
}

bool is_zero(const Message& m, const FieldDescriptor& field) {
  Type type = field.cpp_type();
  if (type == Type::CPPTYPE_STRING || type == Type::CPPTYPE_MESSAGE) return false;
  if (type == Type::CPPTYPE_ENUM) return m.GetReflection()->GetEnumValue(m, &field) == 0;
  std::string text = value_text(m, field, -1);
  return text == "0" || text == "false";
}

}  // namespace

std::string compact_text(const Message& message) {
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  std::string out;
  for (const FieldDescriptor* field : fields) {
    if (!field->is_repeated()) {
      if (is_zero(message, *field)) continue;
      out += field->name() + ":" + value_text(message, *field, -1) + " ";
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      out += field->name() + ":" + value_text(message, *field, i) + " ";
    }
  }
  return out;
}

}  // namespace tbl::pump
