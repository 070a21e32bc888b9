// Builds binary JSON, for tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "codec/json.h"

namespace tbl::codec {

/// A value: type code and body.
struct JsonValue {
  uint8_t type = kJsonLiteral;
  std::string body;

  std::string encoded() const { return static_cast<char>(type) + body; }

  static JsonValue literal(char code) { return {kJsonLiteral, std::string(1, code)}; }
  static JsonValue number(int64_t v) { return {kJsonInt64, fixed(static_cast<uint64_t>(v))}; }
  static JsonValue unsigned_number(uint64_t v) { return {kJsonUint64, fixed(v)}; }
  static JsonValue real(double v) { return {kJsonFloat64, fixed(std::bit_cast<uint64_t>(v))}; }
  static JsonValue string(Bytes v) {
    JsonValue value{kJsonString, ""};
    put_uvarint(value.body, v.size());
    value.body += v;
    return value;
  }
  static JsonValue array(const std::vector<JsonValue>& elements) {
    std::vector<std::pair<std::string, JsonValue>> members;
    for (const auto& e : elements) members.emplace_back("", e);
    return container(kJsonArray, members);
  }
  static JsonValue object(const std::vector<std::pair<std::string, JsonValue>>& members) {
    return container(kJsonObject, members);
  }

 private:
  static std::string fixed(uint64_t v) {
    std::string out;
    put_le64(out, v);
    return out;
  }

  static JsonValue container(uint8_t type,
                             const std::vector<std::pair<std::string, JsonValue>>& members) {
    bool object = type == kJsonObject;
    size_t keys_at = 8 + members.size() * (object ? 11 : 5);
    std::string keys;
    std::string key_entries;
    for (const auto& [key, value] : members) {
      put_le32(key_entries, static_cast<uint32_t>(keys_at + keys.size()));
      put_le16(key_entries, static_cast<uint16_t>(key.size()));
      keys += key;
    }
    if (!object) key_entries.clear();
    std::string values;
    std::string value_entries;
    for (const auto& [key, value] : members) {
      value_entries += static_cast<char>(value.type);
      if (value.type == kJsonLiteral) {
        put_le32(value_entries, static_cast<uint8_t>(value.body[0]));
        continue;
      }
      put_le32(value_entries, static_cast<uint32_t>(keys_at + keys.size() + values.size()));
      values += value.body;
    }
    JsonValue result{type, ""};
    put_le32(result.body, static_cast<uint32_t>(members.size()));
    put_le32(result.body, static_cast<uint32_t>(keys_at + keys.size() + values.size()));
    result.body += key_entries + value_entries + keys + values;
    return result;
  }
};

}  // namespace tbl::codec
