// The system variables that exist: names, scopes, standard values, what may be assigned.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"
#include "schema/table_info.h"
#include "tidb/types/value.h"

namespace tbl::tidb {

enum VariableScopes : uint8_t {
  kScopeNone = 0,  ///< can be read only
  kScopeGlobal = 1,
  kScopeSession = 2,
  kScopeBoth = 3,
};

enum class VariableKind : uint8_t {
  kText,
  kBool,      ///< ON and OFF; 1 and 0 when selected
  kInteger,   ///< within min and max, else clipped with a warning
  kUnsigned,  ///< the same for 64 bits
  kReal,
  kChoice,  ///< one of `choices`, separated by '|'; a number is an index into them
};

struct SystemVariable {
  std::string_view name;  ///< lower case
  uint8_t scopes;         ///< VariableScopes bits
  VariableKind kind;
  std::string_view standard;
  int64_t min = 0;
  int64_t max = INT64_MAX;
  std::string_view choices{};

  bool is_read_only() const { return scopes == kScopeNone; }
};

/// Sorted by name.
std::span<const SystemVariable> all_system_variables();
/// Null: there is none. `name` in lower case.
const SystemVariable* find_system_variable(std::string_view name);

/// The text kept for an assigned value: "ON" for 1 and true, a choice as it is spelt in the list.
/// `clipped` tells that a number was outside of its range. Errors 1231, 1232.
Result<std::string> normalize_variable(const SystemVariable& variable, const Value& value,
                                       bool* clipped);

/// A kept text as @@name gives it: numbers for numbers and booleans.
Value variable_value(const SystemVariable& variable, const std::string& text);
schema::FieldType variable_type(const SystemVariable& variable);

}  // namespace tbl::tidb
