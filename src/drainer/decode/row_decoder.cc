#include "drainer/decode/row_decoder.h"

#include <fmt/format.h>

#include <set>

#include "codec/row.h"

namespace tbl::decode {

namespace {

using codec::Datum;
using codec::DatumKind;

codec::RowV2Type v2_type(DatumKind kind) {
  switch (kind) {
    case DatumKind::kInt:
      return codec::RowV2Type::kInt;
    case DatumKind::kUint:
      return codec::RowV2Type::kUint;
    case DatumKind::kFloat:
      return codec::RowV2Type::kFloat;
    case DatumKind::kDecimal:
      return codec::RowV2Type::kDecimal;
    case DatumKind::kJson:
      return codec::RowV2Type::kJson;
    default:
      return codec::RowV2Type::kBytes;
  }
}

/// Signed and unsigned may differ: handles are signed, and a column may have changed. The bits
/// stay.
bool convert(const Datum& value, DatumKind kind, Datum* out) {
  if (value.kind() == kind || value.is_null()) {
    *out = value;
    return true;
  }
  if (value.kind() == DatumKind::kRaw)
    return decode_row_v2_value(value.as_bytes(), v2_type(kind), out);
  bool is_integer = value.kind() == DatumKind::kInt || value.kind() == DatumKind::kUint ||
                    value.kind() == DatumKind::kDuration;
  if (is_integer && kind == DatumKind::kInt) {
    *out = Datum::of_int(value.as_int());
    return true;
  }
  if (is_integer && kind == DatumKind::kUint) {
    *out = Datum::of_uint(static_cast<uint64_t>(value.as_int()));
    return true;
  }
  return false;
}

/// Column ids of an update's two rows: "oldRow: [1 2], newRow: [1 2]".
std::string column_ids(Bytes row) {
  codec::Arena arena;
  codec::RowV1Reader reader(row, arena);
  std::set<int64_t> seen;
  std::string old_ids;
  std::string new_ids;
  int64_t id = 0;
  Datum value;
  while (reader.next(&id, &value)) {
    std::string& ids = seen.insert(id).second ? old_ids : new_ids;
    ids += (ids.empty() ? "" : " ") + std::to_string(id);
  }
  return fmt::format("oldRow: [{}], newRow: [{}]", old_ids, new_ids);
}

}  // namespace

RowDecoder::RowDecoder(const Table& table, bool may_append_default, codec::Arena& arena)
    : table_(table), info_(table.info()), may_append_default_(may_append_default), arena_(arena) {}

Status RowDecoder::corrupted(std::string_view what) const {
  return data_loss(fmt::format("table {}: row data is corrupted {}", table_.quoted_name(), what));
}

int RowDecoder::position_of(int64_t column_id) {
  auto slots = table_.slots();
  size_t position = next_position_;
  if (position >= slots.size() || slots[position].id != column_id) {
    int found = info_.position_of(column_id);
    if (found == schema::TableInfo::kNoColumn) return -1;
    position = static_cast<size_t>(found);
  }
  next_position_ = position + 1;
  return slots[position].is_public ? static_cast<int>(position) : -1;
}

Status RowDecoder::put(int position, const Datum& value, Datum* slot) {
  if (convert(value, table_.slots()[static_cast<size_t>(position)].kind, slot)) return ok_status();
  const schema::ColumnInfo& column = info_.columns[static_cast<size_t>(position)];
  return corrupted(
      fmt::format("column {} (id {}): value of another type (column type {}, value kind {})",
                  column.name.o, column.id, column.type.tp, static_cast<int>(value.kind())));
}

Status RowDecoder::take_handle(ByteReader& in, Values values) {
  size_t count = info_.is_common_handle ? info_.handle_columns.size() : 1;
  for (size_t i = 0; i < count; ++i) {
    Datum value;
    if (!read_datum(in, arena_, &value)) return corrupted("in the handle");
    if (!info_.is_common_handle && value.kind() != DatumKind::kInt)
      return corrupted("in the integer handle");
    if (i >= info_.handle_columns.size()) continue;  // the hidden row id
    auto position = static_cast<int>(info_.handle_columns[i]);
    TBL_TRY(put(position, value, &values[static_cast<size_t>(position)]));
  }
  if (!info_.is_common_handle) return ok_status();
  // Of a prefix column the handle holds a part only; the row has all of it.
  const auto& parts = info_.primary_index()->columns;
  for (size_t i = 0; i < count; ++i) {
    if (parts[i].length != schema::IndexColumn::kWhole) values[info_.handle_columns[i]] = Datum();
  }
  return ok_status();
}

Result<RowValues> RowDecoder::decode_insert(Bytes row) {
  Values values = new_row();
  ByteReader in(row);
  TBL_TRY(take_handle(in, values));
  next_position_ = 0;
  codec::RowReader reader(in.rest(), arena_);
  int64_t id = 0;
  Datum value;
  while (reader.next(&id, &value)) {
    int position = position_of(id);
    if (position >= 0) TBL_TRY(put(position, value, &values[static_cast<size_t>(position)]));
  }
  if (reader.failed()) return corrupted("in an inserted row");
  TBL_TRY(fill_missing(values));
  return RowValues(values);
}

Status RowDecoder::fill_missing(Values values) {
  for (uint32_t position : info_.public_columns) {
    if (!values[position].is_absent()) continue;
    values[position] = table_.defaults()[position];
    const schema::ColumnInfo& column = info_.columns[position];
    if (values[position].is_absent() && !column.is_generated()) {
      return corrupted(fmt::format("column {} (id {}) is missing, its default is not known",
                                   column.name.o, column.id));
    }
  }
  return ok_status();
}

Status RowDecoder::decode_update(Bytes row, RowValues* old_values, RowValues* new_values) {
  Values before = new_row();
  Values after = new_row();
  next_position_ = 0;
  codec::RowV1Reader reader(row, arena_);
  int64_t id = 0;
  Datum value;
  while (reader.next(&id, &value)) {
    int position = position_of(id);
    if (position < 0) continue;
    auto at = static_cast<size_t>(position);
    TBL_TRY(put(position, value, before[at].is_absent() ? &before[at] : &after[at]));
  }
  if (reader.failed()) return corrupted("in an updated row");
  *old_values = before;
  *new_values = after;
  return fill_missing(row, before, after);
}

Status RowDecoder::fill_missing(Bytes row, Values old_values, Values new_values) {
  for (uint32_t position : info_.public_columns) {
    bool missing = old_values[position].is_absent();
    if (missing == new_values[position].is_absent() &&
        (!missing || info_.columns[position].is_generated()))
      continue;
    const Datum& value = table_.defaults()[position];
    if (!missing || !may_append_default_ || value.is_absent()) {
      return corrupted(
          fmt::format("cols num: {}, {}", info_.public_columns.size(), column_ids(row)));
    }
    old_values[position] = new_values[position] = value;
  }
  return ok_status();
}

Result<RowValues> RowDecoder::decode_delete(Bytes row) {
  Values values = new_row();
  next_position_ = 0;
  codec::RowReader reader(row, arena_);
  int64_t id = 0;
  Datum value;
  while (reader.next(&id, &value)) {
    int position = position_of(id);
    if (position >= 0) TBL_TRY(put(position, value, &values[static_cast<size_t>(position)]));
  }
  if (reader.failed()) return corrupted("in a deleted row");
  return RowValues(values);
}

}  // namespace tbl::decode
