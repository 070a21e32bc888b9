// A stored row of either format.
#pragma once

#include "codec/row_v1.h"
#include "codec/row_v2.h"

namespace tbl::codec {

/// Walks over the columns of a row, whichever format its first byte says. Values of a v2 row are
/// kRaw: give them their column's type with decode_row_v2_value.
class RowReader {
 public:
  RowReader(Bytes row, Arena& scratch);

  /// False at the end and on damage: failed() tells which.
  bool next(int64_t* column_id, Datum* value);
  bool failed() const { return is_v2_ ? bad_v2_ : v1_.failed(); }
  bool is_v2() const { return is_v2_; }

 private:
  bool is_v2_;
  bool bad_v2_ = false;
  size_t index_ = 0;
  RowV2 v2_;
  RowV1Reader v1_;
};

}  // namespace tbl::codec
