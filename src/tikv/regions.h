// All regions of the stores of this process: who may serve a request, and how regions change.
//
// There is no Raft. All stores stand over one engine, so a peer is only a place that a region may
// be led from: what its leader has written, every later leader sees. The rules that clients notice
// are those of TiKV: a request names region, epoch and peer, and is refused with what it should
// know instead.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <vector>

#include "base/stop.h"
#include "tikv/mvcc/engine.h"
#include "tikv/region.h"

namespace kvrpcpb {
class Context;
}

namespace tbl::tikv {

/// What PD has given out for one more region.
struct SplitIds {
  uint64_t region = 0;
  std::vector<uint64_t> peers;
};

/// Any thread. The ranges never overlap and leave nothing out. A change is on disk before anybody
/// sees it; one that names a region which has changed meanwhile is refused with kAborted. The
/// engine must outlive it.
class Regions {
 public:
  /// `regions` cover all keys. Their records exist, or are written with their first change.
  Regions(Engine& engine, std::vector<Region> regions);

  /// Whose answers say that they are busy, in percent of all requests; for tests of clients.
  void set_busy_percent(int percent) { busy_percent_ = percent; }

  /// The region that `context` names, if the store leads it: checks in TiKV's order store, region,
  /// leader, peer, term, epoch. Null: `error` is filled. `admin`: a command that also minds
  /// conf_ver.
  RegionPtr admit(uint64_t store_id, const kvrpcpb::Context& context, bool admin,
                  errorpb::Error* error) const;

  RegionPtr by_id(uint64_t id) const;  ///< null: there is none
  RegionPtr by_key(Bytes key) const;
  std::vector<RegionPtr> all() const;  ///< in key order
  std::vector<RegionPtr> led_by(uint64_t store_id) const;

  /// One more place that may lead. conf_ver grows by one.
  Result<RegionPtr> add_peer(const RegionPtr& region, uint64_t peer_id, uint64_t store_id);
  /// Cuts at `keys`, which stand in order inside of the region; ids[i] is for the part that ends at
  /// keys[i], and the last part stays the old region. All of them get a version higher by the
  /// number of cuts, and keep the leader's store. Returns all parts in key order.
  Result<std::vector<RegionPtr>> split(const RegionPtr& region,
                                       const std::vector<std::string>& keys,
                                       const std::vector<SplitIds>& ids);
  /// `target` takes in its neighbour `source`, which is gone; its version is then above both.
  Result<RegionPtr> merge(const RegionPtr& source, const RegionPtr& target);
  /// Takes the lead away; until elect() the region serves nobody.
  Result<RegionPtr> depose(const RegionPtr& region);
  /// The peer on that store leads, in a new term.
  Result<RegionPtr> elect(const RegionPtr& region, uint64_t store_id);

  /// Number of changes so far.
  uint64_t changes() const;
  /// Waits until there are other than `seen` changes; false: stop, or `timeout` has passed.
  bool wait_for_change(uint64_t seen, const StopToken& stop,
                       std::chrono::milliseconds timeout) const;

 private:
  using ByStart = std::map<std::string, RegionPtr, std::less<>>;

  Status check_current(const RegionPtr& region) const;
  /// Saves, then shows. With `changing_` held.
  Status apply(const std::vector<Region>& changed, const std::vector<RegionPtr>& replaced,
               std::vector<RegionPtr>* out);
  Result<RegionPtr> apply_one(Region changed, const RegionPtr& replaced);
  RegionPtr left_neighbour(const Region& region) const;
  bool busy(errorpb::Error* error) const;

  Engine& engine_;
  int busy_percent_ = 0;  ///< set before others call
  std::mutex changing_;   ///< one change at a time, saving included
  mutable std::shared_mutex mutex_;
  mutable std::condition_variable_any changed_;
  ByStart by_start_;
  std::map<uint64_t, RegionPtr> by_id_;
  uint64_t changes_ = 0;
};

}  // namespace tbl::tikv
