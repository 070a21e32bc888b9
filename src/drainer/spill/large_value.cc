#include "drainer/spill/large_value.h"

#include <algorithm>

namespace tbl::spill {

namespace {

using codec::WireType;

constexpr uint32_t kPlaces[] = {codec::kInsertedRows, codec::kUpdatedRows, codec::kDeletedRows,
                                codec::kSequence};
constexpr size_t kSequencePlace = 3;
constexpr char kMessage[] = "TableMutation";
constexpr uint64_t kCountPiece = 64 << 10;

/// Entries of a packed sequence.
Result<uint64_t> count_varints(FileWindow& window, FileRange packed) {
  uint64_t count = 0;
  while (packed.size() > 0) {
    TBL_ASSIGN(Bytes piece, window.front(packed, kCountPiece));
    count += static_cast<uint64_t>(std::ranges::count_if(piece, [](char c) { return c >= 0; }));
    packed.begin += piece.size();
  }
  return count;
}

}  // namespace

Result<std::shared_ptr<const LargeValue>> LargeValue::parse(std::unique_ptr<SpillFile> file,
                                                            FileRange range) {
  std::shared_ptr<LargeValue> value(new LargeValue(std::move(file), range));
  TBL_TRY(value->index());
  return std::shared_ptr<const LargeValue>(std::move(value));
}

Status LargeValue::index() {
  FileFields fields(*file_, range_, "PrewriteValue");
  FileField field;
  while (true) {
    TBL_ASSIGN(bool found, fields.next(&field));
    if (!found) return ok_status();
    if (field.number == codec::kSchemaVersion) {
      if (field.type != WireType::kVarint) return fields.damaged("wrong wireType");
      schema_version_ = static_cast<int64_t>(field.varint);
    } else if (field.number == codec::kMutations) {
      if (field.type != WireType::kBytes) return fields.damaged("wrong wireType");
      TBL_ASSIGN(LargeMutation mutation, index_mutation(field.bytes));
      mutations_.push_back(mutation);
    }
  }
}

Result<LargeMutation> LargeValue::index_mutation(FileRange message) const {
  LargeMutation mutation;
  mutation.end = message.end;
  mutation.from.fill(message.end);
  FileFields fields(*file_, message, kMessage);
  FileWindow packed(*file_);
  FileField field;
  while (true) {
    TBL_ASSIGN(bool found, fields.next(&field));
    if (!found) return mutation;
    if (field.number == codec::kTableId) {
      if (field.type != WireType::kVarint) return fields.damaged("wrong wireType");
      mutation.table_id = static_cast<int64_t>(field.varint);
    }
    const auto* place = std::ranges::find(kPlaces, field.number);
    if (place == std::end(kPlaces)) continue;
    const auto number = static_cast<size_t>(place - kPlaces);
    const bool unpacked = number == kSequencePlace && field.type == WireType::kVarint;
    if (!unpacked && field.type != WireType::kBytes) return fields.damaged("wrong wireType");
    if (unpacked) {
      ++mutation.row_count;
    } else if (number == kSequencePlace) {
      TBL_ASSIGN(uint64_t count, count_varints(packed, field.bytes));
      mutation.row_count += count;
    }
    mutation.from[number] = std::min(mutation.from[number], field.begin);
  }
}

LargeValue::Rows::Rows(const LargeValue& value, const LargeMutation& mutation)
    : sequence_(value.file(), {mutation.from[kSequencePlace], mutation.end}, kMessage),
      packed_window_(value.file()),
      rows_{FileFields(value.file(), {mutation.from[0], mutation.end}, kMessage),
            FileFields(value.file(), {mutation.from[1], mutation.end}, kMessage),
            FileFields(value.file(), {mutation.from[2], mutation.end}, kMessage)} {}

Result<bool> LargeValue::Rows::next_type(uint64_t* type) {
  FileField field;
  while (packed_.size() == 0) {
    TBL_ASSIGN(bool found, sequence_.next(&field));
    if (!found) return false;
    if (field.number != codec::kSequence) continue;
    if (field.type == WireType::kVarint) {
      *type = field.varint;
      return true;
    }
    packed_ = field.bytes;
  }
  constexpr size_t kVarintBytes = 10;
  TBL_ASSIGN(Bytes bytes, packed_window_.front(packed_, kVarintBytes));
  ByteReader reader(bytes);
  if (!reader.read_uvarint(type)) {
    return data_loss("unexpected EOF in the sequence of a TableMutation");
  }
  packed_.begin += bytes.size() - reader.remaining();
  return true;
}

Result<bool> LargeValue::Rows::next(codec::MutationType* type, Bytes* row) {
  uint64_t number = 0;
  TBL_ASSIGN(bool found, next_type(&number));
  if (!found) return false;
  TBL_ASSIGN(size_t place, codec::rows_of_type(number));
  *type = static_cast<codec::MutationType>(number);
  FileField field;
  TBL_ASSIGN(found, rows_[place].next(kPlaces[place], WireType::kBytes, &field));
  if (!found) {
    return data_loss("the sequence of a TableMutation names more rows than there are");
  }
  TBL_ASSIGN(*row, rows_[place].bytes_of(field));
  return true;
}

}  // namespace tbl::spill
