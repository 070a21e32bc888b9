// Streams that only a leader serves.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "rpc/server.h"

namespace tbl::pd {

/// Ends them when the leadership ends: a client that hears nothing would not look for the new
/// leader. Any thread.
class LeaderStreams {
 public:
  void add(const rpc::ServerCallPtr& call);
  /// With kUnavailable "not leader".
  void end_all();

 private:
  std::mutex mutex_;
  std::vector<std::weak_ptr<rpc::ServerCall>> calls_;
};

}  // namespace tbl::pd
