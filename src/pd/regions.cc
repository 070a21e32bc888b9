#include "pd/regions.h"

namespace tbl::pd {
namespace {

bool starts_before_end(Bytes start, Bytes end) { return end.empty() || start < end; }

bool overlap(const metapb::Region& a, const metapb::Region& b) {
  return starts_before_end(a.start_key(), b.end_key()) &&
         starts_before_end(b.start_key(), a.end_key());
}

bool is_newer(const metapb::RegionEpoch& a, const metapb::RegionEpoch& b) {
  return a.version() > b.version() || (a.version() == b.version() && a.conf_ver() > b.conf_ver());
}

}  // namespace

bool RegionTable::put(RegionInfo region) {
  std::vector<std::string> replaced;
  for (const auto& [start, old] : by_start_) {
    if (old.meta.id() != region.meta.id() && !overlap(old.meta, region.meta)) continue;
    if (is_newer(old.meta.region_epoch(), region.meta.region_epoch())) return false;
    replaced.push_back(start);
  }
  for (const auto& start : replaced) by_start_.erase(start);
  std::string start = region.meta.start_key();
  by_start_.emplace(std::move(start), std::move(region));
  return true;
}

RegionTable::ByStart::const_iterator RegionTable::find(Bytes key) const {
  auto it = by_start_.upper_bound(key);
  if (it == by_start_.begin()) return by_start_.end();
  --it;
  return starts_before_end(key, it->second.meta.end_key()) ? it : by_start_.end();
}

const RegionInfo* RegionTable::by_key(Bytes key) const {
  const auto it = find(key);
  return it == by_start_.end() ? nullptr : &it->second;
}

const RegionInfo* RegionTable::before(Bytes key) const {
  auto it = find(key);
  if (it == by_start_.end() || it == by_start_.begin()) return nullptr;
  const std::string& start = it->first;
  --it;
  return it->second.meta.end_key() == start ? &it->second : nullptr;
}

const RegionInfo* RegionTable::by_id(uint64_t id) const {
  for (const auto& [start, region] : by_start_) {
    if (region.meta.id() == id) return &region;
  }
  return nullptr;
}

std::vector<const RegionInfo*> RegionTable::scan(Bytes start, Bytes end, int limit) const {
  std::vector<const RegionInfo*> found;
  auto it = find(start);
  if (it == by_start_.end()) it = by_start_.lower_bound(start);
  for (; it != by_start_.end() && starts_before_end(it->first, end); ++it) {
    if (limit > 0 && found.size() >= static_cast<size_t>(limit)) break;
    found.push_back(&it->second);
  }
  return found;
}

}  // namespace tbl::pd
