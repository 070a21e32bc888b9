#include "schema/sax_fields.h"

#include <fmt/format.h>

#include "schema/table_info.h"

namespace tbl::schema {

SaxFields::SaxFields(std::vector<Path> wanted)
    : wanted_(std::move(wanted)), values_(wanted_.size()) {
  for (const Path& path : wanted_) deepest_ = std::max(deepest_, path.size());
}

Status SaxFields::parse(Bytes text, std::string_view what) {
  size_t first = text.find_first_not_of(" \t\r\n");
  if (first != Bytes::npos && text[first] != '{') {
    return data_loss(fmt::format("{}: not a JSON object", what));
  }
  nlohmann::json::sax_parse(text.begin(), text.end(), this);
  if (bad_) return data_loss(fmt::format("{}: not valid JSON", what));
  return ok_status();
}

std::string SaxFields::text(size_t i) const {
  const auto* value = std::get_if<std::string>(&values_[i]);
  return value == nullptr ? std::string() : *value;
}

Result<int64_t> SaxFields::integer(size_t i) const {
  if (!has(i)) return int64_t{0};
  if (const auto* value = std::get_if<int64_t>(&values_[i])) return *value;
  const auto* value = std::get_if<uint64_t>(&values_[i]);
  if (value != nullptr && *value <= INT64_MAX) return static_cast<int64_t>(*value);
  return data_loss(fmt::format("field {}: not an integer of its size", wanted_[i].front()));
}

bool SaxFields::key(std::string& name) {
  if (keys_.size() <= deepest_) keys_.back() = CiName::of(name).l;
  return true;
}

bool SaxFields::parse_error(size_t, const std::string&, const nlohmann::detail::exception&) {
  bad_ = true;
  return false;
}

bool SaxFields::found(Value value) {
  if (keys_.size() > deepest_) return true;
  for (size_t i = 0; i < wanted_.size(); ++i) {
    if (wanted_[i] == keys_) values_[i] = value;
  }
  return !enough_ || !enough_();
}

bool SaxFields::enter() {
  keys_.emplace_back();
  return true;
}

bool SaxFields::leave() {
  keys_.pop_back();
  return true;
}

}  // namespace tbl::schema
