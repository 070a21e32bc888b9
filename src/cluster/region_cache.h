// Which region holds a key, and where its leader is; asked from PD once and kept until proven
// wrong.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cluster/pd.h"
#include "cluster/region.h"

namespace tbl::cluster {

/// Any thread. Regions are handed out as they were when they were asked for; who finds one stale
/// says so by invalidate() or one of the others, and asks again.
class RegionCache {
 public:
  using RegionPtr = std::shared_ptr<const Region>;

  explicit RegionCache(PdClient& pd) : pd_(pd) {}

  /// The region that holds `key`.
  Result<RegionPtr> locate(Bytes key);
  /// The region that holds the last key below `end` (empty: the last region).
  Result<RegionPtr> locate_before(Bytes end);
  /// Address of a store; kUnavailable for a tombstone or one without an address.
  Result<std::string> store_address(uint64_t store_id);

  void invalidate(const Region& region);
  void invalidate_store(uint64_t store_id);
  /// The store named another leader; false: that peer is not one of the region's (ask PD again).
  bool set_leader(const Region& region, uint64_t store_id);
  /// The leader did not answer: try the next peer.
  void rotate_leader(const Region& region);
  /// Newer descriptions of what was `stale` (keys decoded already).
  void replace(const Region& stale, std::vector<Region> current);

  size_t size() const;

 private:
  RegionPtr find(Bytes key) const;
  RegionPtr insert(Region region);
  void erase_overlap(const Region& region);

  PdClient& pd_;
  mutable std::mutex mutex_;
  std::map<std::string, RegionPtr, std::less<>> by_start_;
  std::map<uint64_t, std::string> addresses_;
};

}  // namespace tbl::cluster
