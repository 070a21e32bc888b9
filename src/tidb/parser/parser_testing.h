// For tests of the parser: texts in, nodes or texts out.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "tidb/ast/restore.h"
#include "tidb/parser/parser.h"

namespace tbl::tidb {

/// The expression with parentheses around every operation, or the error.
inline std::string brackets(std::string_view text, SqlMode mode = kDefaultSqlMode) {
  auto expr = parse_expression(text, {.sql_mode = mode});
  if (!expr.ok()) return expr.status().message();
  ast::RestoreOptions options;
  options.style = ast::RestoreStyle::kView;
  options.bracket_all = true;
  options.string_introducer = false;
  return ast::restore(**expr, options);
}

/// The one statement of the text as T; null, with a failure noted, if it is something else.
template <typename T>
std::unique_ptr<T> parse_as(std::string_view sql, SqlMode mode = kDefaultSqlMode) {
  auto statement = parse_one(sql, {.sql_mode = mode});
  if (!statement.ok()) {
    ADD_FAILURE() << sql << "\n" << statement.status().message();
    return nullptr;
  }
  if ((*statement)->kind != T::kKind) {
    ADD_FAILURE() << sql << "\nis of kind " << static_cast<int>((*statement)->kind);
    return nullptr;
  }
  return std::unique_ptr<T>(static_cast<T*>(statement->release()));
}

/// Message of the error; "" if there is none.
inline std::string parse_error(std::string_view sql, SqlMode mode = kDefaultSqlMode) {
  auto statements = parse(sql, {.sql_mode = mode});
  return statements.ok() ? "" : statements.status().message();
}

}  // namespace tbl::tidb
