// Passwords that stand encrypted in config files, as `binlogctl -cmd encrypt` writes them: AES in
// CFB mode with a random IV, base64 of IV || '@' || cipher text.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace tbl {

/// The key: the environment's BINLOG_SECRET_KEY (hex of 16, 24 or 32 bytes), or the built-in one,
/// which everybody knows. Errors: "secretKey not valid: ...", never with the key in them.
Result<std::string> secret_key();
/// BINLOG_SECRET_KEY is set.
bool has_own_secret_key();

Result<std::string> encrypt_secret(std::string_view plain, std::string_view key);
/// Errors: "base 64 failed to decode: ...", "ciphertext not valid".
Result<std::string> decrypt_secret(std::string_view base64, std::string_view key);

/// `text` with "******" for every "user:password" in front of the @ of a URL: for logs and errors.
std::string without_passwords(std::string_view text);

}  // namespace tbl
