// The rows of SHOW statements, before LIKE and WHERE. For files of session/ only.
#pragma once

#include <string>
#include <vector>

#include "tidb/session/statements.h"

namespace tbl::tidb {

struct ShowResult {
  std::vector<TextColumn> columns;
  std::vector<Row> rows;
  size_t like_column = 0;  ///< the column LIKE looks at
};

/// Databases, tables, columns, indexes, SHOW CREATE ... (show_schema.cc)
Result<ShowResult> show_schema_rows(Session& session, const ast::ShowStatement& show);
/// Variables, status, processes, warnings, engines, nodes, ... (show_server.cc)
Result<ShowResult> show_server_rows(Session& session, const ast::ShowStatement& show);

/// The database a SHOW means. Errors: 1046, 1049, 1044.
Result<std::string> show_database(Session& session, const std::string& written);

}  // namespace tbl::tidb
