// The members of PD, which are those of the etcd below it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/stop.h"
#include "pd/options.h"
#include "rpc/client.h"

namespace pdpb {
class Member;
}

namespace tbl::pd {

/// One PD, as clients are told.
struct MemberInfo {
  std::string name;
  uint64_t id = 0;  ///< etcd's member id
  std::vector<std::string> peer_urls;
  std::vector<std::string> client_urls;
};
void fill_member(const MemberInfo& member, pdpb::Member* out);
MemberInfo to_member(const pdpb::Member& member);

/// Asks this member's etcd. Any thread; calls block for at most a second.
class EtcdMembers {
 public:
  explicit EtcdMembers(std::shared_ptr<rpc::Channel> etcd) : etcd_(std::move(etcd)) {}

  Result<std::vector<MemberInfo>> list() const;
  /// Id of the member that leads etcd; 0: none does.
  Result<uint64_t> leader_id() const;
  /// To be asked of the leader's etcd.
  Status move_leader(uint64_t to) const;

 private:
  const std::shared_ptr<rpc::Channel> etcd_;
};

/// Adds this PD to the cluster that `join` names: what its etcd is to be started with. Waits until
/// one of the urls answers. Error: a member with this name is there already; kCancelled.
Result<std::string> join_members(rpc::ClientRuntime& runtime, const Options& options,
                                 const StopToken& stop);

}  // namespace tbl::pd
