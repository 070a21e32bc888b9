#include "cluster/region_cache.h"

#include <algorithm>

namespace tbl::cluster {
namespace {

/// The first peer that can lead, after the present leader.
const Peer* next_voter(const Region& region) {
  const auto& peers = region.peers;
  size_t at = 0;
  while (at < peers.size() && peers[at].id != region.leader.id) ++at;
  for (size_t i = 1; i <= peers.size(); ++i) {
    const Peer& peer = peers[(at + i) % peers.size()];
    if (!peer.learner) return &peer;
  }
  return nullptr;
}

bool same_version(const Region& a, const Region& b) {
  return a.id == b.id && a.version == b.version && a.conf_ver == b.conf_ver;
}

/// Both ranges share a key.
bool overlap(const Region& a, const Region& b) {
  return (a.end_key.empty() || b.start_key < a.end_key) &&
         (b.end_key.empty() || a.start_key < b.end_key);
}

}  // namespace

RegionCache::RegionPtr RegionCache::find(Bytes key) const {
  std::lock_guard lock(mutex_);
  auto it = by_start_.upper_bound(key);
  if (it == by_start_.begin()) return nullptr;
  --it;
  return it->second->contains(key) ? it->second : nullptr;
}

Result<RegionCache::RegionPtr> RegionCache::locate(Bytes key) {
  if (auto cached = find(key)) return cached;
  TBL_ASSIGN(Region region, pd_.get_region(key));
  if (!region.contains(key)) return not_found("region not found for key " + to_hex(key));
  return insert(std::move(region));
}

Result<RegionCache::RegionPtr> RegionCache::locate_before(Bytes end) {
  {
    std::lock_guard lock(mutex_);
    auto it = by_start_.lower_bound(end);
    if (it != by_start_.begin()) {
      const RegionPtr& region = std::prev(it)->second;
      if (region->end_key.empty() || end <= region->end_key) return region;
    }
  }
  TBL_ASSIGN(Region region, pd_.get_region(end));
  if (region.start_key == end && !end.empty()) {
    TBL_ASSIGN(region, pd_.get_prev_region(end));
  }
  return insert(std::move(region));
}

Result<std::string> RegionCache::store_address(uint64_t store_id) {
  {
    std::lock_guard lock(mutex_);
    if (auto it = addresses_.find(store_id); it != addresses_.end()) return it->second;
  }
  TBL_ASSIGN(const Store store, pd_.get_store(store_id));
  const std::string name = "store " + std::to_string(store_id);
  if (store.state == StoreState::kTombstone) return unavailable(name + " is a tombstone");
  if (store.address.empty()) return unavailable(name + " has no address");
  std::lock_guard lock(mutex_);
  addresses_[store_id] = store.address;
  return store.address;
}

RegionCache::RegionPtr RegionCache::insert(Region region) {
  if (region.leader.id == 0) region.leader = region.peers.front();
  auto fresh = std::make_shared<const Region>(std::move(region));
  std::lock_guard lock(mutex_);
  erase_overlap(*fresh);
  by_start_[fresh->start_key] = fresh;
  return fresh;
}

void RegionCache::erase_overlap(const Region& region) {
  auto it = by_start_.upper_bound(region.start_key);
  if (it != by_start_.begin()) --it;
  while (it != by_start_.end() && (region.end_key.empty() || it->first < region.end_key)) {
    it = overlap(*it->second, region) ? by_start_.erase(it) : std::next(it);
  }
}

void RegionCache::invalidate(const Region& region) {
  std::lock_guard lock(mutex_);
  auto it = by_start_.find(region.start_key);
  if (it != by_start_.end() && same_version(*it->second, region)) by_start_.erase(it);
}

void RegionCache::invalidate_store(uint64_t store_id) {
  std::lock_guard lock(mutex_);
  addresses_.erase(store_id);
}

bool RegionCache::set_leader(const Region& region, uint64_t store_id) {
  auto peer = std::find_if(region.peers.begin(), region.peers.end(),
                           [&](const Peer& p) { return p.store_id == store_id; });
  if (peer == region.peers.end()) return false;
  std::lock_guard lock(mutex_);
  auto it = by_start_.find(region.start_key);
  if (it == by_start_.end() || !same_version(*it->second, region)) return true;
  Region updated = *it->second;
  updated.leader = *peer;
  it->second = std::make_shared<const Region>(std::move(updated));
  return true;
}

void RegionCache::rotate_leader(const Region& region) {
  if (const Peer* next = next_voter(region)) (void)set_leader(region, next->store_id);
}

void RegionCache::replace(const Region& stale, std::vector<Region> current) {
  invalidate(stale);
  for (Region& region : current) {
    // The store speaks for its own peers; who leads is a guess that it may correct.
    region.leader = {};
    for (const Peer& peer : region.peers) {
      if (peer.store_id == stale.leader.store_id) region.leader = peer;
    }
    (void)insert(std::move(region));
  }
}

size_t RegionCache::size() const {
  std::lock_guard lock(mutex_);
  return by_start_.size();
}

}  // namespace tbl::cluster
