#include <fmt/format.h>

#include "tidb/ddl/build.h"
#include "tidb/types/collation.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

Status check_length(std::string_view name) {
  if (utf8_count(name) <= kMaxNameLength) return ok_status();
  return sql_error(kErrTooLongIdent, fmt::format("Identifier name '{}' is too long", name));
}

bool is_bad(std::string_view name) { return name.empty() || name.back() == ' '; }

}  // namespace

bool BuildScope::strict() const { return is_strict(eval.convert.sql_mode); }

Status check_database_name(std::string_view name) {
  TBL_TRY(check_length(name));
  if (!is_bad(name)) return ok_status();
  return sql_error(kErrWrongDbName, fmt::format("Incorrect database name '{}'", name));
}

Status check_table_name(std::string_view name) {
  TBL_TRY(check_length(name));
  if (!is_bad(name)) return ok_status();
  return sql_error(kErrWrongTableName, fmt::format("Incorrect table name '{}'", name));
}

Status check_column_name(std::string_view name) {
  TBL_TRY(check_length(name));
  // _tidb_rowid names the hidden handle.
  if (!is_bad(name) && ascii_lower(name) != "_tidb_rowid") return ok_status();
  return sql_error(kErrWrongColumnName, fmt::format("Incorrect column name '{}'", name));
}

Status check_index_name(std::string_view name) {
  TBL_TRY(check_length(name));
  if (!is_bad(name) && ascii_lower(name) != "primary") return ok_status();
  return sql_error(kErrWrongNameForIndex, fmt::format("Incorrect index name '{}'", name));
}

Status check_comment(std::string_view comment, size_t limit, std::string_view what, int code) {
  if (utf8_count(comment) <= limit) return ok_status();
  return sql_error(static_cast<SqlErrno>(code),
                   fmt::format("Comment for {} is too long (max = {})", what, limit));
}

}  // namespace tbl::tidb
