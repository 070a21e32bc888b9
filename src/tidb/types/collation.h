// Character sets and collations: names, ids and the few rules this server knows about characters.
//
// As in TiDB 3.0, every collation compares by bytes, whatever its name says: *_ci names are
// accepted, kept and shown, but 'a' = 'A' is false.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"

namespace tbl::tidb {

struct CharsetInfo {
  std::string_view name;
  std::string_view description;
  std::string_view default_collation;
  int max_length;  ///< bytes of a character
};

struct CollationInfo {
  int id;
  std::string_view name;
  std::string_view charset;
  bool is_default;
  int sort_length;
};

constexpr std::string_view kDefaultCharset = "utf8mb4";
constexpr std::string_view kDefaultCollation = "utf8mb4_bin";
constexpr std::string_view kBinaryCharset = "binary";
constexpr int kBinaryCollationId = 63;
constexpr int kUtf8mb4BinId = 46;

/// In the order SHOW CHARACTER SET and SHOW COLLATION list them.
std::span<const CharsetInfo> all_charsets();
std::span<const CollationInfo> all_collations();

/// Null when there is none. Any case; "utf8mb3" is utf8.
const CharsetInfo* find_charset(std::string_view name);
const CollationInfo* find_collation(std::string_view name);
const CollationInfo* find_collation(int id);
/// The collation's id for the wire; kUtf8mb4BinId when the name is unknown.
int collation_id_of(std::string_view name);

/// Errors: 1115 unknown character set, 1273 unknown collation, 1253 they do not go together.
/// An empty name takes the other's default; both empty: utf8mb4, utf8mb4_bin.
struct CharsetAndCollation {
  std::string charset;
  std::string collate;
};
Result<CharsetAndCollation> resolve_charset(std::string_view charset, std::string_view collate);

/// Length of the longest prefix of `text` that is valid in the character set.
size_t valid_prefix(std::string_view charset, std::string_view text);

/// Characters of UTF-8 text; a byte that begins no valid character counts as one.
size_t utf8_count(std::string_view text);
/// Bytes of the first `count` characters, or all.
size_t utf8_prefix(std::string_view text, size_t count);
/// Lower and upper case, character by character, as the C library knows them; bytes that are no
/// valid character stay as they are.
std::string utf8_lower(std::string_view text);
std::string utf8_upper(std::string_view text);
/// ASCII only.
std::string ascii_lower(std::string_view text);
std::string ascii_upper(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace tbl::tidb
