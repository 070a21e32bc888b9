#include "codec/prewrite_value.h"

#include <algorithm>

namespace tbl::codec {

namespace {

/// Place of a kind of rows, or of the sequence, in TableMutation's arrays; -1 for other fields.
int place_of(uint32_t number) {
  switch (number) {
    case kInsertedRows:
      return 0;
    case kUpdatedRows:
      return 1;
    case kDeletedRows:
      return 2;
    case kSequence:
      return 3;
    default:
      return -1;
  }
}
constexpr uint32_t kRowFields[] = {kInsertedRows, kUpdatedRows, kDeletedRows};
constexpr const char* kFieldNames[] = {"InsertedRows", "UpdatedRows", "DeletedRows", "Sequence"};
constexpr int kSequencePlace = 3;

size_t count_varints(Bytes packed) {
  return static_cast<size_t>(
      std::count_if(packed.begin(), packed.end(), [](char c) { return c >= 0; }));
}

}  // namespace

Result<size_t> rows_of_type(uint64_t type) {
  switch (type) {
    case kMutationInsert:
      return 0;
    case kMutationUpdate:
      return 1;
    case kMutationDeleteRow:
      return 2;
    case kMutationDeleteId:
      return data_loss("unknown mutation type: DeleteID");
    case kMutationDeletePk:
      return data_loss("unknown mutation type: DeletePK");
    default:
      return data_loss("unknown mutation type: " + std::to_string(static_cast<int32_t>(type)));
  }
}

Result<TableMutation> TableMutation::parse(Bytes message) {
  TableMutation mutation;
  mutation.message_ = message;
  WireReader reader(message);
  WireField field;
  while (reader.next(&field)) {
    if (field.number == kTableId) {
      if (!reader.expect(field, WireType::kVarint, "TableId")) break;
      mutation.table_id_ = field.as_int64();
    }
    int place = place_of(field.number);
    if (place < 0) continue;
    bool unpacked = place == kSequencePlace && field.type == WireType::kVarint;
    if (!unpacked && !reader.expect(field, WireType::kBytes, kFieldNames[place])) break;
    if (place == kSequencePlace) mutation.row_count_ += unpacked ? 1 : count_varints(field.bytes);
    Bytes& from = mutation.from_[place];
    if (from.data() == nullptr)
      from = message.substr(static_cast<size_t>(field.whole.data() - message.data()));
  }
  if (reader.failed()) return reader.status("TableMutation");
  return mutation;
}

TableMutation::Rows::Rows(const TableMutation& m)
    : sequence_(m.from_[kSequencePlace]),
      packed_(Bytes()),
      rows_{WireReader(m.from_[0]), WireReader(m.from_[1]), WireReader(m.from_[2])} {}

bool TableMutation::Rows::next_type(uint64_t* type) {
  if (!packed_.empty()) {
    if (packed_.read_uvarint(type)) return true;
    status_ = data_loss("unexpected EOF in the sequence of a TableMutation");
    return false;
  }
  WireField field;
  while (sequence_.next(&field)) {
    if (field.number != kSequence) continue;
    if (field.type == WireType::kVarint) {
      *type = field.varint;
      return true;
    }
    packed_ = ByteReader(field.bytes);
    if (!packed_.empty()) return next_type(type);
  }
  return false;
}

bool TableMutation::Rows::next(MutationType* type, Bytes* row) {
  if (!status_.ok()) return false;
  uint64_t number = 0;
  if (!next_type(&number)) return false;
  auto place = rows_of_type(number);
  if (!place.ok()) {
    status_ = place.status();
    return false;
  }
  *type = static_cast<MutationType>(number);
  WireField field;
  while (rows_[*place].next(&field)) {
    if (field.number != kRowFields[*place]) continue;
    *row = field.bytes;
    return true;
  }
  status_ = data_loss("the sequence of a TableMutation names more rows than there are");
  return false;
}

Result<PrewriteValue> PrewriteValue::parse(Bytes message) {
  PrewriteValue value(message);
  WireReader reader(message);
  WireField field;
  while (reader.next(&field)) {
    if (field.number == kSchemaVersion) {
      if (!reader.expect(field, WireType::kVarint, "SchemaVersion")) break;
      value.schema_version_ = field.as_int64();
    } else if (field.number == kMutations) {
      if (!reader.expect(field, WireType::kBytes, "Mutations")) break;
      ++value.mutation_count_;
    }
  }
  if (reader.failed()) return reader.status("PrewriteValue");
  return value;
}

bool PrewriteValue::next(Bytes* mutation) {
  WireField field;
  while (walk_.next(&field)) {
    if (field.number != kMutations) continue;
    *mutation = field.bytes;
    return true;
  }
  return false;
}

void PrewriteValueWriter::add_row(int64_t table_id, MutationType type, Bytes row) {
  auto table =
      std::find_if(tables_.begin(), tables_.end(), [=](auto& t) { return t.id == table_id; });
  if (table == tables_.end()) table = tables_.insert(table, Table{.id = table_id});
  auto place = rows_of_type(static_cast<uint64_t>(type));
  if (place.ok()) put_wire_bytes(table->rows[*place], kRowFields[*place], row);
  put_wire_varint(table->sequence, kSequence, static_cast<uint64_t>(type));
}

std::string PrewriteValueWriter::finish(int64_t schema_version) const {
  std::string out;
  put_wire_varint(out, kSchemaVersion, static_cast<uint64_t>(schema_version));
  for (const Table& table : tables_) {
    std::string message;
    put_wire_varint(message, kTableId, static_cast<uint64_t>(table.id));
    for (const std::string& rows : table.rows) message += rows;
    message += table.sequence;
    put_wire_bytes(out, kMutations, message);
  }
  return out;
}

}  // namespace tbl::codec
