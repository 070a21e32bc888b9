#include "base/secret.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace tbl {
namespace {

class SecretTest : public testing::Test {
 protected:
  void SetUp() override { unsetenv("BINLOG_SECRET_KEY"); }
  void TearDown() override { unsetenv("BINLOG_SECRET_KEY"); }
};

TEST_F(SecretTest, ReadsWhatTheOriginalWrote) {
  const auto key = secret_key();
  ASSERT_TRUE(key.ok());
  const auto plain = decrypt_secret("8xzg8DPSC91e7eyl4D0mnEAyR+bD3Nc=", *key);
  ASSERT_TRUE(plain.ok()) << plain.status().to_string();
  EXPECT_EQ(*plain, "123456");
}

TEST_F(SecretTest, ReadsItsOwnWithEveryKeyLength) {
  for (const size_t bytes : {16, 24, 32}) {
    setenv("BINLOG_SECRET_KEY", std::string(bytes * 2, 'a').c_str(), 1);
    const auto key = secret_key();
    ASSERT_TRUE(key.ok());
    for (const std::string plain :
         {"pass word", "a longer pass word, with blanks", "0123456789abcdef"}) {
      const auto secret = encrypt_secret(plain, *key);
      ASSERT_TRUE(secret.ok());
      EXPECT_EQ(secret->find(plain), std::string::npos);
      EXPECT_EQ(decrypt_secret(*secret, *key).value(), plain);
    }
  }
}

TEST_F(SecretTest, TwoEncryptionsDiffer) {
  const auto key = secret_key();
  EXPECT_NE(encrypt_secret("x", *key).value(), encrypt_secret("x", *key).value());
}

TEST_F(SecretTest, BadTextIsAnError) {
  const auto key = secret_key();
  EXPECT_EQ(decrypt_secret("?", *key).status().message().rfind("base 64 failed to decode", 0), 0u);
  EXPECT_EQ(decrypt_secret("", *key).status().message().rfind("base 64 failed to decode", 0), 0u);
  EXPECT_EQ(decrypt_secret("AAAA", *key).status().message(), "ciphertext not valid");
  EXPECT_EQ(decrypt_secret("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", *key).status().message(),
            "ciphertext not valid");
}

TEST_F(SecretTest, BadKeyIsNamedWithoutBeingShown) {
  setenv("BINLOG_SECRET_KEY", "abcdef", 1);
  const auto key = secret_key();
  ASSERT_FALSE(key.ok());
  EXPECT_EQ(key.status().message().find("abcdef"), std::string::npos);
}

TEST(WithoutPasswords, OfUrlsAreHidden) {
  EXPECT_EQ(without_passwords("http://u:p@h:1/x"), "http://******@h:1/x");
  EXPECT_EQ(without_passwords("a http://u:p@h,https://v:q@@i b@c"),
            "a http://******@h,https://******@i b@c");
  EXPECT_EQ(without_passwords("{\"a\":\"http://h:1\",\"b\":\"x@y\"}"),
            "{\"a\":\"http://h:1\",\"b\":\"x@y\"}");
  EXPECT_EQ(without_passwords("http://"), "http://");
  EXPECT_EQ(without_passwords(""), "");
}

}  // namespace
}  // namespace tbl
