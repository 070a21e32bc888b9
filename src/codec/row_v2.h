// Row format v2: sorted column ids, end offsets, values without flags. Tables in TiKV use it
// since 4.0; in binlogs only delete rows of old clusters may.
#pragma once

#include <span>
#include <string>

#include "codec/datum.h"

namespace tbl::codec {

constexpr uint8_t kRowV2Version = 0x80;

/// How a column's value is laid out in a v2 row.
enum class RowV2Type : uint8_t { kInt, kUint, kFloat, kBytes, kDecimal, kJson };

/// The header of a v2 row. Points into the row.
class RowV2 {
 public:
  /// False when it is not a v2 row, or ids or offsets leave its bounds.
  bool parse(Bytes row);

  size_t not_null_count() const { return not_null_; }
  size_t null_count() const { return null_; }
  /// Ids: the not-null ones first, then the null ones; `i` below not_null_count() + null_count().
  int64_t column_id(size_t i) const;
  /// The `i`-th not-null value, undecoded.
  Bytes value(size_t i) const;
  /// kRaw, kNull or kAbsent.
  Datum find(int64_t column_id) const;

 private:
  size_t end_offset(size_t i) const;

  bool large_ = false;
  size_t not_null_ = 0;
  size_t null_ = 0;
  const char* ids_ = nullptr;
  const char* offsets_ = nullptr;
  Bytes data_;
};

/// Gives a raw value its type. TIME is kInt, dates, enums, sets and bits are kUint. False when it
/// has not the size or shape of that type.
bool decode_row_v2_value(Bytes raw, RowV2Type type, Datum* out);

/// A column of a row to be written.
struct RowV2Column {
  int64_t id;
  Datum value;
};
/// Appends a v2 row of columns sorted by id. kAbsent is left out.
void write_row_v2(std::string& out, std::span<const RowV2Column> columns);

}  // namespace tbl::codec
