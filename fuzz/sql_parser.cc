// SQL text: the first byte chooses the modes. Whatever is read as an expression or a query must be
// the same after it was written as text and read again.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tidb/ast/dml.h"
#include "tidb/ast/restore.h"
#include "tidb/parser/parser.h"

using namespace tbl;
using namespace tbl::tidb;

namespace {

ast::RestoreOptions with_brackets() {
  ast::RestoreOptions options;
  options.bracket_all = true;
  return options;
}

/// Restored text is for the default mode.
void check_query(const ast::Query& query) {
  ast::RestoreOptions plain;
  plain.style = ast::RestoreStyle::kView;
  std::string text = ast::restore(query, plain);
  auto again = parse_one(text, {});
  if (!again.ok()) {
    // The text may be nested deeper than what it came from: joins get parentheses.
    if (query.depth > 50) return;
    abort();
  }
  if ((*again)->kind != ast::StatementKind::kSelect) abort();
  const auto& select = ast::as<ast::SelectStatement>(**again);
  if (ast::restore(query, with_brackets()) != ast::restore(*select.query, with_brackets())) abort();
}

void check_expression(const ast::Expr& expr) {
  std::string text = ast::restore(expr, {});
  auto again = parse_expression(text, {});
  if (!again.ok()) {
    // A long chain of + INTERVAL .. is written as calls inside each other.
    if (expr.depth > 50) return;
    abort();
  }
  if (ast::restore(expr, with_brackets()) != ast::restore(**again, with_brackets())) abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  ParseOptions options;
  if (data[0] & 1) options.sql_mode |= kModeAnsiQuotes;
  if (data[0] & 2) options.sql_mode |= kModeNoBackslashEscapes;
  if (data[0] & 4) options.sql_mode |= kModePipesAsConcat;
  if (data[0] & 8) options.sql_mode |= kModeHighNotPrecedence;
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  auto statements = parse(text, options);
  if (statements.ok()) {
    for (const auto& statement : *statements) {
      if (statement->kind != ast::StatementKind::kSelect) continue;
      check_query(*ast::as<ast::SelectStatement>(*statement).query);
    }
  }
  auto expr = parse_expression(text, options);
  if (expr.ok()) check_expression(**expr);
  return 0;
}
