// Calls of our client to our server, each kind once and in numbers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "rpc/gzip.h"
#include "rpc/test_server.h"

namespace tbl::rpc {
namespace {

using std::chrono::milliseconds;

class CallTest : public testing::Test {
 protected:
  TestServer server_;
  ClientRuntime runtime_;
  std::shared_ptr<Channel> channel_ = runtime_.channel(server_.address());
};

TEST_F(CallTest, UnaryOnLoopAndPool) {
  for (const char* path : {"/test.Echo/Unary", "/test.Echo/Pool"}) {
    auto answer = channel_->call(path, "hello");
    ASSERT_TRUE(answer.ok()) << answer.status().to_string();
    EXPECT_EQ(*answer, "hello");
    EXPECT_EQ(*channel_->call(path, ""), "");
  }
}

TEST_F(CallTest, ErrorKeepsCodeAndText) {
  std::string request = "100% \xc3\xa4\n";
  auto answer = channel_->call("/test.Echo/Fail", request);
  EXPECT_EQ(answer.status().code(), StatusCode::kNotFound);
  EXPECT_EQ(answer.status().message(), "no such thing: " + request);
}

TEST_F(CallTest, UnknownMethodsReadAsThoseOfGrpcGo) {
  auto method = channel_->call("/test.Echo/Nothing", "");
  EXPECT_EQ(method.status().code(), StatusCode::kUnimplemented);
  EXPECT_EQ(method.status().message(), "unknown method Nothing for service test.Echo");
  auto service = channel_->call("/test.Other/Nothing", "");
  EXPECT_EQ(service.status().code(), StatusCode::kUnimplemented);
  EXPECT_EQ(service.status().message(), "unknown service test.Other");
}

TEST_F(CallTest, LargeMessageBothWays) {
  std::string request(20 << 20, 'x');
  for (size_t i = 0; i < request.size(); i += 1000) request[i] = static_cast<char>(i / 1000);
  for (bool gzip : {false, true}) {
    CallOptions options;
    options.gzip = gzip;
    auto answer = channel_->call("/test.Echo/Unary", request, options);
    ASSERT_TRUE(answer.ok()) << answer.status().to_string();
    EXPECT_TRUE(*answer == request);
  }
}

TEST_F(CallTest, BidirectionalStream) {
  auto stream = channel_->open("/test.Echo/Stream");
  for (int i = 0; i < 1000; ++i) {
    std::string message = "message " + std::to_string(i);
    ASSERT_TRUE(stream->send(message).ok());
    auto answer = stream->receive();
    ASSERT_TRUE(answer.ok()) << answer.status().to_string();
    ASSERT_EQ(**answer, message);
  }
  stream->half_close();
  auto end = stream->receive();
  ASSERT_TRUE(end.ok()) << end.status().to_string();
  EXPECT_FALSE(end->has_value());
}

TEST_F(CallTest, AStreamGivesLargeMessagesInPieces) {
  for (bool gzip : {false, true}) {
    CallOptions options;
    options.gzip = gzip;
    options.piece_bytes = 100000;
    options.share_up_to = 100;
    auto stream = channel_->open("/test.Echo/Stream", options);
    std::string large;
    std::mt19937 random(7);
    while (large.size() < 3000000) large += static_cast<char>(random() % 200);
    ASSERT_TRUE(stream->send("small").ok());
    ASSERT_TRUE(stream->send(large).ok());
    stream->half_close();
    Ring<MessagePiece> arrived;
    auto next_piece = [&] {
      if (arrived.empty()) {
        const Status received = stream->receive_pieces(&arrived);
        EXPECT_TRUE(received.ok()) << received.to_string();
      }
      if (arrived.empty()) return std::optional<MessagePiece>();
      std::optional<MessagePiece> first(std::move(arrived.front()));
      arrived.pop_front();
      return first;
    };
    auto piece = next_piece();
    ASSERT_TRUE(piece);
    EXPECT_EQ(piece->shared ? *piece->shared : Bytes(piece->bytes), "small");
    EXPECT_EQ(static_cast<bool>(piece->shared), !gzip) << "a compressed one is made anew";
    EXPECT_TRUE(piece->last);
    std::string got;
    size_t pieces = 0;
    GzipReader inflate;
    auto append = [&](Bytes bytes) {
      got += bytes;
      return ok_status();
    };
    do {
      piece = next_piece();
      ASSERT_TRUE(piece);
      EXPECT_EQ(piece->compressed, gzip);
      EXPECT_LE(piece->bytes.size(), 100000U);
      ASSERT_TRUE((gzip ? inflate.feed(piece->bytes, append) : append(piece->bytes)).ok());
      ++pieces;
    } while (!piece->last);
    EXPECT_TRUE(got == large);
    EXPECT_GT(pieces, 10U);
    EXPECT_FALSE(next_piece()) << "the stream ended well";
  }
}

TEST_F(CallTest, MessagesSentTogether) {
  /// Answers each message with itself three times and something longer, together.
  class Together : public CallHandler {
   public:
    Together(ServerCallPtr call, std::atomic<int>* reused)
        : call_(std::move(call)), reused_(reused) {}
    void on_message(std::string message) override {
      MessageBatch batch = call_->new_batch();
      std::string& first = batch.begin(message.size());
      *reused_ += first.capacity() >= 100'000;
      first += message;
      for (int i = 0; i < 2; ++i) batch.begin(message.size()) += message;
      batch.begin(100'000) += std::string(100'000, 'x');
      call_->send(std::move(batch));
      call_->send(MessageBatch());
    }
    void on_half_close() override { call_->finish(ok_status()); }

   private:
    const ServerCallPtr call_;
    std::atomic<int>* const reused_;
  };
  std::atomic<int> reused = 0;
  TestServer server({}, [&](Server& s) {
    s.add_stream("/test.Together/Stream", [&](ServerCallPtr call) {
      return std::make_unique<Together>(std::move(call), &reused);
    });
  });
  for (bool gzip : {false, true}) {
    CallOptions options;
    options.gzip = gzip;
    auto stream = runtime_.channel(server.address())->open("/test.Together/Stream", options);
    for (const std::string message : {"first", "", "third"}) {
      ASSERT_TRUE(stream->send(message).ok());
      for (int i = 0; i < 3; ++i) EXPECT_EQ(**stream->receive(), message);
      EXPECT_EQ(**stream->receive(), std::string(100'000, 'x'));
    }
    stream->half_close();
    auto end = stream->receive();
    EXPECT_TRUE(end.ok() && !*end) << "the stream ended well";
    EXPECT_EQ(reused, 2) << "the second and third batch are in the memory of one that was sent";
  }
}

TEST_F(CallTest, StreamHoldsBackAReaderThatIsSlow) {
  auto stream = channel_->open("/test.Echo/Stream");
  constexpr int kMessages = 300;
  std::thread sender([&] {
    for (int i = 0; i < kMessages; ++i) {
      ASSERT_TRUE(stream->send(std::string(100000, static_cast<char>(i))).ok());
    }
    stream->half_close();
  });
  for (int i = 0; i < kMessages; ++i) {
    auto answer = stream->receive();
    ASSERT_TRUE(answer.ok()) << answer.status().to_string();
    ASSERT_TRUE(**answer == std::string(100000, static_cast<char>(i)));
  }
  sender.join();
  EXPECT_FALSE((*stream->receive()).has_value());
}

TEST_F(CallTest, ManyThreadsShareAChannel) {
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        std::string request = std::to_string(t) + "/" + std::to_string(i);
        auto answer = channel_->call(i % 2 ? "/test.Echo/Unary" : "/test.Echo/Pool", request);
        if (answer.ok() && *answer == request) ++good;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good.load(), 1600);
}

TEST_F(CallTest, DeadlineOfTheClient) {
  CallOptions options;
  options.timeout = milliseconds(30);
  auto stream = channel_->open("/test.Echo/Stream", options);
  auto end = stream->receive();
  EXPECT_EQ(end.status().code(), StatusCode::kDeadlineExceeded);
}

TEST_F(CallTest, CancelAndStop) {
  auto stream = channel_->open("/test.Echo/Stream");
  EXPECT_EQ(stream->receive_for(milliseconds(5)).status().code(), StatusCode::kDeadlineExceeded);
  StopSource stop;
  stop.request_stop();
  EXPECT_EQ(stream->receive(stop.get_token()).status().code(), StatusCode::kCancelled);
  stream->cancel();
  EXPECT_EQ(stream->receive().status().code(), StatusCode::kCancelled);
}

TEST(ChannelTest, UnreachableServerIsNamed) {
  ClientRuntime runtime;
  auto channel = runtime.channel("127.0.0.1:1");
  auto answer = channel->call("/a.B/C", "");
  EXPECT_EQ(answer.status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(answer.status().message(), "connect 127.0.0.1:1: Connection refused");
}

}  // namespace
}  // namespace tbl::rpc
