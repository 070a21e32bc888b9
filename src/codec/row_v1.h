// Row format v1: column id and value, one pair after the other, both as datums. Binlogs always use
// it.
#pragma once

#include <string>

#include "codec/datum_codec.h"

namespace tbl::codec {

/// Hidden row id of a table without an integer or clustered primary key.
constexpr int64_t kRowIdColumn = -1;

/// Walks over the pairs in the order they were written. An update's payload is two rows in a row,
/// so that each column id comes twice: first the old value. Does not own the bytes or the arena.
class RowV1Reader {
 public:
  RowV1Reader(Bytes row, Arena& scratch);

  /// False at the end and on damage: failed() tells which.
  bool next(int64_t* column_id, Datum* value);
  bool failed() const { return failed_; }

 private:
  bool read_id(uint8_t flag, int64_t* column_id);

  ByteReader in_;
  Arena* scratch_;
  bool failed_ = false;
};

/// Appends one pair. A row without pairs is the single byte 0: see finish_row_v1.
void write_row_v1_pair(std::string& out, int64_t column_id, const Datum& value);
/// Ends a row that began at `begin` in `out`.
void finish_row_v1(std::string& out, size_t begin);

}  // namespace tbl::codec
