#include "tikv/regions.h"

#include <algorithm>
#include <random>

#include "proto/errorpb.pb.h"
#include "proto/kvrpcpb.pb.h"
#include "tikv/region_log.h"

namespace tbl::tikv {
namespace {

constexpr uint64_t kBusyBackoffMs = 5;

void fill_not_leader(const Region& region, errorpb::Error* error) {
  const bool known = region.leader.id() != 0;
  std::string leader = "None";
  if (known) {
    leader = "Some(id: " + std::to_string(region.leader.id()) +
             " store_id: " + std::to_string(region.leader.store_id()) + ")";
  }
  error->set_message("peer is not leader for region " + std::to_string(region.meta.id()) +
                     ", leader may " + leader);
  error->mutable_not_leader()->set_region_id(region.meta.id());
  if (known) *error->mutable_not_leader()->mutable_leader() = region.leader;
}

bool epoch_matches(const metapb::RegionEpoch& own, const metapb::RegionEpoch& asked, bool admin) {
  return asked.version() == own.version() && (!admin || asked.conf_ver() == own.conf_ver());
}

void set_range(Region* region, const std::string& start, const std::string& end) {
  region->start = start;
  region->end = end;
  region->meta.set_start_key(encode_region_key(start));
  region->meta.set_end_key(encode_region_key(end));
}

/// The parts of a region that is cut, the last of which is the region itself.
std::vector<Region> cut(const Region& region, const std::vector<std::string>& keys,
                        const std::vector<SplitIds>& ids) {
  const uint64_t version = region.meta.region_epoch().version() + keys.size();
  std::vector<Region> parts;
  std::string start = region.start;
  for (size_t i = 0; i < keys.size(); ++i) {
    Region part = region;
    part.term = Region::kFirstTerm;
    part.meta.set_id(ids[i].region);
    for (int p = 0; p < part.meta.peers_size(); ++p) {
      part.meta.mutable_peers(p)->set_id(ids[i].peers.at(static_cast<size_t>(p)));
    }
    if (region.leader.id() != 0) part.leader = *part.peer_on(region.leader.store_id());
    set_range(&part, start, keys[i]);
    start = keys[i];
    parts.push_back(std::move(part));
  }
  parts.push_back(region);
  set_range(&parts.back(), start, region.end);
  for (auto& part : parts) part.meta.mutable_region_epoch()->set_version(version);
  return parts;
}

Status check_cut(const Region& region, const std::vector<std::string>& keys,
                 const std::vector<SplitIds>& ids) {
  Bytes last = region.start;
  for (const auto& key : keys) {
    if (key <= last || !region.contains(key)) {
      return invalid_argument("region " + std::to_string(region.meta.id()) +
                              " cannot be split at " + to_hex(key));
    }
    last = key;
  }
  const auto peers = static_cast<size_t>(region.meta.peers_size());
  const bool enough = ids.size() == keys.size() &&
                      std::all_of(ids.begin(), ids.end(),
                                  [peers](const auto& one) { return one.peers.size() == peers; });
  return enough ? ok_status() : invalid_argument("a split has other ids than it needs");
}

}  // namespace

Regions::Regions(Engine& engine, std::vector<Region> regions) : engine_(engine) {
  for (auto& region : regions) {
    auto shared = std::make_shared<const Region>(std::move(region));
    by_start_[shared->start] = shared;
    by_id_[shared->meta.id()] = shared;
  }
}

bool Regions::busy(errorpb::Error* error) const {
  if (busy_percent_ == 0) return false;
  thread_local std::minstd_rand random{std::random_device{}()};
  if (static_cast<int>(random() % 100) >= busy_percent_) return false;
  error->set_message("server is busy");
  error->mutable_server_is_busy()->set_reason("test.busy-percent");
  error->mutable_server_is_busy()->set_backoff_ms(kBusyBackoffMs);
  return true;
}

RegionPtr Regions::admit(uint64_t store_id, const kvrpcpb::Context& context, bool admin,
                         errorpb::Error* error) const {
  if (context.peer().store_id() != store_id) {
    error->set_message("store not match");
    error->mutable_store_not_match()->set_request_store_id(context.peer().store_id());
    error->mutable_store_not_match()->set_actual_store_id(store_id);
    return nullptr;
  }
  if (busy(error)) return nullptr;
  const std::shared_lock lock(mutex_);
  const auto found = by_id_.find(context.region_id());
  const RegionPtr region = found == by_id_.end() ? nullptr : found->second;
  const auto* peer = region ? region->peer_on(store_id) : nullptr;
  if (peer == nullptr) {
    error->set_message("region not found");
    error->mutable_region_not_found()->set_region_id(context.region_id());
  } else if (region->leader.id() != peer->id()) {
    fill_not_leader(*region, error);
  } else if (context.peer().id() != peer->id()) {
    error->set_message("mismatch peer id " + std::to_string(context.peer().id()) +
                       " != " + std::to_string(peer->id()));
  } else if (context.term() != 0 && context.term() + 1 < region->term) {
    error->set_message("stale command");
    error->mutable_stale_command();
  } else if (!epoch_matches(region->meta.region_epoch(), context.region_epoch(), admin)) {
    error->set_message("stale epoch");
    auto* current = error->mutable_epoch_not_match();
    *current->add_current_regions() = region->meta;
    // The part that a split has cut off stands there; if it was none, it is news all the same.
    if (const auto left = left_neighbour(*region)) *current->add_current_regions() = left->meta;
  } else {
    return region;
  }
  return nullptr;
}

RegionPtr Regions::left_neighbour(const Region& region) const {
  const auto it = by_start_.find(region.start);
  return it == by_start_.begin() || it == by_start_.end() ? nullptr : std::prev(it)->second;
}

RegionPtr Regions::by_id(uint64_t id) const {
  const std::shared_lock lock(mutex_);
  const auto it = by_id_.find(id);
  return it == by_id_.end() ? nullptr : it->second;
}

RegionPtr Regions::by_key(Bytes key) const {
  const std::shared_lock lock(mutex_);
  return std::prev(by_start_.upper_bound(key))->second;
}

std::vector<RegionPtr> Regions::all() const {
  const std::shared_lock lock(mutex_);
  std::vector<RegionPtr> out;
  for (const auto& [start, region] : by_start_) out.push_back(region);
  return out;
}

std::vector<RegionPtr> Regions::led_by(uint64_t store_id) const {
  auto regions = all();
  std::erase_if(regions, [store_id](const auto& r) { return r->leader.store_id() != store_id; });
  return regions;
}

Status Regions::check_current(const RegionPtr& region) const {
  if (by_id(region->meta.id()) == region) return ok_status();
  return Status(StatusCode::kAborted,
                "region " + std::to_string(region->meta.id()) + " has changed meanwhile");
}

Status Regions::apply(const std::vector<Region>& changed, const std::vector<RegionPtr>& replaced,
                      std::vector<RegionPtr>* out) {
  for (const auto& region : replaced) TBL_TRY(check_current(region));
  for (const auto& region : changed) out->push_back(std::make_shared<const Region>(region));
  std::vector<uint64_t> removed;
  for (const auto& region : replaced) {
    const bool stays = std::any_of(changed.begin(), changed.end(), [&](const Region& one) {
      return one.meta.id() == region->meta.id();
    });
    if (!stays) removed.push_back(region->meta.id());
  }
  TBL_TRY(save_regions(engine_, *out, removed));
  {
    const std::unique_lock lock(mutex_);
    for (const auto& region : replaced) {
      by_start_.erase(region->start);
      by_id_.erase(region->meta.id());
    }
    for (const auto& region : *out) {
      by_start_[region->start] = region;
      by_id_[region->meta.id()] = region;
    }
    ++changes_;
  }
  changed_.notify_all();
  return ok_status();
}

Result<RegionPtr> Regions::apply_one(Region changed, const RegionPtr& replaced) {
  std::vector<RegionPtr> out;
  TBL_TRY(apply({std::move(changed)}, {replaced}, &out));
  return out.front();
}

Result<RegionPtr> Regions::add_peer(const RegionPtr& region, uint64_t peer_id, uint64_t store_id) {
  const std::lock_guard lock(changing_);
  Region changed = *region;
  auto* peer = changed.meta.add_peers();
  peer->set_id(peer_id);
  peer->set_store_id(store_id);
  auto* epoch = changed.meta.mutable_region_epoch();
  epoch->set_conf_ver(epoch->conf_ver() + 1);
  return apply_one(std::move(changed), region);
}

Result<std::vector<RegionPtr>> Regions::split(const RegionPtr& region,
                                              const std::vector<std::string>& keys,
                                              const std::vector<SplitIds>& ids) {
  const std::lock_guard lock(changing_);
  TBL_TRY(check_cut(*region, keys, ids));
  std::vector<RegionPtr> out;
  TBL_TRY(apply(cut(*region, keys, ids), {region}, &out));
  return out;
}

Result<RegionPtr> Regions::merge(const RegionPtr& source, const RegionPtr& target) {
  const std::lock_guard lock(changing_);
  const bool left = !source->end.empty() && source->end == target->start;
  const bool right = !target->end.empty() && target->end == source->start;
  if (!left && !right) {
    return invalid_argument("regions " + std::to_string(source->meta.id()) + " and " +
                            std::to_string(target->meta.id()) + " are no neighbours");
  }
  Region merged = *target;
  set_range(&merged, left ? source->start : target->start, left ? target->end : source->end);
  merged.meta.mutable_region_epoch()->set_version(
      std::max(source->meta.region_epoch().version(), target->meta.region_epoch().version()) + 1);
  std::vector<RegionPtr> out;
  TBL_TRY(apply({merged}, {source, target}, &out));
  return out.front();
}

Result<RegionPtr> Regions::depose(const RegionPtr& region) {
  const std::lock_guard lock(changing_);
  Region changed = *region;
  changed.leader.Clear();
  return apply_one(std::move(changed), region);
}

Result<RegionPtr> Regions::elect(const RegionPtr& region, uint64_t store_id) {
  const std::lock_guard lock(changing_);
  const auto* peer = region->peer_on(store_id);
  if (peer == nullptr) {
    return invalid_argument("region " + std::to_string(region->meta.id()) +
                            " has no peer on store " + std::to_string(store_id));
  }
  Region changed = *region;
  changed.leader = *peer;
  ++changed.term;
  return apply_one(std::move(changed), region);
}

uint64_t Regions::changes() const {
  const std::shared_lock lock(mutex_);
  return changes_;
}

bool Regions::wait_for_change(uint64_t seen, const StopToken& stop,
                              std::chrono::milliseconds timeout) const {
  std::shared_lock lock(mutex_);
  return changed_.wait_for(lock, stop, timeout, [&] { return changes_ != seen; });
}

}  // namespace tbl::tikv
