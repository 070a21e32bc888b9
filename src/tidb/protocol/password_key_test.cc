#include "tidb/protocol/password_key.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <vector>

namespace tbl::tidb::protocol {
namespace {

/// As a client does it: OpenSSL's own RSA_public_encrypt.
std::string encrypted(const std::string& pem, std::string password, const std::string& salt,
                      int padding = RSA_PKCS1_OAEP_PADDING) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  EVP_PKEY* key = PEM_read_bio_PUBKEY(bio, nullptr, nullptr, nullptr);
  EXPECT_NE(key, nullptr);
  password.push_back('\0');
  for (size_t i = 0; i < password.size(); ++i) {
    password[i] = static_cast<char>(password[i] ^ salt[i % salt.size()]);
  }
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(key, nullptr);
  EVP_PKEY_encrypt_init(context);
  EVP_PKEY_CTX_set_rsa_padding(context, padding);
  std::string out(static_cast<size_t>(EVP_PKEY_get_size(key)), '\0');
  size_t size = out.size();
  EXPECT_EQ(
      EVP_PKEY_encrypt(context, reinterpret_cast<unsigned char*>(out.data()), &size,
                       reinterpret_cast<const unsigned char*>(password.data()), password.size()),
      1);
  out.resize(size);
  EVP_PKEY_CTX_free(context);
  EVP_PKEY_free(key);
  BIO_free(bio);
  return out;
}

TEST(PasswordKeyTest, DecryptsWhatAClientSends) {
  PasswordKey key;
  const std::string salt = "01234567890123456789";
  const std::string pem = key.public_key().value();
  EXPECT_TRUE(pem.starts_with("-----BEGIN PUBLIC KEY-----\n"));
  EXPECT_EQ(key.public_key().value(), pem) << "the same one each time";
  const std::vector<std::string> passwords = {"s", "longer than the salt's 20 bytes",
                                              "\xc3\xa4\x01"};
  for (const std::string& password : passwords) {
    EXPECT_EQ(key.decrypt(encrypted(pem, password, salt), salt), password);
    EXPECT_EQ(key.decrypt(encrypted(pem, password, salt, RSA_PKCS1_PADDING), salt), password);
  }
}

TEST(PasswordKeyTest, RefusesOtherBytes) {
  PasswordKey key;
  PasswordKey other;
  const std::string salt = "01234567890123456789";
  EXPECT_FALSE(key.decrypt("", salt));
  EXPECT_FALSE(key.decrypt(std::string(256, 'x'), salt));
  EXPECT_FALSE(key.decrypt(std::string(1000, 'x'), salt));
  EXPECT_FALSE(key.decrypt(encrypted(other.public_key().value(), "s", salt), salt));
  EXPECT_NE(key.decrypt(encrypted(key.public_key().value(), "s", salt), "another"), "s");
}

}  // namespace
}  // namespace tbl::tidb::protocol
