// The types an option can have, each bound to the program's variable.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/toml_file.h"

namespace tbl {

/// A text that the file may also give as a number or boolean (`gc = 7`).
struct ScalarText {
  std::string text;
};

/// An amount of bytes written as "10 GiB" (base/units.h). An empty text is 0.
struct ByteSize {
  uint64_t bytes = 0;
};

/// Sets a variable from text (command line, environment) or from a file. The variable is the
/// program's and outlives this object.
class ConfigValue {
 public:
  virtual ~ConfigValue() = default;
  virtual Status set_text(std::string_view text) = 0;
  /// A value of the wrong type is an error that says what is wanted.
  virtual Status set_node(const ConfigNode& node) = 0;
  /// The present value, as shown in usage and in the log.
  virtual std::string text() const = 0;
  /// Word for the value in usage ("string", "int"); empty for a boolean, which needs no argument.
  virtual std::string_view type_name() const = 0;
};

std::unique_ptr<ConfigValue> make_config_value(std::string* target);
std::unique_ptr<ConfigValue> make_config_value(ScalarText* target);
std::unique_ptr<ConfigValue> make_config_value(bool* target);
std::unique_ptr<ConfigValue> make_config_value(int* target);
std::unique_ptr<ConfigValue> make_config_value(int64_t* target);
std::unique_ptr<ConfigValue> make_config_value(double* target);
std::unique_ptr<ConfigValue> make_config_value(ByteSize* target);
/// Text: comma separated. File: an array, or one comma separated string.
std::unique_ptr<ConfigValue> make_config_value(std::vector<std::string>* target);
std::unique_ptr<ConfigValue> make_config_value(std::vector<int64_t>* target);
/// File only: a table of scalars.
std::unique_ptr<ConfigValue> make_config_value(std::map<std::string, std::string>* target);

/// Stays empty while nobody sets it, for options whose absence means something.
template <typename T>
class OptionalConfigValue final : public ConfigValue {
 public:
  explicit OptionalConfigValue(std::optional<T>* target)
      : target_(target), inner_(make_config_value(&value_)) {}

  Status set_text(std::string_view text) override {
    TBL_TRY(inner_->set_text(text));
    *target_ = value_;
    return ok_status();
  }
  Status set_node(const ConfigNode& node) override {
    TBL_TRY(inner_->set_node(node));
    *target_ = value_;
    return ok_status();
  }
  std::string text() const override { return target_->has_value() ? inner_->text() : ""; }
  std::string_view type_name() const override { return inner_->type_name(); }

 private:
  std::optional<T>* target_;
  T value_{};
  std::unique_ptr<ConfigValue> inner_;
};

template <typename T>
std::unique_ptr<ConfigValue> make_config_value(std::optional<T>* target) {
  return std::make_unique<OptionalConfigValue<T>>(target);
}

}  // namespace tbl
