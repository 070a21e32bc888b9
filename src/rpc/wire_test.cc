// The server against raw HTTP/2 bytes: what it sends when, and what it does with broken input.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/bytes.h"
#include "base/test_seed.h"
#include "rpc/grpc_framing.h"
#include "rpc/test_server.h"
#include "rpc/test_socket.h"

namespace tbl::rpc {
namespace {

const std::string kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
enum Type : uint8_t { kData = 0, kHeaders = 1, kReset = 3, kSettings = 4, kPing = 6, kGoAway = 7 };
constexpr uint8_t kEndStream = 1;
constexpr uint8_t kAck = 1;
constexpr uint8_t kEndHeaders = 4;

std::string frame(uint8_t type, uint8_t flags, uint32_t stream, const std::string& payload = "") {
  std::string out;
  put_be32(out, static_cast<uint32_t>(payload.size()) << 8 | type);
  out.push_back(static_cast<char>(flags));
  put_be32(out, stream);
  return out + payload;
}

/// HPACK: literal without indexing, new name (RFC 7541, 6.2.2); lengths below 127.
std::string literal(const std::string& name, const std::string& value) {
  std::string out(1, '\0');
  out.push_back(static_cast<char>(name.size()));
  out += name;
  out.push_back(static_cast<char>(value.size()));
  return out + value;
}

std::string request_headers(const std::string& path, const std::string& content_type) {
  return literal(":method", "POST") + literal(":scheme", "http") + literal(":path", path) +
         literal(":authority", "x") + literal("te", "trailers") +
         literal("content-type", content_type);
}

std::string grpc_message(const std::string& text) {
  auto prefix = message_prefix(text.size(), false);
  return std::string(prefix.data(), prefix.size()) + text;
}

struct Frame {
  uint8_t type;
  uint8_t flags;
  uint32_t stream;
  std::string payload;
};

std::vector<Frame> parse(const std::string& bytes) {
  std::vector<Frame> frames;
  size_t at = 0;
  while (bytes.size() - at >= 9) {
    uint32_t head = get_be32(bytes.data() + at);
    size_t size = head >> 8;
    if (bytes.size() - at < 9 + size) break;
    frames.push_back({static_cast<uint8_t>(head), static_cast<uint8_t>(bytes[at + 4]),
                      get_be32(bytes.data() + at + 5), bytes.substr(at + 9, size)});
    at += 9 + size;
  }
  return frames;
}

bool has(const std::string& bytes, uint8_t type, uint8_t flags) {
  for (const Frame& f : parse(bytes)) {
    if (f.type == type && (f.flags & flags) == flags) return true;
  }
  return false;
}

class WireTest : public testing::Test {
 protected:
  bool still_serves() {
    auto answer = channel_->call("/test.Echo/Unary", "alive");
    return answer.ok() && *answer == "alive";
  }

  TestServer server_;
  ClientRuntime runtime_;
  std::shared_ptr<Channel> channel_ = runtime_.channel(server_.address());
};

TEST_F(WireTest, SettingsComeBeforeAnyRequest) {
  TestSocket socket(server_.address());
  socket.write(kPreface.substr(0, 10));
  socket.write(kPreface.substr(10));
  ASSERT_TRUE(socket.read_until([](const std::string& b) { return has(b, kSettings, 0); }));
  EXPECT_EQ(parse(socket.received())[0].type, kSettings);
  socket.write(frame(kSettings, 0, 0) + frame(kPing, 0, 0, "12345678"));
  EXPECT_TRUE(socket.read_until([](const std::string& b) { return has(b, kPing, kAck); }));
  EXPECT_TRUE(has(socket.received(), kSettings, kAck));
}

TEST_F(WireTest, PingsAtAnyRateAreAnswered) {
  TestSocket socket(server_.address());
  std::string pings;
  constexpr size_t kPings = 5000;
  for (size_t i = 0; i < kPings; ++i) pings += frame(kPing, 0, 0, "abcdefgh");
  socket.write(kPreface + frame(kSettings, 0, 0) + pings);
  auto all_answered = [](const std::string& bytes) {
    size_t acks = 0;
    for (const Frame& f : parse(bytes)) acks += f.type == kPing && f.flags == kAck;
    return acks == kPings;
  };
  EXPECT_TRUE(socket.read_until(all_answered));
  EXPECT_FALSE(has(socket.received(), kGoAway, 0));
}

TEST_F(WireTest, BothContentTypesOfGrpcAreServed) {
  for (const char* type : {"application/grpc", "application/grpc+proto"}) {
    TestSocket socket(server_.address());
    socket.write(kPreface + frame(kSettings, 0, 0) +
                 frame(kHeaders, kEndHeaders, 1, request_headers("/test.Echo/Unary", type)) +
                 frame(kData, kEndStream, 1, grpc_message("ping")));
    EXPECT_TRUE(
        socket.read_until([](const std::string& b) { return has(b, kHeaders, kEndStream); }));
    EXPECT_NE(socket.received().find(grpc_message("ping")), std::string::npos);
  }
}

TEST_F(WireTest, OtherGrpcContentTypesLoseTheConnection) {
  for (const char* type : {"application/grpc;charset=utf8", "application/grpc+json"}) {
    TestSocket socket(server_.address());
    socket.write(kPreface + frame(kSettings, 0, 0) +
                 frame(kHeaders, kEndHeaders, 1, request_headers("/test.Echo/Unary", type)));
    EXPECT_TRUE(socket.read_to_close());
    EXPECT_FALSE(has(socket.received(), kHeaders, 0));
  }
}

TEST_F(WireTest, UnknownEncodingIsUnimplemented) {
  TestSocket socket(server_.address());
  socket.write(kPreface + frame(kSettings, 0, 0) +
               frame(kHeaders, kEndHeaders | kEndStream, 1,
                     request_headers("/test.Echo/Unary", "application/grpc") +
                         literal("grpc-encoding", "snappy")));
  EXPECT_TRUE(socket.read_until([](const std::string& b) { return has(b, kHeaders, kEndStream); }));
}

TEST_F(WireTest, DamagedMessageFramesEndTheCallOnly) {
  for (const std::string& body :
       {std::string("\x02\0\0\0\x01x", 6), std::string("\x01\0\0\0\x01x", 6),
        std::string("\0\0\0\0\x09x", 6), std::string("\0\0", 2), std::string()}) {
    TestSocket socket(server_.address());
    socket.write(
        kPreface + frame(kSettings, 0, 0) +
        frame(kHeaders, kEndHeaders, 1, request_headers("/test.Echo/Unary", "application/grpc")) +
        frame(kData, kEndStream, 1, body));
    auto ended = [](const std::string& b) { return has(b, kHeaders, kEndStream); };
    EXPECT_TRUE(socket.read_until(ended));
    size_t before = socket.received().size();
    socket.write(
        frame(kHeaders, kEndHeaders, 3, request_headers("/test.Echo/Unary", "application/grpc")) +
        frame(kData, kEndStream, 3, grpc_message("next")));
    EXPECT_TRUE(socket.read_until([&](const std::string& b) {
      return b.find(grpc_message("next"), before) != std::string::npos;
    }));
  }
}

TEST_F(WireTest, ResetInTheMiddleOfAMessage) {
  TestSocket socket(server_.address());
  socket.write(kPreface + frame(kSettings, 0, 0));
  for (uint32_t stream = 1; stream < 2001; stream += 2) {
    socket.write(frame(kHeaders, kEndHeaders, stream,
                       request_headers("/test.Echo/Stream", "application/grpc")) +
                 frame(kData, 0, stream, grpc_message("half").substr(0, 7)) +
                 frame(kReset, 0, stream, std::string("\0\0\0\x08", 4)));
  }
  socket.write(frame(kPing, 0, 0, "12345678"));
  EXPECT_TRUE(socket.read_until([](const std::string& b) { return has(b, kPing, kAck); }));
  EXPECT_TRUE(still_serves());
}

TEST_F(WireTest, ProtocolErrorsCloseTheConnection) {
  for (const std::string& bad : {
           frame(kData, 0, 1, "data on an idle stream"),
           frame(kHeaders, kEndHeaders, 2, request_headers("/a/b", "application/grpc")),
           frame(kHeaders, kEndHeaders, 1, "\xff\xff\xff\xff\xff"),
           frame(kSettings, 0, 1),
           frame(kPing, 0, 0, "short"),
           std::string("\xff\xff\xff", 3) + std::string(6, '\0'),
       }) {
    TestSocket socket(server_.address());
    socket.write(kPreface + frame(kSettings, 0, 0) + bad);
    EXPECT_TRUE(socket.read_to_close());
  }
  EXPECT_TRUE(still_serves());
}

TEST_F(WireTest, RandomBytesNeverHurt) {
  uint64_t seed = test_seed();
  RecordProperty("seed", std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 300; ++round) {
    std::string good =
        kPreface + frame(kSettings, 0, 0) +
        frame(kHeaders, kEndHeaders, 1, request_headers("/test.Echo/Stream", "application/grpc")) +
        frame(kData, 0, 1, grpc_message(std::string(100, 'd')));
    for (int i = 0; i < 5; ++i) {
      good[kPreface.size() + random() % (good.size() - kPreface.size())] =
          static_cast<char>(random());
    }
    TestSocket socket(server_.address());
    socket.write(good.substr(0, random() % good.size()));
  }
  EXPECT_TRUE(still_serves());
}

TEST_F(WireTest, HttpApiAnswersOverHttp2) {
  TestServer server({}, [](Server& s) {
    s.add_http("POST", "/echo", [](const HttpRequest& request) {
      HttpResponse response;
      response.body = "<" + request.body + ">";
      return response;
    });
  });
  TestSocket socket(server.address());
  socket.write(kPreface + frame(kSettings, 0, 0) +
               frame(kHeaders, kEndHeaders, 1, request_headers("/echo", "text/plain")) +
               frame(kData, kEndStream, 1, "body"));
  EXPECT_TRUE(socket.read_until([](const std::string& b) { return has(b, kData, kEndStream); }));
  EXPECT_THAT(socket.received(), testing::HasSubstr("<body>"));
}

/// A client that takes nothing must not make the server buffer without end or stand still.
TEST_F(WireTest, ClientThatDoesNotRead) {
  TestSocket socket(server_.address());
  std::string message = grpc_message(std::string(16000, 'm'));
  std::string out =
      kPreface + frame(kSettings, 0, 0) +
      frame(kHeaders, kEndHeaders, 1, request_headers("/test.Echo/Stream", "application/grpc"));
  for (int i = 0; i < 60; ++i) out += frame(kData, 0, 1, message);
  socket.write(out);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(still_serves());
}

}  // namespace
}  // namespace tbl::rpc
