#include "base/secret.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <algorithm>

#include <cstdlib>
#include <memory>

#include "base/base64.h"
#include "base/bytes.h"

namespace tbl {
namespace {

constexpr char kKeyVariable[] = "BINLOG_SECRET_KEY";
constexpr char kBuiltInKey[] = "a529b7665997f043a30ac8fadcb51d6aa032c226ab5b7750530b12b8c1a16a48";
constexpr size_t kIvBytes = 16;

const EVP_CIPHER* cipher_of(size_t key_bytes) {
  if (key_bytes == 16) return EVP_aes_128_cfb128();
  if (key_bytes == 24) return EVP_aes_192_cfb128();
  if (key_bytes == 32) return EVP_aes_256_cfb128();
  return nullptr;
}

unsigned char* as_bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* as_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Result<std::string> run_cipher(std::string_view input, std::string_view key, std::string_view iv,
                               bool encrypt) {
  const EVP_CIPHER* cipher = cipher_of(key.size());
  if (cipher == nullptr) return invalid_argument("secretKey not valid: it has the wrong length");
  std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> context(EVP_CIPHER_CTX_new(),
                                                                     EVP_CIPHER_CTX_free);
  std::string output(input.size(), '\0');
  int written = 0;
  if (!context ||
      EVP_CipherInit_ex(context.get(), cipher, nullptr, as_bytes(key), as_bytes(iv), encrypt) !=
          1 ||
      EVP_CipherUpdate(context.get(), as_bytes(output), &written, as_bytes(input),
                       static_cast<int>(input.size())) != 1) {
    return internal_error("the cipher failed");
  }
  return output;
}

Result<std::string> from_base64(std::string_view text) {
  std::string data(text.size() / 4 * 3 + 1, '\0');
  const int size = EVP_DecodeBlock(as_bytes(data), as_bytes(text), static_cast<int>(text.size()));
  const size_t padding = text.size() - text.find_last_not_of('=') - 1;
  if (text.empty() || text.size() % 4 != 0 || size < 0 || padding > 2) {
    return invalid_argument("base 64 failed to decode: the text is not base64");
  }
  data.resize(static_cast<size_t>(size) - padding);
  return data;
}

}  // namespace

bool has_own_secret_key() {
  const char* hex = std::getenv(kKeyVariable);
  return hex != nullptr && *hex != '\0';
}

Result<std::string> secret_key() {
  Result<std::string> key =
      from_hex(has_own_secret_key() ? std::getenv(kKeyVariable) : kBuiltInKey);
  if (!key.ok() || cipher_of(key->size()) == nullptr) {
    return invalid_argument(
        "secretKey not valid: BINLOG_SECRET_KEY must be the hex form of 16, 24 or 32 bytes");
  }
  return key;
}

Result<std::string> encrypt_secret(std::string_view plain, std::string_view key) {
  std::string iv(kIvBytes, '\0');
  if (RAND_bytes(as_bytes(iv), kIvBytes) != 1) return internal_error("no random numbers");
  TBL_ASSIGN(const std::string secret, run_cipher(plain, key, iv, true));
  return base64(iv + '@' + secret);
}

Result<std::string> decrypt_secret(std::string_view base64, std::string_view key) {
  TBL_ASSIGN(const std::string data, from_base64(base64));
  if (data.size() <= kIvBytes || data[kIvBytes] != '@')
    return invalid_argument("ciphertext not valid");
  const std::string_view view = data;
  return run_cipher(view.substr(kIvBytes + 1), key, view.substr(0, kIvBytes), false);
}

std::string without_passwords(std::string_view text) {
  constexpr std::string_view kEndsOfAuthority = "/?#\"', \\";
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t scheme = text.find("://", at);
    const size_t begin = scheme == text.npos ? text.size() : scheme + 3;
    out += text.substr(at, begin - at);
    const size_t end = std::min(text.find_first_of(kEndsOfAuthority, begin), text.size());
    const size_t sign = text.substr(begin, end - begin).rfind('@');
    if (sign != text.npos) out += "******";
    at = sign == text.npos ? begin : begin + sign;
  }
  return out;
}

}  // namespace tbl
