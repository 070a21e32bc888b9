// Conversions between values: implicit coercions, comparison, storing into a column, CAST, text for
// clients, and datums for rows and keys.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "codec/arena.h"
#include "codec/datum.h"
#include "codec/time_zone.h"
#include "schema/table_info.h"
#include "tidb/types/field_type.h"
#include "tidb/types/sql_mode.h"
#include "tidb/types/value.h"
#include "tidb/types/warnings.h"

namespace tbl::tidb {

/// What a conversion depends on; one per statement. Not owned: zone and warnings live as long as
/// the statement.
struct ConvertContext {
  SqlMode sql_mode = kDefaultSqlMode;
  const codec::TimeZone* time_zone = nullptr;  ///< null: UTC
  Warnings* warnings = nullptr;                ///< null: nobody asks
  /// A value that does not fit is an error (a strict sql_mode and no IGNORE, statements that
  /// write); else the nearest value is taken and a warning noted.
  bool strict = false;
  TimeFields now{};  ///< the statement's time in the session's zone: day of a TIME made a DATETIME

  const codec::TimeZone& zone() const;
  /// The error itself when strict, else ok and a warning.
  Status report(Status problem) const;
  void warn(const Status& problem) const;
};

// ---- implicit coercions of expressions: NULL must be handled by the caller (it gives 0 or "").
// A text that is no number gives its numeric prefix and "Truncated incorrect DOUBLE value".

Result<int64_t> to_int(const Value& v, const ConvertContext& ctx);
Result<uint64_t> to_uint(const Value& v, const ConvertContext& ctx);
Result<double> to_double(const Value& v, const ConvertContext& ctx);
Result<Decimal> to_decimal(const Value& v, const ConvertContext& ctx);
/// The text of any value.
std::string to_text(const Value& v);
/// True, false; NULL is false. Texts by their number.
Result<bool> to_bool(const Value& v, const ConvertContext& ctx);
/// Null value and warning 1292 where it is no time; strict: error 1292. `type` kTypeDate,
/// kTypeDatetime, kTypeTimestamp; fsp -1: as the value has.
Result<Value> to_time(const Value& v, uint8_t type, int fsp, const ConvertContext& ctx);
Result<Value> to_duration(const Value& v, int fsp, const ConvertContext& ctx);
/// The longest one, and warning 1292, where it would be longer; strict: error 1292.
Result<DurationValue> duration_of_micros(int64_t micros, const ConvertContext& ctx);
/// Texts become JSON strings (not parsed), numbers numbers.
Result<std::string> to_json(const Value& v);
/// The interval of `INTERVAL v unit`; nothing: NULL or unusable.
Result<std::optional<Interval>> to_interval(const Value& v, IntervalUnit unit,
                                            const ConvertContext& ctx);

// ---- comparison

/// SQL's comparison of two values that are not NULL: -1, 0, 1. Both texts: by bytes; integers
/// exactly; with a decimal as decimals; a time with a text as times; anything else as doubles.
/// NULL is below everything and equal to NULL (ORDER BY).
Result<int> compare(const Value& a, const Value& b, const ConvertContext& ctx);
/// The same for two values of one column's type (sorting, grouping, index ranges): never fails.
int compare_same_type(const Value& a, const Value& b);
/// Equal for equal values of one column's type: hash joins, GROUP BY, DISTINCT. Numbers of
/// different kinds with the same value hash alike.
std::string group_key(const Value& v);

// ---- columns

/// The place a message names.
struct ColumnTarget {
  const FieldType& type;
  std::string_view name;
  uint64_t row = 1;
};
/// The value as the column stores it. strict: errors 1264 (out of range), 1265 (truncated enum,
/// set), 1366 (no number), 1406 (too long), 1292 (no time), 3140 (no JSON); else the nearest value
/// and a warning. NULL stays NULL: see check_not_null().
Result<Value> cast_to_column(const Value& v, const ColumnTarget& target, const ConvertContext& ctx);
/// 1048 when v is NULL and the column is NOT NULL; not strict (`allow_zero`): the type's zero and a
/// warning.
Result<Value> check_not_null(Value v, const ColumnTarget& target, bool allow_zero,
                             const ConvertContext& ctx);
/// CAST(v AS type): NULL or the nearest with a warning; strict: 1292, or 1690 for a DECIMAL out of
/// range. Texts that are cut and doubles out of range are never an error, a JSON that is none is
/// one (3140).
Result<Value> cast_value(const Value& v, const FieldType& type, const ConvertContext& ctx);

/// A stored default's text (ColumnInfo::default_value, origin_default) as a value of the column;
/// not for CURRENT_TIMESTAMP. `utc`: TIMESTAMP texts are UTC (ColumnInfo::version >= 1).
Result<Value> value_from_default(const std::string& text, const FieldType& type, bool utc,
                                 const ConvertContext& ctx);
/// origin_default of a column for rows that lack it; NULL where there is none.
Result<Value> origin_default_value(const schema::ColumnInfo& column, const ConvertContext& ctx);
/// The text that ColumnInfo::default_value keeps: TIMESTAMPs as UTC.
std::string default_text(const Value& v, const FieldType& type, const ConvertContext& ctx);

/// As the text protocol sends it; not for NULL. Decimals with the type's scale, floats as MySQL
/// prints them, ZEROFILL with zeros.
std::string value_to_text(const Value& v, const FieldType& type);
/// As an SQL literal: quoted texts, x'..' for bytes.
std::string value_to_literal(const Value& v);

// ---- rows and keys

/// The datum of a column's value for rows (v1, v2) and binlogs; TIMESTAMPs become UTC. The datum
/// points into `v` or `arena`.
codec::Datum value_to_datum(const Value& v, const FieldType& type, const codec::TimeZone& zone,
                            codec::Arena& arena);
/// The same for index keys (TIME is kDuration there).
codec::Datum value_to_key_datum(const Value& v, const FieldType& type, const codec::TimeZone& zone,
                                codec::Arena& arena);
/// Back, for rows and keys alike; kRaw is decoded by the type. kAbsent gives NULL. Error:
/// kDataLoss.
Result<Value> datum_to_value(const codec::Datum& datum, const FieldType& type,
                             const codec::TimeZone& zone);
/// The first `length` characters (bytes of a byte string) of an indexed text or byte column.
Value index_prefix_of(const Value& v, const FieldType& type, int64_t length);

}  // namespace tbl::tidb
