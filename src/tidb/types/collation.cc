#include "tidb/types/collation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/utf8.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

constexpr auto kCharsets = std::to_array<CharsetInfo>({
    {"utf8", "UTF-8 Unicode", "utf8_bin", 3},
    {"utf8mb4", "UTF-8 Unicode", "utf8mb4_bin", 4},
    {"ascii", "US ASCII", "ascii_bin", 1},
    {"latin1", "Latin1", "latin1_bin", 1},
    {"binary", "binary", "binary", 1},
});

/// By id. The collations of MySQL 5.7 for these character sets, and MySQL 8's default, which its
/// clients ask for.
constexpr auto kCollations = std::to_array<CollationInfo>({
    {5, "latin1_german1_ci", "latin1", false, 1},
    {8, "latin1_swedish_ci", "latin1", false, 1},
    {11, "ascii_general_ci", "ascii", false, 1},
    {15, "latin1_danish_ci", "latin1", false, 1},
    {31, "latin1_german2_ci", "latin1", false, 1},
    {33, "utf8_general_ci", "utf8", false, 1},
    {45, "utf8mb4_general_ci", "utf8mb4", false, 1},
    {46, "utf8mb4_bin", "utf8mb4", true, 1},
    {47, "latin1_bin", "latin1", true, 1},
    {48, "latin1_general_ci", "latin1", false, 1},
    {49, "latin1_general_cs", "latin1", false, 1},
    {63, "binary", "binary", true, 1},
    {65, "ascii_bin", "ascii", true, 1},
    {83, "utf8_bin", "utf8", true, 1},
    {94, "latin1_spanish_ci", "latin1", false, 1},
    {192, "utf8_unicode_ci", "utf8", false, 8},
    {193, "utf8_icelandic_ci", "utf8", false, 8},
    {194, "utf8_latvian_ci", "utf8", false, 8},
    {195, "utf8_romanian_ci", "utf8", false, 8},
    {196, "utf8_slovenian_ci", "utf8", false, 8},
    {197, "utf8_polish_ci", "utf8", false, 8},
    {198, "utf8_estonian_ci", "utf8", false, 8},
    {199, "utf8_spanish_ci", "utf8", false, 8},
    {200, "utf8_swedish_ci", "utf8", false, 8},
    {201, "utf8_turkish_ci", "utf8", false, 8},
    {202, "utf8_czech_ci", "utf8", false, 8},
    {203, "utf8_danish_ci", "utf8", false, 8},
    {204, "utf8_lithuanian_ci", "utf8", false, 8},
    {205, "utf8_slovak_ci", "utf8", false, 8},
    {206, "utf8_spanish2_ci", "utf8", false, 8},
    {207, "utf8_roman_ci", "utf8", false, 8},
    {208, "utf8_persian_ci", "utf8", false, 8},
    {209, "utf8_esperanto_ci", "utf8", false, 8},
    {210, "utf8_hungarian_ci", "utf8", false, 8},
    {211, "utf8_sinhala_ci", "utf8", false, 8},
    {212, "utf8_german2_ci", "utf8", false, 8},
    {213, "utf8_croatian_ci", "utf8", false, 8},
    {214, "utf8_unicode_520_ci", "utf8", false, 8},
    {215, "utf8_vietnamese_ci", "utf8", false, 8},
    {223, "utf8_general_mysql500_ci", "utf8", false, 1},
    {224, "utf8mb4_unicode_ci", "utf8mb4", false, 8},
    {225, "utf8mb4_icelandic_ci", "utf8mb4", false, 8},
    {226, "utf8mb4_latvian_ci", "utf8mb4", false, 8},
    {227, "utf8mb4_romanian_ci", "utf8mb4", false, 8},
    {228, "utf8mb4_slovenian_ci", "utf8mb4", false, 8},
    {229, "utf8mb4_polish_ci", "utf8mb4", false, 8},
    {230, "utf8mb4_estonian_ci", "utf8mb4", false, 8},
    {231, "utf8mb4_spanish_ci", "utf8mb4", false, 8},
    {232, "utf8mb4_swedish_ci", "utf8mb4", false, 8},
    {233, "utf8mb4_turkish_ci", "utf8mb4", false, 8},
    {234, "utf8mb4_czech_ci", "utf8mb4", false, 8},
    {235, "utf8mb4_danish_ci", "utf8mb4", false, 8},
    {236, "utf8mb4_lithuanian_ci", "utf8mb4", false, 8},
    {237, "utf8mb4_slovak_ci", "utf8mb4", false, 8},
    {238, "utf8mb4_spanish2_ci", "utf8mb4", false, 8},
    {239, "utf8mb4_roman_ci", "utf8mb4", false, 8},
    {240, "utf8mb4_persian_ci", "utf8mb4", false, 8},
    {241, "utf8mb4_esperanto_ci", "utf8mb4", false, 8},
    {242, "utf8mb4_hungarian_ci", "utf8mb4", false, 8},
    {243, "utf8mb4_sinhala_ci", "utf8mb4", false, 8},
    {244, "utf8mb4_german2_ci", "utf8mb4", false, 8},
    {245, "utf8mb4_croatian_ci", "utf8mb4", false, 8},
    {246, "utf8mb4_unicode_520_ci", "utf8mb4", false, 8},
    {247, "utf8mb4_vietnamese_ci", "utf8mb4", false, 8},
    {255, "utf8mb4_0900_ai_ci", "utf8mb4", false, 0},
});

}  // namespace

std::span<const CharsetInfo> all_charsets() { return kCharsets; }
std::span<const CollationInfo> all_collations() { return kCollations; }

const CharsetInfo* find_charset(std::string_view name) {
  if (equal_ignoring_case(name, "utf8mb3")) name = "utf8";
  for (const auto& c : kCharsets) {
    if (equal_ignoring_case(c.name, name)) return &c;
  }
  return nullptr;
}

const CollationInfo* find_collation(std::string_view name) {
  for (const auto& c : kCollations) {
    if (equal_ignoring_case(c.name, name)) return &c;
  }
  return nullptr;
}

const CollationInfo* find_collation(int id) {
  const auto* it = std::ranges::lower_bound(kCollations, id, {}, &CollationInfo::id);
  return it != kCollations.end() && it->id == id ? &*it : nullptr;
}

int collation_id_of(std::string_view name) {
  const CollationInfo* info = find_collation(name);
  return info != nullptr ? info->id : kUtf8mb4BinId;
}

Result<CharsetAndCollation> resolve_charset(std::string_view charset, std::string_view collate) {
  const CollationInfo* collation = nullptr;
  if (!collate.empty()) {
    collation = find_collation(collate);
    if (collation == nullptr) {
      return sql_error(kErrUnknownCollation, fmt::format("Unknown collation: '{}'", collate));
    }
  }
  if (charset.empty()) charset = collation != nullptr ? collation->charset : kDefaultCharset;
  const CharsetInfo* info = find_charset(charset);
  if (info == nullptr) {
    return sql_error(kErrUnknownCharacterSet, fmt::format("Unknown character set: '{}'", charset));
  }
  if (collation != nullptr && collation->charset != info->name) {
    return sql_error(kErrCollationCharsetMismatch,
                     fmt::format("COLLATION '{}' is not valid for CHARACTER SET '{}'",
                                 collation->name, info->name));
  }
  return CharsetAndCollation{
      std::string(info->name),
      std::string(collation != nullptr ? collation->name : info->default_collation)};
}

}  // namespace tbl::tidb
