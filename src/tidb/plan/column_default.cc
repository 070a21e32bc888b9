#include "tidb/plan/column_default.h"

#include <algorithm>

#include "tidb/expr/function.h"
#include "tidb/types/collation.h"
#include "tidb/types/convert.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

bool lacks_default(const schema::ColumnInfo& column) {
  return column.type.not_null() && !column.default_value && !column.default_bit &&
         !(column.type.flag & schema::kFlagAutoIncrement) && !column.is_generated();
}

Result<Value> current_time_of(const schema::ColumnInfo& column, EvalContext& eval) {
  std::vector<ExprPtr> args;
  args.push_back(Constant::of(Value::of_int(std::max(column.type.decimal, 0))));
  TBL_ASSIGN(ExprPtr now, make_function("now", std::move(args), BuildContext{eval}));
  TBL_ASSIGN(Value value, now->eval(eval, Row()));
  return cast_to_column(value, ColumnTarget{column.type, column.name.o, 1}, eval.convert);
}

Result<Value> column_default(const schema::ColumnInfo& column, EvalContext& eval) {
  if (lacks_default(column)) return no_default_for(column.name.o);
  if (column.default_bit) {
    // As wide as a stored value, or the two would not be the same.
    return cast_to_column(Value::of_bits(*column.default_bit),
                          ColumnTarget{column.type, column.name.o, 1}, eval.convert);
  }
  if (!column.default_value) return Value::null();
  bool is_time =
      column.type.tp == schema::kTypeTimestamp || column.type.tp == schema::kTypeDatetime;
  if (is_time && ascii_upper(*column.default_value).starts_with("CURRENT_TIMESTAMP")) {
    return current_time_of(column, eval);
  }
  return value_from_default(*column.default_value, column.type, column.version >= 1, eval.convert);
}

}  // namespace tbl::tidb
