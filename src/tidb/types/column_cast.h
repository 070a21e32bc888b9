// The parts of cast_to_column(), by the kind of the column. For the .cc files of this folder.
#pragma once

#include "tidb/types/convert.h"

namespace tbl::tidb {

/// Integers, YEAR, BIT, FLOAT, DOUBLE, DECIMAL.
Result<Value> cast_to_number_column(const Value& v, const ColumnTarget& target,
                                    const ConvertContext& ctx);
/// CHAR, VARCHAR, BINARY, VARBINARY, TEXT, BLOB.
Result<Value> cast_to_text_column(const Value& v, const ColumnTarget& target,
                                  const ConvertContext& ctx);
Result<Value> cast_to_member_column(const Value& v, const ColumnTarget& target,
                                    const ConvertContext& ctx);
/// DATE, DATETIME, TIMESTAMP, TIME.
Result<Value> cast_to_time_column(const Value& v, const ColumnTarget& target,
                                  const ConvertContext& ctx);

/// 1366: "Incorrect int value: 'x' for column 'a' at row 1".
Status incorrect_for_column(std::string_view type, std::string_view value,
                            const ColumnTarget& target);

}  // namespace tbl::tidb
