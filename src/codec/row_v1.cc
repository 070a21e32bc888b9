#include "codec/row_v1.h"

namespace tbl::codec {

namespace {
const Bytes kEmptyRow("\0", 1);
}

RowV1Reader::RowV1Reader(Bytes row, Arena& scratch)
    : in_(row == kEmptyRow ? Bytes() : row), scratch_(&scratch) {}

bool RowV1Reader::next(int64_t* column_id, Datum* value) {
  if (in_.empty() || failed_) return false;
  Datum id;
  failed_ = !read_datum(in_, *scratch_, &id) || id.kind() != DatumKind::kInt ||
            !read_datum(in_, *scratch_, value);
  *column_id = id.as_int();
  return !failed_;
}

void write_row_v1_pair(std::string& out, int64_t column_id, const Datum& value) {
  write_value(out, Datum::of_int(column_id));
  write_value(out, value);
}

void finish_row_v1(std::string& out, size_t begin) {
  if (out.size() == begin) out += '\0';
}

}  // namespace tbl::codec
