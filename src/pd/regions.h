// The regions of the cluster by key.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "proto/metapb.pb.h"

namespace tbl::pd {

struct RegionInfo {
  metapb::Region meta;
  metapb::Peer leader;  ///< id 0: nobody reported yet
  uint64_t term = 0;    ///< of that leader; 0: not known
  uint64_t approximate_size_mb = 0;
  uint64_t approximate_keys = 0;
};

/// Regions that do not overlap. Keys are memcomparable-encoded; an empty end is unbounded. One
/// thread at a time.
class RegionTable {
 public:
  /// Takes the region in place of all it overlaps. False: some of them is newer, or it is the same
  /// one told by a leader of an earlier term: nothing changed.
  bool put(RegionInfo region);

  const RegionInfo* by_key(Bytes key) const;
  /// The region that ends where by_key(key) starts.
  const RegionInfo* before(Bytes key) const;
  const RegionInfo* by_id(uint64_t id) const;
  /// Regions of [start, end) in key order; limit <= 0: all.
  std::vector<const RegionInfo*> scan(Bytes start, Bytes end, int limit) const;
  size_t size() const { return by_start_.size(); }

 private:
  using ByStart = std::map<std::string, RegionInfo, std::less<>>;
  ByStart::const_iterator find(Bytes key) const;

  /// Those that share a key with it, and the one of its id.
  std::vector<ByStart::const_iterator> replaced_by(const metapb::Region& region) const;

  ByStart by_start_;
  std::map<uint64_t, std::string> start_of_;  ///< by id
};

}  // namespace tbl::pd
