// Who leads PD, and the calls to it. Inside of pd*.cc and tso_batcher.cc only.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "cluster/backoff.h"
#include "cluster/call.h"
#include "cluster/pd.h"

namespace pdpb {
class GetMembersResponse;
}

namespace tbl::cluster {

/// Any thread.
class PdLeader {
 public:
  PdLeader(rpc::ClientRuntime& runtime, const PdOptions& options);

  /// Asks every url for the leader once. The first success settles the cluster's id.
  Status discover();
  /// After a call to `failed` went wrong: asks again, unless another thread has found a new one
  /// already.
  Status rediscover(const std::string& failed);

  std::string address() const;
  std::shared_ptr<rpc::Channel> channel(const std::string& address) {
    return channels_.get(address);
  }
  /// For calls that run on their caller's thread.
  std::shared_ptr<rpc::DirectChannel> direct_channel(const std::string& address) {
    return direct_channels_.get(address);
  }
  uint64_t cluster_id() const { return cluster_id_; }
  const PdOptions& options() const { return options_; }

  /// One call to the leader, repeated while PD has none. Looks at the transport's status only.
  Status call(const std::string& method, const google::protobuf::MessageLite& request,
              google::protobuf::MessageLite* response);

  /// The failure is about who was asked, not about what.
  static bool is_worth_retrying(const Status& status);

 private:
  Status ask(const std::string& address);
  Status take(const std::string& address, const pdpb::GetMembersResponse& response);

  const PdOptions options_;
  ChannelPool channels_;
  DirectChannelPool direct_channels_;
  std::mutex discovering_;  ///< one thread asks around, the others wait for what it finds
  std::atomic<uint64_t> cluster_id_{0};
  mutable std::mutex mutex_;
  std::string leader_;
  std::vector<std::string> addresses_;  ///< configured and learnt
};

}  // namespace tbl::cluster
