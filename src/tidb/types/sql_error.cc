#include "tidb/types/sql_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace tbl::tidb {
namespace {

/// MySQL's table of SQLSTATEs; numbers that are missing have HY000. Sorted by number.
struct State {
  int code;
  const char* state;
};
constexpr auto kStates = std::to_array<State>({
    {1022, "23000"}, {1037, "HY001"}, {1040, "08004"}, {1042, "08S01"}, {1043, "08S01"},
    {1044, "42000"}, {1045, "28000"}, {1046, "3D000"}, {1047, "08S01"}, {1048, "23000"},
    {1049, "42000"}, {1050, "42S01"}, {1051, "42S02"}, {1052, "23000"}, {1053, "08S01"},
    {1054, "42S22"}, {1055, "42000"}, {1056, "42000"}, {1057, "42000"}, {1058, "21S01"},
    {1059, "42000"}, {1060, "42S21"}, {1061, "42000"}, {1062, "23000"}, {1063, "42000"},
    {1064, "42000"}, {1065, "42000"}, {1066, "42000"}, {1067, "42000"}, {1068, "42000"},
    {1069, "42000"}, {1070, "42000"}, {1071, "42000"}, {1072, "42000"}, {1073, "42000"},
    {1074, "42000"}, {1075, "42000"}, {1090, "42000"}, {1091, "42000"}, {1101, "42000"},
    {1102, "42000"}, {1103, "42000"}, {1104, "42000"}, {1106, "42000"}, {1107, "42000"},
    {1109, "42S02"}, {1110, "42000"}, {1112, "42000"}, {1113, "42000"}, {1115, "42000"},
    {1118, "42000"}, {1120, "42000"}, {1121, "42000"}, {1133, "42000"}, {1136, "21S01"},
    {1138, "22004"}, {1139, "42000"}, {1140, "42000"}, {1141, "42000"}, {1142, "42000"},
    {1143, "42000"}, {1144, "42000"}, {1145, "42000"}, {1146, "42S02"}, {1147, "42000"},
    {1148, "42000"}, {1149, "42000"}, {1153, "08S01"}, {1156, "08S01"}, {1162, "42000"},
    {1163, "42000"}, {1164, "42000"}, {1166, "42000"}, {1167, "42000"}, {1169, "23000"},
    {1170, "42000"}, {1171, "42000"}, {1172, "42000"}, {1173, "42000"}, {1176, "42000"},
    {1178, "42000"}, {1179, "25000"}, {1184, "08S01"}, {1211, "42000"}, {1213, "40001"},
    {1217, "23000"}, {1222, "21000"}, {1226, "42000"}, {1227, "42000"}, {1230, "42000"},
    {1231, "42000"}, {1232, "42000"}, {1234, "42000"}, {1235, "42000"}, {1239, "42000"},
    {1241, "21000"}, {1242, "21000"}, {1247, "42S22"}, {1248, "42000"}, {1250, "42000"},
    {1251, "08004"}, {1253, "42000"}, {1261, "01000"}, {1262, "01000"}, {1263, "22004"},
    {1264, "22003"}, {1265, "01000"}, {1280, "42000"}, {1281, "42000"}, {1286, "42000"},
    {1292, "22007"}, {1305, "42000"}, {1317, "70100"}, {1327, "42000"}, {1329, "02000"},
    {1365, "22012"}, {1367, "22007"}, {1370, "42000"}, {1403, "42000"}, {1406, "22001"},
    {1407, "42000"}, {1410, "42000"}, {1411, "HY000"}, {1425, "42000"}, {1426, "42000"},
    {1427, "42000"}, {1439, "42000"}, {1441, "22008"}, {1451, "23000"}, {1452, "23000"},
    {1463, "42000"}, {1582, "42000"}, {1568, "25001"}, {1583, "42000"}, {1690, "22003"},
    {1792, "25006"}, {1820, "HY000"}, {1845, "0A000"}, {1846, "0A000"}, {3020, "2201E"},
    {3065, "HY000"}, {3140, "22032"}, {3141, "22032"}, {3143, "42000"}, {3144, "22032"},
    {3146, "22032"}, {3149, "42000"}, {3152, "42000"}, {3153, "42000"}, {3154, "42000"},
    {3157, "22032"}, {3158, "22032"}, {3165, "42000"},
});

StatusCode status_code_of(SqlErrno code) {
  switch (code) {
    case kErrDupEntry:
    case kErrTableExists:
    case kErrDbCreateExists:
      return StatusCode::kAlreadyExists;
    case kErrNoSuchTable:
    case kErrBadTable:
    case kErrBadDb:
      return StatusCode::kNotFound;
    case kErrQueryInterrupted:
      return StatusCode::kCancelled;
    case kErrNotSupportedYet:
      return StatusCode::kUnimplemented;
    default:
      return StatusCode::kInvalidArgument;
  }
}

}  // namespace

Status sql_error(SqlErrno code, std::string message) {
  return Status(status_code_of(code), std::move(message)).with_detail(code);
}

std::string_view sql_state_of(int code) {
  const auto* it = std::ranges::lower_bound(kStates, code, {}, &State::code);
  return it != kStates.end() && it->code == code ? it->state : "HY000";
}

SqlErrorText describe_sql_error(const Status& status) {
  int code = status.detail() != 0 ? status.detail() : static_cast<int>(kErrUnknown);
  return {code, std::string(sql_state_of(code)), status.message()};
}

Status dup_entry(std::string_view value, std::string_view key) {
  return sql_error(kErrDupEntry, fmt::format("Duplicate entry '{}' for key '{}'", value, key));
}
Status unknown_column(std::string_view name, std::string_view clause) {
  return sql_error(kErrBadField, fmt::format("Unknown column '{}' in '{}'", name, clause));
}
Status ambiguous_column(std::string_view name, std::string_view clause) {
  return sql_error(kErrNonUniq, fmt::format("Column '{}' in {} is ambiguous", name, clause));
}
Status unknown_database(std::string_view name) {
  return sql_error(kErrBadDb, fmt::format("Unknown database '{}'", name));
}
Status no_database_selected() { return sql_error(kErrNoDb, "No database selected"); }
Status no_such_table(std::string_view db, std::string_view table) {
  return sql_error(kErrNoSuchTable, fmt::format("Table '{}.{}' doesn't exist", db, table));
}
Status table_exists(std::string_view name) {
  return sql_error(kErrTableExists, fmt::format("Table '{}' already exists", name));
}
Status bad_table(std::string_view name) {
  return sql_error(kErrBadTable, fmt::format("Unknown table '{}'", name));
}
Status column_cannot_be_null(std::string_view column) {
  return sql_error(kErrBadNull, fmt::format("Column '{}' cannot be null", column));
}
Status no_default_for(std::string_view column) {
  return sql_error(kErrNoDefaultForField,
                   fmt::format("Field '{}' doesn't have a default value", column));
}
Status data_too_long(std::string_view column, uint64_t row) {
  return sql_error(kErrDataTooLong,
                   fmt::format("Data too long for column '{}' at row {}", column, row));
}
Status out_of_range_column(std::string_view column, uint64_t row) {
  return sql_error(kErrWarnDataOutOfRange,
                   fmt::format("Out of range value for column '{}' at row {}", column, row));
}
Status data_truncated(std::string_view column, uint64_t row) {
  return sql_error(kErrWarnDataTruncated,
                   fmt::format("Data truncated for column '{}' at row {}", column, row));
}
Status value_out_of_range(std::string_view type, std::string_view expression) {
  return sql_error(kErrDataOutOfRange,
                   fmt::format("{} value is out of range in '{}'", type, expression));
}
Status truncated_wrong_value(std::string_view type, std::string_view value) {
  return sql_error(kErrTruncatedWrongValue,
                   fmt::format("Truncated incorrect {} value: '{}'", type, value));
}
Status incorrect_value(std::string_view type, std::string_view value) {
  return sql_error(kErrTruncatedWrongValue, fmt::format("Incorrect {} value: '{}'", type, value));
}
Status division_by_zero() { return sql_error(kErrDivisionByZero, "Division by 0"); }
Status wrong_value_count_on_row(uint64_t row) {
  return sql_error(kErrWrongValueCountOnRow,
                   fmt::format("Column count doesn't match value count at row {}", row));
}
Status not_supported_yet(std::string_view what) {
  return sql_error(kErrNotSupportedYet,
                   fmt::format("This version of TiDB doesn't yet support '{}'", what));
}
Status unknown_system_variable(std::string_view name) {
  return sql_error(kErrUnknownSystemVariable, fmt::format("Unknown system variable '{}'", name));
}
Status wrong_value_for_variable(std::string_view name, std::string_view value) {
  return sql_error(kErrWrongValueForVar,
                   fmt::format("Variable '{}' can't be set to the value of '{}'", name, value));
}
Status wrong_usage(std::string_view first, std::string_view second) {
  return sql_error(kErrWrongUsage, fmt::format("Incorrect usage of {} and {}", first, second));
}
Status operand_columns(uint64_t expected) {
  return sql_error(kErrOperandColumns,
                   fmt::format("Operand should contain {} column(s)", expected));
}
Status wrong_parameter_count(std::string_view function) {
  return sql_error(
      kErrWrongParamcountToNativeFct,
      fmt::format("Incorrect parameter count in the call to native function '{}'", function));
}
Status no_such_function(std::string_view name) {
  return sql_error(kErrSpDoesNotExist, fmt::format("FUNCTION {} does not exist", name));
}
Status syntax_error(size_t line, size_t column, std::string_view near) {
  return sql_error(
      kErrParse,
      fmt::format("You have an error in your SQL syntax; check the manual that corresponds to your "
                  "TiDB version for the right syntax to use line {} column {} near \"{}\" ",
                  line, column, near));
}
Status query_interrupted() {
  return sql_error(kErrQueryInterrupted, "Query execution was interrupted");
}
Status information_schema_changed() {
  return sql_error(kErrInfoSchemaChanged,
                   "Information schema is changed during the execution of the statement(for "
                   "example, table definition may be updated by other DDL ran in parallel). If you "
                   "see this error often, try increasing `tidb_max_delta_schema_count`. [try again "
                   "later]");
}

}  // namespace tbl::tidb
