// Timestamps for many threads, in as few calls to PD's leader as keep none of them waiting.
#pragma once

#include <mutex>
#include <vector>

#include "base/log.h"
#include "cluster/pd_leader.h"

namespace tbl::cluster {

/// get() may be called by any thread. Whoever finds nobody asking asks PD himself, for as many
/// timestamps as are wanted at that moment; all that arrive meanwhile share the next call, which
/// one of them makes.
class TsoBatcher {
 public:
  explicit TsoBatcher(PdLeader& leader) : leader_(leader) {}

  /// Repeated over leader changes until PdOptions::total_timeout.
  Result<uint64_t> get();

 private:
  struct Waiting;
  struct Range {
    uint64_t first = 0;
    uint64_t step = 1;
  };

  /// One call for all who wait. Taken and given back with the lock held.
  void ask_for_all(std::unique_lock<std::mutex>& lock);
  std::vector<Waiting*> take_batch();
  static void give_out(const std::vector<Waiting*>& batch, const Range& range);
  /// Gives the error to those whose time is up (all, when it is final); the others wait on.
  void put_off(const std::vector<Waiting*>& batch, const Status& why);
  /// Finds PD's next leader; waits a little before.
  void look_for_leader(const std::string& failed, const Status& why);
  Result<Range> fetch(const std::string& address, uint32_t count);
  Result<Range> check(const std::string& message, uint32_t count);

  PdLeader& leader_;
  LogEvery warning_due_{10'000};
  std::mutex mutex_;
  std::vector<Waiting*> waiting_;
  bool asking_ = false;
  uint64_t last_ts_ = 0;  ///< of the one who asks
};

}  // namespace tbl::cluster
