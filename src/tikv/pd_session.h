// tikv-server's side of the talk with PD.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/stop.h"
#include "rpc/client.h"

namespace google::protobuf {
class MessageLite;
}

namespace tbl::tikv {

/// Calls PD's leader; looks for it again after a failure. Any thread.
class PdSession {
 public:
  PdSession(rpc::ClientRuntime& runtime, std::vector<std::string> endpoints, rpc::TlsOptions tls,
            StopToken stop);

  /// Waits until a PD answers GetMembers, however long that takes; kCancelled on stop.
  Status connect();
  uint64_t cluster_id() const { return cluster_id_; }

  /// One try of /pdpb.PD/<method>. A failed one makes the next look for the leader first.
  Status call(const std::string& method, const google::protobuf::MessageLite& request,
              google::protobuf::MessageLite* response);
  /// Tries until PD has answered; returns its refusal.
  Status call_until_answered(const std::string& method,
                             const google::protobuf::MessageLite& request,
                             google::protobuf::MessageLite* response);
  /// A stream of /pdpb.PD/<method>. Error: no leader was found.
  Result<std::unique_ptr<rpc::AsyncCall>> open(const std::string& method,
                                               std::unique_ptr<rpc::ClientHandler> handler);
  /// The stream ended: the next call looks for the leader first.
  void forget_leader();

  const StopToken& stop() const { return stop_; }

 private:
  Result<std::shared_ptr<rpc::Channel>> leader();
  Result<std::shared_ptr<rpc::Channel>> find_leader(const std::string& endpoint);

  rpc::ClientRuntime& runtime_;
  const std::vector<std::string> endpoints_;
  const rpc::TlsOptions tls_;
  const StopToken stop_;
  uint64_t cluster_id_ = 0;  ///< set by connect(), before any other thread calls
  std::mutex mutex_;
  std::shared_ptr<rpc::Channel> leader_;
};

}  // namespace tbl::tikv
