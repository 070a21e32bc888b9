#include "drainer/mysql/checkpoint.h"

#include <nlohmann/json.hpp>

namespace tbl::mysql {
namespace {

using Json = nlohmann::json;

template <typename T>
void read(const Json& object, const char* key, T* out) {
  auto it = object.find(key);
  if (it != object.end() && !it->is_null()) *out = it->get<T>();
}

Checkpoint from_json(const Json& object) {
  Checkpoint out;
  read(object, "consistent", &out.consistent);
  read(object, "commitTS", &out.commit_ts);
  read(object, "schema-version", &out.schema_version);
  read(object, "run", &out.run);
  auto map = object.find("ts-map");
  if (map == object.end() || !map->is_object()) return out;
  read(*map, "master-ts", &out.primary_ts);
  read(*map, "slave-ts", &out.secondary_ts);
  read(*map, "primary-ts", &out.primary_ts);
  read(*map, "secondary-ts", &out.secondary_ts);
  return out;
}

}  // namespace

std::string format_checkpoint(const Checkpoint& c) {
  std::string out = "{\"consistent\":";
  out += c.consistent ? "true" : "false";
  out += ",\"commitTS\":" + std::to_string(c.commit_ts) + ",\"ts-map\":{";
  if (c.primary_ts != 0) {
    out += "\"primary-ts\":" + std::to_string(c.primary_ts);
    out += ",\"secondary-ts\":" + std::to_string(c.secondary_ts);
  }
  out += "},\"schema-version\":" + std::to_string(c.schema_version);
  if (c.run != 0) out += ",\"run\":" + std::to_string(c.run);
  return out + "}";
}

Result<Checkpoint> parse_checkpoint(std::string_view json) {
  Json parsed = Json::parse(json, nullptr, false);
  if (!parsed.is_object()) return data_loss("checkpoint is not a JSON object");
  try {
    return from_json(parsed);
  } catch (const Json::exception& e) {
    return data_loss(std::string("checkpoint: ") + e.what());
  }
}

}  // namespace tbl::mysql
