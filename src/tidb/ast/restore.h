// Nodes back to SQL text, as TiDB keeps it in a table's schema.
//
// Names are in back quotes: columns in lower case in a column's expression, else as written.
// Parentheses appear where they were written (Expr::parens), so parsing the text again gives the
// same tree, in the default sql_mode: that is how stored text is to be read. Parameters are written
// as ?. Optimizer hints and the tables of FOR UPDATE OF are not written.
#pragma once

#include <string>

#include "tidb/ast/query.h"

namespace tbl::tidb::ast {

enum class RestoreStyle : uint8_t {
  /// Generated columns, CHECK, default expressions: "concat(_utf8mb4'v', `a`)", "`a` + 1".
  kColumn,
  /// Views and partition expressions: "YEAR(`d`)", "`a`+1", "SELECT `id` FROM `db`.`t`".
  kView,
};

struct RestoreOptions {
  RestoreStyle style = RestoreStyle::kColumn;
  /// Put before table names without a schema (except those of common tables); empty: nothing.
  std::string current_schema;
  /// Strings without an introducer get "_utf8mb4" (kView: "_UTF8MB4").
  bool string_introducer = true;
  /// Parentheses around every operator as well: shows how operators bind.
  bool bracket_all = false;
};

std::string restore(const Expr& expr, const RestoreOptions& options);
std::string restore(const Query& query, const RestoreOptions& options);

}  // namespace tbl::tidb::ast
