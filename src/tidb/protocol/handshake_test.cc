// Packets of the connection phase, against a recorded server.
#include "tidb/protocol/handshake.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "tidb/protocol/constants.h"
#include "tidb/protocol/lenenc.h"

namespace tbl::tidb::protocol {
namespace {

TEST(Greeting, AsRecorded) {
  Greeting g;
  g.server_version = "5.7.25-TiDB-None";
  g.connection_id = 403;
  g.salt = *from_hex("4722295b464a3510 273e7e4b612d227d3d4b094c");
  g.capabilities = 0x011ba68f;
  g.plugin = "mysql_native_password";
  EXPECT_EQ(to_hex(write_greeting(g)),
            to_hex(*from_hex("0a 352e372e32352d546944422d4e6f6e6500 93010000 4722295b464a3510 00 "
                             "8fa6 2e 0200 1b01 15 00000000000000000000 "
                             "273e7e4b612d227d3d4b094c 00 "
                             "6d7973716c5f6e61746976655f70617373776f726400")));
}

TEST(Greeting, SaltHasNoForbiddenBytes) {
  for (int i = 0; i < 200; ++i) {
    const std::string salt = make_salt();
    ASSERT_EQ(salt.size(), kSaltSize);
    for (const char c : salt) {
      EXPECT_GT(c, 0);
      EXPECT_NE(c, '$');
    }
  }
}

std::string response(uint32_t capabilities, const std::string& rest) {
  std::string out;
  put_le32(out, capabilities);
  put_le32(out, 16 << 20);
  out.push_back(46);
  out.append(23, '\0');
  return out + rest;
}

TEST(Response, AllFields) {
  std::string rest("root\0", 5);
  rest += std::string("\x03") + "abc" + std::string("test\0", 5);
  rest += std::string("mysql_native_password") + '\0';
  std::string pairs;
  put_lenenc_string(pairs, "_os");
  put_lenenc_string(pairs, "Linux");
  put_lenenc_string(rest, pairs);
  const uint32_t caps = kProtocol41 | kSecureConnection | kConnectWithDb | kPluginAuth |
                        kConnectAttrs | kPluginAuthLenenc;
  const auto parsed = parse_handshake_response(response(caps, rest), kOffered);
  ASSERT_TRUE(parsed.ok()) << parsed.status().to_string();
  EXPECT_EQ(parsed->user, "root");
  EXPECT_EQ(parsed->auth, "abc");
  EXPECT_EQ(parsed->database, "test");
  EXPECT_EQ(parsed->plugin, "mysql_native_password");
  EXPECT_EQ(parsed->attributes.at("_os"), "Linux");
  EXPECT_EQ(parsed->collation, 46);
  EXPECT_FALSE(parsed->capabilities & kPluginAuthLenenc) << "was not offered";
}

TEST(Response, TlsRequestIsShort) {
  const auto parsed = parse_handshake_response(response(kProtocol41 | kSsl, ""), kOffered | kSsl);
  ASSERT_TRUE(parsed.ok());
  EXPECT_TRUE(parsed->wants_tls);
  EXPECT_FALSE(parse_handshake_response(response(kProtocol41 | kSsl, ""), kOffered).ok());
}

TEST(Response, EveryPrefixIsAnErrorOrHarmless) {
  std::string rest("root\0", 5);
  rest += std::string("\x03") + "abc" + std::string("test\0", 5);
  const std::string whole = response(kProtocol41 | kSecureConnection | kConnectWithDb, rest);
  const size_t user_and_auth = 32 + 5 + 4;
  for (size_t n = 0; n < whole.size(); ++n) {
    const auto parsed = parse_handshake_response(whole.substr(0, n), kOffered);
    EXPECT_EQ(parsed.ok(), n >= user_and_auth) << n;
    if (!parsed.ok()) {
      EXPECT_EQ(parsed.status().detail(), 1043);
    }
  }
}

TEST(Response, ChangeUser) {
  std::string payload("ann\0", 4);
  payload += std::string("\x02") + "xy" + std::string("db\0", 3);
  put_le16(payload, 45);
  payload += std::string("caching_sha2_password") + '\0';
  const auto parsed =
      parse_change_user(payload, kSecureConnection | kPluginAuth | kPluginAuthLenenc);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->user, "ann");
  EXPECT_EQ(parsed->auth, "xy");
  EXPECT_EQ(parsed->database, "db");
  EXPECT_EQ(parsed->collation, 45);
  EXPECT_EQ(parsed->plugin, "caching_sha2_password");
}

TEST(Lenenc, AllLengths) {
  for (const uint64_t v : {0ULL, 250ULL, 251ULL, 0xffffULL, 0x10000ULL, 0xffffffULL, 0x1000000ULL,
                           0xffffffffffffffffULL}) {
    std::string bytes;
    put_lenenc(bytes, v);
    for (size_t n = 0; n < bytes.size(); ++n) {
      ByteReader cut(std::string_view(bytes).substr(0, n));
      uint64_t got = 0;
      EXPECT_FALSE(read_lenenc(cut, &got)) << v << " cut to " << n;
    }
    ByteReader in(bytes);
    uint64_t got = 0;
    EXPECT_TRUE(read_lenenc(in, &got));
    EXPECT_EQ(got, v);
    EXPECT_TRUE(in.empty());
  }
  for (const char* no_length : {"\xfb", "\xff"}) {
    ByteReader in(no_length);
    uint64_t got = 0;
    EXPECT_FALSE(read_lenenc(in, &got));
  }
}

}  // namespace
}  // namespace tbl::tidb::protocol
