// The stream that hands out timestamps.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "pd/leader_streams.h"
#include "pd/tso.h"
#include "pd/unary.h"
#include "rpc/server.h"

namespace tbl::pd {

/// /pdpb.PD/Tso. Requests are answered in order, on the connection's loop; one that does not fit
/// into the present millisecond waits for up to ten updates of the allocator. An error ends its
/// stream, and so does the end of this PD's leadership.
class TsoService {
 public:
  /// All must outlive the server.
  TsoService(const MethodGuard& guard, TsoAllocator& allocator, LeaderStreams& streams)
      : guard_(guard), allocator_(allocator), streams_(streams) {}

  void register_methods(rpc::Server& server);
  /// After each update of the allocator: tries those again that wait. One thread.
  void retry_waiting();

  class Stream;

 private:
  const MethodGuard& guard_;
  TsoAllocator& allocator_;
  LeaderStreams& streams_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<Stream>> waiting_;
};

}  // namespace tbl::pd
