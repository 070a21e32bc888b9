// Rows of a binlog against a table with every kind of column, and their values to text.
#include <cstdlib>

#include "drainer/decode/render.h"
#include "drainer/decode/row_decoder.h"

using namespace tbl;

namespace {

decode::TablePtr make_table(bool clustered) {
  schema::TableInfo info;
  info.name = schema::CiName::of("t");
  int64_t id = 0;
  for (int tp = 1; tp < 256; ++tp) {
    schema::ColumnInfo column;
    column.id = ++id;
    column.name = schema::CiName::of("c" + std::to_string(tp));
    column.type.tp = static_cast<uint8_t>(tp);
    column.type.flag = tp == 8 ? schema::kFlagUnsigned | schema::kFlagPrimaryKey : 0;
    column.type.flen = 20;
    column.type.decimal = tp % 7;
    column.type.elems = {"a", "b"};
    column.state = schema::SchemaState::kPublic;
    info.columns.push_back(column);
  }
  info.pk_is_handle = !clustered;
  info.is_common_handle = clustered;
  schema::IndexInfo primary;
  primary.name = schema::CiName::of("PRIMARY");
  primary.columns = {{info.columns[14].name, 14, 3}, {info.columns[10].name, 10, -1}};
  primary.unique = primary.primary = true;
  primary.state = schema::SchemaState::kPublic;
  if (clustered) info.indexes = {primary};
  auto made = schema::make_table(info);
  if (!made.ok()) std::abort();
  return decode::Table::make("db", *made, nullptr);
}

void render(const decode::Table& table, decode::RowValues values) {
  std::string out;
  for (size_t i = 0; i < values.size(); ++i) {
    const auto& type = table.info().columns[i].type;
    decode::append_text(out, values[i], type, {});
    if (values[i].kind() != codec::DatumKind::kUint) continue;
    decode::append_enum_name(out, values[i].as_uint(), type);
    decode::append_set_names(out, values[i].as_uint(), type);
    decode::append_bit_bytes(out, values[i].as_uint(), type);
  }
}

void decode_all(const decode::Table& table, Bytes row, bool may_append_default) {
  codec::Arena arena;
  decode::RowDecoder decoder(table, may_append_default, arena);
  if (auto values = decoder.decode_insert(row); values.ok()) render(table, *values);
  if (auto values = decoder.decode_delete(row); values.ok()) render(table, *values);
  decode::RowValues before;
  decode::RowValues after;
  if (decoder.decode_update(row, &before, &after).ok()) {
    render(table, before);
    render(table, after);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const decode::TablePtr kHandle = make_table(false);
  static const decode::TablePtr kClustered = make_table(true);
  Bytes row(reinterpret_cast<const char*>(data), size);
  decode_all(*kHandle, row, size % 2 == 0);
  decode_all(*kClustered, row, size % 2 != 0);
  return 0;
}
