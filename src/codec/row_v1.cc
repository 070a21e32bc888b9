#include "codec/row_v1.h"

#include "codec/memcomparable.h"

namespace tbl::codec {

namespace {
const Bytes kEmptyRow("\0", 1);
}

RowV1Reader::RowV1Reader(Bytes row, Arena& scratch)
    : in_(row == kEmptyRow ? Bytes() : row), scratch_(&scratch) {}

bool RowV1Reader::next(int64_t* column_id, Datum* value) {
  if (in_.empty() || failed_) return false;
  uint8_t flag = 0;
  failed_ = !in_.read_u8(&flag) || !read_id(flag, column_id) || !read_datum(in_, *scratch_, value);
  return !failed_;
}

bool RowV1Reader::read_id(uint8_t flag, int64_t* column_id) {
  if (flag == kFlagVarint) return in_.read_varint(column_id);
  return flag == kFlagInt && read_comparable_int(in_, column_id);
}

void write_row_v1_pair(std::string& out, int64_t column_id, const Datum& value) {
  write_value(out, Datum::of_int(column_id));
  write_value(out, value);
}

void finish_row_v1(std::string& out, size_t begin) {
  if (out.size() == begin) out += '\0';
}

}  // namespace tbl::codec
