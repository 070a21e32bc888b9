#include "cluster/call.h"

#include <google/protobuf/message_lite.h>

namespace tbl::cluster {
namespace {

Status parse(const std::string& where, const std::string& message,
             google::protobuf::MessageLite* response) {
  if (response->ParseFromString(message)) return ok_status();
  return internal_error(where + ": the answer is not a " + response->GetTypeName());
}

rpc::ChannelOptions with(rpc::TlsOptions tls) {
  rpc::ChannelOptions options;
  options.tls = std::move(tls);
  return options;
}

}  // namespace

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
  return parse(where, *message, response);
}

Status call(rpc::DirectChannel& channel, const std::string& path,
            const google::protobuf::MessageLite& request, google::protobuf::MessageLite* response,
            const CallLimits& limits) {
  if (limits.stop.stop_requested()) return stopped_status();
  TBL_ASSIGN(const std::string message,
             channel.call(path, request.SerializeAsString(), limits.timeout, limits.stop));
  return parse(channel.address() + path, message, response);
}

bool surely_not_sent(const Status& status) {
  return status.code() == StatusCode::kUnavailable && status.message().starts_with("connect ");
}

Status stopped_status() { return cancelled("context canceled"); }

ChannelPool::ChannelPool(rpc::ClientRuntime& runtime, rpc::TlsOptions tls)
    : Channels([&runtime, options = with(std::move(tls))](const std::string& address) {
        return runtime.channel(address, options);
      }) {}

DirectChannelPool::DirectChannelPool(rpc::TlsOptions tls)
    : Channels([options = with(std::move(tls))](const std::string& address) {
        return std::make_shared<rpc::DirectChannel>(address, options);
      }) {}

}  // namespace tbl::cluster
