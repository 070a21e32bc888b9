// The HTTP API over HTTP/1.1, asked by our own client and by raw bytes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rpc/test_server.h"
#include "rpc/test_socket.h"

namespace tbl::rpc {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;

constexpr auto kTimeout = milliseconds(5000);

void add_api(Server& server) {
  server.add_http("GET", "/status", [](const HttpRequest& request) {
    HttpResponse response;
    response.body = request.method + " " + request.path + "\n";
    return response;
  });
  server.add_http("PUT", "/state/{node}/{action}", [](const HttpRequest& request) {
    HttpResponse response;
    response.content_type = "application/json";
    response.body = request.params.at(0) + "," + request.params.at(1) + "," + request.body;
    return response;
  });
  server.add_http("GET", "/keys/{key...}", [](const HttpRequest& request) {
    HttpResponse response;
    response.body = request.params.at(0);
    for (const auto& [name, value] : request.query) response.body += "|" + name + "=" + value;
    return response;
  });
}

class HttpTest : public testing::Test {
 protected:
  HttpResponse ask(const std::string& method, const std::string& path,
                   const std::string& body = "") {
    auto response = http_request(method, server_.url(path), body, kTimeout);
    EXPECT_TRUE(response.ok()) << response.status().to_string();
    return response.ok() ? *response : HttpResponse{};
  }

  /// Sends bytes over one connection and reads until the server closes or `until` was seen.
  std::string raw(const std::string& bytes, const std::string& until = "\xff") {
    TestSocket socket(server_.address());
    socket.write(bytes);
    socket.read_until([&](const std::string& got) { return got.find(until) != std::string::npos; });
    return socket.received();
  }

  TestServer server_{{}, add_api};
};

TEST_F(HttpTest, RoutesByMethodAndPattern) {
  EXPECT_EQ(ask("GET", "/status").body, "GET /status\n");
  EXPECT_EQ(ask("GET", "/status").content_type, "text/plain; charset=utf-8");
  HttpResponse put = ask("PUT", "/state/node%2F1:8250/pause", "body");
  EXPECT_EQ(put.body, "node/1:8250,pause,body");
  EXPECT_EQ(put.content_type, "application/json");
  EXPECT_EQ(ask("GET", "/keys/a/b%20c/d?x=1+2&y=%26&z").body, "a/b c/d|x=1 2|y=&|z=");
}

TEST_F(HttpTest, Refusals) {
  HttpResponse missing = ask("GET", "/nothing");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.body, "404 page not found\n");
  HttpResponse method = ask("POST", "/status");
  EXPECT_EQ(method.status, 405);
  EXPECT_EQ(method.body, "");
  EXPECT_EQ(ask("GET", "/state/a/b").status, 405);
  EXPECT_EQ(ask("PUT", "/state/a").status, 404);
  EXPECT_EQ(ask("PUT", "/state//b").status, 404);
  EXPECT_EQ(ask("HEAD", "/status").status, 405);
  EXPECT_EQ(ask("GET", "/status%zz").status, 400);
}

TEST_F(HttpTest, KeepAliveAndPipelining) {
  std::string one = "GET /status HTTP/1.1\r\nHost: x\r\n\r\n";
  std::string last = "GET /keys/last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  std::string answer = raw(one + one + last);
  size_t second = answer.find("HTTP/1.1 200 OK", 1);
  ASSERT_NE(second, std::string::npos) << answer;
  EXPECT_NE(answer.find("HTTP/1.1 200 OK", second + 1), std::string::npos) << answer;
  EXPECT_THAT(answer, testing::EndsWith("\r\n\r\nlast"));
}

TEST_F(HttpTest, Http10ClosesAfterTheAnswer) {
  EXPECT_THAT(raw("GET /status HTTP/1.0\r\n\r\n"), testing::EndsWith("GET /status\n"));
}

TEST_F(HttpTest, ContinueIsAnsweredBeforeTheBody) {
  std::string head =
      "PUT /state/a/b HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
  EXPECT_EQ(raw(head, "\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_THAT(raw(head + "abc", "a,b,abc"), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(HttpTest, MalformedRequestsAreRefusedAndClosed) {
  struct Case {
    std::string request;
    std::string status;
  };
  std::string many(70000, 'a');
  for (const Case& c : std::vector<Case>{
           {"GET\r\n\r\n", "400"},
           {"GET /status\r\n\r\n", "400"},
           {"GET /sta tus HTTP/1.1\r\n\r\n", "400"},
           {"GET /status HTTP/3.0\r\n\r\n", "505"},
           {"G@T /status HTTP/1.1\r\n\r\n", "400"},
           {"GET /status HTTP/1.1\r\nbad field\r\n\r\n", "400"},
           {"GET /status HTTP/1.1\r\nbad : space\r\n\r\n", "400"},
           {"PUT /status HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "400"},
           {"PUT /status HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "400"},
           {"PUT /status HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "411"},
           {"PUT /status HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", "413"},
           {"GET /status HTTP/1.1\r\nX: " + many + "\r\n\r\n", "431"},
       }) {
    EXPECT_THAT(raw(c.request), StartsWith("HTTP/1.1 " + c.status)) << c.request.substr(0, 60);
  }
}

TEST_F(HttpTest, ClientErrorsNameTheUrl) {
  auto refused = http_request("GET", "http://127.0.0.1:1/x", "", kTimeout);
  EXPECT_EQ(refused.status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(refused.status().message(), "GET http://127.0.0.1:1/x: Connection refused");
  EXPECT_FALSE(http_request("GET", "ftp://x/", "", kTimeout).ok());
  EXPECT_FALSE(http_request("GET", "http://x y/", "", kTimeout).ok());
}

TEST(HttpIdentifyTest, SilentConnectionIsClosed) {
  ServerOptions options;
  options.identify_timeout = milliseconds(20);
  TestServer server(options);
  EXPECT_TRUE(TestSocket(server.address()).read_to_close());
}

}  // namespace
}  // namespace tbl::rpc
