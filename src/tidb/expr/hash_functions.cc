// MD5, SHA1, SHA2, PASSWORD, AES_ENCRYPT, COMPRESS, RANDOM_BYTES.
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <zlib.h>

#include <algorithm>
#include <memory>

#include "base/bytes.h"
#include "tidb/expr/call_args.h"
#include "tidb/expr/families.h"
#include "tidb/expr/result_type.h"
#include "tidb/types/collation.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

template <int64_t kWidth>
Result<FieldType> hex_text(BuildCall& call) {
  return text_type(kWidth, call.ctx);
}
Result<FieldType> any_bytes(BuildCall&) { return bytes_type(kMaxBlobWidth); }

const unsigned char* bytes_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string digest(const EVP_MD* kind, const std::string& text) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), bytes_of(out), &size, kind, nullptr);
  out.resize(size);
  return out;
}

std::string lower_hex(const std::string& bytes) {
  std::string out;
  for (unsigned char c : bytes) {
    out += "0123456789abcdef"[c >> 4];
    out += "0123456789abcdef"[c & 15];
  }
  return out;
}

Result<Value> eval_md5(Call& call) {
  return Value::of_string(lower_hex(digest(EVP_md5(), text_arg(call, 0))));
}
Result<Value> eval_sha1(Call& call) {
  return Value::of_string(lower_hex(digest(EVP_sha1(), text_arg(call, 0))));
}

/// SHA2(text, 0 | 224 | 256 | 384 | 512); NULL for other lengths.
Result<Value> eval_sha2(Call& call) {
  TBL_ASSIGN(int64_t bits, length_arg(call, 1));
  const EVP_MD* kind = bits == 0 || bits == 256 ? EVP_sha256()
                       : bits == 224            ? EVP_sha224()
                       : bits == 384            ? EVP_sha384()
                       : bits == 512            ? EVP_sha512()
                                                : nullptr;
  if (kind == nullptr) return Value::null();
  return Value::of_string(lower_hex(digest(kind, text_arg(call, 0))));
}

/// What mysql.user keeps of a password.
Result<Value> eval_password(Call& call) {
  std::string text = text_arg(call, 0);
  if (text.empty()) return Value::of_string("");
  std::string twice = digest(EVP_sha1(), digest(EVP_sha1(), text));
  return Value::of_string("*" + ascii_upper(lower_hex(twice)));
}

/// The cipher that block_encryption_mode names; null: none such.
const EVP_CIPHER* cipher_of(const std::string& mode) {
  return EVP_get_cipherbyname(ascii_upper(mode).c_str());
}

/// MySQL's key: the bytes XORed around into as many as the cipher takes.
std::string folded_key(const std::string& key, size_t size) {
  std::string out(size, '\0');
  for (size_t i = 0; i < key.size(); ++i) out[i % size] = static_cast<char>(out[i % size] ^ key[i]);
  return out;
}

struct CipherFree {
  void operator()(EVP_CIPHER_CTX* c) const { EVP_CIPHER_CTX_free(c); }
};

/// Nothing: the cipher refuses (bad padding, wrong length).
std::optional<std::string> crypt(const EVP_CIPHER* cipher, bool encrypt, const std::string& text,
                                 const std::pair<std::string, std::string>& key_and_vector) {
  std::unique_ptr<EVP_CIPHER_CTX, CipherFree> ctx(EVP_CIPHER_CTX_new());
  const auto& [key, vector] = key_and_vector;
  const unsigned char* iv = vector.empty() ? nullptr : bytes_of(vector);
  if (EVP_CipherInit_ex(ctx.get(), cipher, nullptr, bytes_of(key), iv, encrypt ? 1 : 0) != 1) {
    return std::nullopt;
  }
  constexpr size_t kBlock = 16;
  std::string out(text.size() + 2 * kBlock, '\0');
  int size = 0, rest = 0;
  if (EVP_CipherUpdate(ctx.get(), bytes_of(out), &size, bytes_of(text),
                       static_cast<int>(text.size())) != 1 ||
      EVP_CipherFinal_ex(ctx.get(), bytes_of(out) + size, &rest) != 1) {
    return std::nullopt;
  }
  out.resize(static_cast<size_t>(size + rest));
  return out;
}

/// AES_ENCRYPT(text, key [, initialization vector]).
template <bool kEncrypt>
Result<Value> eval_aes(Call& call) {
  const EVP_CIPHER* cipher = cipher_of(call.ctx.block_encryption_mode);
  if (cipher == nullptr) {
    return not_supported_yet("block_encryption_mode '" + call.ctx.block_encryption_mode + "'");
  }
  auto vector_size = static_cast<size_t>(EVP_CIPHER_iv_length(cipher));
  std::string vector;
  if (vector_size > 0) {
    if (call.args.size() < 3) return wrong_parameter_count(call.expr.name());
    vector = text_arg(call, 2);
    if (vector.size() < vector_size) {
      return sql_error(kErrWrongArguments, "The initialization vector supplied to " +
                                               std::string(call.expr.name()) +
                                               " is too short. Must be at least 16 bytes long");
    }
    vector.resize(vector_size);
  }
  std::string key =
      folded_key(text_arg(call, 1), static_cast<size_t>(EVP_CIPHER_key_length(cipher)));
  auto out = crypt(cipher, kEncrypt, text_arg(call, 0), {key, vector});
  return out ? Value::of_string(std::move(*out)) : Value::null();
}

constexpr size_t kLengthBytes = 4;
constexpr auto kZlibDataError = static_cast<SqlErrno>(1259);

/// Four bytes of the length, then zlib's form; a dot where that would end in a blank.
Result<Value> eval_compress(Call& call) {
  std::string text = text_arg(call, 0);
  if (text.empty()) return Value::of_string("");
  uLongf size = compressBound(text.size());
  std::string packed(size, '\0');
  if (compress(bytes_of(packed), &size, bytes_of(text), text.size()) != Z_OK) return Value::null();
  packed.resize(size);
  std::string out;
  put_le32(out, static_cast<uint32_t>(text.size()));
  out += packed;
  if (out.back() == ' ') out += '.';
  return Value::of_string(std::move(out));
}

uint32_t packed_length(const std::string& packed) {
  uint32_t length = 0;
  for (size_t i = kLengthBytes; i-- > 0;)
    length = length << 8 | static_cast<unsigned char>(packed[i]);
  return length & 0x3FFFFFFF;
}

Result<Value> damaged(const Call& call) {
  call.ctx.convert.warn(sql_error(kZlibDataError, "ZLIB: Input data corrupted"));
  return Value::null();
}

Result<Value> eval_uncompress(Call& call) {
  std::string packed = text_arg(call, 0);
  if (packed.empty()) return Value::of_string("");
  if (packed.size() <= kLengthBytes) return damaged(call);
  uLongf size = packed_length(packed);
  if (size > call.ctx.max_allowed_packet) return damaged(call);
  std::string out(size, '\0');
  const unsigned char* data = bytes_of(packed) + kLengthBytes;
  if (uncompress(bytes_of(out), &size, data, packed.size() - kLengthBytes) != Z_OK) {
    return damaged(call);
  }
  out.resize(size);
  return Value::of_string(std::move(out));
}

Result<Value> eval_uncompressed_length(Call& call) {
  std::string packed = text_arg(call, 0);
  if (packed.empty()) return Value::of_int(0);
  if (packed.size() <= kLengthBytes) {
    TBL_TRY(damaged(call).status());
    return Value::of_int(0);
  }
  return Value::of_int(packed_length(packed));
}

Result<Value> eval_random_bytes(Call& call) {
  TBL_ASSIGN(int64_t count, length_arg(call, 0));
  constexpr int64_t kMost = 1024;
  if (count < 1 || count > kMost) {
    return sql_error(kErrDataOutOfRange, "length value is out of range in 'random_bytes'");
  }
  std::string out(static_cast<size_t>(count), '\0');
  if (RAND_bytes(bytes_of(out), static_cast<int>(count)) != 1) {
    return internal_error("no random numbers from OpenSSL");
  }
  return Value::of_string(std::move(out));
}

constexpr FunctionDef kFunctions[] = {
    {"md5", 1, 1, hex_text<32>, eval_md5},
    {"sha", 1, 1, hex_text<40>, eval_sha1},
    {"sha1", 1, 1, hex_text<40>, eval_sha1},
    {"sha2", 2, 2, hex_text<128>, eval_sha2},
    {"password", 1, 1, hex_text<41>, eval_password},
    {"aes_encrypt", 2, 3, any_bytes, eval_aes<true>, kPerStatement},
    {"aes_decrypt", 2, 3, any_bytes, eval_aes<false>, kPerStatement},
    {"compress", 1, 1, any_bytes, eval_compress},
    {"uncompress", 1, 1, any_bytes, eval_uncompress},
    {"uncompressed_length", 1, 1,
     [](BuildCall&) -> Result<FieldType> { return int_type_of_width(10); },
     eval_uncompressed_length},
    {"random_bytes", 1, 1, any_bytes, eval_random_bytes, kNotConstant},
};

}  // namespace

std::span<const FunctionDef> hash_functions() { return kFunctions; }

}  // namespace tbl::tidb
