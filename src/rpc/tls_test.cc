// TLS between our client and server: who is let in, what errors say, certificates that are
// replaced.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "rpc/test_certificates.h"
#include "rpc/test_server.h"
#include "rpc/test_socket.h"

namespace tbl::rpc {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class TlsTest : public testing::Test {
 protected:
  TlsTest() {
    certificates_.issue("server", "pump");
    certificates_.issue("client", "drainer");
  }

  std::unique_ptr<TestServer> start(std::vector<std::string> allowed_cn = {}) {
    ServerOptions options;
    options.tls = certificates_.options("server");
    options.tls.allowed_cn = std::move(allowed_cn);
    return std::make_unique<TestServer>(options, [](Server& server) {
      server.add_http("GET", "/status", [](const HttpRequest&) {
        HttpResponse response;
        response.body = "up";
        return response;
      });
    });
  }

  Result<std::string> call(const std::string& address, const TlsOptions& tls) {
    ChannelOptions options;
    options.tls = tls;
    return runtime_.channel(address, options)->call("/test.Echo/Unary", "secret");
  }

  TestCertificates certificates_;
  ClientRuntime runtime_;
};

TEST_F(TlsTest, CallsAndHttpOnOnePort) {
  auto server = start();
  TlsOptions tls = certificates_.options("client");
  auto answer = call(server->address(), tls);
  ASSERT_TRUE(answer.ok()) << answer.status().to_string();
  EXPECT_EQ(*answer, "secret");
  std::string by_name = "localhost:" + std::to_string(server->server().port());
  answer = call(by_name, tls);
  EXPECT_TRUE(answer.ok()) << answer.status().to_string();
  auto http = http_request("GET", "https://" + by_name + "/status", "", milliseconds(5000), tls);
  ASSERT_TRUE(http.ok()) << http.status().to_string();
  EXPECT_EQ(http->body, "up");
}

TEST_F(TlsTest, LargeMessagesAndStreams) {
  auto server = start();
  ChannelOptions options;
  options.tls = certificates_.options("client");
  auto channel = runtime_.channel(server->address(), options);
  std::string large(8 << 20, 'L');
  auto answer = channel->call("/test.Echo/Unary", large);
  ASSERT_TRUE(answer.ok()) << answer.status().to_string();
  EXPECT_TRUE(*answer == large);
  auto stream = channel->open("/test.Echo/Stream");
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(stream->send(std::string(static_cast<size_t>(i) * 100, 's')).ok());
    EXPECT_EQ((**stream->receive()).size(), static_cast<size_t>(i) * 100);
  }
}

TEST_F(TlsTest, AllowedCommonNames) {
  auto server = start({"drainer", "binlogctl"});
  TlsOptions tls = certificates_.options("client");
  EXPECT_TRUE(call(server->address(), tls).ok());
  certificates_.issue("stranger", "stranger");
  EXPECT_EQ(call(server->address(), certificates_.options("stranger")).status().code(),
            StatusCode::kUnavailable);
  TlsOptions anonymous = tls;
  anonymous.cert_path.clear();
  anonymous.key_path.clear();
  EXPECT_FALSE(call(server->address(), anonymous).ok());
  // The list binds the client's view of the server as well.
  tls.allowed_cn = {"other"};
  auto refused = call(server->address(), tls);
  EXPECT_THAT(
      refused.status().message(),
      HasSubstr("The Common Name from the client certificate [pump test CA] was not found in "
                "the configuration cluster-verify-cn with value: [other]"));
  tls.allowed_cn = {"pump"};
  EXPECT_TRUE(call(server->address(), tls).ok());
}

TEST_F(TlsTest, ClientCertificatesAreDemandedOnlyWhereTold) {
  TlsOptions anonymous = certificates_.options("client");
  anonymous.cert_path.clear();
  anonymous.key_path.clear();
  auto lenient = start();
  EXPECT_TRUE(call(lenient->address(), anonymous).ok()) << "pump and drainer";
  ServerOptions options;
  options.tls = certificates_.options("server");
  options.tls.demand_client_certificate = true;
  TestServer strict(options);
  EXPECT_EQ(call(strict.address(), anonymous).status().code(), StatusCode::kUnavailable);
  EXPECT_TRUE(call(strict.address(), certificates_.options("client")).ok());
  TestCertificates other;
  other.issue("client", "drainer");
  TlsOptions foreign = other.options("client");
  foreign.ca_path = anonymous.ca_path;
  EXPECT_FALSE(call(strict.address(), foreign).ok()) << "a certificate of another CA";
}

TEST_F(TlsTest, CertificatesAreReadForEachHandshake) {
  auto server = start();
  TlsOptions tls = certificates_.options("client");
  tls.allowed_cn = {"renewed"};
  EXPECT_FALSE(call(server->address(), tls).ok());
  certificates_.issue("server", "renewed");
  auto answer = call(server->address(), tls);
  EXPECT_TRUE(answer.ok()) << answer.status().to_string();
}

TEST_F(TlsTest, TheCaIsReadForEachHandshakeOnBothSides) {
  ServerOptions options;
  options.tls = certificates_.options("server");
  options.tls.demand_client_certificate = true;
  TestServer server(options);
  const TlsOptions client = certificates_.options("client");
  EXPECT_TRUE(call(server.address(), client).ok());
  TestCertificates other;
  const auto replace = [&](const std::string& name) {
    std::filesystem::copy_file(other.path(name), certificates_.path(name),
                               std::filesystem::copy_options::overwrite_existing);
  };
  for (const std::string name : {"server", "client"}) {
    other.issue(name, name);
    replace(name + ".pem");
    replace(name + ".key");
  }
  EXPECT_FALSE(call(server.address(), client).ok()) << "the CA is still the old one";
  replace("ca.pem");
  const auto answer = call(server.address(), client);
  EXPECT_TRUE(answer.ok()) << answer.status().to_string();
}

TEST_F(TlsTest, ErrorsOfFilesAndPeers) {
  auto server = start();
  TlsOptions tls = certificates_.options("client");
  tls.ca_path = certificates_.path("missing.pem");
  EXPECT_THAT(call(server->address(), tls).status().message(),
              HasSubstr("could not read ca certificate"));
  std::ofstream(certificates_.path("empty.pem")) << "";
  tls.ca_path = certificates_.path("empty.pem");
  EXPECT_THAT(call(server->address(), tls).status().message(),
              HasSubstr("failed to append ca certs"));
  tls = certificates_.options("missing");
  EXPECT_THAT(call(server->address(), tls).status().message(),
              HasSubstr("could not load client key pair"));
  TestCertificates other;
  other.issue("client", "drainer");
  EXPECT_THAT(call(server->address(), other.options("client")).status().message(),
              HasSubstr("certificate"));
}

TEST_F(TlsTest, PlainTalkIsRefusedOnBothSides) {
  auto server = start();
  EXPECT_EQ(call(server->address(), {}).status().code(), StatusCode::kUnavailable);
  TestSocket socket(server->address());
  socket.write("GET /status HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(socket.read_to_close());
  TestServer plain;
  auto answer = call(plain.address(), certificates_.options("client"));
  EXPECT_EQ(answer.status().code(), StatusCode::kUnavailable);
  EXPECT_THAT(answer.status().message(), HasSubstr(plain.address()));
}

}  // namespace
}  // namespace tbl::rpc
