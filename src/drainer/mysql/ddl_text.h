// What has to be known of a DDL's text, with a tokenizer instead of a parser.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tbl::mysql {

enum class SqlTokenKind : uint8_t {
  kWord,     ///< name or keyword without quotes, number
  kQuoted,   ///< '…', "…" or `…`, quotes included
  kComment,  ///< -- …, # …, /* … */, all of which servers skip
  kFeature,  ///< /*T! … */ or /*T![id] … */: executed by TiDB, skipped by others
  kVersion,  ///< /*! … */: executed by MySQL and MariaDB
  kSymbol,   ///< one character of anything else
};

struct SqlToken {
  SqlTokenKind kind;
  std::string_view text;
};

/// Splits without white space. Never fails: what is not closed reaches to the end.
std::vector<SqlToken> tokenize_sql(std::string_view sql);

/// CREATE DATABASE or CREATE SCHEMA: there is nothing to `use` yet.
bool is_create_database(std::string_view sql);
/// ALTER TABLE … SET TIFLASH REPLICA …: its failure is of no account.
bool is_tiflash_replica(std::string_view sql);

/// The text as the downstream should execute it: placement options are taken out, and a table with
/// TTL gets TTL_ENABLE = 'OFF', since the upstream's deletes arrive as rows. Otherwise unchanged.
/// Empty: nothing is left to be executed.
std::string adapt_ddl(std::string_view sql);

}  // namespace tbl::mysql
