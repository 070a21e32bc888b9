// Etcd's endpoints and how a call finds one that answers. Inside of etcd*.cc only.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "cluster/backoff.h"
#include "cluster/call.h"
#include "cluster/etcd.h"

namespace tbl::cluster {

/// Any thread.
class EtcdCalls {
 public:
  enum class Kind : uint8_t { kRead, kWrite };

  EtcdCalls(rpc::ClientRuntime& runtime, const EtcdOptions& options);

  /// One call with failover, as Etcd promises.
  Status call(const std::string& path, const google::protobuf::MessageLite& request,
              google::protobuf::MessageLite* response, Kind kind);
  /// The endpoint to use for a stream; failed() when it broke.
  std::shared_ptr<rpc::Channel> channel();
  void failed(const std::string& address);

  Status sync();
  std::vector<std::string> addresses() const;
  const EtcdOptions& options() const { return options_; }

 private:
  Status call_each(const std::string& path, const google::protobuf::MessageLite& request,
                   google::protobuf::MessageLite* response, Kind kind, Backoff& backoff);
  std::vector<std::string> candidates() const;
  void answered(const std::string& address);
  void sync_if_due();

  const EtcdOptions options_;
  const std::vector<std::string> configured_;
  ChannelPool channels_;
  mutable std::mutex mutex_;
  std::vector<std::string> members_;
  std::string current_;  ///< answered last
  std::chrono::steady_clock::time_point next_sync_;
};

}  // namespace tbl::cluster
