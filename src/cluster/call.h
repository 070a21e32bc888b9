// How every client of this folder calls: protobuf messages over a channel, with a limit and a stop.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/status.h"
#include "base/stop.h"
#include "rpc/client.h"

namespace google::protobuf {
class MessageLite;
}

namespace tbl::cluster {

struct CallLimits {
  std::chrono::milliseconds timeout{0};
  StopToken stop;
};

/// Sends one message, waits for one. Also right for a stream method that answers each message once:
/// the stream is closed after the first answer. A stop gives kCancelled at once.
Status call(rpc::Channel& channel, const std::string& path,
            const google::protobuf::MessageLite& request, google::protobuf::MessageLite* response,
            const CallLimits& limits);

/// The request cannot have reached the server: the connection could not even be made.
bool surely_not_sent(const Status& status);

/// Stop requested: ends a chain of retries.
Status stopped_status();

/// Channels by address, made on first use. Any thread.
class ChannelPool {
 public:
  ChannelPool(rpc::ClientRuntime& runtime, rpc::TlsOptions tls)
      : runtime_(runtime), tls_(std::move(tls)) {}
  std::shared_ptr<rpc::Channel> get(const std::string& address);

 private:
  rpc::ClientRuntime& runtime_;
  const rpc::TlsOptions tls_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<rpc::Channel>> channels_;
};

}  // namespace tbl::cluster
