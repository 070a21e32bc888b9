// SQL errors: a Status whose detail() is the MySQL error number and whose message is the text a
// client sees, word for word as MySQL and TiDB write it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "tidb/types/sql_errno.h"

namespace tbl::tidb {

/// `message` is the full text of the client's error.
Status sql_error(SqlErrno code, std::string message);

/// What goes into an error packet.
struct SqlErrorText {
  int code = kErrUnknown;
  std::string state;  ///< five characters
  std::string message;
};
/// A Status without a detail is 1105 HY000 with its whole message.
SqlErrorText describe_sql_error(const Status& status);
/// SQLSTATE of a number; "HY000" for numbers without an own one.
std::string_view sql_state_of(int code);
/// The status is this SQL error.
inline bool is_sql_error(const Status& status, SqlErrno code) { return status.detail() == code; }

// The texts used most. `clause` is "field list", "where clause", "order clause", ...

Status dup_entry(std::string_view value, std::string_view key);
Status unknown_column(std::string_view name, std::string_view clause);
Status ambiguous_column(std::string_view name, std::string_view clause);
Status unknown_database(std::string_view name);
Status no_database_selected();
/// "Table 'db.t' doesn't exist".
Status no_such_table(std::string_view db, std::string_view table);
Status table_exists(std::string_view name);
/// "Unknown table 'db.t'" of DROP TABLE.
Status bad_table(std::string_view name);
Status column_cannot_be_null(std::string_view column);
Status no_default_for(std::string_view column);
Status data_too_long(std::string_view column, uint64_t row);
Status out_of_range_column(std::string_view column, uint64_t row);
Status data_truncated(std::string_view column, uint64_t row);
/// 1690: "BIGINT value is out of range in '(a + b)'".
Status value_out_of_range(std::string_view type, std::string_view expression);
/// 1292: "Truncated incorrect INTEGER value: '1a'".
Status truncated_wrong_value(std::string_view type, std::string_view value);
/// 1292: "Incorrect datetime value: 'x'".
Status incorrect_value(std::string_view type, std::string_view value);
Status division_by_zero();
Status wrong_value_count_on_row(uint64_t row);
/// 1235: "This version of TiDB doesn't yet support '<what>'".
Status not_supported_yet(std::string_view what);
Status unknown_system_variable(std::string_view name);
Status wrong_value_for_variable(std::string_view name, std::string_view value);
Status wrong_usage(std::string_view first, std::string_view second);
Status operand_columns(uint64_t expected);
/// 1582: "Incorrect parameter count in the call to native function 'f'".
Status wrong_parameter_count(std::string_view function);
/// 1305: "FUNCTION f does not exist" (`name` may be "db.f").
Status no_such_function(std::string_view name);
/// 1064 as TiDB's parser writes it: place and the text from there on.
Status syntax_error(size_t line, size_t column, std::string_view near);
Status query_interrupted();
Status information_schema_changed();

}  // namespace tbl::tidb
