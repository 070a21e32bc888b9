// The sql_mode variable: bits, names, combinations.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace tbl::tidb {

using SqlMode = uint64_t;

/// MySQL 5.7's bit numbers: an integer assigned to sql_mode means these.
enum SqlModeBit : SqlMode {
  kModeRealAsFloat = 1ULL << 0,
  kModePipesAsConcat = 1ULL << 1,
  kModeAnsiQuotes = 1ULL << 2,
  kModeIgnoreSpace = 1ULL << 3,
  kModeNotUsed = 1ULL << 4,
  kModeOnlyFullGroupBy = 1ULL << 5,
  kModeNoUnsignedSubtraction = 1ULL << 6,
  kModeNoDirInCreate = 1ULL << 7,
  kModePostgresql = 1ULL << 8,
  kModeOracle = 1ULL << 9,
  kModeMssql = 1ULL << 10,
  kModeDb2 = 1ULL << 11,
  kModeMaxdb = 1ULL << 12,
  kModeNoKeyOptions = 1ULL << 13,
  kModeNoTableOptions = 1ULL << 14,
  kModeNoFieldOptions = 1ULL << 15,
  kModeMysql323 = 1ULL << 16,
  kModeMysql40 = 1ULL << 17,
  kModeAnsi = 1ULL << 18,
  kModeNoAutoValueOnZero = 1ULL << 19,
  kModeNoBackslashEscapes = 1ULL << 20,
  kModeStrictTransTables = 1ULL << 21,
  kModeStrictAllTables = 1ULL << 22,
  kModeNoZeroInDate = 1ULL << 23,
  kModeNoZeroDate = 1ULL << 24,
  kModeInvalidDates = 1ULL << 25,
  kModeErrorForDivisionByZero = 1ULL << 26,
  kModeTraditional = 1ULL << 27,
  kModeNoAutoCreateUser = 1ULL << 28,
  kModeHighNotPrecedence = 1ULL << 29,
  kModeNoEngineSubstitution = 1ULL << 30,
  kModePadCharToFullLength = 1ULL << 31,
};

/// TiDB's default.
constexpr SqlMode kDefaultSqlMode =
    kModeOnlyFullGroupBy | kModeStrictTransTables | kModeNoZeroInDate | kModeNoZeroDate |
    kModeErrorForDivisionByZero | kModeNoAutoCreateUser | kModeNoEngineSubstitution;

constexpr bool is_strict(SqlMode mode) {
  return (mode & (kModeStrictTransTables | kModeStrictAllTables)) != 0;
}

/// Reads "A,B,..." (any case, blanks around names), with ANSI, TRADITIONAL and the other
/// combinations expanded, or a number. Error 1231 names what is unknown.
Result<SqlMode> parse_sql_mode(std::string_view text);
/// Names in MySQL's order, joined by commas.
std::string sql_mode_text(SqlMode mode);

}  // namespace tbl::tidb
