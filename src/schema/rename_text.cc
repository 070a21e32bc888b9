#include "schema/rename_text.h"

#include "schema/sql_cursor.h"

namespace tbl::schema {

namespace {

bool read(SqlCursor& cursor, std::string* schema, std::string* table) {
  SqlName name;
  if (!cursor.read_table(&name)) return false;
  *schema = std::move(name.schema);
  *table = std::move(name.table);
  return true;
}

bool ends(SqlCursor& cursor) {
  cursor.skip({";"});
  return cursor.at_end();
}

std::vector<Rename> parse_rename_table(SqlCursor& cursor) {
  std::vector<Rename> renames;
  do {
    Rename rename;
    if (!read(cursor, &rename.old_schema, &rename.old_table)) return {};
    if (!cursor.skip({"TO"})) return {};
    if (!read(cursor, &rename.new_schema, &rename.new_table)) return {};
    renames.push_back(std::move(rename));
  } while (cursor.skip({","}));
  return ends(cursor) ? renames : std::vector<Rename>();
}

std::vector<Rename> parse_alter_table(SqlCursor& cursor) {
  Rename rename;
  if (!read(cursor, &rename.old_schema, &rename.old_table)) return {};
  if (!cursor.skip({"RENAME"})) return {};
  if (!cursor.skip({"TO"}) && !cursor.skip({"AS"})) cursor.skip({"="});
  if (!read(cursor, &rename.new_schema, &rename.new_table)) return {};
  if (!ends(cursor)) return {};
  return {std::move(rename)};
}

}  // namespace

std::vector<Rename> parse_renames(std::string_view sql) {
  SqlCursor cursor(sql);
  if (cursor.skip({"RENAME", "TABLE"}) || cursor.skip({"RENAME", "TABLES"})) {
    return parse_rename_table(cursor);
  }
  if (cursor.skip({"ALTER", "TABLE"}) || cursor.skip({"ALTER", "IGNORE", "TABLE"})) {
    return parse_alter_table(cursor);
  }
  return {};
}

}  // namespace tbl::schema
