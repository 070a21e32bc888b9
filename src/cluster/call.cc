#include "cluster/call.h"

#include <google/protobuf/message_lite.h>

namespace tbl::cluster {

Status call(rpc::Channel& channel, const std::string& path,
            const google::protobuf::MessageLite& request, google::protobuf::MessageLite* response,
            const CallLimits& limits) {
  if (limits.stop.stop_requested()) return stopped_status();
  rpc::CallOptions options;
  options.timeout = limits.timeout;
  auto stream = channel.open(path, options);
  TBL_TRY(stream->send(request.SerializeAsString()));
  stream->half_close();
  TBL_ASSIGN(auto message, stream->receive(limits.stop));
  const std::string where = channel.address() + path;
  if (!message) return internal_error(where + ": the call ended without an answer");
  if (!response->ParseFromString(*message)) {
    return internal_error(where + ": the answer is not a " + response->GetTypeName());
  }
  return ok_status();
}

bool surely_not_sent(const Status& status) {
  return status.code() == StatusCode::kUnavailable && status.message().starts_with("connect ");
}

Status stopped_status() { return cancelled("context canceled"); }

std::shared_ptr<rpc::Channel> ChannelPool::get(const std::string& address) {
  std::lock_guard lock(mutex_);
  auto& channel = channels_[address];
  if (!channel) {
    rpc::ChannelOptions options;
    options.tls = tls_;
    channel = runtime_.channel(address, options);
  }
  return channel;
}

}  // namespace tbl::cluster
