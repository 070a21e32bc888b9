#include "tidb/privilege/password.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <cctype>

#include "base/bytes.h"

namespace tbl::tidb {
namespace {

constexpr size_t kSha1Size = 20;
constexpr size_t kSha256Size = 32;
constexpr std::string_view kSha2Prefix = "$A$005$";
constexpr size_t kSha2SaltSize = 20;
constexpr size_t kSha2HashSize = 43;

std::string digest(const EVP_MD* md, std::string_view data) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(data.data(), data.size(), out, &size, md, nullptr);
  return {reinterpret_cast<const char*>(out), size};
}
std::string sha1(std::string_view data) { return digest(EVP_sha1(), data); }
std::string sha256(std::string_view data) { return digest(EVP_sha256(), data); }

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string xor_of(std::string_view a, std::string_view b) {
  std::string out(a);
  for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<char>(out[i] ^ b[i]);
  return out;
}

/// SHA-256 crypt (Ulrich Drepper's, 5000 rounds). The C library's takes 16 bytes of salt, MySQL's
/// form has 20, so it is computed here.
class Sha256Crypt {
 public:
  static std::string hash(std::string_view password, std::string_view salt) {
    const std::string a = mixed(password, salt);
    return encode(stretch(a, repeated(sum_p(password), password.size()),
                          repeated(sum_s(salt, a), salt.size())));
  }

 private:
  static constexpr int kRounds = 5000;

  static std::string repeated(const std::string& block, size_t size) {
    std::string out;
    while (out.size() + block.size() <= size) out += block;
    out += block.substr(0, size - out.size());
    return out;
  }
  static std::string mixed(std::string_view password, std::string_view salt) {
    const std::string pw(password);
    const std::string b = sha256(pw + std::string(salt) + pw);
    std::string in = pw + std::string(salt) + repeated(b, pw.size());
    for (size_t n = pw.size(); n > 0; n >>= 1) in += (n & 1) ? b : pw;
    return sha256(in);
  }
  static std::string sum_p(std::string_view password) {
    std::string in;
    for (size_t i = 0; i < password.size(); ++i) in += password;
    return sha256(in);
  }
  static std::string sum_s(std::string_view salt, const std::string& a) {
    std::string in;
    for (int i = 0; i < 16 + static_cast<unsigned char>(a[0]); ++i) in += salt;
    return sha256(in);
  }
  static std::string stretch(std::string a, const std::string& p, const std::string& s) {
    for (int i = 0; i < kRounds; ++i) {
      std::string in = (i % 2 != 0) ? p : a;
      if (i % 3 != 0) in += s;
      if (i % 7 != 0) in += p;
      in += (i % 2 != 0) ? a : p;
      a = sha256(in);
    }
    return a;
  }
  /// Three bytes make four characters, in the order the algorithm's author gave.
  static std::string encode(const std::string& d) {
    static constexpr char kAlphabet[] =
        "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    static constexpr int kNone = -1;
    static constexpr int kOrder[][3] = {{0, 10, 20}, {21, 1, 11}, {12, 22, 2},    {3, 13, 23},
                                        {24, 4, 14}, {15, 25, 5}, {6, 16, 26},    {27, 7, 17},
                                        {18, 28, 8}, {9, 19, 29}, {kNone, 31, 30}};
    std::string out;
    for (const auto& three : kOrder) {
      uint32_t v = 0;
      for (const int i : three) {
        v = v << 8 | (i == kNone ? 0 : static_cast<unsigned char>(d[static_cast<size_t>(i)]));
      }
      const int characters = three[0] == kNone ? 3 : 4;
      for (int n = 0; n < characters; ++n, v >>= 6) out.push_back(kAlphabet[v & 63]);
    }
    return out;
  }
};

std::string sha2_text(std::string_view password, std::string_view salt) {
  return std::string(kSha2Prefix) + std::string(salt) + Sha256Crypt::hash(password, salt);
}

}  // namespace

std::string native_hash(std::string_view password) {
  if (password.empty()) return {};
  std::string hex = to_hex(sha1(sha1(password)));
  for (char& c : hex) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return "*" + hex;
}

bool is_native_hash(std::string_view text) {
  if (text.size() != 1 + 2 * kSha1Size || text[0] != '*') return false;
  for (const char c : text.substr(1)) {
    if (!std::isxdigit(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

bool check_native(std::string_view stored, std::string_view salt, std::string_view response) {
  if (stored.empty()) return response.empty();
  if (!is_native_hash(stored) || response.size() != kSha1Size) return false;
  const auto twice = from_hex(stored.substr(1));
  const std::string once = xor_of(response, sha1(std::string(salt) + *twice));
  return same(sha1(once), *twice);
}

std::string sha2_hash(std::string_view password) {
  if (password.empty()) return {};
  std::string salt;
  while (salt.size() < kSha2SaltSize) {
    unsigned char byte = 0;
    RAND_bytes(&byte, 1);
    byte &= 0x7f;
    if (byte > ' ' && byte != '$' && byte < 0x7f) salt.push_back(static_cast<char>(byte));
  }
  return sha2_text(password, salt);
}

bool is_sha2_hash(std::string_view text) {
  return text.size() == kSha2Prefix.size() + kSha2SaltSize + kSha2HashSize &&
         text.starts_with(kSha2Prefix);
}

bool check_sha2(std::string_view stored, std::string_view password) {
  if (stored.empty()) return password.empty();
  if (!is_sha2_hash(stored)) return false;
  const std::string_view salt = stored.substr(kSha2Prefix.size(), kSha2SaltSize);
  return same(sha2_text(password, salt), stored);
}

std::string sha2_digest(std::string_view password) { return sha256(sha256(password)); }

bool check_sha2_response(std::string_view digest, std::string_view salt,
                         std::string_view response) {
  if (response.size() != kSha256Size || digest.size() != kSha256Size) return false;
  const std::string once = xor_of(response, sha256(std::string(digest) + std::string(salt)));
  return same(sha256(once), digest);
}

}  // namespace tbl::tidb
