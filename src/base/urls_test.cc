#include "base/urls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tbl {
namespace {

using testing::ElementsAre;

std::string error_of(const std::string& urls, UrlRule rule = UrlRule::kFull) {
  auto parsed = parse_etcd_urls(urls, rule);
  return parsed.ok() ? "" : parsed.status().message();
}

TEST(UrlsTest, SortedAndTrimmed) {
  EXPECT_THAT(*parse_etcd_urls(" http://b:2379 ,https://a:1"),
              ElementsAre("http://b:2379", "https://a:1"));
  EXPECT_THAT(*parse_etcd_urls("http://127.0.0.1:2379"), ElementsAre("http://127.0.0.1:2379"));
  EXPECT_THAT(url_hosts(*parse_etcd_urls("http://[::1]:2379,http://a:1")),
              ElementsAre("[::1]:2379", "a:1"));
}

TEST(UrlsTest, OriginalTexts) {
  EXPECT_EQ(
      error_of("ftp://a:1"),
      "parse EtcdURLs error: ftp://a:1, URL scheme must be http, https, unix, or unixs: ftp://a:1");
  EXPECT_EQ(
      error_of("http://a"),
      "parse EtcdURLs error: http://a, URL address does not have the form \"host:port\": http://a");
  EXPECT_EQ(error_of("http://a:1/x"),
            "parse EtcdURLs error: http://a:1/x, URL must not contain a path: http://a:1/x");
  EXPECT_NE(error_of(""), "");
  EXPECT_NE(error_of("a:1"), "");
}

TEST(UrlsTest, BareAddressesForTools) {
  EXPECT_THAT(*parse_etcd_urls("b:2,http://a:1", UrlRule::kBareAllowed),
              ElementsAre("http://a:1", "http://b:2"));
}

TEST(UrlsTest, HostPort) {
  EXPECT_EQ(parse_host_port("127.0.0.1:8250")->port, 8250);
  EXPECT_EQ(parse_host_port(":8250")->host, "");
  EXPECT_EQ(parse_host_port("[::1]:80")->host, "::1");
  EXPECT_EQ(parse_host_port("[::1]:80")->to_string(), "[::1]:80");
  for (const char* text : {"", "a", "a:", "a:b", "a:70000", "::1", "::1:80", "a:-1"}) {
    EXPECT_FALSE(parse_host_port(text).ok()) << text;
  }
}

TEST(UrlsTest, Shape) {
  auto url = parse_url("unix://dir/pump.sock");
  ASSERT_TRUE(url.ok());
  EXPECT_EQ(url->scheme, "unix");
  EXPECT_EQ(url->host, "dir");
  EXPECT_EQ(url->path, "/pump.sock");
  EXPECT_FALSE(parse_url("://x").ok());
}

}  // namespace
}  // namespace tbl
