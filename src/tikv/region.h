// One region: a range of keys, the peers that hold it, and the one of them that leads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/status.h"
#include "proto/metapb.pb.h"
#include "tikv/mvcc/key.h"

namespace errorpb {
class Error;
}

namespace tbl::tikv {

/// A region as it was at one moment. A change makes a new one: shared by the requests that were
/// admitted to it.
struct Region {
  /// The term of a region whose first leader was elected; it grows with every election.
  static constexpr uint64_t kFirstTerm = 6;

  metapb::Region meta;  ///< with encoded keys
  std::string start;    ///< as user keys
  std::string end;      ///< empty: unbounded
  metapb::Peer leader;  ///< id 0: none, an election is going on
  uint64_t term = kFirstTerm;

  bool contains(Bytes key) const { return key >= start && (end.empty() || key < end); }
  /// Null: it has no peer there.
  const metapb::Peer* peer_on(uint64_t store_id) const;
  DataRange data() const { return data_range(start, end); }
};
using RegionPtr = std::shared_ptr<const Region>;

/// A region of user keys from PD's form, led by its first peer. Error: kDataLoss, keys that are not
/// encoded, or no peer.
Result<Region> to_region(metapb::Region meta);
/// The form in which PD and region errors carry keys; an empty one stays empty.
std::string encode_region_key(Bytes key);

/// Fills the error for a key that the region does not hold.
void fill_key_not_in_region(const Region& region, Bytes key, errorpb::Error* error);

}  // namespace tbl::tikv
