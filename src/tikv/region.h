// The one region of the store, from the first key to the last, and what a request must say to reach
// it.
#pragma once

#include "proto/metapb.pb.h"

namespace errorpb {
class Error;
}
namespace kvrpcpb {
class Context;
}

namespace tbl::tikv {

/// Immutable: the region never splits and never moves. It has one peer, which leads.
class LocalRegion {
 public:
  explicit LocalRegion(metapb::Region meta) : meta_(std::move(meta)) {}

  /// Checks in TiKV's order: store, region, peer, term, epoch. True: the request may run; else
  /// `error` is filled. `admin`: a command that also minds conf_ver. A key cannot be outside of the
  /// region.
  bool admits(const kvrpcpb::Context& context, bool admin, errorpb::Error* error) const;

  const metapb::Region& meta() const { return meta_; }
  const metapb::Peer& peer() const { return meta_.peers(0); }
  /// What PD is told; there are no elections.
  static constexpr uint64_t kTerm = 6;

 private:
  bool epoch_matches(const metapb::RegionEpoch& epoch, bool admin) const;

  const metapb::Region meta_;
};

}  // namespace tbl::tikv
