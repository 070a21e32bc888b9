#include "cluster/node_status.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/go_json.h"
#include "base/go_time.h"

namespace tbl::cluster {
namespace {

void put_labels(std::string& out, const std::optional<std::map<std::string, std::string>>& labels) {
  if (!labels) {
    out += "null";
    return;
  }
  out += "{\"labels\":{";
  bool first = true;
  for (const auto& [key, value] : *labels) {
    if (!first) out += ',';
    first = false;
    append_go_string(out, key);
    out += ':';
    append_go_string(out, value);
  }
  out += "}}";
}

bool same_name(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

using Json = nlohmann::json;

Status wrong_type(std::string_view field, std::string_view wanted) {
  return data_loss("field " + std::string(field) + " is not " + std::string(wanted));
}

Status read(const Json& value, std::string_view field, std::string* out) {
  if (!value.is_string()) return wrong_type(field, "a string");
  *out = value.get<std::string>();
  return ok_status();
}

Status read(const Json& value, std::string_view field, bool* out) {
  if (!value.is_boolean()) return wrong_type(field, "a boolean");
  *out = value.get<bool>();
  return ok_status();
}

Status read(const Json& value, std::string_view field, int64_t* out) {
  const bool fits =
      value.is_number_unsigned() ? value.get<uint64_t>() <= INT64_MAX : value.is_number_integer();
  if (!fits) return wrong_type(field, "a 64-bit integer");
  *out = value.get<int64_t>();
  return ok_status();
}

Status read_labels(const Json& value, NodeStatus* out) {
  if (!value.is_object()) return wrong_type("label", "an object");
  out->labels.emplace();
  for (const auto& [name, labels] : value.items()) {
    if (!same_name(name, "labels") || labels.is_null()) continue;
    if (!labels.is_object()) return wrong_type("label.labels", "an object");
    for (const auto& [key, label] : labels.items()) {
      TBL_TRY(read(label, "label.labels", &(*out->labels)[key]));
    }
  }
  return ok_status();
}

Status read_field(std::string_view name, const Json& value, NodeStatus* out) {
  if (value.is_null()) return ok_status();
  if (same_name(name, "nodeId")) return read(value, name, &out->node_id);
  if (same_name(name, "host")) return read(value, name, &out->host);
  if (same_name(name, "state")) return read(value, name, &out->state);
  if (same_name(name, "isAlive")) return read(value, name, &out->is_alive);
  if (same_name(name, "score")) return read(value, name, &out->score);
  if (same_name(name, "label")) return read_labels(value, out);
  if (same_name(name, "maxCommitTS")) return read(value, name, &out->max_commit_ts);
  if (same_name(name, "updateTS")) return read(value, name, &out->update_ts);
  return ok_status();
}

}  // namespace

bool is_known_state(std::string_view state) {
  return state == kStateOnline || state == kStatePausing || state == kStatePaused ||
         state == kStateClosing || state == kStateOffline;
}

std::string NodeStatus::to_json() const {
  std::string out = "{\"nodeId\":";
  append_go_string(out, node_id);
  out += ",\"host\":";
  append_go_string(out, host);
  out += ",\"state\":";
  append_go_string(out, state);
  out += ",\"isAlive\":";
  out += is_alive ? "true" : "false";
  out += ",\"score\":" + std::to_string(score) + ",\"label\":";
  put_labels(out, labels);
  out += ",\"maxCommitTS\":" + std::to_string(max_commit_ts);
  out += ",\"updateTS\":" + std::to_string(update_ts) + "}";
  return out;
}

Result<NodeStatus> NodeStatus::from_json(std::string_view json) {
  const Json parsed = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (parsed.is_discarded()) return data_loss("invalid JSON");
  if (!parsed.is_object()) return data_loss("not a JSON object");
  NodeStatus status;
  for (const auto& [name, value] : parsed.items()) TBL_TRY(read_field(name, value, &status));
  return status;
}

std::string NodeStatus::to_text() const {
  return "{NodeID: " + node_id + ", Addr: " + host + ", State: " + state +
         ", MaxCommitTS: " + std::to_string(max_commit_ts) +
         ", UpdateTime: " + format_tso_time(static_cast<uint64_t>(update_ts)) + "}";
}

}  // namespace tbl::cluster
