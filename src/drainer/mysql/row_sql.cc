#include "drainer/mysql/row_sql.h"

#include <algorithm>

#include "drainer/decode/render.h"

namespace tbl::mysql {
namespace {

using codec::Datum;
using codec::DatumKind;
using decode::TextForm;
using schema::ColumnInfo;

const std::string& name_of(const MySqlTable& table, uint32_t position) {
  size_t place = static_cast<size_t>(
      std::find(table.columns.begin(), table.columns.end(), position) - table.columns.begin());
  return table.column_names[place];
}

// False: the value is damaged.
bool append_datum(std::string& out, const Datum& value, const schema::FieldType& type,
                  Escapes escapes) {
  if (value.is_null()) {
    out += "NULL";
    return true;
  }
  if (value.is_absent()) {
    out += "DEFAULT";
    return true;
  }
  if (type.tp == schema::kTypeSet && value.kind() == DatumKind::kUint) {
    // As numbers they are signed or inexact where they are compared or chosen by CASE.
    std::string names;
    if (!decode::append_set_names(names, value.as_uint(), type)) return false;
    append_string(out, names, escapes);
    return true;
  }
  TextForm form = decode::text_form(type);
  if (form == TextForm::kNumber) {
    size_t begin = out.size();
    if (!decode::append_text(out, value, type, {})) return false;
    // Without an exponent it would be a decimal, and among others of its column lose digits.
    bool is_double = value.kind() == DatumKind::kFloat && out.find('e', begin) == std::string::npos;
    if (is_double) out += "e0";
    return true;
  }
  if (value.kind() == DatumKind::kBytes) {
    if (form == TextForm::kBytes) {
      append_bytes(out, value.as_bytes(), escapes);
    } else {
      append_string(out, value.as_bytes(), escapes);
    }
    return true;
  }
  if (value.kind() == DatumKind::kJson) {
    std::string text;
    if (!decode::append_text(text, value, type, {})) return false;
    append_string(out, text, escapes);
    return true;
  }
  out += '\'';
  if (!decode::append_text(out, value, type, {})) return false;
  out += '\'';
  return true;
}

// First key whose values are all there, or null.
const std::vector<uint32_t>* usable_key(const MySqlTable& table, decode::RowValues values) {
  for (const auto& key : table.where_keys) {
    bool complete = std::none_of(key.begin(), key.end(), [&](uint32_t position) {
      return values[position].is_null() || values[position].is_absent();
    });
    if (complete) return &key;
  }
  return nullptr;
}

}  // namespace

Status RowSql::append_value(std::string& out, const MySqlTable& table, uint32_t position,
                            decode::RowValues values) const {
  const ColumnInfo& column = table.table->info().columns[position];
  if (append_datum(out, values[position], column.type, escapes_)) return ok_status();
  return invalid_argument("table " + table.quoted_name + ": damaged value of column " +
                          column.name.o);
}

Status RowSql::append_tuple(std::string& out, const MySqlTable& table,
                            decode::RowValues values) const {
  char before = '(';
  for (uint32_t position : table.columns) {
    out += before;
    before = ',';
    TBL_TRY(append_value(out, table, position, values));
  }
  if (table.columns.empty()) out += '(';
  out += ')';
  return ok_status();
}

Status RowSql::append_equal(std::string& out, const MySqlTable& table, uint32_t position,
                            decode::RowValues values) const {
  const schema::FieldType& type = table.table->info().columns[position].type;
  const bool is_real = type.tp == schema::kTypeFloat || type.tp == schema::kTypeDouble;
  if (!is_real || type.decimal == schema::FieldType::kUnspecified) {
    out += name_of(table, position);
    out += '=';
    return append_value(out, table, position, values);
  }
  // FLOAT(M,D): MariaDB stores what its own rounding makes of the value.
  const std::string places = "," + std::to_string(type.decimal) + ")";
  out += "ROUND(" + name_of(table, position) + places + "=ROUND(";
  TBL_TRY(append_value(out, table, position, values));
  out += places;
  return ok_status();
}

Status RowSql::append_row_key(std::string& out, const MySqlTable& table,
                              decode::RowValues values) const {
  if (table.row_key.size() == 1) return append_value(out, table, table.row_key[0], values);
  std::string_view before = "(";
  for (uint32_t position : table.row_key) {
    out += before;
    before = " AND ";
    TBL_TRY(append_equal(out, table, position, values));
  }
  out += ')';
  return ok_status();
}

// Equality that a collation or a rounding cannot widen.
Status RowSql::append_exact(std::string& out, const MySqlTable& table, size_t place,
                            decode::RowValues values) const {
  uint32_t position = table.columns[place];
  const ColumnInfo& column = table.table->info().columns[position];
  const std::string& name = table.column_names[place];
  if (values[position].is_null()) {
    out += name + " IS NULL";
    return ok_status();
  }
  if (column.type.tp == schema::kTypeJson) {
    // MariaDB 10.11 reads beyond the end of a column that ends in a number with an exponent.
    bool native = table.server != ServerKind::kMariaDb;
    out += native ? name + "=CAST(" : "JSON_EQUALS(CONCAT(" + name + ",' '),";
    TBL_TRY(append_value(out, table, position, values));
    out += native ? " AS JSON)" : ")";
    return ok_status();
  }
  if (decode::text_form(column.type) == TextForm::kQuoted &&
      values[position].kind() == DatumKind::kBytes) {
    out += "BINARY CONVERT(" + name + " USING utf8mb4)=";
    append_bytes(out, values[position].as_bytes(), escapes_);
    return ok_status();
  }
  return append_equal(out, table, position, values);
}

Status RowSql::append_where(std::string& out, const MySqlTable& table,
                            decode::RowValues values) const {
  std::string_view before;
  if (const auto* key = usable_key(table, values)) {
    for (uint32_t position : *key) {
      out += before;
      before = " AND ";
      TBL_TRY(append_equal(out, table, position, values));
    }
    return ok_status();
  }
  for (size_t place = 0; place < table.columns.size(); ++place) {
    out += before;
    before = " AND ";
    TBL_TRY(append_exact(out, table, place, values));
  }
  return ok_status();
}

Status RowSql::append_assignments(std::string& out, const MySqlTable& table,
                                  decode::RowValues values) const {
  std::string_view before;
  for (size_t place = 0; place < table.columns.size(); ++place) {
    if (values[table.columns[place]].is_absent()) continue;
    out += before;
    before = ",";
    out += table.column_names[place];
    out += '=';
    TBL_TRY(append_value(out, table, table.columns[place], values));
  }
  return ok_status();
}

}  // namespace tbl::mysql
