#include "tidb/table/index_codec.h"

#include <algorithm>

#include "codec/datum_codec.h"
#include "codec/index_value.h"
#include "codec/keys.h"
#include "tidb/types/convert.h"

namespace tbl::tidb {
namespace {

using codec::Datum;

const schema::FieldType& type_of(const IndexPlace& place, size_t i) {
  return place.table.columns[static_cast<size_t>(place.index.columns[i].offset)].type;
}

/// `values` are already cut to the index's prefixes.
void append_values(std::string& key, const IndexPlace& place, const Row& values,
                   const codec::TimeZone& zone) {
  codec::Arena arena;
  for (size_t i = 0; i < values.size() && i < place.index.columns.size(); ++i) {
    codec::write_key(key, value_to_key_datum(values[i], type_of(place, i), zone, arena));
  }
}

Status bad_entry(const IndexPlace& place, Bytes key) {
  return data_loss("index " + place.index.name.o + " of table " + place.table.name.o + ": entry " +
                   to_hex(key) + " cannot be decoded");
}

/// From the key's end, or from the value of a distinct entry.
bool read_handle(ByteReader& in, Bytes value, int64_t* handle) {
  if (in.empty()) {
    codec::IndexValue parsed;
    if (!codec::parse_index_value(value, &parsed) || !parsed.has_int_handle) return false;
    *handle = parsed.int_handle;
    return true;
  }
  codec::Arena scratch;
  Datum datum;
  if (!codec::read_datum(in, scratch, &datum) || !in.empty()) return false;
  if (datum.kind() == codec::DatumKind::kInt) *handle = datum.as_int();
  if (datum.kind() == codec::DatumKind::kUint) *handle = static_cast<int64_t>(datum.as_uint());
  return datum.kind() == codec::DatumKind::kInt || datum.kind() == codec::DatumKind::kUint;
}

}  // namespace

Row index_values(const TableInfo& table, const IndexInfo& index, const Row& row) {
  Row values;
  values.reserve(index.columns.size());
  for (const auto& column : index.columns) {
    const auto at = static_cast<size_t>(column.offset);
    const Value& value = row[at];
    const bool whole = column.length == schema::IndexColumn::kWhole || value.is_null();
    values.push_back(whole ? value : index_prefix_of(value, table.columns[at].type, column.length));
  }
  return values;
}

IndexEntry index_entry(const IndexPlace& place, const Row& row, int64_t handle,
                       const codec::TimeZone& zone) {
  const Row values = index_values(place.table, place.index, row);
  const bool has_null =
      std::any_of(values.begin(), values.end(), [](const Value& v) { return v.is_null(); });
  IndexEntry entry;
  entry.distinct = (place.index.unique || place.index.primary) && !has_null;
  entry.key = codec::index_prefix(place.physical_id, place.index.id);
  append_values(entry.key, place, values, zone);
  if (entry.distinct) {
    entry.value = codec::int_handle_index_value(handle);
  } else {
    codec::write_key(entry.key, Datum::of_int(handle));
    entry.value = codec::plain_index_value();
  }
  return entry;
}

Result<IndexRow> decode_index_entry(const IndexPlace& place, Bytes key, Bytes value,
                                    const codec::TimeZone& zone) {
  codec::IndexKey parsed;
  if (!codec::parse_index_key(key, &parsed)) return bad_entry(place, key);
  codec::Arena scratch;
  ByteReader in(parsed.values);
  IndexRow out;
  for (size_t i = 0; i < place.index.columns.size(); ++i) {
    Datum datum;
    if (!codec::read_datum(in, scratch, &datum)) return bad_entry(place, key);
    TBL_ASSIGN(auto decoded, datum_to_value(datum, type_of(place, i), zone));
    out.values.push_back(std::move(decoded));
  }
  if (!read_handle(in, value, &out.handle)) return bad_entry(place, key);
  return out;
}

KeyRange index_key_range(const IndexPlace& place, const IndexRange& range,
                         const codec::TimeZone& zone) {
  const std::string prefix = codec::index_prefix(place.physical_id, place.index.id);
  KeyRange keys{prefix, codec::prefix_next(prefix)};
  if (!range.low.empty()) {
    append_values(keys.start, place, range.low, zone);
    if (range.low_exclusive) keys.start = codec::prefix_next(keys.start);
  }
  if (!range.high.empty()) {
    keys.end = prefix;
    append_values(keys.end, place, range.high, zone);
    if (!range.high_exclusive) keys.end = codec::prefix_next(keys.end);
  }
  return keys;
}

KeyRange handle_key_range(int64_t physical_id, const HandleRange& range) {
  return {codec::record_key(physical_id, range.low),
          codec::record_key(physical_id, range.high) + '\0'};
}

std::vector<HandleRange> unsigned_handle_ranges(uint64_t low, uint64_t high) {
  constexpr auto kTop = static_cast<uint64_t>(INT64_MAX);
  std::vector<HandleRange> ranges;
  if (low > high) return ranges;
  if (low <= kTop) {
    ranges.push_back({static_cast<int64_t>(low), static_cast<int64_t>(std::min(high, kTop))});
  }
  if (high > kTop) {
    ranges.push_back({static_cast<int64_t>(std::max(low, kTop + 1)), static_cast<int64_t>(high)});
  }
  return ranges;
}

std::string duplicate_text(const Row& values) {
  std::string text;
  for (const Value& value : values) {
    if (!text.empty() || &value != &values.front()) text += '-';
    text += value.is_null() ? "NULL" : to_text(value);
  }
  return text;
}

}  // namespace tbl::tidb
