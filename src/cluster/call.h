// How every client of this folder calls: protobuf messages over a channel, with a limit and a stop.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/status.h"
#include "base/stop.h"
#include "rpc/client.h"
#include "rpc/direct_channel.h"

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

/// The same for a unary method, without a hand-over to another thread.
Status call(rpc::DirectChannel& channel, const std::string& path,
            const google::protobuf::MessageLite& request, google::protobuf::MessageLite* response,
            const CallLimits& limits);

/// The request cannot have reached the server: the connection could not even be made.
bool surely_not_sent(const Status& status);

/// Stop requested: ends a chain of retries.
Status stopped_status();

/// Channels by address, made on first use. Any thread.
template <typename Channel>
class Channels {
 public:
  using Make = std::function<std::shared_ptr<Channel>(const std::string& address)>;
  explicit Channels(Make make) : make_(std::move(make)) {}
  std::shared_ptr<Channel> get(const std::string& address) {
    std::lock_guard lock(mutex_);
    auto& channel = channels_[address];
    if (!channel) channel = make_(address);
    return channel;
  }

 private:
  const Make make_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Channel>> channels_;
};

class ChannelPool : public Channels<rpc::Channel> {
 public:
  ChannelPool(rpc::ClientRuntime& runtime, rpc::TlsOptions tls);
};

class DirectChannelPool : public Channels<rpc::DirectChannel> {
 public:
  explicit DirectChannelPool(rpc::TlsOptions tls);
};

}  // namespace tbl::cluster
