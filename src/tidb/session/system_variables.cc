#include "tidb/session/system_variables.h"

#include <charconv>
#include <cstdlib>
#include <vector>

#include "tidb/types/collation.h"
#include "tidb/types/convert.h"
#include "tidb/types/field_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

Status wrong_type(const SystemVariable& variable) {
  return sql_error(kErrWrongTypeForVar,
                   "Incorrect argument type to variable '" + std::string(variable.name) + "'");
}

Result<std::string> normalize_bool(const SystemVariable& variable, const std::string& text) {
  if (equal_ignoring_case(text, "on") || text == "1" || equal_ignoring_case(text, "true")) {
    return std::string("ON");
  }
  if (equal_ignoring_case(text, "off") || text == "0" || equal_ignoring_case(text, "false")) {
    return std::string("OFF");
  }
  return wrong_value_for_variable(variable.name, text);
}

Result<std::string> normalize_integer(const SystemVariable& variable, const std::string& text,
                                      bool* clipped) {
  int64_t v = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), v);
  if (error == std::errc::result_out_of_range) {
    *clipped = true;
    return std::to_string(text.starts_with('-') ? variable.min : variable.max);
  }
  if (error != std::errc() || end != text.data() + text.size()) return wrong_type(variable);
  *clipped = v < variable.min || v > variable.max;
  if (v < variable.min) v = variable.min;
  if (v > variable.max) v = variable.max;
  return std::to_string(v);
}

Result<std::string> normalize_unsigned(const SystemVariable& variable, const std::string& text,
                                       bool* clipped) {
  const auto least = static_cast<uint64_t>(variable.min);
  uint64_t v = 0;
  if (text.starts_with('-')) {
    *clipped = true;
    return std::to_string(least);
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), v);
  if (error != std::errc() || end != text.data() + text.size()) return wrong_type(variable);
  *clipped = v < least;
  return std::to_string(*clipped ? least : v);
}

Result<std::string> normalize_real(const SystemVariable& variable, const std::string& text) {
  char* end = nullptr;
  std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0') return wrong_type(variable);
  return text;
}

std::vector<std::string_view> split_choices(std::string_view list) {
  std::vector<std::string_view> out;
  while (true) {
    const size_t bar = list.find('|');
    out.push_back(list.substr(0, bar));
    if (bar == std::string_view::npos) return out;
    list.remove_prefix(bar + 1);
  }
}

Result<std::string> normalize_choice(const SystemVariable& variable, const std::string& text) {
  const auto choices = split_choices(variable.choices);
  size_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  if (is_number && index < choices.size()) return std::string(choices[index]);
  for (const std::string_view choice : choices) {
    if (equal_ignoring_case(choice, text)) return std::string(choice);
  }
  return wrong_value_for_variable(variable.name, text);
}

}  // namespace

Result<std::string> normalize_variable(const SystemVariable& variable, const Value& value,
                                       bool* clipped) {
  *clipped = false;
  if (value.is_null()) {
    if (variable.kind == VariableKind::kText) return std::string();
    return wrong_value_for_variable(variable.name, "NULL");
  }
  const std::string text = to_text(value);
  switch (variable.kind) {
    case VariableKind::kText:
      return text;
    case VariableKind::kBool:
      return normalize_bool(variable, text);
    case VariableKind::kInteger:
      return normalize_integer(variable, text, clipped);
    case VariableKind::kUnsigned:
      return normalize_unsigned(variable, text, clipped);
    case VariableKind::kReal:
      return normalize_real(variable, text);
    case VariableKind::kChoice:
      return normalize_choice(variable, text);
  }
  return internal_error("kind of variable " + std::string(variable.name));
}

Value variable_value(const SystemVariable& variable, const std::string& text) {
  switch (variable.kind) {
    case VariableKind::kBool:
      return Value::of_int(text == "ON" ? 1 : 0);
    case VariableKind::kInteger:
      return Value::of_int(std::strtoll(text.c_str(), nullptr, 10));
    case VariableKind::kUnsigned:
      return Value::of_uint(std::strtoull(text.c_str(), nullptr, 10));
    default:
      return Value::of_string(text);
  }
}

schema::FieldType variable_type(const SystemVariable& variable) {
  switch (variable.kind) {
    case VariableKind::kBool:
    case VariableKind::kInteger:
      return int_type(false);
    case VariableKind::kUnsigned:
      return int_type(true);
    default:
      return string_type();
  }
}

}  // namespace tbl::tidb
