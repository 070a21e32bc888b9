#include "pd/regions.h"

namespace tbl::pd {
namespace {

bool starts_before_end(Bytes start, Bytes end) { return end.empty() || start < end; }

bool is_newer(const metapb::RegionEpoch& a, const metapb::RegionEpoch& b) {
  return a.version() > b.version() || (a.version() == b.version() && a.conf_ver() > b.conf_ver());
}

bool is_outdated(const RegionInfo& region, const RegionInfo& known) {
  if (is_newer(known.meta.region_epoch(), region.meta.region_epoch())) return true;
  return known.meta.id() == region.meta.id() && region.term < known.term;
}

}  // namespace

std::vector<RegionTable::ByStart::const_iterator> RegionTable::replaced_by(
    const metapb::Region& region) const {
  std::vector<ByStart::const_iterator> found;
  auto it = find(region.start_key());
  if (it == by_start_.end()) it = by_start_.lower_bound(region.start_key());
  bool known = false;
  for (; it != by_start_.end() && starts_before_end(it->first, region.end_key()); ++it) {
    known = known || it->second.meta.id() == region.id();
    found.push_back(it);
  }
  const auto own = start_of_.find(region.id());
  if (!known && own != start_of_.end()) found.push_back(by_start_.find(own->second));
  return found;
}

bool RegionTable::put(RegionInfo region) {
  const auto replaced = replaced_by(region.meta);
  for (const auto& it : replaced) {
    if (is_outdated(region, it->second)) return false;
  }
  for (const auto& it : replaced) {
    start_of_.erase(it->second.meta.id());
    by_start_.erase(it);
  }
  std::string start = region.meta.start_key();
  start_of_[region.meta.id()] = start;
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
  const auto it = start_of_.find(id);
  return it == start_of_.end() ? nullptr : &by_start_.find(it->second)->second;
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
