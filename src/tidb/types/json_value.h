// JSON values: the functions of SQL on TiDB's binary form (codec/json.h).
//
// A document is a string of bytes that begins with its type code. Functions on documents trust that
// they came from json_parse(), from here, or from a row that json_is_intact() accepted; damaged
// ones give JSON null or an error, never undefined behaviour. Object keys are sorted by bytes, the
// last of equal keys wins.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"

namespace tbl::tidb {

// ---- making and showing

/// Errors: 3140 with what is wrong, 3157 nested deeper than 100.
Result<std::string> json_parse(std::string_view text);
/// `{"a": 1, "b": [1, 2]}`.
std::string json_to_text(std::string_view doc);
std::string json_pretty(std::string_view doc);
/// All offsets and types are sound.
bool json_is_intact(std::string_view doc);

std::string json_null();
std::string json_of_bool(bool v);
std::string json_of_int(int64_t v);
std::string json_of_uint(uint64_t v);
std::string json_of_double(double v);
std::string json_of_string(std::string_view v);
std::string json_array(std::span<const std::string> elements);
std::string json_object(std::vector<std::pair<std::string, std::string>> members);

// ---- looking

bool json_is_null(std::string_view doc);
/// true or false; nothing for other types.
std::optional<bool> json_as_bool(std::string_view doc);
/// The text of a string without quotes; nothing for other types.
std::optional<std::string> json_as_string(std::string_view doc);
/// Numbers and booleans; nothing for other types.
std::optional<double> json_as_double(std::string_view doc);
/// JSON_TYPE: "OBJECT", "ARRAY", "NULL", "BOOLEAN", "INTEGER", "UNSIGNED INTEGER", "DOUBLE",
/// "STRING", ...
std::string_view json_type_name(std::string_view doc);
int64_t json_length(std::string_view doc);
int64_t json_depth(std::string_view doc);
/// Members of an object or elements of an array as documents, in order; empty for scalars.
std::vector<std::string> json_elements(std::string_view doc);
/// Keys of an object in order; nothing for other types.
std::optional<std::vector<std::string>> json_object_keys(std::string_view doc);
/// The order of ORDER BY and comparisons: -1, 0, 1. By precedence of types, numbers by value.
int json_compare(std::string_view a, std::string_view b);

// ---- paths

/// A path like $.a[*].b**."c d"[1].
class JsonPath {
 public:
  struct Leg {
    enum Kind : uint8_t { kMember, kAnyMember, kIndex, kAnyIndex, kDescend };
    Kind kind = kMember;
    std::string key{};
    uint32_t index = 0;
  };
  /// Error 3143 with the position.
  static Result<JsonPath> parse(std::string_view text);

  const std::vector<Leg>& legs() const { return legs_; }
  bool has_wildcard() const;
  bool is_root() const { return legs_.empty(); }
  std::string to_string() const;

 private:
  std::vector<Leg> legs_;
};

/// JSON_EXTRACT: one path without wildcard gives the value, else an array of all found. Nothing:
/// not found.
std::optional<std::string> json_extract(std::string_view doc, std::span<const JsonPath> paths);
bool json_contains_path(std::string_view doc, const JsonPath& path);
/// JSON_CONTAINS.
bool json_contains(std::string_view doc, std::string_view candidate);
bool json_overlaps(std::string_view a, std::string_view b);
/// JSON_SEARCH: paths of the strings that `matches`, as a document; nothing: none. `one`: the
/// first.
std::optional<std::string> json_search(std::string_view doc, bool one,
                                       const std::function<bool(std::string_view)>& matches,
                                       std::span<const JsonPath> paths);

// ---- changing (paths without wildcards, else error 3149)

enum class JsonModify : uint8_t { kInsert, kReplace, kSet };
using JsonChange = std::pair<JsonPath, std::string>;  ///< path, document

/// One after the other.
Result<std::string> json_modify(std::string_view doc, JsonModify how,
                                std::span<const JsonChange> changes);
/// Error 3153 for the path $.
Result<std::string> json_remove(std::string_view doc, std::span<const JsonPath> paths);
Result<std::string> json_array_append(std::string_view doc, std::span<const JsonChange> changes);
/// Each path ends in an array cell, else error 3165.
Result<std::string> json_array_insert(std::string_view doc, std::span<const JsonChange> changes);
std::string json_merge_preserve(std::span<const std::string> docs);
std::string json_merge_patch(std::string_view target, std::string_view patch);

// ---- quoting

/// JSON_QUOTE.
std::string json_quote(std::string_view text);
/// JSON_UNQUOTE of a text: when it is a quoted string, its content. Error 3141: bad escapes.
Result<std::string> json_unquote(std::string_view text);

}  // namespace tbl::tidb
