// Types of columns and expressions: defaults of TiDB 3.0, names, what the wire protocol says of
// them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "schema/table_info.h"
#include "tidb/types/value.h"

namespace tbl::tidb {

using schema::FieldType;

constexpr int64_t kMaxVarcharBytes = 65535;

// ---- types of expressions

FieldType int_type(bool is_unsigned = false);  ///< BIGINT
FieldType bool_type();                         ///< BIGINT(1), as comparisons give
FieldType double_type();
FieldType decimal_type(int64_t flen, int decimal);
/// VARCHAR of utf8mb4_bin; flen in characters.
FieldType string_type(int64_t flen = FieldType::kUnspecified);
/// VARBINARY.
FieldType bytes_type(int64_t flen = FieldType::kUnspecified);
FieldType date_type();
FieldType datetime_type(int fsp = 0);
FieldType timestamp_type(int fsp = 0);
FieldType duration_type(int fsp = 0);
FieldType json_type();
FieldType null_type();
/// The type of a literal or user variable holding this value.
FieldType type_of_value(const Value& v);

enum class EvalClass : uint8_t { kInt, kDouble, kDecimal, kString, kTime, kDuration, kJson };
/// As what kind of value an expression of this type computes. ENUM, SET and BIT count as strings
/// and integers by the context: kString, kString, kInt.
EvalClass eval_class(const FieldType& type);
bool is_numeric_type(uint8_t tp);
bool is_temporal_type(uint8_t tp);
/// CHAR, VARCHAR, TEXT with a character set that is not binary.
bool is_text_type(const FieldType& type);
/// The type of UNION, CASE, IF, COALESCE over both.
FieldType merge_types(const FieldType& a, const FieldType& b);

// ---- columns

/// Display width and scale where the statement gives none: int 11 (unsigned 10), char 1, ... Also
/// the flags that a column of this type has by itself (BINARY for times, BYTE strings, JSON;
/// UNSIGNED for BIT; UNSIGNED|ZEROFILL for YEAR) and "binary" as charset of what is no text.
/// `type.charset` and `collate` of texts must be resolved by the caller.
void fill_type_defaults(FieldType& type);
/// As SHOW CREATE TABLE prints it: "int(11) unsigned", "varchar(20)", "enum('a','b')"; charset and
/// collation apart.
std::string type_text(const FieldType& type);
/// DATA_TYPE of information_schema: "int", "varchar", "datetime".
std::string_view type_name(const FieldType& type);
/// Limits of the integer types.
int64_t int_lower_bound(uint8_t tp);
int64_t int_upper_bound(uint8_t tp);
uint64_t uint_upper_bound(uint8_t tp);
/// The type's zero: what a NOT NULL column without a default gets ('' , 0, zero date, first enum
/// member).
Value zero_value(const FieldType& type);

// ---- wire protocol

/// Column definition of a result set.
struct ProtocolType {
  uint8_t type = 0;
  uint16_t flags = 0;
  uint32_t length = 0;
  uint8_t decimals = 0;
  uint16_t charset = 63;
};
/// `connection_charset_id`: collation of text results.
ProtocolType protocol_type(const FieldType& type, uint16_t connection_charset_id);

}  // namespace tbl::tidb
