// What a handler sees and can do: back-pressure, streamed messages, ends of calls, limits,
// stopping.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "rpc/test_server.h"

namespace tbl::rpc {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr auto kLong = milliseconds(120000);

/// Hands the test the ServerCall, and the status of its end.
struct Probe {
  std::promise<ServerCallPtr> call;
  std::promise<Status> over;
  std::atomic<int> messages{0};

  class Handler : public CallHandler {
   public:
    Handler(Probe* probe, ServerCallPtr call) : probe_(probe) { probe_->call.set_value(call); }
    void on_message(std::string) override { ++probe_->messages; }
    void on_over(const Status& why) override { probe_->over.set_value(why); }

   private:
    Probe* const probe_;
  };
  StreamHandlerFactory factory() {
    return [this](ServerCallPtr call) { return std::make_unique<Handler>(this, std::move(call)); };
  }
  Status wait_over() { return over.get_future().get(); }
};

class ServerCallTest : public testing::Test {
 protected:
  Probe probe_;
  TestServer server_{
      {}, [this](Server& server) { server.add_stream("/test.Probe/Stream", probe_.factory()); }};
  ClientRuntime runtime_;
  std::shared_ptr<Channel> channel_ = runtime_.channel(server_.address());
};

class PatternSource : public MessageSource {
 public:
  PatternSource(uint64_t size, uint64_t fail_at) : size_(size), fail_at_(fail_at) {}
  uint64_t size() const override { return size_; }
  Result<size_t> read(size_t n, char* buffer) override {
    size_t part = std::min<size_t>(n, 1000);
    if (done_ + part > fail_at_) return data_loss("pattern broke");
    for (size_t i = 0; i < part; ++i) buffer[i] = static_cast<char>((done_ + i) % 251);
    done_ += part;
    return part;
  }

 private:
  const uint64_t size_;
  const uint64_t fail_at_;
  uint64_t done_ = 0;
};

TEST_F(ServerCallTest, StreamedMessageBetweenOthers) {
  auto stream = channel_->open("/test.Probe/Stream");
  ServerCallPtr call = probe_.call.get_future().get();
  call->add_header("x-one", "1");
  call->send(std::string("before"));
  constexpr uint64_t kSize = 3000017;
  call->send(std::make_unique<PatternSource>(kSize, UINT64_MAX));
  call->send(std::string("after"));
  EXPECT_EQ(**stream->receive(), "before");
  EXPECT_THAT(stream->headers(), testing::Contains(testing::Pair("x-one", "1")));
  auto large = stream->receive();
  ASSERT_TRUE(large.ok()) << large.status().to_string();
  ASSERT_EQ((*large)->size(), kSize);
  for (size_t i = 0; i < kSize; ++i) ASSERT_EQ((**large)[i], static_cast<char>(i % 251)) << i;
  EXPECT_EQ(**stream->receive(), "after");
  call->finish(not_found("the end"));
  EXPECT_EQ(stream->receive().status().code(), StatusCode::kNotFound);
  EXPECT_TRUE(probe_.wait_over().ok());
}

TEST_F(ServerCallTest, BrokenSourceResetsTheStream) {
  auto stream = channel_->open("/test.Probe/Stream");
  ServerCallPtr call = probe_.call.get_future().get();
  call->send(std::make_unique<PatternSource>(3000000, 100000));
  EXPECT_EQ(stream->receive().status().code(), StatusCode::kInternal);
  EXPECT_FALSE(probe_.wait_over().ok());
  EXPECT_EQ(*channel_->call("/test.Echo/Unary", "the connection lives"), "the connection lives");
}

TEST_F(ServerCallTest, WaitWritableFollowsTheReader) {
  auto stream = channel_->open("/test.Probe/Stream");
  ServerCallPtr call = probe_.call.get_future().get();
  // More than the client's windows and read-ahead take.
  constexpr int kMessages = 64;
  for (int i = 0; i < kMessages; ++i) call->send(std::string(1 << 20, 'w'));
  EXPECT_FALSE(call->wait_writable(1 << 20, milliseconds(50)));
  EXPECT_GT(call->pending_bytes(), 20u << 20);
  std::thread reader([&] {
    for (int i = 0; i < kMessages; ++i) ASSERT_TRUE(stream->receive().ok());
  });
  EXPECT_TRUE(call->wait_writable(1 << 20, kLong));
  reader.join();
  stream.reset();
  EXPECT_EQ(probe_.wait_over().code(), StatusCode::kCancelled);
  EXPECT_TRUE(call->over());
  EXPECT_FALSE(call->wait_writable(1 << 20, kLong));
  call->send(std::string("into the void"));
  call->finish(ok_status());
}

TEST_F(ServerCallTest, SetReadingHoldsTheClientBack) {
  class Nobody : public ClientHandler {
    void on_message(std::string) override {}
    void on_over(const Status&, const Metadata&) override {}
  };
  auto client = channel_->open_async("/test.Probe/Stream", std::make_unique<Nobody>());
  ServerCallPtr call = probe_.call.get_future().get();
  call->set_reading(false);
  constexpr int kMessages = 64;
  for (int i = 0; i < kMessages; ++i) client->send(std::string(1 << 20, 'r'));
  // The stream's window passes at most 4 MiB; what came before set_reading() may have been
  // delivered.
  while (client->pending_bytes() > 61u << 20) std::this_thread::yield();
  // Other calls pass on the same connection.
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(channel_->call("/test.Echo/Unary", "x").ok());
  EXPECT_GT(client->pending_bytes(), 50u << 20);
  EXPECT_LT(probe_.messages.load(), 10);
  call->set_reading(true);
  while (client->pending_bytes() > 0) std::this_thread::yield();
  client->half_close();
  while (probe_.messages.load() < kMessages) std::this_thread::yield();
  call->finish(ok_status());
  EXPECT_TRUE(probe_.wait_over().ok());
}

TEST_F(ServerCallTest, HandlerLearnsOfTheDeadline) {
  CallOptions options;
  options.timeout = milliseconds(30);
  options.metadata = {{"x-user", "me"}, {"te", "not this"}, {"grpc-secret", "nor this"}};
  auto stream = channel_->open("/test.Probe/Stream", options);
  ServerCallPtr call = probe_.call.get_future().get();
  EXPECT_EQ(call->info().path, "/test.Probe/Stream");
  EXPECT_THAT(call->info().peer, HasSubstr("127.0.0.1:"));
  EXPECT_THAT(call->info().metadata, testing::Contains(testing::Pair("x-user", "me")));
  for (const auto& [name, value] : call->info().metadata) {
    EXPECT_THAT(name,
                testing::Not(testing::AnyOf("te", "content-type", "grpc-timeout", "grpc-secret")));
  }
  // Client and server count the same time: whoever is first ends the call.
  StatusCode code = probe_.wait_over().code();
  EXPECT_TRUE(code == StatusCode::kDeadlineExceeded || code == StatusCode::kCancelled);
  EXPECT_EQ(stream->receive().status().code(), StatusCode::kDeadlineExceeded);
}

TEST_F(ServerCallTest, CallOutlivesTheServer) {
  auto stream = channel_->open("/test.Probe/Stream");
  ServerCallPtr call = probe_.call.get_future().get();
  server_.server().stop();
  EXPECT_TRUE(call->over());
  EXPECT_EQ(probe_.wait_over().code(), StatusCode::kCancelled);
  call->send(std::string("late"));
  call->finish(ok_status());
  auto end = stream->receive();
  EXPECT_EQ(end.status().code(), StatusCode::kUnavailable);
  EXPECT_THAT(end.status().message(), HasSubstr(server_.address()));
}

TEST_F(ServerCallTest, GracefulStopLetsCallsEnd) {
  auto stream = channel_->open("/test.Echo/Stream");
  ASSERT_TRUE(stream->send("one").ok());
  ASSERT_TRUE(stream->receive().ok());
  std::thread stopper([&] { server_.server().stop(kLong); });
  // The stream goes on while new calls find nobody.
  while (channel_->call("/test.Echo/Unary", "x").ok()) std::this_thread::yield();
  ASSERT_TRUE(stream->send("two").ok());
  EXPECT_EQ(**stream->receive(), "two");
  stream->half_close();
  auto end = stream->receive();
  ASSERT_TRUE(end.ok()) << end.status().to_string();
  stopper.join();
}

TEST_F(ServerCallTest, ClientThatGoesAwayCancels) {
  auto stream = channel_->open("/test.Probe/Stream");
  ServerCallPtr call = probe_.call.get_future().get();
  stream.reset();
  EXPECT_EQ(probe_.wait_over().code(), StatusCode::kCancelled);
}

TEST(ServerLimitTest, RequestAboveTheLimit) {
  ServerOptions options;
  options.max_receive_message_bytes = 1000;
  TestServer server(options);
  ClientRuntime runtime;
  auto channel = runtime.channel(server.address());
  EXPECT_TRUE(channel->call("/test.Echo/Unary", std::string(1000, 'x')).ok());
  for (bool gzip : {false, true}) {
    CallOptions call_options;
    call_options.gzip = gzip;
    auto answer = channel->call("/test.Echo/Unary", std::string(1001, 'x'), call_options);
    EXPECT_EQ(answer.status().code(), StatusCode::kResourceExhausted);
    EXPECT_THAT(answer.status().message(), HasSubstr("received message larger than max"));
  }
  ChannelOptions small;
  small.max_receive_message_bytes = 10;
  auto narrow = runtime.channel(server.address(), small);
  EXPECT_EQ(narrow->call("/test.Echo/Unary", "01234567890").status().code(),
            StatusCode::kResourceExhausted);
}

TEST(UnixSocketTest, CallsAndCleansUp) {
  std::string path = testing::TempDir() + "rpc_test_" + std::to_string(getpid()) + ".sock";
  ClientRuntime runtime;
  auto channel = runtime.channel("unix:" + path);
  EXPECT_EQ(channel->call("/test.Echo/Unary", "x").status().code(), StatusCode::kUnavailable);
  {
    TestServer server({}, [&](Server& s) {
      Status status = s.listen("unix:" + path);
      ASSERT_TRUE(status.ok()) << status.to_string();
    });
    auto answer = channel->call("/test.Echo/Unary", "over a file");
    ASSERT_TRUE(answer.ok()) << answer.status().to_string();
    EXPECT_EQ(*answer, "over a file");
  }
  EXPECT_NE(access(path.c_str(), F_OK), 0);
}

TEST(ServerListenTest, ErrorsNameTheAddress) {
  TestServer first;
  Server second{ServerOptions{}};
  Status status = second.listen(first.address());
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(status.message(), HasSubstr(first.address()));
  EXPECT_THAT(status.message(), HasSubstr("Address already in use"));
  EXPECT_FALSE(second.listen("127.0.0.1").ok());
  EXPECT_FALSE(second.listen("127.0.0.1:99999").ok());
}

/// Answers with what it saw: pieces and bytes, the bytes compressed or not.
class Measured : public LargeRequest {
 public:
  void add(MessagePiece piece) override {
    ++pieces_;
    bytes_ += piece.bytes.size();
    compressed_ = piece.compressed;
    largest_ = std::max(largest_, piece.bytes.size());
  }
  void finish(UnaryReply reply) override {
    EXPECT_LE(largest_, 1000u);
    EXPECT_GT(pieces_, 1);
    reply(ok_status(), (compressed_ ? "compressed " : "plain ") + std::to_string(bytes_));
  }

 private:
  int pieces_ = 0;
  size_t bytes_ = 0;
  size_t largest_ = 0;
  bool compressed_ = false;
};

TEST(LargeUnaryTest, SmallOnesWholeAndLargeOnesInPieces) {
  TestServer server({}, [](Server& s) {
    s.add_large_unary(
        "/test.Large/Unary",
        [](const CallInfo&, std::string request, UnaryReply reply) {
          reply(ok_status(), "whole " + std::to_string(request.size()));
        },
        1000, [](ServerCallPtr) { return std::make_unique<Measured>(); });
  });
  ClientRuntime runtime;
  const auto channel = runtime.channel(server.address());
  const auto ask = [&](size_t size, bool gzip) {
    std::string request(size, 'x');
    // Not to be compressed well.
    for (size_t i = 0; i < size; ++i) request[i] = static_cast<char>(i * i * 2654435761u >> 13);
    CallOptions options;
    options.gzip = gzip;
    auto answer = channel->call("/test.Large/Unary", request, options);
    EXPECT_TRUE(answer.ok()) << answer.status().message();
    return answer.ok() ? *answer : "";
  };
  EXPECT_EQ(ask(0, false), "whole 0");
  EXPECT_EQ(ask(1000, false), "whole 1000");
  EXPECT_EQ(ask(1001, false), "plain 1001");
  EXPECT_EQ(ask(3'000'017, false), "plain 3000017");
  EXPECT_EQ(ask(500, true), "whole 500");
  EXPECT_THAT(ask(300'000, true), testing::StartsWith("compressed "));
  CallOptions two;
  auto stream = channel->open("/test.Large/Unary", two);
  ASSERT_TRUE(stream->send(std::string(2000, 'a')).ok());
  ASSERT_TRUE(stream->send(std::string(2000, 'b')).ok());
  stream->half_close();
  const auto refused = stream->receive();
  EXPECT_EQ(refused.status().code(), StatusCode::kInternal);
  EXPECT_THAT(refused.status().message(), HasSubstr("more than one request"));
}

TEST(ServerLendTest, OthersAreAnsweredWhileACallWaitsForTheDisk) {
  ServerOptions options;
  options.lends = true;
  std::promise<void> begun;
  std::promise<void> disk;
  TestServer server(options, [&](Server& s) {
    EXPECT_FALSE(s.lend([] { return false; })) << "not on a loop's thread";
    s.add_unary("/test.Lend/Slow", Run::kLoop,
                [&](const CallInfo&, const std::string&, const UnaryReply& reply) {
                  EXPECT_TRUE(s.lend([&, reply] {
                    begun.set_value();
                    disk.get_future().wait();
                    s.execute([reply] { reply(ok_status(), "from the disk"); });
                    return false;
                  }));
                });
  });
  ClientRuntime runtime;
  const auto channel = runtime.channel(server.address());
  const auto slow = channel->open("/test.Lend/Slow");
  ASSERT_TRUE(slow->send("").ok());
  slow->half_close();
  begun.get_future().wait();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(*channel->call("/test.Echo/Unary", "quick"), "quick");
  disk.set_value();
  EXPECT_EQ(**slow->receive(), "from the disk");
}

}  // namespace
}  // namespace tbl::rpc
