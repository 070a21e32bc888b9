// The value of a column that a statement gives none for.
#pragma once

#include "tidb/expr/expr.h"

namespace tbl::tidb {

/// The default of DEFAULT(c) and of columns left out: NULL where there is none, the time of the
/// statement for CURRENT_TIMESTAMP. Error 1364 for a NOT NULL column without a default.
Result<Value> column_default(const schema::ColumnInfo& column, EvalContext& eval);
/// NOT NULL without a default, and not AUTO_INCREMENT: a strict INSERT must give a value.
bool lacks_default(const schema::ColumnInfo& column);
/// The time of the statement as the column holds it (ON UPDATE CURRENT_TIMESTAMP).
Result<Value> current_time_of(const schema::ColumnInfo& column, EvalContext& eval);

}  // namespace tbl::tidb
