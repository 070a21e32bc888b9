#include "tidb/types/sql_mode.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "tidb/types/collation.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

/// By bit number; "" is not used.
constexpr std::array<std::string_view, 32> kNames = {
    "REAL_AS_FLOAT",
    "PIPES_AS_CONCAT",
    "ANSI_QUOTES",
    "IGNORE_SPACE",
    "NOT_USED",
    "ONLY_FULL_GROUP_BY",
    "NO_UNSIGNED_SUBTRACTION",
    "NO_DIR_IN_CREATE",
    "POSTGRESQL",
    "ORACLE",
    "MSSQL",
    "DB2",
    "MAXDB",
    "NO_KEY_OPTIONS",
    "NO_TABLE_OPTIONS",
    "NO_FIELD_OPTIONS",
    "MYSQL323",
    "MYSQL40",
    "ANSI",
    "NO_AUTO_VALUE_ON_ZERO",
    "NO_BACKSLASH_ESCAPES",
    "STRICT_TRANS_TABLES",
    "STRICT_ALL_TABLES",
    "NO_ZERO_IN_DATE",
    "NO_ZERO_DATE",
    "ALLOW_INVALID_DATES",
    "ERROR_FOR_DIVISION_BY_ZERO",
    "TRADITIONAL",
    "NO_AUTO_CREATE_USER",
    "HIGH_NOT_PRECEDENCE",
    "NO_ENGINE_SUBSTITUTION",
    "PAD_CHAR_TO_FULL_LENGTH",
};

constexpr SqlMode kAnsiParts =
    kModeRealAsFloat | kModePipesAsConcat | kModeAnsiQuotes | kModeIgnoreSpace;
constexpr SqlMode kForeignParts = kModePipesAsConcat | kModeAnsiQuotes | kModeIgnoreSpace |
                                  kModeNoKeyOptions | kModeNoTableOptions | kModeNoFieldOptions;

/// What a combination stands for besides itself.
SqlMode expand(SqlMode mode) {
  if (mode & kModeAnsi) mode |= kAnsiParts;
  if (mode & (kModeOracle | kModeMaxdb)) mode |= kForeignParts | kModeNoAutoCreateUser;
  if (mode & (kModePostgresql | kModeMssql | kModeDb2)) mode |= kForeignParts;
  if (mode & (kModeMysql323 | kModeMysql40)) mode |= kModeHighNotPrecedence;
  if (mode & kModeTraditional) {
    mode |= kModeStrictTransTables | kModeStrictAllTables | kModeNoZeroInDate | kModeNoZeroDate |
            kModeErrorForDivisionByZero | kModeNoAutoCreateUser | kModeNoEngineSubstitution;
  }
  return mode;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

Status bad_mode(std::string_view text) { return wrong_value_for_variable("sql_mode", text); }

}  // namespace

Result<SqlMode> parse_sql_mode(std::string_view text) {
  text = trimmed(text);
  uint64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) {
    if (number >> kNames.size() != 0) return bad_mode(text);
    return expand(number);
  }
  SqlMode mode = 0;
  while (!text.empty()) {
    size_t comma = text.find(',');
    std::string_view name = trimmed(text.substr(0, comma));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    if (name.empty()) continue;
    size_t bit = 0;
    while (bit < kNames.size() && !equal_ignoring_case(name, kNames[bit])) ++bit;
    if (bit == kNames.size()) return bad_mode(name);
    mode |= 1ULL << bit;
  }
  return expand(mode);
}

std::string sql_mode_text(SqlMode mode) {
  std::string text;
  for (size_t bit = 0; bit < kNames.size(); ++bit) {
    if ((mode >> bit & 1) == 0) continue;
    if (!text.empty()) text += ',';
    text += kNames[bit];
  }
  return text;
}

}  // namespace tbl::tidb
