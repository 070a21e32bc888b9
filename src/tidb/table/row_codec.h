// Rows of a table as TiKV stores them and as binlogs carry them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codec/time_zone.h"
#include "schema/table_info.h"
#include "tidb/types/value.h"

namespace tbl::tidb {

using schema::IndexInfo;
using schema::TableInfo;
using schema::TableInfoPtr;

/// The stored formats; both are always readable. tidb_row_format_version.
enum class RowFormat : uint8_t { kV1 = 1, kV2 = 2 };

/// A table's rows here are Rows with one value per TableInfo::columns, by offset. A row that is
/// shorter lacks the columns at the end, which are those not public; they count as their origin
/// default.

/// The value under the record key: all columns that are written (public, write-only, being
/// reorganized), without the integer primary key, virtual generated columns, and NULLs whose
/// default and origin default are NULL.
std::string encode_row(const TableInfo& table, const Row& row, RowFormat format,
                       const codec::TimeZone& zone);
/// Back. Columns that the row lacks get their origin default or NULL; virtual generated ones are
/// NULL (the executor computes them). Errors: kDataLoss naming table and handle.
Result<Row> decode_row(const TableInfo& table, int64_t handle, Bytes value,
                       const codec::TimeZone& zone);

/// Rows of a binlog's PrewriteValue, always in format v1: the handle and what a stored row holds;
/// all written columns before and after, NULLs too; all public columns. The last two with the
/// hidden row id as column -1.
std::string insert_event_row(const TableInfo& table, int64_t handle, const Row& row,
                             const codec::TimeZone& zone);
std::string update_event_row(const TableInfo& table, int64_t handle, const Row& before,
                             const Row& after, const codec::TimeZone& zone);
std::string delete_event_row(const TableInfo& table, int64_t handle, const Row& row,
                             const codec::TimeZone& zone);

/// Whether rows carry values for the column: public, write-only, or write-reorganization.
bool is_written(const schema::ColumnInfo& column);
/// The position of the integer primary key that is the handle; -1: the row id is hidden.
int handle_position(const TableInfo& table);
/// The handle as a value of that column (unsigned ones wrap).
Value handle_to_value(int64_t handle, const schema::FieldType& type);
/// The handle that an integer value makes.
int64_t value_to_handle(const Value& v);

}  // namespace tbl::tidb
