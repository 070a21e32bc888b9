// SHOW of what the server knows: variables, processes, warnings, nodes, engines.
#include <chrono>

#include "base/go_time.h"
#include "cluster/registry.h"
#include "tidb/kv/kv_store.h"
#include "tidb/privilege/privilege_manager.h"
#include "tidb/session/show_rows.h"
#include "tidb/session/system_variables.h"
#include "tidb/types/collation.h"
#include "tidb/types/convert.h"
#include "tidb/types/field_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

using ast::ShowKind;

constexpr int kLogicalBits = 18;

Value text(std::string_view s) { return Value::of_string(std::string(s)); }
Value number(uint64_t n) { return Value::of_int(static_cast<int64_t>(n)); }

Result<ShowResult> show_variables(Session& session, const ast::ShowStatement& show) {
  ShowResult out;
  out.columns = {text_column("Variable_name", 64), text_column("Value", 1024)};
  for (const SystemVariable& variable : all_system_variables()) {
    const bool global = show.scope == ast::VariableScope::kGlobal;
    if (global && variable.scopes == kScopeSession) continue;
    std::string value;
    if (global || variable.scopes == kScopeGlobal || variable.is_read_only()) {
      value = session.domain().globals->get(variable.name);
    } else {
      TBL_ASSIGN(const TypedValue live,
                 session.hooks().system_variable(variable.name, VariableScope::kDefault));
      value = variable.kind == VariableKind::kBool ? session.variables().get(variable.name)
                                                   : to_text(live.value);
    }
    out.rows.push_back({text(variable.name), text(value)});
  }
  return out;
}

Result<ShowResult> show_status(Session& session) {
  using namespace std::chrono;
  const auto up = duration_cast<seconds>(steady_clock::now() - session.domain().facts.started);
  ShowResult out;
  out.columns = {text_column("Variable_name", 64), text_column("Value", 1024)};
  out.rows = {{text("Ssl_cipher"), text(session.tls_cipher)},
              {text("Ssl_cipher_list"), text("")},
              {text("Ssl_verify_mode"), text("0")},
              {text("Ssl_version"), text(session.tls_version)},
              {text("Threads_connected"), text(std::to_string(session.domain().processes->size()))},
              {text("Uptime"), text(std::to_string(up.count()))},
              {text("ddl_schema_version"),
               text(std::to_string(session.transaction().schema()->version()))}};
  return out;
}

Result<ShowResult> show_warnings(Session& session, const ast::ShowStatement& show) {
  const bool errors_only = show.show == ShowKind::kErrors;
  ShowResult out;
  const Warnings& warnings = session.warnings();
  if (show.count_only) {
    out.columns = {int_column(errors_only ? "@@session.error_count" : "@@session.warning_count")};
    out.rows = {{number(errors_only ? warnings.error_count() : warnings.count())}};
    return out;
  }
  out.columns = {text_column("Level", 64), int_column("Code"), text_column("Message", 512)};
  for (const Warning& w : warnings.list()) {
    if (errors_only && w.level != Warning::kError) continue;
    const char* level = w.level == Warning::kNote      ? "Note"
                        : w.level == Warning::kWarning ? "Warning"
                                                       : "Error";
    out.rows.push_back({text(level), Value::of_int(w.code), text(w.message)});
  }
  return out;
}

Result<ShowResult> show_processes(Session& session, const ast::ShowStatement& show) {
  constexpr size_t kShortInfo = 100;
  const bool all = session.domain().privileges->has_global(session.account(), kPrivProcess);
  ShowResult out;
  out.columns = {int_column("Id"),         text_column("User", 16),    text_column("Host", 64),
                 text_column("db", 64),    text_column("Command", 16), int_column("Time"),
                 text_column("State", 32), text_column("Info", 512)};
  for (const ProcessInfo& p : session.domain().processes->list()) {
    if (!all && p.user != session.user().user) continue;
    std::string info = p.info;
    if (!show.full && info.size() > kShortInfo) info.resize(kShortInfo);
    out.rows.push_back({number(p.id), text(p.user), text(p.host),
                        p.db.empty() ? Value::null() : text(p.db), text(p.command),
                        number(p.seconds), text(p.state),
                        info.empty() ? Value::null() : text(info)});
  }
  return out;
}

Result<ShowResult> show_nodes(Session& session, cluster::NodeKind kind) {
  cluster::Registry* registry = session.domain().registry;
  if (registry == nullptr) return unavailable("the registry of pumps cannot be reached");
  TBL_ASSIGN(const auto nodes, registry->nodes(kind));
  ShowResult out;
  out.columns = {text_column("NodeID", 255), text_column("Address", 255), text_column("State", 64),
                 int_column("Max_Commit_Ts"), text_column("Update_Time", 64)};
  const codec::TimeZone& zone = session.variables().time_zone();
  for (const cluster::NodeStatus& node : nodes) {
    const int64_t ms = node.update_ts >> kLogicalBits;
    std::string updated;
    codec::append_datetime(updated, zone.from_utc(codec::time_from_unix(ms / 1000, 0)), 0);
    out.rows.push_back({text(node.node_id), text(node.host), text(node.state),
                        Value::of_int(node.max_commit_ts), text(updated)});
  }
  return out;
}

Result<ShowResult> show_master_status(Session& session) {
  uint64_t ts = session.transaction().start_ts();
  if (ts == 0) {
    TBL_ASSIGN(ts, session.domain().store->storage().get_ts());
  }
  ShowResult out;
  out.columns = {text_column("File", 64), int_column("Position"), text_column("Binlog_Do_DB", 64),
                 text_column("Binlog_Ignore_DB", 64), text_column("Executed_Gtid_Set", 64)};
  out.rows = {{text("tidb-binlog"), number(ts), text(""), text(""), text("")}};
  return out;
}

Result<ShowResult> show_engines() {
  ShowResult out;
  for (const char* name : {"Engine", "Support", "Comment", "Transactions", "XA", "Savepoints"}) {
    out.columns.push_back(text_column(name, 80));
  }
  out.rows = {{text("InnoDB"), text("DEFAULT"),
               text("Supports transactions, row-level locking, and foreign keys"), text("YES"),
               text("YES"), text("YES")}};
  return out;
}

Result<ShowResult> show_charsets() {
  ShowResult out;
  out.columns = {text_column("Charset", 64), text_column("Description", 128),
                 text_column("Default collation", 64), int_column("Maxlen")};
  for (const CharsetInfo& c : all_charsets()) {
    out.rows.push_back({text(c.name), text(c.description), text(c.default_collation),
                        Value::of_int(c.max_length)});
  }
  return out;
}

Result<ShowResult> show_collations() {
  ShowResult out;
  out.columns = {text_column("Collation", 64), text_column("Charset", 64), int_column("Id"),
                 text_column("Default", 8),    text_column("Compiled", 8), int_column("Sortlen")};
  for (const CollationInfo& c : all_collations()) {
    out.rows.push_back({text(c.name), text(c.charset), Value::of_int(c.id),
                        text(c.is_default ? "Yes" : ""), text("Yes"),
                        Value::of_int(c.sort_length)});
  }
  return out;
}

Result<ShowResult> show_grants(Session& session, const ast::ShowStatement& show) {
  AccountName name = session.account();
  if (show.user && !show.user->current) name = {show.user->user, show.user->host};
  const auto tables = session.domain().privileges->tables();
  const UserRecord* user = tables->find(name);
  if (user == nullptr) {
    return sql_error(kErrNonexistingGrant, "There is no such grant defined for user '" + name.user +
                                               "' on host '" + name.host + "'");
  }
  if (!(name == session.account())) {
    TBL_TRY(session.domain().privileges->check_database(session.account(), "mysql", kPrivSelect));
  }
  ShowResult out;
  out.columns = {text_column("Grants for " + name.user + "@" + name.host, 1024)};
  for (std::string& line : tables->show_grants(*user)) out.rows.push_back({text(line)});
  return out;
}

Result<ShowResult> show_create_user(Session& session, const ast::ShowStatement& show) {
  AccountName name = session.account();
  if (show.user && !show.user->current) name = {show.user->user, show.user->host};
  const auto tables = session.domain().privileges->tables();
  const UserRecord* user = tables->find(name);
  const std::string quoted = "'" + name.user + "'@'" + name.host + "'";
  if (user == nullptr) {
    return sql_error(kErrCannotUser, "Operation SHOW CREATE USER failed for " + quoted);
  }
  ShowResult out;
  out.columns = {text_column("CREATE USER for " + name.user + "@" + name.host, 1024)};
  out.rows = {{text("CREATE USER " + quoted + " IDENTIFIED WITH '" + user->plugin + "' AS '" +
                    user->auth_string + "' REQUIRE NONE PASSWORD EXPIRE DEFAULT ACCOUNT " +
                    (user->locked ? "LOCK" : "UNLOCK"))}};
  return out;
}

Result<ShowResult> show_privileges() {
  ShowResult out;
  out.columns = {text_column("Privilege", 64), text_column("Context", 64),
                 text_column("Comment", 128)};
  for (const PrivilegeName& p : all_privileges()) {
    out.rows.push_back({text(p.name),
                        text(p.levels == kLevelGlobal ? "Server Admin" : "Databases,Tables"),
                        text("")});
  }
  return out;
}

/// Kinds that are always empty here, with the columns that clients expect.
Result<ShowResult> show_nothing(ShowKind kind) {
  static const std::map<ShowKind, std::vector<const char*>> kColumns = {
      {ShowKind::kSlaveStatus, {"Slave_IO_State"}},
      {ShowKind::kBinlogEvents,
       {"Log_name", "Pos", "Event_type", "Server_id", "End_log_pos", "Info"}},
      {ShowKind::kPlugins, {"Name", "Status", "Type", "Library", "License", "Version"}},
      {ShowKind::kTriggers,
       {"Trigger", "Event", "Table", "Statement", "Timing", "Created", "sql_mode", "Definer",
        "character_set_client", "collation_connection", "Database Collation"}},
      {ShowKind::kEvents,
       {"Db", "Name", "Definer", "Time zone", "Type", "Execute At", "Interval Value",
        "Interval Field", "Starts", "Ends", "Status", "Originator", "character_set_client",
        "collation_connection", "Database Collation"}},
      {ShowKind::kProcedureStatus,
       {"Db", "Name", "Type", "Definer", "Modified", "Created", "Security_type", "Comment",
        "character_set_client", "collation_connection", "Database Collation"}},
      {ShowKind::kFunctionStatus,
       {"Db", "Name", "Type", "Definer", "Modified", "Created", "Security_type", "Comment",
        "character_set_client", "collation_connection", "Database Collation"}},
      {ShowKind::kEngineStatus, {"Type", "Name", "Status"}},
      {ShowKind::kProfiles, {"Query_ID", "Duration", "Query"}},
      {ShowKind::kProfile, {"Status", "Duration"}},
      {ShowKind::kStatsMeta,
       {"Db_name", "Table_name", "Partition_name", "Update_time", "Modify_count", "Row_count"}},
      {ShowKind::kStatsHistograms,
       {"Db_name", "Table_name", "Partition_name", "Column_name", "Is_index", "Update_time",
        "Distinct_count", "Null_count", "Avg_col_size", "Correlation"}},
      {ShowKind::kStatsBuckets,
       {"Db_name", "Table_name", "Partition_name", "Column_name", "Is_index", "Bucket_id", "Count",
        "Repeats", "Lower_Bound", "Upper_Bound"}},
      {ShowKind::kStatsHealthy, {"Db_name", "Table_name", "Partition_name", "Healthy"}},
      {ShowKind::kBindings,
       {"Original_sql", "Bind_sql", "Default_db", "Status", "Create_time", "Update_time", "Charset",
        "Collation"}},
      {ShowKind::kAnalyzeStatus,
       {"Table_schema", "Table_name", "Partition_name", "Job_info", "Processed_rows", "Start_time",
        "State"}},
      {ShowKind::kConfig, {"Type", "Instance", "Name", "Value"}},
      {ShowKind::kBuiltins, {"Supported_builtin_functions"}},
  };
  const auto it = kColumns.find(kind);
  if (it == kColumns.end()) return not_supported_yet("this SHOW");
  ShowResult out;
  for (const char* name : it->second) out.columns.push_back(text_column(name, 128));
  return out;
}

}  // namespace

Result<ShowResult> show_server_rows(Session& session, const ast::ShowStatement& show) {
  switch (show.show) {
    case ShowKind::kVariables:
      return show_variables(session, show);
    case ShowKind::kStatus:
      return show_status(session);
    case ShowKind::kWarnings:
    case ShowKind::kErrors:
      return show_warnings(session, show);
    case ShowKind::kProcessList:
      return show_processes(session, show);
    case ShowKind::kPumpStatus:
      return show_nodes(session, cluster::NodeKind::kPump);
    case ShowKind::kDrainerStatus:
      return show_nodes(session, cluster::NodeKind::kDrainer);
    case ShowKind::kMasterStatus:
      return show_master_status(session);
    case ShowKind::kEngines:
      return show_engines();
    case ShowKind::kCharset:
      return show_charsets();
    case ShowKind::kCollation:
      return show_collations();
    case ShowKind::kGrants:
      return show_grants(session, show);
    case ShowKind::kCreateUser:
      return show_create_user(session, show);
    case ShowKind::kPrivileges:
      return show_privileges();
    default:
      return show_nothing(show.show);
  }
}

}  // namespace tbl::tidb
