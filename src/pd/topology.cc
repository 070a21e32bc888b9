#include "pd/topology.h"

#include <fmt/format.h>

namespace tbl::pd {
namespace {

constexpr char kClusterKey[] = "raft";
constexpr char kBootstrapTimeKey[] = "raft/status/raft_bootstrap_time";
constexpr char kStorePrefix[] = "raft/s/";
constexpr char kRegionPrefix[] = "raft/r/";
constexpr uint32_t kMaxPeerCount = 3;

std::string numbered_key(const char* prefix, uint64_t id) {
  return fmt::format("{}{:020}", prefix, id);
}

template <typename Message>
Result<Message> parse(const std::string& key, const std::string& bytes) {
  Message message;
  if (!message.ParseFromString(bytes)) return data_loss("etcd key " + key + ": not a message");
  return message;
}

std::optional<RegionInfo> copy(const RegionInfo* region) {
  return region ? std::optional<RegionInfo>(*region) : std::nullopt;
}

}  // namespace

Status Topology::load() {
  std::lock_guard lock(mutex_);
  cluster_.reset();
  bootstrap_time_ns_ = 0;
  initialized_ = false;
  stores_.clear();
  regions_ = RegionTable();
  TBL_ASSIGN(const auto cluster, meta_.get(kClusterKey));
  if (!cluster) return ok_status();
  TBL_ASSIGN(cluster_, parse<metapb::Cluster>(kClusterKey, *cluster));
  TBL_ASSIGN(const auto time, meta_.get(kBootstrapTimeKey));
  if (time) {
    TBL_ASSIGN(const uint64_t ns, decode_number(*time, kBootstrapTimeKey));
    bootstrap_time_ns_ = static_cast<int64_t>(ns);
  }
  TBL_TRY(load_stores());
  return load_regions();
}

Status Topology::load_stores() {
  TBL_ASSIGN(const auto stored, meta_.list(kStorePrefix));
  for (const auto& [key, bytes] : stored) {
    TBL_ASSIGN(auto store, parse<metapb::Store>(key, bytes));
    const uint64_t id = store.id();
    stores_[id].meta = std::move(store);
  }
  return ok_status();
}

Status Topology::load_regions() {
  TBL_ASSIGN(const auto stored, meta_.list(kRegionPrefix));
  for (const auto& [key, bytes] : stored) {
    RegionInfo region;
    TBL_ASSIGN(region.meta, parse<metapb::Region>(key, bytes));
    regions_.put(std::move(region));
  }
  return ok_status();
}

bool Topology::bootstrapped() const {
  std::lock_guard lock(mutex_);
  return cluster_.has_value();
}

Status Topology::check_bootstrap(const metapb::Store& store, const metapb::Region& region) const {
  const std::string tail = fmt::format(" for bootstrap {}", cluster_id_);
  if (store.id() == 0) return unknown_error("invalid zero store id");
  if (region.id() == 0) return unknown_error("invalid zero region id");
  if (!region.start_key().empty() || !region.end_key().empty()) {
    return unknown_error("invalid first region key range, must all be empty" + tail);
  }
  if (region.peers_size() != 1) {
    return unknown_error(
        fmt::format("invalid first region peer count {}, must be 1{}", region.peers_size(), tail));
  }
  const auto& peer = region.peers(0);
  if (peer.store_id() != store.id()) {
    return unknown_error(
        fmt::format("invalid peer store id {} != {}{}", peer.store_id(), store.id(), tail));
  }
  if (peer.id() == 0) return unknown_error("invalid zero peer id" + tail);
  return ok_status();
}

Status Topology::bootstrap(const metapb::Store& store, const metapb::Region& region,
                           int64_t now_ns) {
  std::lock_guard lock(mutex_);
  if (cluster_) return already_exists("cluster is already bootstrapped");
  TBL_TRY(check_bootstrap(store, region));
  metapb::Cluster cluster;
  cluster.set_id(cluster_id_);
  cluster.set_max_peer_count(kMaxPeerCount);
  TBL_TRY(meta_.create({{kClusterKey, cluster.SerializeAsString()},
                        {kBootstrapTimeKey, encode_number(static_cast<uint64_t>(now_ns))},
                        {numbered_key(kStorePrefix, store.id()), store.SerializeAsString()},
                        {numbered_key(kRegionPrefix, region.id()), region.SerializeAsString()}}));
  cluster_ = cluster;
  bootstrap_time_ns_ = now_ns;
  stores_[store.id()].meta = store;
  regions_.put({region, {}, 0, 0, 0});
  return ok_status();
}

metapb::Cluster Topology::cluster() const {
  std::lock_guard lock(mutex_);
  return cluster_.value_or(metapb::Cluster());
}

Status Topology::put_cluster(const metapb::Cluster& cluster) {
  std::lock_guard lock(mutex_);
  if (cluster.id() != cluster_id_) {
    return unknown_error(fmt::format("invalid cluster id {}, need {}", cluster.id(), cluster_id_));
  }
  TBL_TRY(meta_.put(kClusterKey, cluster.SerializeAsString()));
  cluster_ = cluster;
  return ok_status();
}

int64_t Topology::bootstrap_time_ns() const {
  std::lock_guard lock(mutex_);
  return bootstrap_time_ns_;
}

bool Topology::initialized() const {
  std::lock_guard lock(mutex_);
  return initialized_;
}

Status Topology::put_store(const metapb::Store& store) {
  std::lock_guard lock(mutex_);
  if (store.id() == 0) return unknown_error("invalid put store id 0");
  for (const auto& [id, other] : stores_) {
    if (id != store.id() && other.meta.address() == store.address()) {
      return unknown_error(
          fmt::format("duplicated store address: id:{} address:\"{}\", already "
                      "registered by id:{}",
                      store.id(), store.address(), id));
    }
  }
  metapb::Store merged = store;
  const auto known = stores_.find(store.id());
  if (known != stores_.end()) merged.set_last_heartbeat(known->second.meta.last_heartbeat());
  TBL_TRY(meta_.put(numbered_key(kStorePrefix, store.id()), merged.SerializeAsString()));
  stores_[store.id()].meta = std::move(merged);
  return ok_status();
}

Result<StoreInfo> Topology::store(uint64_t id) const {
  std::lock_guard lock(mutex_);
  const auto it = stores_.find(id);
  if (it == stores_.end()) {
    return unknown_error(fmt::format("invalid store ID {}, not found", id));
  }
  return it->second;
}

std::vector<StoreInfo> Topology::stores() const {
  std::lock_guard lock(mutex_);
  std::vector<StoreInfo> out;
  for (const auto& [id, store] : stores_) out.push_back(store);
  return out;
}

Status Topology::store_heartbeat(const pdpb::StoreStats& stats, int64_t now_ns) {
  std::lock_guard lock(mutex_);
  const auto it = stores_.find(stats.store_id());
  if (it == stores_.end()) {
    return unknown_error(fmt::format("invalid store ID {}, not found", stats.store_id()));
  }
  it->second.stats = stats;
  it->second.heard_of = true;
  it->second.meta.set_last_heartbeat(now_ns);
  return ok_status();
}

bool Topology::region_heartbeat(RegionInfo region) {
  std::lock_guard lock(mutex_);
  if (!regions_.put(std::move(region))) return false;
  initialized_ = true;
  return true;
}

std::optional<RegionInfo> Topology::region_by_key(Bytes key) const {
  std::lock_guard lock(mutex_);
  return copy(regions_.by_key(key));
}

std::optional<RegionInfo> Topology::region_before(Bytes key) const {
  std::lock_guard lock(mutex_);
  return copy(regions_.before(key));
}

std::optional<RegionInfo> Topology::region_by_id(uint64_t id) const {
  std::lock_guard lock(mutex_);
  return copy(regions_.by_id(id));
}

std::vector<RegionInfo> Topology::scan_regions(Bytes start, Bytes end, int limit) const {
  std::lock_guard lock(mutex_);
  std::vector<RegionInfo> out;
  for (const auto* region : regions_.scan(start, end, limit)) out.push_back(*region);
  return out;
}

}  // namespace tbl::pd
