// A proxy made of add_prefix() and AsyncCall, as pd-server's door to etcd is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "rpc/test_server.h"

namespace tbl::rpc {
namespace {

/// Passes a call on in both directions.
class ProxyHandler : public CallHandler {
 public:
  ProxyHandler(Channel* upstream, ServerCallPtr call) : call_(std::move(call)) {
    CallOptions options;
    options.metadata = call_->info().metadata;
    upstream_ = upstream->open_async(call_->info().path, std::make_unique<Back>(call_), options);
  }
  void on_message(std::string message) override { upstream_->send(std::move(message)); }
  void on_half_close() override { upstream_->half_close(); }
  void on_over(const Status& why) override {
    if (!why.ok()) upstream_->cancel();
  }

 private:
  class Back : public ClientHandler {
   public:
    explicit Back(ServerCallPtr call) : call_(std::move(call)) {}
    void on_headers(const Metadata& headers) override {
      for (const auto& [name, value] : headers) call_->add_header(name, value);
    }
    void on_message(std::string message) override { call_->send(std::move(message)); }
    void on_over(const Status& status, const Metadata&) override { call_->finish(status); }

   private:
    const ServerCallPtr call_;
  };

  const ServerCallPtr call_;
  std::unique_ptr<AsyncCall> upstream_;
};

class ProxyTest : public testing::Test {
 protected:
  ProxyTest() : proxy_(ServerOptions{}) {
    proxy_.add_unary("/test.Echo/Own", Run::kLoop,
                     [](const CallInfo&, const std::string&, const UnaryReply& reply) {
                       reply(ok_status(), "the proxy's own");
                     });
    proxy_.add_prefix("/test.", [this](ServerCallPtr call) {
      return std::make_unique<ProxyHandler>(to_backend_.get(), std::move(call));
    });
    EXPECT_TRUE(proxy_.listen("127.0.0.1:0").ok());
    EXPECT_TRUE(proxy_.start().ok());
    channel_ = outer_.channel("127.0.0.1:" + std::to_string(proxy_.port()));
  }
  // The proxy's calls use the inner runtime.
  ~ProxyTest() override { proxy_.stop(); }

  TestServer backend_{{}, [this](Server& server) {
                        server.add_stream("/test.Headers/Watch", [this](ServerCallPtr call) {
                          call->add_header("x-of-backend", "yes");
                          call->send(std::string("hello"));
                          return std::make_unique<Watch>(&cancelled_);
                        });
                      }};
  struct Watch : CallHandler {
    explicit Watch(std::atomic<bool>* flag) : cancelled(flag) {}
    void on_message(std::string) override {}
    void on_over(const Status& why) override {
      if (why.code() == StatusCode::kCancelled) cancelled->store(true);
    }
    std::atomic<bool>* const cancelled;
  };
  std::atomic<bool> cancelled_{false};
  ClientRuntime inner_;
  std::shared_ptr<Channel> to_backend_ = inner_.channel(backend_.address());
  Server proxy_;
  ClientRuntime outer_;
  std::shared_ptr<Channel> channel_;
};

TEST_F(ProxyTest, UnaryCallsAndErrors) {
  EXPECT_EQ(*channel_->call("/test.Echo/Own", ""), "the proxy's own");
  EXPECT_EQ(*channel_->call("/test.Echo/Unary", "through"), "through");
  EXPECT_EQ(channel_->call("/test.Echo/Fail", "x").status().message(), "no such thing: x");
  auto unknown = channel_->call("/test.Echo/None", "x");
  EXPECT_EQ(unknown.status().code(), StatusCode::kUnimplemented);
  EXPECT_EQ(unknown.status().message(), "unknown method None for service test.Echo");
  EXPECT_EQ(channel_->call("/other.Echo/None", "x").status().message(),
            "unknown service other.Echo");
}

TEST_F(ProxyTest, StreamsKeepOrderAndEnd) {
  auto stream = channel_->open("/test.Echo/Stream");
  constexpr int kMessages = 1000;
  std::thread sender([&] {
    for (int i = 0; i < kMessages; ++i) {
      ASSERT_TRUE(stream->send(std::string(i * 11 % 5000, 'p') + std::to_string(i)).ok());
    }
    stream->half_close();
  });
  for (int i = 0; i < kMessages; ++i) {
    auto answer = stream->receive();
    ASSERT_TRUE(answer.ok()) << answer.status().to_string();
    ASSERT_EQ(**answer, std::string(i * 11 % 5000, 'p') + std::to_string(i));
  }
  sender.join();
  EXPECT_FALSE((*stream->receive()).has_value());
}

TEST_F(ProxyTest, HeadersComeBackAndCancelGoesThrough) {
  auto stream = channel_->open("/test.Headers/Watch");
  EXPECT_EQ(**stream->receive(), "hello");
  EXPECT_THAT(stream->headers(), testing::Contains(testing::Pair("x-of-backend", "yes")));
  stream.reset();
  while (!cancelled_.load()) std::this_thread::yield();
}

}  // namespace
}  // namespace tbl::rpc
