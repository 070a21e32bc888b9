// Password hashes against known values and against the exchange a client would make.
#include "tidb/privilege/password.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include "base/bytes.h"

namespace tbl::tidb {
namespace {

std::string digest(const EVP_MD* md, const std::string& data) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(data.data(), data.size(), out, &size, md, nullptr);
  return {reinterpret_cast<const char*>(out), size};
}

std::string mix(std::string a, const std::string& b) {
  for (size_t i = 0; i < a.size(); ++i) a[i] = static_cast<char>(a[i] ^ b[i]);
  return a;
}

const std::string kSalt = "12345678901234567890";

TEST(NativePassword, KnownHash) {
  EXPECT_EQ(native_hash("password"), "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19");
  EXPECT_EQ(native_hash(""), "");
  EXPECT_TRUE(is_native_hash(native_hash("x")));
  EXPECT_FALSE(is_native_hash("*2470"));
  EXPECT_FALSE(is_native_hash("*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E1Z"));
}

TEST(NativePassword, ClientsAnswer) {
  const EVP_MD* md = EVP_sha1();
  const std::string once = digest(md, "secret");
  const std::string answer = mix(once, digest(md, kSalt + digest(md, once)));
  EXPECT_TRUE(check_native(native_hash("secret"), kSalt, answer));
  EXPECT_FALSE(check_native(native_hash("Secret"), kSalt, answer));
  EXPECT_FALSE(check_native(native_hash("secret"), kSalt, answer.substr(1)));
  EXPECT_FALSE(check_native(native_hash("secret"), kSalt, ""));
  EXPECT_TRUE(check_native("", kSalt, ""));
  EXPECT_FALSE(check_native("", kSalt, answer));
  EXPECT_FALSE(check_native("no hash", kSalt, answer));
}

TEST(CachingSha2, KnownHash) {
  const std::string stored = *from_hex(
      "24412430303524031A69251C34295C4B35167C7F1E5A7B6309134950397462"
      "4D34504B5A424679354856336868686F52485A736E4A733368786E427575516C73446469496537");
  EXPECT_TRUE(is_sha2_hash(stored));
  EXPECT_TRUE(check_sha2(stored, "foobar"));
  EXPECT_FALSE(check_sha2(stored, "foobaz"));
}

TEST(CachingSha2, OwnHashes) {
  for (const char* password :
       {"a", "sixteen letters!", "a password that is longer than a digest"}) {
    const std::string stored = sha2_hash(password);
    EXPECT_EQ(stored.size(), 70u);
    EXPECT_TRUE(check_sha2(stored, password));
    EXPECT_FALSE(check_sha2(stored, std::string(password) + "x"));
    EXPECT_NE(stored, sha2_hash(password)) << "a salt of its own";
  }
  EXPECT_EQ(sha2_hash(""), "");
  EXPECT_TRUE(check_sha2("", ""));
  EXPECT_FALSE(check_sha2("$A$005$short", "x"));
}

TEST(CachingSha2, FastAnswer) {
  const EVP_MD* md = EVP_sha256();
  const std::string once = digest(md, "secret");
  const std::string answer = mix(once, digest(md, digest(md, once) + kSalt));
  EXPECT_TRUE(check_sha2_response(sha2_digest("secret"), kSalt, answer));
  EXPECT_FALSE(check_sha2_response(sha2_digest("other"), kSalt, answer));
  EXPECT_FALSE(check_sha2_response(sha2_digest("secret"), kSalt, answer.substr(2)));
}

}  // namespace
}  // namespace tbl::tidb
