// SQL text -> statements, in MySQL 5.7's language as TiDB takes it.
//
// Comments are skipped, except that the content of /*! .. */ (also with a version up to 50725),
// /*T! .. */ and /*T![known feature] .. */ is read as SQL. What the language has but this server
// will never do (window functions, SELECT .. INTO OUTFILE) is error 1235; everything else that does
// not fit is error 1064 with the place, as TiDB writes it. Nesting deeper than Expr::kMaxDepth is
// an error too: no text can exhaust the stack. Pure functions, for any thread.
#pragma once

#include <string_view>
#include <vector>

#include "base/status.h"
#include "tidb/ast/statement.h"
#include "tidb/types/sql_mode.h"

namespace tbl::tidb {

struct ParseOptions {
  /// ANSI_QUOTES, NO_BACKSLASH_ESCAPES, PIPES_AS_CONCAT, HIGH_NOT_PRECEDENCE and IGNORE_SPACE
  /// count.
  SqlMode sql_mode = kDefaultSqlMode;
};

/// All statements of a text separated by ';'. Empty ones are left out; the result may be empty.
Result<std::vector<ast::StatementPtr>> parse(std::string_view sql, const ParseOptions& options);

/// A text that must be exactly one statement (a final ';' is fine); an empty text is error 1065.
Result<ast::StatementPtr> parse_one(std::string_view sql, const ParseOptions& options);

/// A text that is one expression: generated columns, partition and CHECK expressions as stored.
Result<ast::ExprPtr> parse_expression(std::string_view text, const ParseOptions& options);

/// `word` cannot be a name without back quotes.
bool is_reserved_word(std::string_view word);

}  // namespace tbl::tidb
