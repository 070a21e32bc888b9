// Test helper: methods with protobuf messages on an rpc::Server.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "rpc/server.h"

namespace tbl::cluster::testing {

/// Adds a unary method; `handle` runs on a pool thread.
template <typename Request, typename Response>
void add_method(rpc::Server& server, const std::string& path,
                std::function<Status(const Request&, Response*)> handle) {
  server.add_unary(path, rpc::Run::kPool,
                   [handle](const rpc::CallInfo&, std::string bytes, rpc::UnaryReply reply) {
                     Request request;
                     Response response;
                     if (!request.ParseFromString(bytes)) {
                       reply(invalid_argument("not the request of this method"), "");
                       return;
                     }
                     const Status status = handle(request, &response);
                     reply(status, response.SerializeAsString());
                   });
}

/// A stream that answers each message with at most one; on the loop thread, so it must not block.
class EchoStream : public rpc::CallHandler {
 public:
  /// Nothing to send and an error: the stream ends with it.
  using Answer = std::function<Result<std::string>(std::string)>;
  EchoStream(rpc::ServerCallPtr call, Answer answer)
      : call_(std::move(call)), answer_(std::move(answer)) {}
  void on_message(std::string message) override {
    auto reply = answer_(std::move(message));
    if (reply.ok()) {
      call_->send(std::move(reply).value());
    } else {
      call_->finish(reply.status());
    }
  }
  void on_half_close() override { call_->finish(ok_status()); }

 private:
  const rpc::ServerCallPtr call_;
  const Answer answer_;
};

}  // namespace tbl::cluster::testing
