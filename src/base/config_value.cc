#include "base/config_value.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cerrno>
#include <cstdlib>
#include <limits>

#include "base/units.h"

namespace tbl {
namespace {

using Kind = ConfigNode::Kind;

Status wrong_type(std::string_view wanted) {
  return invalid_argument(fmt::format("wants {}", wanted));
}

Status parse(std::string_view text, std::string* out) {
  *out = text;
  return ok_status();
}

Status parse(std::string_view text, bool* out) {
  for (std::string_view word : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == word) return *out = true, ok_status();
  }
  for (std::string_view word : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == word) return *out = false, ok_status();
  }
  return invalid_argument("parse error");
}

/// As Go's flags: also 0x10, 010 and 0b10.
Status parse(std::string_view text, int64_t* out) {
  std::string digits(text);
  errno = 0;
  char* end = nullptr;
  *out = std::strtoll(digits.c_str(), &end, 0);
  if (digits.empty() || isspace(static_cast<unsigned char>(digits[0])) || *end != '\0') {
    return invalid_argument("parse error");
  }
  return errno == ERANGE ? invalid_argument("value out of range") : ok_status();
}

Status parse(std::string_view text, int* out) {
  int64_t wide = 0;
  TBL_TRY(parse(text, &wide));
  if (wide < std::numeric_limits<int>::min() || wide > std::numeric_limits<int>::max()) {
    return invalid_argument("value out of range");
  }
  *out = static_cast<int>(wide);
  return ok_status();
}

Status parse(std::string_view text, double* out) {
  std::string digits(text);
  char* end = nullptr;
  *out = std::strtod(digits.c_str(), &end);
  return !digits.empty() && *end == '\0' ? ok_status() : invalid_argument("parse error");
}

Status parse(std::string_view text, ScalarText* out) {
  out->text = text;
  return ok_status();
}

Status parse(std::string_view text, ByteSize* out) {
  if (text.empty()) return out->bytes = 0, ok_status();
  TBL_ASSIGN(out->bytes, parse_byte_size(text));
  return ok_status();
}

std::string show(const std::string& value) { return value; }
std::string show(bool value) { return value ? "true" : "false"; }
std::string show(int64_t value) { return std::to_string(value); }
std::string show(int value) { return std::to_string(value); }
std::string show(double value) { return fmt::format("{}", value); }
std::string show(const ScalarText& value) { return value.text; }
std::string show(const ByteSize& value) { return std::to_string(value.bytes); }

template <typename T>
struct Traits;
template <>
struct Traits<std::string> {
  static constexpr std::string_view kName = "string", kWants = "a string";
  static bool takes(Kind kind) { return kind == Kind::kString; }
};
template <>
struct Traits<bool> {
  static constexpr std::string_view kName = "", kWants = "a boolean";
  static bool takes(Kind kind) { return kind == Kind::kBool; }
};
template <>
struct Traits<int64_t> {
  static constexpr std::string_view kName = "int", kWants = "an integer";
  static bool takes(Kind kind) { return kind == Kind::kInteger; }
};
template <>
struct Traits<int> : Traits<int64_t> {};
template <>
struct Traits<double> {
  static constexpr std::string_view kName = "float", kWants = "a number";
  static bool takes(Kind kind) { return kind == Kind::kFloat || kind == Kind::kInteger; }
};
template <>
struct Traits<ScalarText> {
  static constexpr std::string_view kName = "string", kWants = "a string or a number";
  static bool takes(Kind kind) { return kind != Kind::kArray && kind != Kind::kTable; }
};
template <>
struct Traits<ByteSize> {
  static constexpr std::string_view kName = "size", kWants = "a size such as \"10 GiB\"";
  static bool takes(Kind kind) { return kind != Kind::kArray && kind != Kind::kTable; }
};

template <typename T>
class ScalarValue final : public ConfigValue {
 public:
  explicit ScalarValue(T* target) : target_(target) {}
  Status set_text(std::string_view text) override { return parse(text, target_); }
  Status set_node(const ConfigNode& node) override {
    if (!Traits<T>::takes(node.kind)) return wrong_type(Traits<T>::kWants);
    return parse(node.text, target_);
  }
  std::string text() const override { return show(*target_); }
  std::string_view type_name() const override { return Traits<T>::kName; }

 private:
  T* target_;
};

template <typename T>
class ListValue final : public ConfigValue {
 public:
  explicit ListValue(std::vector<T>* target) : target_(target) {}

  Status set_text(std::string_view text) override {
    std::vector<T> items;
    while (!text.empty()) {
      size_t comma = text.find(',');
      TBL_TRY(add(text.substr(0, comma), &items));
      text.remove_prefix(comma == text.npos ? text.size() : comma + 1);
    }
    *target_ = std::move(items);
    return ok_status();
  }
  Status set_node(const ConfigNode& node) override {
    if (node.kind == Kind::kString) return set_text(node.text);
    if (node.kind != Kind::kArray) return wrong_type("an array");
    std::vector<T> items;
    for (const ConfigNode& item : node.items) {
      if (!Traits<T>::takes(item.kind)) return wrong_type("an array of such values");
      TBL_TRY(add(item.text, &items));
    }
    *target_ = std::move(items);
    return ok_status();
  }
  std::string text() const override { return fmt::format("{}", fmt::join(*target_, ",")); }
  std::string_view type_name() const override { return "list"; }

 private:
  static Status add(std::string_view text, std::vector<T>* items) {
    T item{};
    TBL_TRY(parse(text, &item));
    items->push_back(std::move(item));
    return ok_status();
  }

  std::vector<T>* target_;
};

class MapValue final : public ConfigValue {
 public:
  explicit MapValue(std::map<std::string, std::string>* target) : target_(target) {}
  Status set_text(std::string_view) override { return wrong_type("a table in the file"); }
  Status set_node(const ConfigNode& node) override {
    if (node.kind != Kind::kTable) return wrong_type("a table");
    target_->clear();
    for (const auto& [key, value] : node.entries) {
      if (!value.is_scalar()) return wrong_type("a table of plain values");
      target_->emplace(key, value.text);
    }
    return ok_status();
  }
  std::string text() const override {
    std::string out;
    for (const auto& [key, value] : *target_) {
      out += fmt::format("{}{}={}", out.empty() ? "" : ",", key, value);
    }
    return out;
  }
  std::string_view type_name() const override { return "table"; }

 private:
  std::map<std::string, std::string>* target_;
};

template <typename T>
std::unique_ptr<ConfigValue> scalar(T* target) {
  return std::make_unique<ScalarValue<T>>(target);
}

}  // namespace

std::unique_ptr<ConfigValue> make_config_value(std::string* target) { return scalar(target); }
std::unique_ptr<ConfigValue> make_config_value(ScalarText* target) { return scalar(target); }
std::unique_ptr<ConfigValue> make_config_value(bool* target) { return scalar(target); }
std::unique_ptr<ConfigValue> make_config_value(int* target) { return scalar(target); }
std::unique_ptr<ConfigValue> make_config_value(int64_t* target) { return scalar(target); }
std::unique_ptr<ConfigValue> make_config_value(double* target) { return scalar(target); }
std::unique_ptr<ConfigValue> make_config_value(ByteSize* target) { return scalar(target); }
std::unique_ptr<ConfigValue> make_config_value(std::vector<std::string>* target) {
  return std::make_unique<ListValue<std::string>>(target);
}
std::unique_ptr<ConfigValue> make_config_value(std::vector<int64_t>* target) {
  return std::make_unique<ListValue<int64_t>>(target);
}
std::unique_ptr<ConfigValue> make_config_value(std::map<std::string, std::string>* target) {
  return std::make_unique<MapValue>(target);
}

}  // namespace tbl
