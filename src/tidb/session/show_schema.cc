// SHOW of what the catalog holds: databases, tables, columns, indexes, CREATE statements.
#include "tidb/catalog/show_create.h"
#include "tidb/memtable/column_facts.h"
#include "tidb/memtable/virtual_tables.h"
#include "tidb/privilege/privilege_manager.h"
#include "tidb/session/show_rows.h"
#include "tidb/table/auto_id.h"
#include "tidb/types/collation.h"
#include "tidb/types/field_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

using schema::ColumnInfo;
using schema::TableInfo;
using schema::TableInfoPtr;

Value text(std::string s) { return Value::of_string(std::move(s)); }
Value text_or_null(const std::optional<std::string>& s) { return s ? text(*s) : Value::null(); }

bool sees_database(Session& session, const std::string& db) {
  return session.options().internal ||
         session.domain().privileges->sees_database(session.account(), db);
}

Status show_denied(Session& session, const std::string& table) {
  return sql_error(kErrTableaccessDenied,
                   "SHOW command denied to user '" + session.user().auth_user + "'@'" +
                       session.user().auth_host + "' for table '" + table + "'");
}

/// A table by name, stored or virtual. Errors: 1146, 1142.
struct FoundTable {
  std::string db;  ///< as it is spelt
  TableInfoPtr table;
  bool is_virtual = false;
  int64_t db_id = 0;
};
Result<FoundTable> find_table(Session& session, const ast::TableName& name) {
  TBL_ASSIGN(const std::string db, show_database(session, name.schema));
  const VirtualCatalog* virtuals = session.domain().virtuals;
  if (virtuals != nullptr) {
    if (const VirtualSource* source = virtuals->find(ascii_lower(db), ascii_lower(name.name))) {
      return FoundTable{db, source->info(), true, 0};
    }
  }
  TBL_ASSIGN(const SchemaPtr schema, visible_schema(session));
  TableInfoPtr table = schema->table(db, name.name);
  if (!session.options().internal &&
      !session.domain().privileges->sees_table(session.account(), db, name.name)) {
    return show_denied(session, name.name);
  }
  if (table == nullptr) return no_such_table(db, name.name);
  return FoundTable{db, std::move(table), false, schema->database(db)->info->id};
}

bool sees_column(Session& session, const FoundTable& found, const std::string& column) {
  return found.is_virtual || session.options().internal ||
         session.domain().privileges->sees_column(session.account(), found.db, found.table->name.l,
                                                  column);
}

/// Rights on the whole table: those on columns do not let its definition be seen.
Status check_definition_visible(Session& session, const FoundTable& found) {
  const PrivilegeManager& privileges = *session.domain().privileges;
  if (found.is_virtual || session.options().internal ||
      privileges.sees_whole_table(session.account(), found.db, found.table->name.l)) {
    return ok_status();
  }
  return show_denied(session, found.table->name.o);
}

Result<ShowResult> show_databases(Session& session) {
  ShowResult out;
  out.columns = {text_column("Database", 64)};
  for (const std::string& name : virtual_database_names()) out.rows.push_back({text(name)});
  TBL_ASSIGN(const SchemaPtr schema, visible_schema(session));
  for (const Database* db : schema->databases()) {
    if (sees_database(session, db->info->name.l)) out.rows.push_back({text(db->info->name.o)});
  }
  return out;
}

/// Tables of a database by name, stored or virtual.
Result<std::vector<FoundTable>> tables_of(Session& session, const std::string& db) {
  std::vector<FoundTable> out;
  for (const TableInfoPtr& table : virtual_tables_of(ascii_lower(db))) {
    out.push_back({db, table, true, 0});
  }
  TBL_ASSIGN(const SchemaPtr schema, visible_schema(session));
  const Database* database = schema->database(db);
  if (database == nullptr) return out;
  for (const auto& [name, table] : database->tables) {
    const bool sees = session.options().internal ||
                      session.domain().privileges->sees_table(session.account(), db, name);
    if (sees) out.push_back({database->info->name.o, table, false, database->info->id});
  }
  return out;
}

Result<ShowResult> show_tables(Session& session, const ast::ShowStatement& show) {
  TBL_ASSIGN(const std::string db, show_database(session, show.database));
  ShowResult out;
  out.columns = {text_column("Tables_in_" + db, 64)};
  if (show.full) out.columns.push_back(text_column("Table_type", 64));
  TBL_ASSIGN(const auto tables, tables_of(session, db));
  for (const FoundTable& found : tables) {
    Row row = {text(found.table->name.o)};
    if (show.full) row.push_back(text(table_type(*found.table, found.is_virtual)));
    out.rows.push_back(std::move(row));
  }
  return out;
}

Result<ShowResult> show_open_tables() {
  ShowResult out;
  out.columns = {text_column("Database"), text_column("Table"), int_column("In_use"),
                 int_column("Name_locked")};
  out.like_column = 1;
  return out;
}

Value next_auto_id(Session& session, const FoundTable& found) {
  bool has = false;
  for (const ColumnInfo& column : found.table->columns) {
    has |= (column.type.flag & schema::kFlagAutoIncrement) != 0;
  }
  if (!has || session.domain().auto_ids == nullptr) return Value::null();
  const auto next = session.domain().auto_ids->of(found.db_id, *found.table)->next();
  return next.ok() ? Value::of_int(*next) : Value::null();
}

Result<ShowResult> show_table_status(Session& session, const ast::ShowStatement& show) {
  TBL_ASSIGN(const std::string db, show_database(session, show.database));
  ShowResult out;
  out.columns = {text_column("Name", 64),
                 text_column("Engine", 64),
                 int_column("Version"),
                 text_column("Row_format", 10),
                 int_column("Rows"),
                 int_column("Avg_row_length"),
                 int_column("Data_length"),
                 int_column("Max_data_length"),
                 int_column("Index_length"),
                 int_column("Data_free"),
                 int_column("Auto_increment"),
                 {"Create_time", datetime_type()},
                 {"Update_time", datetime_type()},
                 {"Check_time", datetime_type()},
                 text_column("Collation", 32),
                 text_column("Checksum", 64),
                 text_column("Create_options"),
                 text_column("Comment", 2048)};
  TBL_ASSIGN(const auto tables, tables_of(session, db));
  for (const FoundTable& found : tables) {
    const TableInfo& table = *found.table;
    Row row(out.columns.size());
    row[0] = text(table.name.o);
    if (table.view) {
      row[17] = text("VIEW");
      out.rows.push_back(std::move(row));
      continue;
    }
    row[1] = text("InnoDB");
    row[2] = Value::of_int(10);
    row[3] = text("Compact");
    for (size_t i = 4; i <= 9; ++i) row[i] = Value::of_int(0);
    if (!found.is_virtual) row[10] = next_auto_id(session, found);
    row[14] = text(table.collate.empty() ? "utf8mb4_bin" : table.collate);
    row[15] = text("");
    row[16] = text(table.is_partitioned() ? "partitioned" : "");
    row[17] = text(table.comment);
    out.rows.push_back(std::move(row));
  }
  return out;
}

Result<ShowResult> show_columns(Session& session, const ast::ShowStatement& show) {
  TBL_ASSIGN(const FoundTable found, find_table(session, show.table));
  ShowResult out;
  out.columns = {text_column("Field", 64)};
  out.columns.push_back(text_column("Type", 64));
  if (show.full) out.columns.push_back(text_column("Collation", 32));
  for (const char* name : {"Null", "Key", "Default", "Extra"}) {
    out.columns.push_back(text_column(name, 64));
  }
  if (show.full) {
    out.columns.push_back(text_column("Privileges", 80));
    out.columns.push_back(text_column("Comment", 1024));
  }
  for (const ColumnInfo& column : found.table->columns) {
    if (!column.is_public() || column.hidden) continue;
    if (!sees_column(session, found, column.name.l)) continue;
    if (!show.column.empty() && !matches_pattern(show.column, column.name.o)) continue;
    const ColumnFacts facts = column_facts(*found.table, column, session.variables().time_zone());
    Row row = {text(column.name.o), text(facts.type)};
    if (show.full) row.push_back(text_or_null(facts.collation));
    row.push_back(text(facts.nullable ? "YES" : "NO"));
    row.push_back(text(facts.key));
    row.push_back(text_or_null(facts.standard));
    row.push_back(text(facts.extra));
    if (show.full) {
      row.push_back(text("select,insert,update,references"));
      row.push_back(text(column.comment));
    }
    out.rows.push_back(std::move(row));
  }
  return out;
}

Result<ShowResult> show_index(Session& session, const ast::ShowStatement& show) {
  TBL_ASSIGN(const FoundTable found, find_table(session, show.table));
  ShowResult out;
  out.columns = {text_column("Table", 64),          int_column("Non_unique"),
                 text_column("Key_name", 64),       int_column("Seq_in_index"),
                 text_column("Column_name", 64),    text_column("Collation", 1),
                 int_column("Cardinality"),         int_column("Sub_part"),
                 text_column("Packed", 10),         text_column("Null", 3),
                 text_column("Index_type", 16),     text_column("Comment", 16),
                 text_column("Index_comment", 1024)};
  out.like_column = 2;
  for (const KeyPart& part : key_parts(*found.table)) {
    out.rows.push_back(
        {text(found.table->name.o), Value::of_int(part.unique ? 0 : 1), text(part.key_name),
         Value::of_int(static_cast<int64_t>(part.sequence)), text(part.column), text("A"),
         Value::of_int(0), part.prefix ? Value::of_int(*part.prefix) : Value::null(), Value::null(),
         text(part.nullable ? "YES" : ""), text(part.index_type), text(""), text(part.comment)});
  }
  return out;
}

Result<ShowResult> show_create_table_or_view(Session& session, const ast::ShowStatement& show) {
  TBL_ASSIGN(const FoundTable found, find_table(session, show.table));
  TBL_TRY(check_definition_visible(session, found));
  const TableInfo& table = *found.table;
  ShowResult out;
  if (table.view) {
    out.columns = {text_column("View", 64), text_column("Create View", 1024),
                   text_column("character_set_client", 32),
                   text_column("collation_connection", 32)};
    out.rows = {
        {text(table.name.o), text(show_create_view(table)), text("utf8mb4"), text("utf8mb4_bin")}};
    return out;
  }
  if (show.show == ast::ShowKind::kCreateView) {
    return sql_error(kErrTableNotBase, "'" + found.db + "." + table.name.o + "' is not VIEW");
  }
  ShowCreateOptions options;
  options.ansi_quotes = (session.variables().sql_mode() & kModeAnsiQuotes) != 0;
  options.zone = &session.variables().time_zone();
  if (!found.is_virtual) {
    const Value next = next_auto_id(session, found);
    if (!next.is_null()) options.next_auto_id = next.as_int();
  }
  out.columns = {text_column("Table", 64), text_column("Create Table", 1024)};
  out.rows = {{text(table.name.o), text(show_create_table(table, options))}};
  return out;
}

Result<ShowResult> show_create_db(Session& session, const ast::ShowStatement& show) {
  const std::string& written = show.name.empty() ? show.database : show.name;
  TBL_ASSIGN(const std::string db, show_database(session, written));
  TBL_ASSIGN(const SchemaPtr schema, visible_schema(session));
  const Database* database = schema->database(db);
  schema::DbInfo made;
  made.name = schema::CiName::of(db);
  made.charset = "utf8mb4";
  made.collate = "utf8mb4_bin";
  const schema::DbInfo& info = database != nullptr ? *database->info : made;
  ShowResult out;
  out.columns = {text_column("Database", 64), text_column("Create Database", 1024)};
  out.rows = {{text(info.name.o), text(show_create_database(info, show.if_not_exists))}};
  return out;
}

}  // namespace

Result<std::string> show_database(Session& session, const std::string& written) {
  const std::string& name = written.empty() ? session.current_db() : written;
  if (name.empty()) return no_database_selected();
  const VirtualCatalog* virtuals = session.domain().virtuals;
  if (virtuals != nullptr && virtuals->has_database(ascii_lower(name))) return name;
  TBL_ASSIGN(const SchemaPtr schema, visible_schema(session));
  const Database* database = schema->database(name);
  if (database == nullptr) return unknown_database(name);
  if (!session.options().internal) {
    TBL_TRY(session.domain().privileges->check_database_visible(session.account(), name));
  }
  return database->info->name.o;
}

Result<ShowResult> show_schema_rows(Session& session, const ast::ShowStatement& show) {
  switch (show.show) {
    case ast::ShowKind::kDatabases:
      return show_databases(session);
    case ast::ShowKind::kTables:
      return show_tables(session, show);
    case ast::ShowKind::kOpenTables:
      return show_open_tables();
    case ast::ShowKind::kTableStatus:
      return show_table_status(session, show);
    case ast::ShowKind::kColumns:
      return show_columns(session, show);
    case ast::ShowKind::kIndex:
      return show_index(session, show);
    case ast::ShowKind::kCreateTable:
    case ast::ShowKind::kCreateView:
      return show_create_table_or_view(session, show);
    case ast::ShowKind::kCreateDatabase:
      return show_create_db(session, show);
    default:
      return not_supported_yet("this SHOW");
  }
}

}  // namespace tbl::tidb
