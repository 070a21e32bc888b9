// A JSON value as a tree: what the JSON functions work on. For the json_*.cc files of this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/json.h"

namespace tbl::tidb {

enum JsonLiteral : uint8_t { kLiteralNull = 0, kLiteralTrue = 1, kLiteralFalse = 2 };

/// A value type. `keys` and `elements` of an object belong together, sorted by key.
struct JsonTree {
  uint8_t type = codec::kJsonLiteral;
  uint64_t number = 0;  ///< literal code, integer's or double's bits
  std::string text{};   ///< of a string; the encoded body of types that are only passed on
  std::vector<std::string> keys{};
  std::vector<JsonTree> elements{};

  static JsonTree literal(JsonLiteral code) { return {codec::kJsonLiteral, code}; }
  static JsonTree integer(int64_t v) { return {codec::kJsonInt64, static_cast<uint64_t>(v)}; }
  static JsonTree unsigned_integer(uint64_t v) { return {codec::kJsonUint64, v}; }
  static JsonTree real(double v);
  static JsonTree string(std::string v) { return {codec::kJsonString, 0, std::move(v)}; }
  static JsonTree array() { return {codec::kJsonArray}; }
  static JsonTree object() { return {codec::kJsonObject}; }
  /// The last of equal keys wins.
  static JsonTree object_of(std::vector<std::pair<std::string, JsonTree>> members);

  bool is_array() const { return type == codec::kJsonArray; }
  bool is_object() const { return type == codec::kJsonObject; }
  bool is_null() const { return type == codec::kJsonLiteral && number == kLiteralNull; }
  bool is_number() const;
  double as_real() const;

  /// Null: no such key.
  const JsonTree* find(std::string_view key) const;
  JsonTree* find(std::string_view key);
  /// In its place by key, over an older one.
  void put(std::string key, JsonTree value);
  void erase(std::string_view key);
};

/// Nothing when the bytes are damaged or nested too deep.
std::optional<JsonTree> json_decode(std::string_view doc);
/// Damaged documents are JSON null.
JsonTree json_tree(std::string_view doc);
std::string json_encode(const JsonTree& tree);
int json_compare_trees(const JsonTree& a, const JsonTree& b);
std::string_view json_type_name(const JsonTree& tree);
int64_t json_depth(const JsonTree& tree);

}  // namespace tbl::tidb
