// Picks a few plain values out of a large JSON object without building it in memory. For .cc files
// of this folder only: it brings in nlohmann.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"

namespace tbl::schema {

/// Values wanted by path: the names of the objects on the way and of the field, in lower case,
/// matched without regard to case. Strings and integers only; others count as missing.
class SaxFields : public nlohmann::json_sax<nlohmann::json> {
 public:
  using Path = std::vector<std::string>;
  explicit SaxFields(std::vector<Path> wanted);

  /// Reading stops as soon as this holds; what follows is not looked at.
  void enough_when(std::function<bool()> enough) { enough_ = std::move(enough); }
  /// Error: "<what>: not valid JSON" or "not a JSON object".
  Status parse(Bytes text, std::string_view what);

  bool has(size_t i) const { return !std::holds_alternative<std::monostate>(values_[i]); }
  /// Empty when missing or not a string.
  std::string text(size_t i) const;
  /// 0 when missing. Error: not an integer of 64 bits with sign.
  Result<int64_t> integer(size_t i) const;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(int64_t value) override { return found(value); }
  bool number_unsigned(uint64_t value) override { return found(value); }
  bool number_float(double, const std::string&) override { return true; }
  bool string(std::string& value) override { return found(std::move(value)); }
  bool binary(nlohmann::json::binary_t&) override { return true; }
  bool start_object(size_t) override { return enter(); }
  bool key(std::string& name) override;
  bool end_object() override { return leave(); }
  bool start_array(size_t) override { return enter(); }
  bool end_array() override { return leave(); }
  bool parse_error(size_t, const std::string&, const nlohmann::detail::exception&) override;

 private:
  using Value = std::variant<std::monostate, int64_t, uint64_t, std::string>;

  bool found(Value value);
  bool enter();
  bool leave();

  std::vector<Path> wanted_;
  size_t deepest_ = 0;
  std::vector<Value> values_;
  std::function<bool()> enough_;
  Path keys_;  ///< of the open objects; empty for arrays
  bool bad_ = false;
};

}  // namespace tbl::schema
