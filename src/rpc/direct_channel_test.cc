// Calls on the caller's own thread, to our server.
#include "rpc/direct_channel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <semaphore>
#include <thread>

#include "rpc/test_certificates.h"
#include "rpc/test_server.h"

namespace tbl::rpc {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLong{30000};

/// Never answers; tells that a call has come.
class Silent {
 public:
  void add_to(Server& server) {
    server.add_unary("/test.Echo/Silent", Run::kLoop,
                     [this](const CallInfo&, std::string, const UnaryReply& reply) {
                       replies_.push_back(reply);
                       came_.release();
                     });
  }
  void wait() { came_.acquire(); }

 private:
  std::vector<UnaryReply> replies_;
  std::counting_semaphore<> came_{0};
};

class DirectChannelTest : public testing::Test {
 protected:
  Result<std::string> call(const std::string& path, const std::string& request) {
    return channel_.call(path, request, kLong, {});
  }

  Silent silent_;
  TestServer server_{{}, [this](Server& server) { silent_.add_to(server); }};
  DirectChannel channel_{server_.address()};
};

TEST_F(DirectChannelTest, Echoes) {
  for (const char* path : {"/test.Echo/Unary", "/test.Echo/Pool"}) {
    for (const size_t size : {0, 1, 1000, 20 << 20}) {
      const std::string request(size, 'q');
      auto answer = call(path, request);
      ASSERT_TRUE(answer.ok()) << answer.status().to_string();
      EXPECT_TRUE(*answer == request);
    }
  }
}

TEST_F(DirectChannelTest, ErrorsAreTheServersOwn) {
  auto answer = call("/test.Echo/Fail", "100% \xc3\xa4\n");
  EXPECT_EQ(answer.status().code(), StatusCode::kNotFound);
  EXPECT_EQ(answer.status().message(), "no such thing: 100% \xc3\xa4\n");
  answer = call("/test.Echo/Nothing", "");
  EXPECT_EQ(answer.status().code(), StatusCode::kUnimplemented);
  EXPECT_EQ(*call("/test.Echo/Unary", "after errors"), "after errors");
}

TEST_F(DirectChannelTest, ManyThreadsCallAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        const std::string request = std::to_string(t) + "/" + std::to_string(i);
        auto answer = call(i % 2 ? "/test.Echo/Unary" : "/test.Echo/Pool", request);
        if (answer.ok() && *answer == request) ++good;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good.load(), 1600);
}

TEST_F(DirectChannelTest, ACallEndsAtItsDeadline) {
  auto answer = channel_.call("/test.Echo/Silent", "", milliseconds(30), {});
  EXPECT_EQ(answer.status().code(), StatusCode::kDeadlineExceeded);
  EXPECT_EQ(*call("/test.Echo/Unary", "next"), "next");
}

TEST_F(DirectChannelTest, AStopEndsACallThatWaits) {
  StopSource stop;
  auto answer = std::async(std::launch::async, [&] {
    return channel_.call("/test.Echo/Silent", "", kLong, stop.get_token());
  });
  silent_.wait();
  stop.request_stop();
  EXPECT_EQ(answer.get().status().code(), StatusCode::kCancelled);
  EXPECT_EQ(*call("/test.Echo/Unary", "next"), "next");
}

TEST_F(DirectChannelTest, AServerThatGoesEndsItsCalls) {
  EXPECT_EQ(*call("/test.Echo/Unary", "warm"), "warm");
  auto waiting = std::async(std::launch::async, [&] { return call("/test.Echo/Silent", ""); });
  silent_.wait();
  server_.server().stop();
  EXPECT_EQ(waiting.get().status().code(), StatusCode::kUnavailable);
  auto refused = call("/test.Echo/Unary", "");
  EXPECT_EQ(refused.status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(refused.status().message(), "connect " + server_.address() + ": Connection refused");
}

TEST(DirectChannel, AKeptConnectionThatTheServerEndedIsNotUsed) {
  auto server = std::make_unique<TestServer>();
  const std::string address = server->address();
  DirectChannel channel(address);
  ASSERT_TRUE(channel.call("/test.Echo/Unary", "a", kLong, {}).ok());
  server.reset();
  Server next({});
  next.add_unary(
      "/test.Echo/Unary", Run::kLoop,
      [](const CallInfo&, std::string, const UnaryReply& reply) { reply(ok_status(), "new"); });
  ASSERT_TRUE(next.listen(address).ok());
  ASSERT_TRUE(next.start().ok());
  auto answer = channel.call("/test.Echo/Unary", "b", kLong, {});
  ASSERT_TRUE(answer.ok()) << answer.status().to_string();
  EXPECT_EQ(*answer, "new");
}

TEST(DirectChannel, UnderTls) {
  TestCertificates certificates;
  certificates.issue("server", "tikv");
  certificates.issue("client", "tidb");
  ServerOptions options;
  options.tls = certificates.options("server");
  TestServer server(options);
  ChannelOptions ours;
  ours.tls = certificates.options("client");
  DirectChannel channel(server.address(), ours);
  for (const size_t size : {0, 100, 1 << 20}) {
    const std::string request(size, 't');
    auto answer = channel.call("/test.Echo/Unary", request, kLong, {});
    ASSERT_TRUE(answer.ok()) << answer.status().to_string();
    EXPECT_TRUE(*answer == request);
  }
}

}  // namespace
}  // namespace tbl::rpc
