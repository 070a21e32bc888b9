// The stream that hands out timestamps.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "pd/tso.h"
#include "pd/unary.h"
#include "rpc/server.h"

namespace tbl::pd {

/// /pdpb.PD/Tso. Requests are answered in order, on the connection's loop; one that does not fit
/// into the present millisecond waits for up to ten updates of the allocator. An error ends its
/// stream.
class TsoService {
 public:
  /// Both must outlive the server.
  TsoService(const MethodGuard& guard, TsoAllocator& allocator)
      : guard_(guard), allocator_(allocator) {}

  void register_methods(rpc::Server& server);
  /// After each update of the allocator: tries those again that wait. One thread.
  void retry_waiting();

  class Stream;

 private:
  const MethodGuard& guard_;
  TsoAllocator& allocator_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<Stream>> waiting_;
};

}  // namespace tbl::pd
