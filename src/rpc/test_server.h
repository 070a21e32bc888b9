// A server and a client runtime for unit tests; included by tests only.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "rpc/client.h"
#include "rpc/server.h"

namespace tbl::rpc {

/// Streams every message back and ends when the client has ended.
class EchoHandler : public CallHandler {
 public:
  explicit EchoHandler(ServerCallPtr call) : call_(std::move(call)) {}
  void on_message(std::string message) override { call_->send(std::move(message)); }
  void on_half_close() override { call_->finish(ok_status()); }

 private:
  const ServerCallPtr call_;
};

/// Runs a server on a free port with:
///   /test.Echo/Unary  kLoop: the request        /test.Echo/Pool  kPool: the request
///   /test.Echo/Fail   NotFound "no such thing: <request>"
///   /test.Echo/Stream EchoHandler
class TestServer {
 public:
  using SetUp = std::function<void(Server&)>;
  explicit TestServer(ServerOptions options = {}, const SetUp& set_up = {}) : server_(options) {
    auto echo = [](const CallInfo&, std::string request, const UnaryReply& reply) {
      reply(ok_status(), std::move(request));
    };
    server_.add_unary("/test.Echo/Unary", Run::kLoop, echo);
    server_.add_unary("/test.Echo/Pool", Run::kPool, echo);
    server_.add_unary("/test.Echo/Fail", Run::kLoop,
                      [](const CallInfo&, const std::string& request, const UnaryReply& reply) {
                        reply(not_found("no such thing: " + request), "");
                      });
    server_.add_stream("/test.Echo/Stream", [](ServerCallPtr call) {
      return std::make_unique<EchoHandler>(std::move(call));
    });
    if (set_up) set_up(server_);
    Status status = server_.listen("127.0.0.1:0");
    EXPECT_TRUE(status.ok()) << status.to_string();
    status = server_.start();
    EXPECT_TRUE(status.ok()) << status.to_string();
  }

  Server& server() { return server_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(server_.port()); }
  std::string url(const std::string& path) const { return "http://" + address() + path; }

 private:
  Server server_;
};

}  // namespace tbl::rpc
