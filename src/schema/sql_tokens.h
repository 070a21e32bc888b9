// SQL text as tokens, for questions that need no parser.
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

namespace tbl::schema {

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

/// Those that a server other than TiDB looks at: without kComment and kFeature.
std::vector<SqlToken> significant_tokens(std::string_view sql);

/// The tokens from `at` on are these words, given in upper case.
bool has_words(const std::vector<SqlToken>& tokens, size_t at,
               std::initializer_list<std::string_view> words);

}  // namespace tbl::schema
