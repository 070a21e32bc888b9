// Oracle: a grpc++ client calls our server.
// Not under ThreadSanitizer, which sees races in a grpc++ that was not built for it.
#ifndef __SANITIZE_THREAD__
#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/impl/codegen/rpc_method.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/sync_stream.h>
#include <gtest/gtest.h>

#include <thread>

#include "rpc/test_server.h"

namespace tbl::rpc {
namespace {

grpc::ByteBuffer to_buffer(const std::string& text) {
  grpc::Slice slice(text);
  return grpc::ByteBuffer(&slice, 1);
}

std::string to_text(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  EXPECT_TRUE(buffer.Dump(&slices).ok());
  std::string text;
  for (const auto& slice : slices) {
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return text;
}

class GrpcppClientTest : public testing::Test {
 protected:
  GrpcppClientTest() {
    grpc::ChannelArguments args;
    args.SetMaxReceiveMessageSize(-1);
    channel_ =
        grpc::CreateCustomChannel(server_.address(), grpc::InsecureChannelCredentials(), args);
  }

  grpc::Status call(const char* path, const std::string& request, std::string* answer,
                    grpc::ClientContext* context) {
    grpc::internal::RpcMethod method(path, grpc::internal::RpcMethod::NORMAL_RPC);
    grpc::ByteBuffer in = to_buffer(request);
    grpc::ByteBuffer out;
    grpc::Status status = grpc::internal::BlockingUnaryCall<grpc::ByteBuffer, grpc::ByteBuffer,
                                                            grpc::ByteBuffer, grpc::ByteBuffer>(
        channel_.get(), method, context, in, &out);
    if (status.ok()) *answer = to_text(out);
    return status;
  }

  auto open(const char* path, grpc::ClientContext* context) {
    grpc::internal::RpcMethod method(path, grpc::internal::RpcMethod::BIDI_STREAMING);
    using Factory = grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>;
    return std::unique_ptr<grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>>(
        Factory::Create(channel_.get(), method, context));
  }

  TestServer server_{{}, [](Server& server) {
                       server.add_stream("/test.Echo/Silent", [](ServerCallPtr) {
                         return std::make_unique<CallHandler_>();
                       });
                     }};
  std::shared_ptr<grpc::Channel> channel_;

 private:
  struct CallHandler_ : CallHandler {
    void on_message(std::string) override {}
  };
};

TEST_F(GrpcppClientTest, UnaryPlainAndCompressed) {
  for (auto algorithm : {GRPC_COMPRESS_NONE, GRPC_COMPRESS_GZIP}) {
    for (size_t size : {0, 1, 1000, 5 << 20}) {
      grpc::ClientContext context;
      context.set_compression_algorithm(algorithm);
      std::string answer;
      std::string request(size, 'q');
      grpc::Status status = call("/test.Echo/Unary", request, &answer, &context);
      ASSERT_TRUE(status.ok()) << status.error_message();
      EXPECT_TRUE(answer == request);
    }
  }
}

TEST_F(GrpcppClientTest, Errors) {
  grpc::ClientContext context;
  std::string answer;
  grpc::Status status = call("/test.Echo/Fail", "50%\n\xc3\xbc", &answer, &context);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(), "no such thing: 50%\n\xc3\xbc");
  grpc::ClientContext other;
  status = call("/test.Echo/None", "", &answer, &other);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(status.error_message(), "unknown method None for service test.Echo");
}

TEST_F(GrpcppClientTest, DeadlineIsKeptByTheServerToo) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(50));
  auto stream = open("/test.Echo/Silent", &context);
  grpc::ByteBuffer message;
  EXPECT_FALSE(stream->Read(&message));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
}

TEST_F(GrpcppClientTest, StreamBothWaysAtOnce) {
  grpc::ClientContext context;
  auto stream = open("/test.Echo/Stream", &context);
  constexpr int kMessages = 2000;
  std::thread writer([&] {
    for (int i = 0; i < kMessages; ++i) {
      ASSERT_TRUE(stream->Write(to_buffer(std::string(i * 7 % 30000, 'a') + std::to_string(i))));
    }
    stream->WritesDone();
  });
  grpc::ByteBuffer message;
  int count = 0;
  while (stream->Read(&message)) {
    ASSERT_TRUE(to_text(message) == std::string(count * 7 % 30000, 'a') + std::to_string(count));
    ++count;
  }
  writer.join();
  EXPECT_EQ(count, kMessages);
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(GrpcppClientTest, ThousandsOfStreamsOnOneConnection) {
  constexpr int kStreams = 3000;
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>>>
      streams;
  for (int i = 0; i < kStreams; ++i) {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    streams.push_back(open("/test.Echo/Stream", contexts.back().get()));
    ASSERT_TRUE(streams.back()->Write(to_buffer(std::to_string(i))));
  }
  for (int i = 0; i < kStreams; ++i) {
    grpc::ByteBuffer message;
    ASSERT_TRUE(streams[i]->Read(&message));
    ASSERT_EQ(to_text(message), std::to_string(i));
    if (i % 3 == 0) {
      contexts[i]->TryCancel();
    } else {
      streams[i]->WritesDone();
    }
    EXPECT_EQ(streams[i]->Finish().ok(), i % 3 != 0);
  }
}

}  // namespace
}  // namespace tbl::rpc
#endif
