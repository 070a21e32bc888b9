#include "drainer/mysql/ddl_state.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/ascii.h"
#include "drainer/mysql/errors.h"
#include "drainer/mysql/sql_text.h"

namespace tbl::mysql {
namespace {

using Json = nlohmann::json;
using schedule::DdlTask;
using schedule::TableName;
using schema::ActionType;

// Inserts move the counter: it says nothing about a DDL.
void cut_auto_increment(std::string& text) {
  constexpr std::string_view kOption = " AUTO_INCREMENT=";
  size_t at = text.rfind(kOption);
  if (at == std::string::npos) return;
  size_t end = at + kOption.size();
  while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
  text.erase(at, end - at);
}

std::string literal(std::string_view text) { return "_utf8mb4 x'" + to_hex(text) + "'"; }

std::string condition(const TableName& name) {
  return " WHERE table_schema = " + literal(name.schema) +
         " AND table_name = " + literal(name.table);
}

std::string engine_ids_sql(std::string_view view, const TableName& name) {
  std::string path = literal(name.schema + "/" + name.table) + " COLLATE utf8mb4_general_ci";
  // A partition is <path>#P#<name>.
  std::string partition =
      literal(name.schema + "/" + name.table + "#P#") + " COLLATE utf8mb4_general_ci";
  return "SELECT table_id FROM information_schema." + std::string(view) + " WHERE name = " + path +
         " OR LEFT(name, CHAR_LENGTH(" + partition + ")) = " + partition + " ORDER BY name";
}

// The engine's ids of the table, or of its partitions, where the server and our privileges allow,
// else nothing.
Result<std::string> read_identity(Connection& connection, const TableName& name) {
  std::string sql;
  switch (connection.server_kind()) {
    case ServerKind::kTiDb:
      sql = "SELECT tidb_table_id FROM information_schema.tables" + condition(name);
      break;
    case ServerKind::kMariaDb:
      sql = engine_ids_sql("innodb_sys_tables", name);
      break;
    case ServerKind::kMySql:
      sql = engine_ids_sql("innodb_tables", name);
      break;
  }
  auto rows = connection.query(sql);
  if (is_lost(rows.status())) return rows.status();
  std::string ids;
  if (!rows.ok()) return ids;
  for (const SqlRow& row : *rows) ids += (ids.empty() ? "" : ",") + row[0].value_or("");
  return ids;
}

bool is_absence(const Status& status) {
  unsigned code = error_number(status);
  return code == kErrNoSuchTable || code == kErrUnknownDatabase || code == 1051 || code == 1109;
}

Result<ObjectState> read_object(Connection& connection, const TableName& name) {
  ObjectState state;
  auto rows = connection.query(name.table.empty()
                                   ? "SHOW CREATE DATABASE " + quote_name(name.schema)
                                   : "SHOW CREATE TABLE " + quote_table(name.schema, name.table));
  if (is_absence(rows.status())) return state;
  if (!rows.ok()) return rows.status();
  state.exists = true;
  if (!rows->empty() && (*rows)[0].size() > 1) state.create_text = (*rows)[0][1].value_or("");
  cut_auto_increment(state.create_text);
  if (name.table.empty()) return state;
  TBL_ASSIGN(state.identity, read_identity(connection, name));
  return state;
}

bool moves_rows_between_tables(ActionType type) {
  return type == ActionType::kExchangePartition || type == ActionType::kRenameTable ||
         type == ActionType::kRenameTables;
}

using NameSet = std::set<std::string>;

Result<NameSet> names_of(Connection& connection, const std::string& sql) {
  TBL_ASSIGN(auto rows, connection.query(sql));
  NameSet out;
  for (const SqlRow& row : rows) out.insert(ascii_lower(row[0].value_or("")));
  return out;
}

// Columns and indexes of the job's TableInfo are all there.
Result<bool> has_columns_and_indexes(Connection& connection, const TableName& name,
                                     const schema::TableInfo& table) {
  TBL_ASSIGN(NameSet columns, names_of(connection,
                                       "SELECT column_name FROM "
                                       "information_schema.columns" +
                                           condition(name)));
  TBL_ASSIGN(NameSet indexes, names_of(connection,
                                       "SELECT DISTINCT index_name FROM "
                                       "information_schema.statistics" +
                                           condition(name)));
  for (uint32_t position : table.public_columns) {
    const schema::ColumnInfo& column = table.columns[position];
    if (!column.hidden && columns.count(column.name.l) == 0) return false;
  }
  return std::all_of(table.indexes.begin(), table.indexes.end(), [&](const auto& index) {
    return !index.is_public() || indexes.count(index.name.l) > 0;
  });
}

Result<bool> exists(Connection& connection, const TableName& name) {
  TBL_ASSIGN(ObjectState state, read_object(connection, name));
  return state.exists;
}

}  // namespace

Result<DdlState> read_ddl_state(Connection& connection, const DdlTask& task) {
  DdlState out;
  for (const TableName& name : task.touched) {
    std::string key =
        name.table.empty() ? quote_name(name.schema) : quote_table(name.schema, name.table);
    TBL_ASSIGN(out[key], read_object(connection, name));
  }
  return out;
}

std::string format_ddl_state(const DdlState& state) {
  Json out = Json::object();
  for (const auto& [name, object] : state) {
    out[name] = object.exists ? Json{{"create", object.create_text}, {"identity", object.identity}}
                              : Json(nullptr);
  }
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<DdlState> parse_ddl_state(std::string_view text) {
  Json parsed = Json::parse(text, nullptr, false);
  if (!parsed.is_object()) return data_loss("the recorded state before a DDL is damaged");
  DdlState out;
  try {
    for (const auto& [name, object] : parsed.items()) {
      ObjectState& state = out[name];
      state.exists = !object.is_null();
      if (!state.exists) continue;
      state.create_text = object.at("create").get<std::string>();
      state.identity = object.at("identity").get<std::string>();
    }
  } catch (const Json::exception& e) {
    return data_loss(std::string("the recorded state before a DDL is damaged: ") + e.what());
  }
  return out;
}

DdlOutcome compare_ddl_state(ActionType type, const DdlState& before, const DdlState& now) {
  bool identities_known = true;
  bool identities_same = true;
  for (const auto& [name, old_object] : before) {
    auto it = now.find(name);
    ObjectState object = it == now.end() ? ObjectState() : it->second;
    if (old_object.exists != object.exists || old_object.create_text != object.create_text) {
      return DdlOutcome::kApplied;
    }
    if (!object.exists) continue;
    identities_known &= !old_object.identity.empty() && !object.identity.empty();
    identities_same &= old_object.identity == object.identity;
  }
  if (!moves_rows_between_tables(type)) return DdlOutcome::kNotApplied;
  if (!identities_known) return DdlOutcome::kUnknown;
  return identities_same ? DdlOutcome::kNotApplied : DdlOutcome::kApplied;
}

Result<bool> has_result_of(Connection& connection, const DdlTask& task, unsigned error) {
  if (task.touched.empty()) return false;
  const TableName& name = task.touched.back();
  switch (task.type) {
    case ActionType::kCreateSchema:
      return exists(connection, name);
    case ActionType::kDropSchema:
    case ActionType::kDropTable:
    case ActionType::kDropView:
    case ActionType::kDropSequence: {
      TBL_ASSIGN(bool there, exists(connection, name));
      return !there;
    }
    case ActionType::kRenameTable: {
      TBL_ASSIGN(bool old_there, exists(connection, task.touched.front()));
      TBL_ASSIGN(bool new_there, exists(connection, name));
      return !old_there && new_there;
    }
    case ActionType::kRenameTables:
      return false;  // which of them were done does not show
    default:
      break;
  }
  if (!task.table_after || error == kErrUnknownDatabase || error == kErrNoSuchTable) return false;
  return has_columns_and_indexes(connection, name, *task.table_after);
}

}  // namespace tbl::mysql
