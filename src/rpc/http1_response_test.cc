#include "rpc/http1_response.h"

#include <gtest/gtest.h>

namespace tbl::rpc {
namespace {

/// Feeds `bytes` one at a time, so that every cut is met.
Result<HttpResponse> parse(const std::string& bytes, bool close = false, bool head = false) {
  Http1ResponseParser parser(head, 1000);
  for (char c : bytes) {
    TBL_ASSIGN(bool whole, parser.feed(Bytes(&c, 1)));
    if (whole) return parser.take();
  }
  if (!close) return unavailable("needs more");
  TBL_TRY(parser.on_end());
  return parser.take();
}

TEST(Http1ResponseTest, ThreeKindsOfBodies) {
  auto length =
      parse("HTTP/1.1 404 Not Found\r\nContent-Type: a/b\r\nContent-Length: 3\r\n\r\nabc");
  ASSERT_TRUE(length.ok()) << length.status().to_string();
  EXPECT_EQ(length->status, 404);
  EXPECT_EQ(length->content_type, "a/b");
  EXPECT_EQ(length->body, "abc");
  auto chunked = parse(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n"
      "\r\n");
  ASSERT_TRUE(chunked.ok()) << chunked.status().to_string();
  EXPECT_EQ(chunked->body, "abc0123456789");
  auto closed = parse("HTTP/1.0 200 OK\r\n\r\nabc", true);
  ASSERT_TRUE(closed.ok()) << closed.status().to_string();
  EXPECT_EQ(closed->body, "abc");
}

TEST(Http1ResponseTest, NoBodyAndInterimResponses) {
  EXPECT_EQ(parse("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\n")->status, 204);
  EXPECT_EQ(parse("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", false, true)->body, "");
}

TEST(Http1ResponseTest, DamagedOnes) {
  for (const char* bytes : {"HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "garbage\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n"}) {
    auto result = parse(bytes);
    EXPECT_FALSE(result.ok()) << bytes;
    EXPECT_NE(result.status().message(), "needs more") << bytes;
  }
  EXPECT_FALSE(parse("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", true).ok());
  EXPECT_FALSE(parse("HTTP/1.1 200", true).ok());
}

}  // namespace
}  // namespace tbl::rpc
