// Which of the PDs leads. One does at a time: it alone gives out timestamps and knows the regions.
//
// The leader's key in etcd holds its pdpb.Member and hangs on a lease. A PD tries to take it only
// while its own etcd leads, so that both go together: a leader writes to the etcd beside it, and
// moving etcd's leader moves PD's.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/log.h"
#include "base/stop.h"
#include "cluster/etcd.h"
#include "pd/members.h"
#include "pd/meta_store.h"

namespace tbl::pd {

/// kUnavailable "not leader", which clients look for.
Status not_leader();

/// Owns one thread. Any thread may ask.
///
/// This PD leads from when `begin` has returned ok until its lease may have run out, counted from
/// before each renewal: before another one can have taken the key. `end` is called after that, or
/// when etcd's leader is somewhere else now; then the key is given back.
class Election {
 public:
  struct Options {
    MemberInfo self;
    std::chrono::seconds lease{3};
    std::function<Status()> begin;  ///< loads what a leader knows
    std::function<void()> end;
  };
  /// All must outlive it. `meta` gets the fence of each leadership. `etcd` gives up soon: a renewal
  /// that hangs must not outlast the lease.
  Election(cluster::Etcd& etcd, const EtcdMembers& members, MetaStore& meta, Options options);
  /// Gives the key back.
  ~Election();

  /// Number of this leadership of this PD; 0: it does not lead.
  uint64_t term() const;

  struct View {
    std::vector<MemberInfo> members;
    std::optional<MemberInfo> leader;
    std::optional<MemberInfo> etcd_leader;
  };
  View view() const;
  /// Waits until it is known who leads. Error: what `begin` gave; kCancelled.
  Status wait_for_leader(const StopToken& stop) const;

  /// Hands the leadership to the member of that name, or to any other where it is empty. Errors:
  /// kUnavailable "not leader"; kNotFound: no such member.
  Status resign(const std::string& to);

 private:
  void run();
  void observe();
  void learn_leader(uint64_t etcd_leader);
  Status campaign();
  Result<bool> take_key(int64_t lease_id, int64_t* create_revision);
  void step_down(const char* why);
  bool may_lead(uint64_t etcd_leader) const;

  cluster::Etcd& etcd_;
  const EtcdMembers& members_;
  MetaStore& meta_;
  const Options options_;
  const std::string key_;
  LogEvery complaint_{10000};

  mutable std::mutex mutex_;
  View view_;
  Status failure_;  ///< of the last campaign
  std::unique_ptr<cluster::EtcdLeaseKeeper> keeper_;
  int64_t lease_id_ = 0;
  uint64_t term_ = 0;  ///< of the present leadership; 0: none
  uint64_t last_term_ = 0;

  StopSource stop_;
  Thread thread_;
};

}  // namespace tbl::pd
