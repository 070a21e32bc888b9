#include "tidb/table/table_reader.h"

#include <algorithm>

#include "codec/index_value.h"
#include "codec/keys.h"

namespace tbl::tidb {
namespace {

Status no_handle(const TableInfo& table) {
  return unimplemented("table " + table.name.o +
                       " has a clustered primary key that is not an integer");
}

Result<TableRow> to_row(const TableInfo& table, int64_t physical_id, Bytes key, Bytes value,
                        const codec::TimeZone& zone) {
  codec::RecordKey record;
  if (!codec::parse_record_key(key, &record) || record.is_common) {
    return data_loss("table " + table.name.o + ": " + to_hex(key) + " is no key of a row");
  }
  TBL_ASSIGN(Row row, decode_row(table, record.handle, value, zone));
  return TableRow{physical_id, record.handle, std::move(row)};
}

/// Moves to the next pair of several ranges; false: all are walked.
Result<bool> next_pair(std::vector<std::unique_ptr<KvCursor>>& ranges, size_t* at) {
  while (*at < ranges.size()) {
    TBL_ASSIGN(const bool more, ranges[*at]->next());
    if (more) return true;
    ranges[*at].reset();
    ++*at;
  }
  return false;
}

}  // namespace

Result<bool> TableCursor::next(TableRow* out) {
  TBL_ASSIGN(const bool more, next_pair(ranges_, &at_));
  if (!more) return false;
  TBL_ASSIGN(*out,
             to_row(*table_, physical_id_, ranges_[at_]->key(), ranges_[at_]->value(), zone_));
  return true;
}

Result<bool> IndexCursor::next(IndexRow* out) {
  TBL_ASSIGN(const bool more, next_pair(ranges_, &at_));
  if (!more) return false;
  const IndexPlace place{*table_, index_, physical_id_};
  TBL_ASSIGN(*out, decode_index_entry(place, ranges_[at_]->key(), ranges_[at_]->value(), zone_));
  return true;
}

Result<std::optional<TableRow>> TableReader::get(int64_t handle) {
  if (table_->is_common_handle) return no_handle(*table_);
  const std::string key = codec::record_key(physical_id_, handle);
  TBL_ASSIGN(const auto value, txn_.get(key));
  if (!value) return std::optional<TableRow>();
  TBL_ASSIGN(Row row, decode_row(*table_, handle, *value, zone_));
  return std::optional<TableRow>(TableRow{physical_id_, handle, std::move(row)});
}

Result<std::vector<std::optional<TableRow>>> TableReader::get_many(
    const std::vector<int64_t>& handles) {
  if (handles.size() == 1) {
    TBL_ASSIGN(auto row, get(handles[0]));
    std::vector<std::optional<TableRow>> one;
    one.push_back(std::move(row));
    return one;
  }
  if (table_->is_common_handle) return no_handle(*table_);
  std::vector<std::string> keys;
  for (const int64_t handle : handles) keys.push_back(codec::record_key(physical_id_, handle));
  TBL_ASSIGN(const auto values, txn_.batch_get(keys));
  std::vector<std::optional<TableRow>> rows(handles.size());
  for (size_t i = 0; i < handles.size(); ++i) {
    if (!values[i]) continue;
    TBL_ASSIGN(Row row, decode_row(*table_, handles[i], *values[i], zone_));
    rows[i] = TableRow{physical_id_, handles[i], std::move(row)};
  }
  return rows;
}

Result<std::vector<std::unique_ptr<KvCursor>>> TableReader::open(std::vector<KeyRange> ranges,
                                                                 bool reverse) {
  if (table_->is_common_handle) return no_handle(*table_);
  if (reverse) std::reverse(ranges.begin(), ranges.end());
  std::vector<std::unique_ptr<KvCursor>> cursors;
  for (auto& range : ranges) {
    TBL_ASSIGN(auto cursor, txn_.scan(std::move(range), reverse));
    cursors.push_back(std::move(cursor));
  }
  return cursors;
}

Result<std::unique_ptr<TableCursor>> TableReader::scan(const std::vector<HandleRange>& ranges,
                                                       bool reverse) {
  std::vector<KeyRange> keys;
  for (const auto& range : ranges) keys.push_back(handle_key_range(physical_id_, range));
  std::unique_ptr<TableCursor> cursor(new TableCursor(table_, physical_id_, zone_));
  TBL_ASSIGN(cursor->ranges_, open(std::move(keys), reverse));
  return cursor;
}

Result<std::unique_ptr<IndexCursor>> TableReader::scan_index(const IndexInfo& index,
                                                             const std::vector<IndexRange>& ranges,
                                                             bool reverse) {
  const IndexPlace place{*table_, index, physical_id_};
  std::vector<KeyRange> keys;
  for (const auto& range : ranges) keys.push_back(index_key_range(place, range, zone_));
  std::unique_ptr<IndexCursor> cursor(new IndexCursor(table_, index, physical_id_, zone_));
  TBL_ASSIGN(cursor->ranges_, open(std::move(keys), reverse));
  return cursor;
}

Result<std::optional<int64_t>> TableReader::find_unique(const IndexInfo& index, const Row& values) {
  if (table_->is_common_handle) return no_handle(*table_);
  IndexRange range;
  range.low = values;
  const std::string key = index_key_range({*table_, index, physical_id_}, range, zone_).start;
  TBL_ASSIGN(const auto value, txn_.get(key));
  if (!value) return std::optional<int64_t>();
  codec::IndexValue parsed;
  if (!codec::parse_index_value(*value, &parsed) || !parsed.has_int_handle) {
    return data_loss("index " + index.name.o + " of table " + table_->name.o + ": value " +
                     to_hex(*value) + " has no handle");
  }
  return std::optional<int64_t>(parsed.int_handle);
}

}  // namespace tbl::tidb
