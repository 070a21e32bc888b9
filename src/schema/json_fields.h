// Reads fields of a JSON object the way Go's encoding/json fills a struct. For .cc files of this
// folder only: it brings in nlohmann.
#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/status.h"
#include "schema/table_info.h"

namespace tbl::schema {

/// Parses a whole document. Error: "<what>: not valid JSON".
Result<nlohmann::json> parse_document(Bytes text, std::string_view what);

bool equal_ignoring_case(std::string_view a, std::string_view b);

/// One object being read. Missing fields and null leave the target as it is; the first value of a
/// wrong kind is remembered in status() and names object and field.
class Fields {
 public:
  Fields(const nlohmann::json& object, std::string_view what);

  const Status& status() const { return status_; }

  template <typename T>
  requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) void read(std::string_view name,
                                                                        T* out) {
    const nlohmann::json* value = find(name);
    if (value == nullptr) return;
    if (const auto* u = value->get_ptr<const nlohmann::json::number_unsigned_t*>()) {
      if (*u <= static_cast<uint64_t>(std::numeric_limits<T>::max())) {
        *out = static_cast<T>(*u);
        return;
      }
    } else if (const auto* i = value->get_ptr<const nlohmann::json::number_integer_t*>()) {
      if (std::in_range<T>(*i)) {
        *out = static_cast<T>(*i);
        return;
      }
    }
    fail(name, "not an integer of its size");
  }
  void read(std::string_view name, bool* out);
  void read(std::string_view name, std::string* out);
  void read(std::string_view name, CiName* out);
  void read(std::string_view name, SchemaState* out);
  void read(std::string_view name, std::vector<std::string>* out);
  void read(std::string_view name, std::vector<CiName>* out);
  /// A Go `any` holding a default: its text.
  void read_text(std::string_view name, std::optional<std::string>* out);
  /// A Go []byte.
  void read_base64(std::string_view name, std::optional<std::string>* out);

  /// A list of objects; `parse(json, &element)` returns a Status.
  template <typename T, typename Parse>
  void read_list(std::string_view name, std::vector<T>* out, Parse parse) {
    const nlohmann::json* list = find_array(name);
    if (list == nullptr) return;
    for (const auto& item : *list) {
      keep(parse(item, &out->emplace_back()));
      if (!status_.ok()) return;
    }
  }
  /// An object; as above.
  template <typename T, typename Parse>
  void read_object(std::string_view name, std::optional<T>* out, Parse parse) {
    const nlohmann::json* object = find(name);
    if (object != nullptr) keep(parse(*object, &out->emplace()));
  }

  /// Null when missing or null.
  const nlohmann::json* find(std::string_view name) const;
  void fail(std::string_view name, std::string_view reason);
  void keep(Status status);

 private:
  const nlohmann::json* find_array(std::string_view name);

  const nlohmann::json& object_;
  std::string_view what_;
  Status status_;
};

Status read_ci_name(const nlohmann::json& json, CiName* out);

// Parsers that jobs and tables share.
Result<DbInfoPtr> db_info_from(const nlohmann::json& json);
Result<TableInfoPtr> table_info_from(const nlohmann::json& json);

}  // namespace tbl::schema
