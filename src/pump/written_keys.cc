#include "pump/written_keys.h"

#include "codec/binlog_view.h"
#include "codec/keys.h"
#include "codec/prewrite_value.h"
#include "codec/row_v1.h"

namespace tbl::pump {
namespace {

using codec::Datum;
using codec::DatumKind;

bool as_handle(const Datum& datum, int64_t* handle) {
  if (datum.kind() == DatumKind::kInt) {
    *handle = datum.as_int();
  } else if (datum.kind() == DatumKind::kUint) {
    *handle = static_cast<int64_t>(datum.as_uint());
  } else {
    return false;
  }
  return true;
}

/// The handle stands in front of an inserted row, and in a pair of its own in the others.
bool find_handle(codec::MutationType type, Bytes row, int64_t* handle) {
  codec::Arena scratch;
  Datum datum;
  if (type == codec::kMutationInsert) {
    ByteReader in(row);
    return codec::read_datum(in, scratch, &datum) && as_handle(datum, handle);
  }
  codec::RowV1Reader pairs(row, scratch);
  for (int64_t column = 0; pairs.next(&column, &datum);) {
    if (column == codec::kRowIdColumn) return as_handle(datum, handle);
  }
  return false;
}

void add_keys(Bytes message, size_t limit, std::vector<std::string>* keys) {
  auto mutation = codec::TableMutation::parse(message);
  if (!mutation.ok()) return;
  auto rows = mutation->rows();
  codec::MutationType type{};
  Bytes row;
  while (keys->size() < limit && rows.next(&type, &row)) {
    int64_t handle = 0;
    if (find_handle(type, row, &handle)) {
      keys->push_back(codec::record_key(mutation->table_id(), handle));
    }
  }
}

}  // namespace

std::vector<std::string> written_keys(Bytes binlog, size_t limit) {
  std::vector<std::string> keys;
  auto view = codec::BinlogView::parse(binlog);
  if (!view.ok() || !view->has_prewrite_value) return keys;
  auto value = codec::PrewriteValue::parse(view->prewrite_value);
  if (!value.ok()) return keys;
  Bytes mutation;
  while (keys.size() < limit && value->next(&mutation)) add_keys(mutation, limit, &keys);
  return keys;
}

}  // namespace tbl::pump
