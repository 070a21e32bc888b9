// The key pair for passwords that come over a connection without TLS (caching_sha2_password).
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

struct evp_pkey_st;

namespace tbl::tidb::protocol {

/// RSA with 2048 bits, made when it is first asked for, new in each process. Any thread.
class PasswordKey {
 public:
  /// As PEM.
  Result<std::string> public_key();
  /// What a client has sent: the password and a NUL, XORed with the salt (repeated), encrypted with
  /// the public key. Padding is OAEP, as MySQL 8 takes it, or that of PKCS #1 1.5, which clients
  /// use for a server of an older version, and such is ours. Nothing: it is not that.
  std::optional<std::string> decrypt(std::string_view sent, std::string_view salt);

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const;
  };
  Result<evp_pkey_st*> key();

  std::mutex mutex_;
  std::unique_ptr<evp_pkey_st, Free> key_;
};

}  // namespace tbl::tidb::protocol
