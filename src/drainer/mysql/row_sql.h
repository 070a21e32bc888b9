// Values, conditions and statements of rows as SQL text.
#pragma once

#include <span>
#include <string>

#include "drainer/mysql/downstream_table.h"
#include "drainer/mysql/sql_text.h"
#include "drainer/schedule/batch_plan.h"

namespace tbl::mysql {

/// Appends SQL to a buffer. Stateless but for its settings; errors name table and column.
class RowSql {
 public:
  explicit RowSql(Escapes escapes) : escapes_(escapes) {}

  /// "(1,'a',NULL)" of the columns that are written.
  Status append_tuple(std::string& out, const MySqlTable& table, decode::RowValues values) const;
  /// The row key's value for an IN list: "1", or with several columns "(`a`=1 AND `b`=2)".
  Status append_row_key(std::string& out, const MySqlTable& table, decode::RowValues values) const;
  /// The condition that finds one row: by the first unique key without NULL, else by all columns,
  /// byte for byte.
  Status append_where(std::string& out, const MySqlTable& table, decode::RowValues values) const;
  /// "`a`=1,`b`='x'" of all columns that are written.
  Status append_assignments(std::string& out, const MySqlTable& table,
                            decode::RowValues values) const;

  /// A value as a literal of its column's type.
  Status append_value(std::string& out, const MySqlTable& table, uint32_t position,
                      decode::RowValues values) const;

 private:
  Status append_exact(std::string& out, const MySqlTable& table, size_t place,
                      decode::RowValues values) const;
  Status append_equal(std::string& out, const MySqlTable& table, uint32_t position,
                      decode::RowValues values) const;

  const Escapes escapes_;
};

}  // namespace tbl::mysql
