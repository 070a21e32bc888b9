#include "rpc/grpc_status.h"

#include <gtest/gtest.h>

namespace tbl::rpc {
namespace {

using std::chrono::nanoseconds;

TEST(GrpcStatusTest, MessagesArePercentEncoded) {
  EXPECT_EQ(percent_encode("plain ~text"), "plain ~text");
  EXPECT_EQ(percent_encode("50%\n\xc3\xa4"), "50%25%0A%C3%A4");
  EXPECT_EQ(percent_decode("50%25%0a%C3%A4"), "50%\n\xc3\xa4");
  EXPECT_EQ(percent_decode("broken %, %4, %zz"), "broken %, %4, %zz");
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  EXPECT_EQ(percent_decode(percent_encode(all)), all);
}

TEST(GrpcStatusTest, Timeouts) {
  EXPECT_EQ(parse_timeout("15S"), std::chrono::seconds(15));
  EXPECT_EQ(parse_timeout("100m"), std::chrono::milliseconds(100));
  EXPECT_EQ(parse_timeout("7u"), std::chrono::microseconds(7));
  EXPECT_EQ(parse_timeout("99999999n"), nanoseconds(99999999));
  EXPECT_EQ(parse_timeout("2M"), std::chrono::minutes(2));
  EXPECT_EQ(parse_timeout("99999999H"), nanoseconds(INT64_MAX));
  for (const char* bad : {"", "S", "1", "1s", "-1S", "1 S", "123456789S", "0x1S"}) {
    EXPECT_FALSE(parse_timeout(bad)) << bad;
  }
  EXPECT_EQ(format_timeout(std::chrono::seconds(15)), "15000000u");
  EXPECT_EQ(format_timeout(nanoseconds(-5)), "1n");
  for (int64_t ns : {1L, 99999999L, 100000001L, 123456789012345L, 9000000000000000000L}) {
    auto back = parse_timeout(format_timeout(nanoseconds(ns)));
    ASSERT_TRUE(back);
    EXPECT_GE(back->count(), ns);
    EXPECT_LE(static_cast<double>(back->count()), static_cast<double>(ns) * 1.001);
  }
}

TEST(GrpcStatusTest, FromTrailersAndCodes) {
  EXPECT_TRUE(status_from_trailers("0", "").ok());
  EXPECT_EQ(status_from_trailers("5", "a%20b").to_string(), not_found("a b").to_string());
  EXPECT_EQ(status_from_trailers("77", "x").code(), StatusCode::kUnknown);
  EXPECT_EQ(status_from_trailers("x", "").code(), StatusCode::kUnknown);
  EXPECT_EQ(status_from_trailers("", "").code(), StatusCode::kUnknown);
  EXPECT_EQ(status_from_http(503).code(), StatusCode::kUnavailable);
  EXPECT_EQ(status_from_http(404).code(), StatusCode::kUnimplemented);
  EXPECT_EQ(status_from_http(418).code(), StatusCode::kUnknown);
  EXPECT_EQ(status_from_reset(7).code(), StatusCode::kUnavailable);
  EXPECT_EQ(status_from_reset(8).code(), StatusCode::kCancelled);
  EXPECT_EQ(status_from_reset(2).code(), StatusCode::kInternal);
}

TEST(GrpcStatusTest, ContentTypes) {
  EXPECT_EQ(classify_content_type("application/grpc"), ContentType::kGrpc);
  EXPECT_EQ(classify_content_type("application/grpc+proto"), ContentType::kGrpc);
  EXPECT_EQ(classify_content_type("application/grpc;charset=utf8"), ContentType::kGrpcUnknown);
  EXPECT_EQ(classify_content_type("application/grpc-web"), ContentType::kGrpcUnknown);
  EXPECT_EQ(classify_content_type("application/json"), ContentType::kOther);
  EXPECT_EQ(classify_content_type(""), ContentType::kOther);
}

}  // namespace
}  // namespace tbl::rpc
