// One JSON object after another, as Go writes structs. For .cc files of this folder only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/base64.h"
#include "base/go_json.h"
#include "schema/job.h"
#include "schema/table_info.h"

namespace tbl::schema {

/// One JSON object being written, field after field.
class Object {
 public:
  explicit Object(std::string& out) : out_(out) { out_ += '{'; }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  ~Object() { out_ += '}'; }

  void key(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    out_ += '"';
    out_ += name;
    out_ += "\":";
  }
  template <typename T>
  requires(std::is_integral_v<T>) void field(std::string_view name, T value) {
    key(name);
    if constexpr (std::is_same_v<T, bool>) {
      out_ += value ? "true" : "false";
    } else {
      out_ += std::to_string(value);
    }
  }
  template <typename T>
  requires(std::is_enum_v<T>) void field(std::string_view name, T value) {
    field(name, static_cast<int>(value));
  }
  void field(std::string_view name, const std::string& value) {
    key(name);
    out_ += go_string(value);
  }
  void field(std::string_view name, const CiName& value) {
    key(name);
    Object object(out_);
    object.field("O", value.o);
    object.field("L", value.l);
  }
  void null(std::string_view name) {
    key(name);
    out_ += "null";
  }
  void text_or_null(std::string_view name, const std::optional<std::string>& value) {
    if (value) return field(name, *value);
    null(name);
  }
  void base64_or_null(std::string_view name, const std::optional<std::string>& value) {
    key(name);
    out_ += value ? '"' + base64(*value) + '"' : "null";
  }
  /// A field that TiDB v3.0 does not have.
  template <typename T>
  void newer(std::string_view name, const T& value) {
    if (value != T{}) field(name, value);
  }
  /// null for an empty list, as Go writes a nil slice.
  template <typename T, typename Write>
  void list(std::string_view name, const std::vector<T>& items, Write write) {
    key(name);
    if (items.empty()) {
      out_ += "null";
      return;
    }
    char separator = '[';
    for (const T& item : items) {
      out_ += separator;
      write(out_, item);
      separator = ',';
    }
    out_ += ']';
  }
  void list(std::string_view name, const std::vector<std::string>& items) {
    list(name, items, [](std::string& out, const std::string& item) { out += go_string(item); });
  }
  void list(std::string_view name, const std::vector<CiName>& items) {
    list(name, items, [](std::string& out, const CiName& item) {
      Object object(out);
      object.field("O", item.o);
      object.field("L", item.l);
    });
  }
  std::string& out() { return out_; }

 private:
  std::string& out_;
  bool first_ = true;
};

// Writers that jobs and tables share.
void write_db(std::string& out, const DbInfo& db);
void write_table(std::string& out, const TableInfo& table);

}  // namespace tbl::schema
