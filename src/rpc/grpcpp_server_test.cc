// Oracle: our client calls a grpc++ server.
// Not under ThreadSanitizer, which sees races in a grpc++ that was not built for it.
#ifndef __SANITIZE_THREAD__
#include <gmock/gmock.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <thread>

#include "rpc/client.h"
#include "rpc/direct_channel.h"

namespace tbl::rpc {
namespace {

/// Echoes messages; "/x/Fail" ends with an error and "/x/Silent" answers nothing.
class EchoReactor : public grpc::ServerGenericBidiReactor {
 public:
  explicit EchoReactor(const std::string& method) {
    if (method == "/x/Fail") {
      Finish(grpc::Status(grpc::StatusCode::ABORTED, "100% \xc3\xa4\n"));
    } else if (method == "/x/Silent") {
      return;
    } else {
      StartRead(&message_);
    }
  }
  void OnReadDone(bool ok) override {
    if (ok) {
      StartWrite(&message_);
    } else {
      Finish(grpc::Status::OK);
    }
  }
  void OnWriteDone(bool ok) override {
    if (ok) StartRead(&message_);
  }
  void OnCancel() override { Finish(grpc::Status::CANCELLED); }
  void OnDone() override { delete this; }

 private:
  grpc::ByteBuffer message_;
};

class EchoService : public grpc::CallbackGenericService {
  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    context->AddInitialMetadata("x-greeting", "hello");
    if (context->method() == "/x/Gzip") context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
    return new EchoReactor(context->method());
  }
};

class GrpcppServerTest : public testing::Test {
 protected:
  GrpcppServerTest() { start("127.0.0.1:0"); }
  ~GrpcppServerTest() override { server_->Shutdown(std::chrono::system_clock::now()); }

  void start(const std::string& address) {
    grpc::ServerBuilder builder;
    builder.SetMaxReceiveMessageSize(-1);
    builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port_);
    service_ = std::make_unique<EchoService>();
    builder.RegisterCallbackGenericService(service_.get());
    server_ = builder.BuildAndStart();
  }

  std::unique_ptr<EchoService> service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  ClientRuntime runtime_;
};

TEST_F(GrpcppServerTest, UnaryInBothEncodings) {
  auto channel = runtime_.channel("127.0.0.1:" + std::to_string(port_));
  for (const char* path : {"/x/Echo", "/x/Gzip"}) {
    for (bool gzip : {false, true}) {
      for (size_t size : {0, 1, 1000, 5 << 20}) {
        CallOptions options;
        options.gzip = gzip;
        options.timeout = std::chrono::seconds(60);
        std::string request(size, 'x');
        auto answer = channel->call(path, request, options);
        ASSERT_TRUE(answer.ok()) << path << answer.status().to_string();
        EXPECT_TRUE(*answer == request);
      }
    }
  }
}

TEST_F(GrpcppServerTest, ErrorAndDeadline) {
  auto channel = runtime_.channel("127.0.0.1:" + std::to_string(port_));
  auto answer = channel->call("/x/Fail", "");
  EXPECT_EQ(answer.status().code(), StatusCode::kAborted);
  EXPECT_EQ(answer.status().message(), "100% \xc3\xa4\n");
  CallOptions options;
  options.timeout = std::chrono::milliseconds(40);
  EXPECT_EQ(channel->call("/x/Silent", "", options).status().code(), StatusCode::kDeadlineExceeded);
}

TEST_F(GrpcppServerTest, DirectCalls) {
  DirectChannel channel("127.0.0.1:" + std::to_string(port_));
  const std::chrono::seconds limit(60);
  for (const char* path : {"/x/Echo", "/x/Gzip"}) {
    for (const size_t size : {0, 1, 1000, 5 << 20}) {
      const std::string request(size, 'x');
      auto answer = channel.call(path, request, limit, {});
      ASSERT_TRUE(answer.ok()) << path << answer.status().to_string();
      EXPECT_TRUE(*answer == request);
    }
  }
  auto failed = channel.call("/x/Fail", "", limit, {});
  EXPECT_EQ(failed.status().code(), StatusCode::kAborted);
  EXPECT_EQ(failed.status().message(), "100% \xc3\xa4\n");
  auto late = channel.call("/x/Silent", "", std::chrono::milliseconds(40), {});
  EXPECT_EQ(late.status().code(), StatusCode::kDeadlineExceeded);
  EXPECT_EQ(*channel.call("/x/Echo", "next", limit, {}), "next");
}

TEST_F(GrpcppServerTest, StreamWithHeaders) {
  auto channel = runtime_.channel("127.0.0.1:" + std::to_string(port_));
  auto stream = channel->open("/x/Echo");
  std::thread sender([&] {
    for (int i = 0; i < 2000; ++i) {
      ASSERT_TRUE(stream->send(std::string(i * 13 % 20000, 'b') + std::to_string(i)).ok());
    }
    stream->half_close();
  });
  for (int i = 0; i < 2000; ++i) {
    auto answer = stream->receive();
    ASSERT_TRUE(answer.ok()) << answer.status().to_string();
    ASSERT_TRUE(**answer == std::string(i * 13 % 20000, 'b') + std::to_string(i));
  }
  sender.join();
  auto end = stream->receive();
  ASSERT_TRUE(end.ok()) << end.status().to_string();
  EXPECT_FALSE(end->has_value());
  Metadata headers = stream->headers();
  EXPECT_THAT(headers, testing::Contains(testing::Pair("x-greeting", "hello")));
}

TEST_F(GrpcppServerTest, ReconnectsAfterARestart) {
  std::string address = "127.0.0.1:" + std::to_string(port_);
  auto channel = runtime_.channel(address);
  ASSERT_TRUE(channel->call("/x/Echo", "a").ok());
  auto stream = channel->open("/x/Silent");
  server_->Shutdown(std::chrono::system_clock::now());
  auto lost = stream->receive();
  EXPECT_FALSE(lost.ok());
  server_.reset();
  auto down = channel->call("/x/Echo", "b");
  EXPECT_EQ(down.status().code(), StatusCode::kUnavailable);
  EXPECT_THAT(down.status().message(), testing::HasSubstr(address));
  start(address);
  auto again = channel->call("/x/Echo", "c");
  ASSERT_TRUE(again.ok()) << again.status().to_string();
  EXPECT_EQ(*again, "c");
}

}  // namespace
}  // namespace tbl::rpc
#endif
