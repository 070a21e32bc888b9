#include "tidb/table/row_codec.h"

#include <algorithm>
#include <memory>

#include "codec/row.h"
#include "schema/mysql_type.h"
#include "tidb/types/convert.h"

namespace tbl::tidb {
namespace {

using codec::Datum;
using schema::ColumnInfo;
using schema::SchemaState;

ConvertContext context_in(const codec::TimeZone& zone) {
  ConvertContext context;
  context.time_zone = &zone;
  return context;
}

bool has_default(const ColumnInfo& c) {
  return c.default_value || c.default_bit || c.origin_default || c.origin_default_bit;
}

bool is_virtual(const ColumnInfo& c) { return c.is_generated() && !c.generated_stored; }

/// The columns of a table's row in a form, one after the other.
class RowWriter {
 public:
  RowWriter(const TableInfo& table, const codec::TimeZone& zone) : table_(table), zone_(zone) {}

  Datum datum(const Row& row, size_t position) {
    const ColumnInfo& column = table_.columns[position];
    if (position < row.size()) return value_to_datum(row[position], column.type, zone_, arena_);
    const auto standard = origin_default_value(column, context_in(zone_));
    if (!standard.ok()) return Datum::null();
    kept_.push_back(std::make_unique<Value>(*standard));
    return value_to_datum(*kept_.back(), column.type, zone_, arena_);
  }

  /// Calls `use(column, datum)` for what a stored row holds.
  template <typename Use>
  void stored_columns(const Row& row, Use use) {
    const int handle = handle_position(table_);
    for (size_t i = 0; i < table_.columns.size(); ++i) {
      const ColumnInfo& column = table_.columns[i];
      if (static_cast<int>(i) == handle || !is_written(column) || is_virtual(column)) continue;
      const Datum value = datum(row, i);
      if (value.is_null() && !has_default(column)) continue;
      use(column, value);
    }
  }

 private:
  const TableInfo& table_;
  const codec::TimeZone& zone_;
  codec::Arena arena_;
  std::vector<std::unique_ptr<Value>> kept_;
};

void write_v1(RowWriter& writer, const Row& row, std::string& out) {
  const size_t begin = out.size();
  writer.stored_columns(row, [&](const ColumnInfo& column, const Datum& value) {
    codec::write_row_v1_pair(out, column.id, value);
  });
  codec::finish_row_v1(out, begin);
}

void write_row_id(const TableInfo& table, int64_t handle, std::string& out) {
  if (table.pk_is_handle) return;
  codec::write_row_v1_pair(out, codec::kRowIdColumn, Datum::of_int(handle));
}

/// One side of an update: every column that is written, NULLs too.
void write_update_side(const TableInfo& table, RowWriter& writer, const Row& row,
                       std::string& out) {
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const ColumnInfo& column = table.columns[i];
    if (!is_written(column) || is_virtual(column)) continue;
    codec::write_row_v1_pair(out, column.id, writer.datum(row, i));
  }
}

Status bad_row(const TableInfo& table, int64_t handle, std::string_view why) {
  return data_loss("row " + std::to_string(handle) + " of table " + table.name.o + " (id " +
                   std::to_string(table.id) + "): " + std::string(why));
}

}  // namespace

bool is_written(const ColumnInfo& column) {
  return column.state == SchemaState::kPublic || column.state == SchemaState::kWriteOnly ||
         column.state == SchemaState::kWriteReorganization;
}

int handle_position(const TableInfo& table) {
  return table.pk_is_handle && !table.handle_columns.empty()
             ? static_cast<int>(table.handle_columns.front())
             : -1;
}

Value handle_to_value(int64_t handle, const schema::FieldType& type) {
  return type.is_unsigned() ? Value::of_uint(static_cast<uint64_t>(handle)) : Value::of_int(handle);
}

int64_t value_to_handle(const Value& v) {
  return v.kind() == ValueKind::kUint ? static_cast<int64_t>(v.as_uint()) : v.as_int();
}

std::string encode_row(const TableInfo& table, const Row& row, RowFormat format,
                       const codec::TimeZone& zone) {
  RowWriter writer(table, zone);
  std::string out;
  if (format == RowFormat::kV1) {
    write_v1(writer, row, out);
    return out;
  }
  std::vector<codec::RowV2Column> columns;
  writer.stored_columns(row, [&](const ColumnInfo& column, const Datum& value) {
    columns.push_back({column.id, value});
  });
  std::sort(columns.begin(), columns.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
  codec::write_row_v2(out, columns);
  return out;
}

Result<Row> decode_row(const TableInfo& table, int64_t handle, Bytes value,
                       const codec::TimeZone& zone) {
  codec::Arena scratch;
  codec::RowReader reader(value, scratch);
  Row row(table.columns.size());
  std::vector<bool> seen(table.columns.size());
  int64_t id = 0;
  Datum datum;
  while (reader.next(&id, &datum)) {
    const int position = table.position_of(id);
    if (position == TableInfo::kNoColumn) continue;
    const auto at = static_cast<size_t>(position);
    auto decoded = datum_to_value(datum, table.columns[at].type, zone);
    if (!decoded.ok()) return bad_row(table, handle, decoded.status().message());
    row[at] = std::move(*decoded);
    seen[at] = true;
  }
  if (reader.failed()) return bad_row(table, handle, "cannot be decoded");
  const int handle_at = handle_position(table);
  if (handle_at >= 0) {
    const auto at = static_cast<size_t>(handle_at);
    row[at] = handle_to_value(handle, table.columns[at].type);
    seen[at] = true;
  }
  for (size_t i = 0; i < row.size(); ++i) {
    if (seen[i] || is_virtual(table.columns[i])) continue;
    TBL_ASSIGN(row[i], origin_default_value(table.columns[i], context_in(zone)));
  }
  return row;
}

std::string insert_event_row(const TableInfo& table, int64_t handle, const Row& row,
                             const codec::TimeZone& zone) {
  RowWriter writer(table, zone);
  std::string out;
  codec::write_value(out, Datum::of_int(handle));
  write_v1(writer, row, out);
  return out;
}

std::string update_event_row(const TableInfo& table, int64_t handle, const Row& before,
                             const Row& after, const codec::TimeZone& zone) {
  RowWriter writer(table, zone);
  std::string out;
  for (const Row* side : {&before, &after}) {
    write_update_side(table, writer, *side, out);
    write_row_id(table, handle, out);
  }
  return out;
}

std::string delete_event_row(const TableInfo& table, int64_t handle, const Row& row,
                             const codec::TimeZone& zone) {
  RowWriter writer(table, zone);
  std::string out;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const ColumnInfo& column = table.columns[i];
    if (column.is_public()) codec::write_row_v1_pair(out, column.id, writer.datum(row, i));
  }
  write_row_id(table, handle, out);
  return out;
}

}  // namespace tbl::tidb
