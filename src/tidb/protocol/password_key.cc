#include "tidb/protocol/password_key.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "rpc/tls_context.h"

namespace tbl::tidb::protocol {
namespace {

constexpr unsigned int kKeyBits = 2048;

struct ContextFree {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
struct BioFree {
  void operator()(BIO* bio) const { BIO_free(bio); }
};

}  // namespace

void PasswordKey::Free::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

Result<evp_pkey_st*> PasswordKey::key() {
  std::lock_guard lock(mutex_);
  if (!key_) key_.reset(EVP_RSA_gen(kKeyBits));
  if (!key_) return internal_error("no RSA key for passwords: " + rpc::ssl_error_text());
  return key_.get();
}

Result<std::string> PasswordKey::public_key() {
  TBL_ASSIGN(EVP_PKEY* const pair, key());
  const std::unique_ptr<BIO, BioFree> out(BIO_new(BIO_s_mem()));
  if (!out || PEM_write_bio_PUBKEY(out.get(), pair) != 1) {
    return internal_error("public key for passwords: " + rpc::ssl_error_text());
  }
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return std::string(text, static_cast<size_t>(size));
}

namespace {

std::optional<std::string> decrypt_padded(EVP_PKEY* pair, std::string_view sent, int padding) {
  const std::unique_ptr<EVP_PKEY_CTX, ContextFree> context(EVP_PKEY_CTX_new(pair, nullptr));
  std::string clear(static_cast<size_t>(EVP_PKEY_get_size(pair)), '\0');
  size_t size = clear.size();
  const bool good =
      context && EVP_PKEY_decrypt_init(context.get()) == 1 &&
      EVP_PKEY_CTX_set_rsa_padding(context.get(), padding) == 1 &&
      EVP_PKEY_decrypt(context.get(), reinterpret_cast<unsigned char*>(clear.data()), &size,
                       reinterpret_cast<const unsigned char*>(sent.data()), sent.size()) == 1;
  ERR_clear_error();
  if (!good) return std::nullopt;
  clear.resize(size);
  return clear;
}

}  // namespace

std::optional<std::string> PasswordKey::decrypt(std::string_view sent, std::string_view salt) {
  const auto pair = key();
  if (!pair.ok() || salt.empty()) return std::nullopt;
  auto clear = decrypt_padded(*pair, sent, RSA_PKCS1_OAEP_PADDING);
  if (!clear) clear = decrypt_padded(*pair, sent, RSA_PKCS1_PADDING);
  if (!clear || clear->empty()) return std::nullopt;
  for (size_t i = 0; i < clear->size(); ++i) {
    (*clear)[i] = static_cast<char>((*clear)[i] ^ salt[i % salt.size()]);
  }
  if (clear->back() != '\0') return std::nullopt;
  clear->pop_back();
  return clear;
}

}  // namespace tbl::tidb::protocol
