#include "codec/row.h"

namespace tbl::codec {

RowReader::RowReader(Bytes row, Arena& scratch)
    : is_v2_(!row.empty() && static_cast<uint8_t>(row[0]) == kRowV2Version),
      v1_(is_v2_ ? Bytes() : row, scratch) {
  if (is_v2_) bad_v2_ = !v2_.parse(row);
}

bool RowReader::next(int64_t* column_id, Datum* value) {
  if (!is_v2_) return v1_.next(column_id, value);
  if (bad_v2_ || index_ == v2_.not_null_count() + v2_.null_count()) return false;
  *column_id = v2_.column_id(index_);
  *value = index_ < v2_.not_null_count() ? Datum::of_raw(v2_.value(index_)) : Datum::null();
  ++index_;
  return true;
}

}  // namespace tbl::codec
