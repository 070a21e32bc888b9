#include "schema/json_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tbl::schema {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

/// Standard base64 with padding; nothing when it is not.
std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  while (!text.empty() && text.back() == '=' && text.size() % 4 != 2) text.remove_suffix(1);
  std::string out;
  uint32_t bits = 0;
  int bit_count = 0;
  for (char c : text) {
    int value = base64_value(c);
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(value);
    bit_count += 6;
    if (bit_count >= 8) {
      bit_count -= 8;
      out.push_back(static_cast<char>(bits >> bit_count));
    }
  }
  return out;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

CiName CiName::of(std::string_view name) {
  CiName result{std::string(name), std::string(name)};
  std::ranges::transform(result.l, result.l.begin(), lower);
  return result;
}

Result<nlohmann::json> parse_document(Bytes text, std::string_view what) {
  auto json = nlohmann::json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return data_loss(fmt::format("{}: not valid JSON", what));
  return json;
}

Fields::Fields(const nlohmann::json& object, std::string_view what) : object_(object), what_(what) {
  if (!object.is_object()) status_ = data_loss(fmt::format("{}: not a JSON object", what));
}

const nlohmann::json* Fields::find(std::string_view name) const {
  if (!status_.ok()) return nullptr;
  auto it = object_.find(name);
  if (it == object_.end()) {
    it = object_.begin();
    while (it != object_.end() && !equal_ignoring_case(it.key(), name)) ++it;
  }
  return it == object_.end() || it->is_null() ? nullptr : &*it;
}

const nlohmann::json* Fields::find_array(std::string_view name) {
  const nlohmann::json* value = find(name);
  if (value == nullptr || value->is_array()) return value;
  fail(name, "not an array");
  return nullptr;
}

void Fields::fail(std::string_view name, std::string_view reason) {
  if (status_.ok()) status_ = data_loss(fmt::format("{}: field {}: {}", what_, name, reason));
}

void Fields::keep(Status status) {
  if (status_.ok() && !status.ok()) status_ = std::move(status).wrap(what_);
}

void Fields::read(std::string_view name, bool* out) {
  const nlohmann::json* value = find(name);
  if (value == nullptr) return;
  if (const auto* b = value->get_ptr<const bool*>()) {
    *out = *b;
  } else {
    fail(name, "not a bool");
  }
}

void Fields::read(std::string_view name, std::string* out) {
  const nlohmann::json* value = find(name);
  if (value == nullptr) return;
  if (const auto* s = value->get_ptr<const std::string*>()) {
    *out = *s;
  } else {
    fail(name, "not a string");
  }
}

void Fields::read(std::string_view name, CiName* out) {
  const nlohmann::json* value = find(name);
  if (value != nullptr) keep(read_ci_name(*value, out));
}

void Fields::read(std::string_view name, SchemaState* out) {
  auto number = static_cast<uint8_t>(*out);
  read(name, &number);
  *out = static_cast<SchemaState>(number);
}

void Fields::read(std::string_view name, std::vector<std::string>* out) {
  const nlohmann::json* list = find_array(name);
  if (list == nullptr) return;
  for (const auto& item : *list) {
    const auto* s = item.get_ptr<const std::string*>();
    if (s == nullptr) return fail(name, "an element is not a string");
    out->push_back(*s);
  }
}

void Fields::read(std::string_view name, std::vector<CiName>* out) {
  read_list(name, out, read_ci_name);
}

void Fields::read_text(std::string_view name, std::optional<std::string>* out) {
  const nlohmann::json* value = find(name);
  if (value == nullptr) return;
  if (const auto* s = value->get_ptr<const std::string*>()) {
    *out = *s;
  } else if (const auto* b = value->get_ptr<const bool*>()) {
    *out = *b ? "1" : "0";
  } else if (value->is_number()) {
    *out = value->dump();
  } else {
    fail(name, "not a plain value");
  }
}

void Fields::read_base64(std::string_view name, std::optional<std::string>* out) {
  const nlohmann::json* value = find(name);
  if (value == nullptr) return;
  const auto* s = value->get_ptr<const std::string*>();
  auto bytes = s == nullptr ? std::nullopt : decode_base64(*s);
  if (!bytes) return fail(name, "not base64");
  *out = std::move(*bytes);
}

Status read_ci_name(const nlohmann::json& json, CiName* out) {
  if (const auto* s = json.get_ptr<const std::string*>()) {
    *out = CiName::of(*s);
    return ok_status();
  }
  if (json.is_null()) return ok_status();
  Fields fields(json, "name");
  fields.read("O", &out->o);
  fields.read("L", &out->l);
  return fields.status();
}

}  // namespace tbl::schema
