#include "pd/http_json.h"

#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "base/units.h"

namespace tbl::pd {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kNsPerSecond = 1'000'000'000;

Json peer_json(const metapb::Peer& peer) {
  return {{"id", peer.id()},
          {"store_id", peer.store_id()},
          {"role_name", metapb::PeerRole_Name(peer.role())}};
}

Json store_meta_json(const metapb::Store& store) {
  Json out{{"id", store.id()}, {"address", store.address()}};
  for (const auto& label : store.labels()) {
    out["labels"].push_back({{"key", label.key()}, {"value", label.value()}});
  }
  out["version"] = store.version();
  if (!store.status_address().empty()) out["status_address"] = store.status_address();
  if (!store.git_hash().empty()) out["git_hash"] = store.git_hash();
  if (store.start_timestamp() != 0) out["start_timestamp"] = store.start_timestamp();
  if (!store.deploy_path().empty()) out["deploy_path"] = store.deploy_path();
  if (store.last_heartbeat() != 0) out["last_heartbeat"] = store.last_heartbeat();
  out["state_name"] = metapb::StoreState_Name(store.state());
  return out;
}

Json store_status_json(const StoreInfo& store, const std::vector<RegionInfo>& regions) {
  uint64_t size = 0;
  int leaders = 0;
  for (const auto& region : regions) {
    size += region.approximate_size_mb;
    if (region.leader.store_id() == store.meta.id()) ++leaders;
  }
  const auto& stats = store.stats;
  Json out{{"capacity", format_size(stats.capacity())},
           {"available", format_size(stats.available())},
           {"used_size", format_size(stats.used_size())},
           {"leader_count", leaders},
           {"leader_weight", 1},
           {"leader_score", leaders},
           {"leader_size", size},
           {"region_count", regions.size()},
           {"region_weight", 1},
           {"region_score", size},
           {"region_size", size}};
  const int64_t start_ns = int64_t{stats.start_time()} * kNsPerSecond;
  const int64_t last_ns = store.meta.last_heartbeat();
  if (start_ns != 0) out["start_ts"] = format_rfc3339(start_ns);
  if (last_ns != 0) out["last_heartbeat_ts"] = format_rfc3339(last_ns);
  if (start_ns != 0 && last_ns > start_ns) {
    out["uptime"] = format_duration(std::chrono::nanoseconds(last_ns - start_ns));
  }
  return out;
}

}  // namespace

std::string format_size(uint64_t bytes) {
  static const char* const kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  auto amount = static_cast<double>(bytes);
  size_t unit = 0;
  while (amount >= 1024 && unit + 1 < std::size(kUnits)) {
    amount /= 1024;
    ++unit;
  }
  return fmt::format("{:.4g}{}", amount, kUnits[unit]);
}

std::string format_rfc3339(int64_t unix_ns) {
  const time_t seconds = unix_ns / kNsPerSecond;
  std::tm local{};
  ::localtime_r(&seconds, &local);
  char date[32];
  std::strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &local);
  std::string fraction = fmt::format(".{:09}", unix_ns % kNsPerSecond);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  if (fraction == ".") fraction.clear();
  if (local.tm_gmtoff == 0) return date + fraction + "Z";
  const long minutes = std::abs(local.tm_gmtoff) / 60;
  return fmt::format("{}{}{}{:02}:{:02}", date, fraction, local.tm_gmtoff < 0 ? '-' : '+',
                     minutes / 60, minutes % 60);
}

std::string upper_hex(Bytes bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02X}", static_cast<unsigned char>(c));
  return out;
}

Json member_json(const MemberInfo& member) {
  return {{"name", member.name},
          {"member_id", member.id},
          {"peer_urls", member.peer_urls},
          {"client_urls", member.client_urls}};
}

Json store_json(const StoreInfo& store, const std::vector<RegionInfo>& regions) {
  return {{"store", store_meta_json(store.meta)}, {"status", store_status_json(store, regions)}};
}

Json region_json(const RegionInfo& region) {
  const auto& meta = region.meta;
  Json out{
      {"id", meta.id()},
      {"start_key", upper_hex(meta.start_key())},
      {"end_key", upper_hex(meta.end_key())},
      {"epoch",
       {{"conf_ver", meta.region_epoch().conf_ver()}, {"version", meta.region_epoch().version()}}},
      {"peers", Json::array()}};
  for (const auto& peer : meta.peers()) out["peers"].push_back(peer_json(peer));
  if (region.leader.id() != 0) out["leader"] = peer_json(region.leader);
  out["written_bytes"] = 0;
  out["read_bytes"] = 0;
  out["written_keys"] = 0;
  out["read_keys"] = 0;
  out["approximate_size"] = region.approximate_size_mb;
  out["approximate_keys"] = region.approximate_keys;
  return out;
}

}  // namespace tbl::pd
