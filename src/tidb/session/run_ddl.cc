// DDL: rights, the implicit commit, then the DDL engine.
#include "tidb/ast/alter_table.h"
#include "tidb/ast/ddl.h"
#include "tidb/catalog/schema_holder.h"
#include "tidb/ddl/ddl.h"
#include "tidb/parser/default_mode.h"
#include "tidb/plan/virtual_source.h"
#include "tidb/privilege/privilege_manager.h"
#include "tidb/session/session_hooks.h"
#include "tidb/session/statements.h"
#include "tidb/table/auto_id.h"
#include "tidb/types/collation.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

struct Need {
  std::string db;
  std::string table;  ///< empty: of the database
  PrivilegeSet privilege;
  const char* verb;
};

using Kind = ast::StatementKind;

/// What a DDL statement needs, database by database.
class Needs {
 public:
  explicit Needs(const std::string& current_db) : current_db_(current_db) {}

  void add(const ast::TableName& name, PrivilegeSet privilege, const char* verb) {
    needs.push_back({name.schema.empty() ? current_db_ : name.schema, name.name, privilege, verb});
  }
  void add_database(const std::string& name, PrivilegeSet privilege, const char* verb) {
    needs.push_back({name.empty() ? current_db_ : name, "", privilege, verb});
  }
  std::vector<Need> needs;

 private:
  const std::string& current_db_;
};

void add_table_needs(const ast::Statement& statement, Needs& out) {
  switch (statement.kind) {
    case Kind::kCreateTable:
      return out.add(ast::as<ast::CreateTableStatement>(statement).table, kPrivCreate, "CREATE");
    case Kind::kAlterTable:
      return out.add(ast::as<ast::AlterTableStatement>(statement).table, kPrivAlter, "ALTER");
    case Kind::kDropTable:
      for (const auto& name : ast::as<ast::DropTableStatement>(statement).tables) {
        out.add(name, kPrivDrop, "DROP");
      }
      return;
    case Kind::kTruncateTable:
      return out.add(ast::as<ast::TruncateTableStatement>(statement).table, kPrivDrop, "DROP");
    case Kind::kRenameTable:
      for (const auto& pair : ast::as<ast::RenameTableStatement>(statement).pairs) {
        out.add(pair.from, kPrivAlter | kPrivDrop, "ALTER");
        out.add(pair.to, kPrivCreate | kPrivInsert, "CREATE");
      }
      return;
    case Kind::kCreateIndex:
      return out.add(ast::as<ast::CreateIndexStatement>(statement).table, kPrivIndex, "INDEX");
    case Kind::kDropIndex:
      return out.add(ast::as<ast::DropIndexStatement>(statement).table, kPrivIndex, "INDEX");
    case Kind::kCreateView:
      return out.add(ast::as<ast::CreateViewStatement>(statement).view, kPrivCreateView,
                     "CREATE VIEW");
    case Kind::kDropView:
      for (const auto& name : ast::as<ast::DropViewStatement>(statement).views) {
        out.add(name, kPrivDrop, "DROP");
      }
      return;
    default:
      return;
  }
}

std::vector<Need> needs_of(const ast::Statement& statement, const std::string& current_db) {
  Needs out(current_db);
  switch (statement.kind) {
    case Kind::kCreateDatabase:
      out.add_database(ast::as<ast::CreateDatabaseStatement>(statement).name, kPrivCreate,
                       "CREATE");
      break;
    case Kind::kAlterDatabase:
      out.add_database(ast::as<ast::AlterDatabaseStatement>(statement).name, kPrivAlter, "ALTER");
      break;
    case Kind::kDropDatabase:
      out.add_database(ast::as<ast::DropDatabaseStatement>(statement).name, kPrivDrop, "DROP");
      break;
    default:
      add_table_needs(statement, out);
  }
  return std::move(out.needs);
}

Status check_rights(Session& session, const ast::Statement& statement) {
  if (session.options().internal) return ok_status();
  const PrivilegeManager& privileges = *session.domain().privileges;
  for (const Need& need : needs_of(statement, session.current_db())) {
    if (need.db.empty()) continue;  // "No database selected" is DDL's to say
    const VirtualCatalog* virtuals = session.domain().virtuals;
    if (virtuals != nullptr && virtuals->has_database(ascii_lower(need.db))) {
      return sql_error(kErrDbaccessDenied, "Access denied for user '" + session.user().auth_user +
                                               "'@'" + session.user().auth_host +
                                               "' to database '" + need.db + "'");
    }
    if (need.table.empty()) {
      TBL_TRY(privileges.check_database(session.account(), need.db, need.privilege));
    } else {
      TBL_TRY(privileges.check_table(session.account(),
                                     {need.db, need.table, need.privilege, need.verb}));
    }
  }
  return ok_status();
}

}  // namespace

Status run_ddl(Session& session, const ast::Statement& statement, SessionSink& sink) {
  if (snapshot_ts(session) != 0) {
    return sql_error(kErrUnknown, "can not execute write statement when 'tidb_snapshot' is set");
  }
  TBL_TRY(check_rights(session, statement));
  TBL_TRY(commit_implicitly(session));
  TBL_TRY(check_may_write(session));
  if (session.domain().ddl == nullptr) return unavailable("DDL is not running");
  EvalContext eval = session.make_eval_context(nullptr);
  eval.convert.strict = is_strict(session.variables().sql_mode());
  DdlSession ddl;
  ddl.eval = &eval;
  TBL_ASSIGN(ddl.query, in_default_mode(statement.text, session.variables().sql_mode()));
  ddl.virtuals = session.domain().virtuals;
  ddl.is_killed = [&] { return session.hooks().killed(); };
  TBL_TRY(session.domain().ddl->run(statement, ddl));
  if (statement.kind == Kind::kDropDatabase) {
    const std::string& name = ast::as<ast::DropDatabaseStatement>(statement).name;
    if (equal_ignoring_case(name, session.current_db())) session.leave_database();
  }
  session.row_count = 0;
  return send_ok(session, sink);
}

}  // namespace tbl::tidb
