// Unary gRPC calls that run on the caller's thread from end to end.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/stop.h"
#include "rpc/client.h"

namespace tbl::rpc {

class DirectConnection;

/// A server's address. Where a Channel's call goes over a loop thread and shares one connection,
/// a call of this has a connection to itself: the caller writes the request and reads the answer,
/// and no other thread has to wake up. For short calls of many threads that wait anyway.
///
/// Any thread. Connections stay for the next calls, up to a limit. Calls fail as those of a Channel
/// do (kUnavailable "connect 127.0.0.1:20160: Connection refused"); nothing is retried here. One
/// that finds its connection gone before it sent anything takes another.
class DirectChannel {
 public:
  explicit DirectChannel(std::string address, ChannelOptions options = {});
  ~DirectChannel();

  /// Waits for the answer, `timeout` at most; kCancelled when `stop` is requested.
  Result<std::string> call(const std::string& path, std::string request,
                           std::chrono::milliseconds timeout, const StopToken& stop);
  const std::string& address() const { return address_; }

 private:
  std::unique_ptr<DirectConnection> take_idle();
  void give_back(std::unique_ptr<DirectConnection> connection);

  const std::string address_;
  const ChannelOptions options_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<DirectConnection>> idle_;
};

}  // namespace tbl::rpc
