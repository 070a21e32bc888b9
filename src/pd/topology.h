// What the cluster is made of: its stores and regions, in memory and in etcd.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "pd/meta_store.h"
#include "pd/regions.h"
#include "proto/metapb.pb.h"
#include "proto/pdpb.pb.h"

namespace tbl::pd {

struct StoreInfo {
  metapb::Store meta;
  pdpb::StoreStats stats;
  bool heard_of = false;  ///< a heartbeat came since PD started
};

/// Any thread. What changes stores or bootstraps blocks; the rest only reads and writes memory. The
/// messages of kUnknown errors are PD's.
///
/// etcd holds "raft" (metapb.Cluster; there is one: bootstrapped), "raft/s/<id>", "raft/r/<id>"
/// (the first region) and "raft/status/raft_bootstrap_time". What heartbeats say stays in memory,
/// since the stores repeat it.
class Topology {
 public:
  Topology(MetaStore& meta, uint64_t cluster_id) : meta_(meta), cluster_id_(cluster_id) {}

  /// What etcd has takes the place of all that was known.
  Status load();

  bool bootstrapped() const;
  /// The first store and region. kAlreadyExists: done before.
  Status bootstrap(const metapb::Store& store, const metapb::Region& region, int64_t now_ns);
  metapb::Cluster cluster() const;
  Status put_cluster(const metapb::Cluster& cluster);
  int64_t bootstrap_time_ns() const;
  /// A region has reported.
  bool initialized() const;

  Status put_store(const metapb::Store& store);
  /// kUnknown: no such store.
  Result<StoreInfo> store(uint64_t id) const;
  std::vector<StoreInfo> stores() const;
  Status store_heartbeat(const pdpb::StoreStats& stats, int64_t now_ns);

  /// False: the report is older than what is known.
  bool region_heartbeat(RegionInfo region);
  std::optional<RegionInfo> region_by_key(Bytes key) const;
  std::optional<RegionInfo> region_before(Bytes key) const;
  std::optional<RegionInfo> region_by_id(uint64_t id) const;
  std::vector<RegionInfo> scan_regions(Bytes start, Bytes end, int limit) const;

 private:
  Status check_bootstrap(const metapb::Store& store, const metapb::Region& region) const;
  Status load_stores();
  Status load_regions();

  MetaStore& meta_;
  const uint64_t cluster_id_;
  mutable std::mutex mutex_;
  std::optional<metapb::Cluster> cluster_;
  int64_t bootstrap_time_ns_ = 0;
  bool initialized_ = false;
  std::map<uint64_t, StoreInfo> stores_;
  RegionTable regions_;
};

}  // namespace tbl::pd
