// Whole connections over TCP: login, commands, limits, ends.
#include "tidb/protocol/mysql_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <openssl/ssl.h>

#include "rpc/test_certificates.h"
#include "tidb/protocol/test_client.h"
#include "tidb/protocol/test_handler.h"

namespace tbl::tidb::protocol {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kOk = '\0';
constexpr char kErr = '\xff';

class MysqlServerTest : public testing::Test {
 protected:
  void start(MysqlServerOptions options = {}) {
    options.login.server_version = "5.7.25-TiDB-test";
    server_ = std::make_unique<MysqlServer>(options, [this](uint64_t, ConnectionControl&) {
      return std::make_unique<TestHandler>(&record_);
    });
    ASSERT_TRUE(server_->listen("127.0.0.1:0").ok());
    server_->start();
  }
  TestClient connect() { return TestClient(server_->port()); }
  TestClient connect_as_root() {
    TestClient client(server_->port());
    EXPECT_EQ(client.log_in("root")[0], kOk);
    return client;
  }

  TestRecord record_;
  std::unique_ptr<MysqlServer> server_;
};

TEST_F(MysqlServerTest, LogsIn) {
  start();
  TestClient client = connect();
  EXPECT_EQ(client.log_in("root", "", kNativePassword, "test"), std::string("\0\0\0\x02\0\0\0", 7));
  EXPECT_THAT(client.greeting, StartsWith("\x0a"
                                          "5.7.25-TiDB-test"));
  EXPECT_THAT(record_.calls, ElementsAre("login root db=test"));
}

TEST_F(MysqlServerTest, RefusesWrongPasswordAndUnknownDatabase) {
  start();
  TestClient wrong = connect();
  EXPECT_THAT(wrong.log_in("ann", "short"),
              HasSubstr("#28000Access denied for user 'ann'@'127.0.0.1' (using password: YES)"));
  EXPECT_EQ(wrong.read(), "");
  EXPECT_TRUE(wrong.closed());
  TestClient no_db = connect();
  EXPECT_THAT(no_db.log_in("root", "", kNativePassword, "none"),
              HasSubstr("#42000Unknown database 'none'"));
}

TEST_F(MysqlServerTest, SwitchesThePlugin) {
  start();
  TestClient client = connect();
  const std::string asked = client.log_in("ann", std::string(32, 'x'), kCachingSha2);
  ASSERT_THAT(asked, StartsWith("\xfe"
                                "mysql_native_password"));
  EXPECT_EQ(asked.size(), 1 + sizeof kNativePassword + kSaltSize + 1);
  client.write(std::string(20, 'y'));
  EXPECT_EQ(client.read()[0], kOk);
}

TEST_F(MysqlServerTest, ClearTextPasswordOnlyOverTls) {
  start();
  TestClient client = connect();
  EXPECT_EQ(client.log_in("sha", std::string(32, 'x'), kCachingSha2), "\x01\x04");
  client.write(std::string("secret\0", 7));
  EXPECT_THAT(client.read(), HasSubstr("Access denied")) << "it was not encrypted";
  TestClient asking = connect();
  EXPECT_EQ(asking.log_in("sha", std::string(32, 'x'), kCachingSha2), "\x01\x04");
  asking.write("\x02");
  EXPECT_THAT(asking.read(), StartsWith("\x01-----BEGIN PUBLIC KEY-----"));
  asking.write(std::string(256, 'x'));
  EXPECT_THAT(asking.read(), HasSubstr("Access denied"));
}

TEST_F(MysqlServerTest, TlsThenFullAuthentication) {
  rpc::TestCertificates certificates;
  certificates.issue("server", "tidb");
  MysqlServerOptions options;
  options.login.tls = certificates.options("server");
  options.login.tls.ca_path.clear();
  start(options);
  TestClient client = connect();
  client.greeting = client.read();
  std::string request;
  put_le32(request, kProtocol41 | kSecureConnection | kPluginAuth | kSsl);
  put_le32(request, 1 << 24);
  request.push_back(46);
  request.append(23, '\0');
  // Sent together, as clients do that do not wait: the hello must not be taken for a packet.
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL* ssl = SSL_new(context);
  BIO* hello_bio = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl, BIO_new(BIO_s_mem()), hello_bio);
  ASSERT_EQ(SSL_connect(ssl), -1);
  const size_t hello_size = BIO_pending(hello_bio);
  std::string tls_hello(hello_size, '\0');
  ASSERT_EQ(BIO_read(hello_bio, tls_hello.data(), static_cast<int>(hello_size)),
            static_cast<int>(hello_size));
  client.write_before(request, tls_hello);
  SSL_set_fd(ssl, client.fd());
  ASSERT_EQ(SSL_connect(ssl), 1);
  const auto send = [&](uint8_t sequence, const std::string& payload) {
    std::string out;
    put_le16(out, static_cast<uint16_t>(payload.size()));
    out.push_back('\0');
    out.push_back(static_cast<char>(sequence));
    SSL_write(ssl, (out + payload).data(), static_cast<int>(out.size() + payload.size()));
  };
  const auto receive = [&] {
    std::string bytes(64, '\0');
    bytes.resize(static_cast<size_t>(std::max(0, SSL_read(ssl, bytes.data(), 64))));
    return bytes;
  };
  std::string hello = TestClient::handshake("sha", std::string(32, 'x'), kCachingSha2);
  send(2, hello);
  EXPECT_EQ(to_hex(receive()), "020000030104") << "asks for the password itself";
  send(4, std::string("secret\0", 7));
  EXPECT_EQ(receive()[4], kOk);
  SSL_free(ssl);
  SSL_CTX_free(context);
}

TEST_F(MysqlServerTest, SelectOneAsRecorded) {
  start();
  TestClient client = connect_as_root();
  EXPECT_EQ(client.command(kComQuery, "select 1"), "\x01");
  EXPECT_EQ(to_hex(client.read()),
            to_hex(*from_hex("03 646566 00 00 00 01 31 00 0c 3f00 01000000 08 8100 00 0000")));
  EXPECT_EQ(to_hex(client.read()), "fe00000200");
  EXPECT_EQ(client.read(),
            "\x01"
            "1");
  EXPECT_EQ(to_hex(client.read()), "fe00000200");
}

TEST_F(MysqlServerTest, SeveralResultsSayThatMoreFollow) {
  start();
  TestClient client = connect_as_root();
  client.command(kComQuery, "select 1; select 1");
  for (int i = 0; i < 3; ++i) client.read();
  EXPECT_EQ(to_hex(client.read()), "fe00000a00");
  for (int i = 0; i < 4; ++i) client.read();
  EXPECT_EQ(to_hex(client.read()), "fe00000200");
}

TEST_F(MysqlServerTest, OkErrorsAndOtherCommands) {
  start();
  TestClient client = connect_as_root();
  EXPECT_EQ(to_hex(client.command(kComQuery, "update")), "000507020002000a5265636f7264733a2035");
  EXPECT_THAT(client.command(kComQuery, "selec"), HasSubstr("#42000You have an error"));
  EXPECT_EQ(client.command(kComQuery, std::string("update\0", 7))[0], kOk) << "a final NUL";
  EXPECT_EQ(client.command(kComPing)[0], kOk);
  EXPECT_EQ(client.command(kComInitDb, "test")[0], kOk);
  EXPECT_THAT(client.command(kComInitDb, "none"), HasSubstr("Unknown database"));
  EXPECT_EQ(client.command(kComStatistics), "Uptime: 1");
  EXPECT_EQ(to_hex(client.command(kComSetOption, std::string(2, '\0'))), "fe00000200");
  EXPECT_EQ(client.command(kComResetConnection)[0], kOk);
  EXPECT_THAT(client.command(0x05), HasSubstr("#HY000command 5 not supported now"));
  EXPECT_THAT(record_.calls, Contains("multi on"));
  const std::string field = client.command(kComFieldList, std::string("t\0", 2));
  EXPECT_EQ(field.back(), '\xfb') << "no default";
  EXPECT_EQ(to_hex(client.read()), "fe00000200");
  client.send_command(kComQuit);
  EXPECT_EQ(client.read(), "");
  EXPECT_TRUE(client.closed());
}

TEST_F(MysqlServerTest, PacketsAreCutAt16MiB) {
  start();
  TestClient client = connect_as_root();
  for (const size_t size : {kMaxPart - 5, kMaxPart - 4, kMaxPart + 100}) {
    client.command(kComQuery, "big " + std::to_string(size));
    for (int i = 0; i < 2; ++i) client.read();
    EXPECT_GE(client.read().size(), size);
    EXPECT_EQ(to_hex(client.read()), "fe00000200");
  }
  const std::string text = "select 1" + std::string(kMaxPart, ' ');
  EXPECT_EQ(client.command(kComQuery, text)[0], kErr) << "our parser knows one text only";
  EXPECT_THAT(record_.calls.back(), StartsWith("query select 1  "));
  EXPECT_EQ(record_.calls.back().size(), 6 + text.size());
}

TEST_F(MysqlServerTest, TooLargeAPacketEndsTheConnection) {
  start();
  TestClient client = connect_as_root();
  std::string three_headers;
  for (int i = 0; i < 3; ++i) {
    three_headers += std::string("\xff\xff\xff", 3) + static_cast<char>(i);
    if (i < 2) three_headers += std::string(kMaxPart, 'x');
  }
  client.send_all(three_headers);
  EXPECT_THAT(client.read(), HasSubstr("Got a packet bigger than 'max_allowed_packet' bytes"));
  client.read();
  EXPECT_TRUE(client.closed());
}

TEST_F(MysqlServerTest, PreparedStatements) {
  start();
  TestClient client = connect_as_root();
  const std::string head = client.command(kComStmtPrepare, "select ?, ?");
  EXPECT_EQ(to_hex(head), "000100000001000200000000");
  for (int i = 0; i < 5; ++i) client.read();  // two parameters, EOF, one column, EOF
  const std::string id("\x01\0\0\0", 4);
  client.send_command(kComStmtSendLongData, id + std::string("\x01\0", 2) + "lo");
  client.send_command(kComStmtSendLongData, id + std::string("\x01\0", 2) + "ng");
  const std::string call = id + std::string("\0\x01\0\0\0", 5) + std::string("\0\x01", 2) +
                           std::string("\x08\0\xfc\0", 4) + std::string("\x2a\0\0\0\0\0\0\0", 8);
  EXPECT_EQ(client.command(kComStmtExecute, call), "\x01");
  for (int i = 0; i < 2; ++i) client.read();
  EXPECT_EQ(to_hex(client.read()), "00000100000000000000");
  for (int i = 0; i < 2; ++i) client.read();
  EXPECT_EQ(to_hex(client.read()), "fe00000200");
  ASSERT_EQ(record_.parameters.size(), 2u);
  EXPECT_EQ(record_.parameters[0], Value::of_int(42));
  EXPECT_EQ(record_.parameters[1], Value::of_string("long"));
  client.send_command(kComStmtClose, id);
  EXPECT_THAT(client.command(kComStmtExecute, call), HasSubstr("Unknown prepared statement"));
  EXPECT_THAT(record_.calls, Contains("close 1"));
}

TEST_F(MysqlServerTest, CursorsAreFetchedInPieces) {
  start();
  TestClient client = connect_as_root();
  client.command(kComStmtPrepare, "select 1");
  for (int i = 0; i < 2; ++i) client.read();
  const std::string id("\x01\0\0\0", 4);
  EXPECT_EQ(client.command(kComStmtExecute, id + std::string("\x01\x01\0\0\0", 5)), "\x01");
  client.read();
  EXPECT_EQ(to_hex(client.read()), "fe00004200");
  EXPECT_EQ(to_hex(client.command(kComStmtFetch, id + std::string("\x02\0\0\0", 4))),
            "00000100000000000000");
  client.read();
  EXPECT_EQ(to_hex(client.read()), "fe00004200");
  EXPECT_EQ(to_hex(client.command(kComStmtFetch, id + std::string("\x02\0\0\0", 4))),
            "00000300000000000000");
  EXPECT_EQ(to_hex(client.read()), "fe0000c200");
}

TEST_F(MysqlServerTest, ClientsFile) {
  start();
  TestClient client = connect_as_root();
  EXPECT_EQ(client.command(kComQuery, "load"),
            "\xfb"
            "a.csv");
  client.write("1,2\n");
  client.write("3,4\n");
  client.write("");
  EXPECT_EQ(client.read()[0], kOk);
  EXPECT_EQ(record_.file, "1,2\n3,4\n");
}

TEST_F(MysqlServerTest, LimitOfConnections) {
  MysqlServerOptions options;
  options.max_connections = 1;
  start(options);
  TestClient first = connect_as_root();
  TestClient second = connect();
  EXPECT_THAT(second.read(), HasSubstr("Too many connections"));
  EXPECT_EQ(server_->connection_count(), 1u);
}

TEST_F(MysqlServerTest, StopsIdleConnectionsAndKilledOnes) {
  start();
  TestClient idle = connect_as_root();
  TestClient killed = connect_as_root();
  EXPECT_THAT(killed.command(kComQuery, "kill"), HasSubstr("interrupted"));
  killed.read();
  EXPECT_TRUE(killed.closed());
  server_->stop(std::chrono::seconds(10));
  idle.read();
  EXPECT_TRUE(idle.closed());
  EXPECT_EQ(server_->connection_count(), 0u);
}

TEST_F(MysqlServerTest, GarbageIsRefused) {
  start();
  for (const std::string& garbage :
       {std::string("GET / HTTP/1.1\r\n\r\n"), std::string(200, '\xff'), std::string(200, '\0')}) {
    TestClient client = connect();
    client.read();
    client.send_all(garbage);
    shutdown(client.fd(), SHUT_WR);
    while (!client.closed()) client.read();
  }
  connect_as_root();
}

}  // namespace
}  // namespace tbl::tidb::protocol
