// Passwords as MySQL stores and checks them.
#pragma once

#include <string>
#include <string_view>

namespace tbl::tidb {

/// "*" and the upper-case hex of SHA1(SHA1(password)); empty for an empty password.
std::string native_hash(std::string_view password);
/// A text of that form.
bool is_native_hash(std::string_view text);
/// `response` is SHA1(password) XOR SHA1(salt, SHA1(SHA1(password))); both empty: no password.
bool check_native(std::string_view stored, std::string_view salt, std::string_view response);

/// "$A$005$", 20 bytes of salt, 43 characters of hash: caching_sha2_password. The salt is new each
/// time.
std::string sha2_hash(std::string_view password);
bool is_sha2_hash(std::string_view text);
bool check_sha2(std::string_view stored, std::string_view password);
/// What the fast path compares with: SHA256(SHA256(password)).
std::string sha2_digest(std::string_view password);
/// `response` is SHA256(password) XOR SHA256(digest, salt).
bool check_sha2_response(std::string_view digest, std::string_view salt, std::string_view response);

}  // namespace tbl::tidb
