// CREATE USER, ALTER USER, DROP USER, RENAME USER, SET PASSWORD, GRANT, REVOKE: changes of the
// grant tables by SQL of the server itself, then the tables in memory are read anew.
#include <algorithm>

#include "tidb/catalog/schema_holder.h"
#include "tidb/privilege/password.h"
#include "tidb/privilege/privilege_manager.h"
#include "tidb/session/grant_sql.h"
#include "tidb/session/internal_sql.h"
#include "tidb/session/statements.h"
#include "tidb/types/collation.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

using Kind = ast::StatementKind;

constexpr std::string_view kNative = "mysql_native_password";
constexpr std::string_view kSha2 = "caching_sha2_password";

AccountName name_of(const Session& session, const ast::UserName& user) {
  if (user.current) return session.account();
  return {user.user, ascii_lower(user.host)};
}

std::string quoted(const AccountName& name) { return "'" + name.user + "'@'" + name.host + "'"; }

Status operation_failed(const char* operation, const std::vector<AccountName>& names) {
  std::string list;
  for (const AccountName& name : names) list += (list.empty() ? "" : ",") + quoted(name);
  return sql_error(kErrCannotUser, std::string("Operation ") + operation + " failed for " + list);
}

/// What to keep for a password as it was given.
Result<Credentials> credentials_of(const ast::UserSpec& spec) {
  const bool sha2 = spec.plugin == kSha2;
  if (!spec.plugin.empty() && !sha2 && spec.plugin != kNative) {
    return sql_error(static_cast<SqlErrno>(1524), "Plugin '" + spec.plugin + "' is not loaded");
  }
  Credentials out;
  if (sha2) out.plugin = kSha2;
  if (spec.password) {
    out.auth = sha2 ? sha2_hash(*spec.password) : native_hash(*spec.password);
    return out;
  }
  if (!spec.auth_string || spec.auth_string->empty()) return out;
  const bool valid = sha2 ? is_sha2_hash(*spec.auth_string) : is_native_hash(*spec.auth_string);
  if (!valid) {
    return sql_error(kErrPasswdLength, "Password hash should be a 41-digit hexadecimal number");
  }
  out.auth = *spec.auth_string;
  return out;
}

Status check_create_user(Session& session) {
  if (session.options().internal) return ok_status();
  return session.domain().privileges->check_global(session.account(), kPrivCreateUser,
                                                   "CREATE USER");
}

/// Runs the changes in one transaction and makes them count.
Status apply_changes(Session& session, const std::vector<std::string>& changes) {
  if (!changes.empty()) TBL_TRY(run_internal_together(session.domain(), changes));
  return session.domain().privileges->reload(query_runner(session.domain()));
}

bool exists(Session& session, const AccountName& name) {
  return session.domain().privileges->tables()->find(name) != nullptr;
}

Status run_create(Session& session, const ast::CreateUserStatement& statement) {
  TBL_TRY(check_create_user(session));
  const GrantSql sql(*session.domain().schemas->current());
  std::vector<std::string> changes;
  std::vector<AccountName> failed;
  for (const ast::UserSpec& spec : statement.users) {
    const AccountName name = name_of(session, spec.user);
    if (exists(session, name)) {
      if (statement.if_not_exists) {
        session.warnings().add({Warning::kNote, 3163, "User " + quoted(name) + " already exists."});
      } else {
        failed.push_back(name);
      }
      continue;
    }
    TBL_ASSIGN(const Credentials auth, credentials_of(spec));
    const bool locked = statement.is_role || statement.locked.value_or(false);
    changes.push_back(sql.insert_user(name, auth, locked));
  }
  if (!failed.empty()) {
    return operation_failed(statement.is_role ? "CREATE ROLE" : "CREATE USER", failed);
  }
  return apply_changes(session, changes);
}

Status run_alter(Session& session, const ast::AlterUserStatement& statement) {
  const bool own = statement.users.size() == 1 && statement.users[0].user.current;
  if (!own) TBL_TRY(check_create_user(session));
  const GrantSql sql(*session.domain().schemas->current());
  std::vector<std::string> changes;
  std::vector<AccountName> failed;
  for (const ast::UserSpec& spec : statement.users) {
    const AccountName name = name_of(session, spec.user);
    if (!exists(session, name)) {
      if (statement.if_exists) {
        session.warnings().add({Warning::kNote, 3162, "User " + quoted(name) + " does not exist."});
      } else {
        failed.push_back(name);
      }
      continue;
    }
    if (spec.password || spec.auth_string) {
      TBL_ASSIGN(const Credentials auth, credentials_of(spec));
      changes.push_back(sql.set_password(name, auth));
    }
    if (statement.locked) changes.push_back(sql.set_locked(name, *statement.locked));
  }
  if (!failed.empty()) return operation_failed("ALTER USER", failed);
  return apply_changes(session, changes);
}

Status run_drop(Session& session, const ast::DropUserStatement& statement) {
  TBL_TRY(check_create_user(session));
  std::vector<std::string> changes;
  std::vector<AccountName> failed;
  for (const ast::UserName& user : statement.users) {
    const AccountName name = name_of(session, user);
    if (!exists(session, name)) {
      if (statement.if_exists) {
        session.warnings().add({Warning::kNote, 3162, "User " + quoted(name) + " does not exist."});
      } else {
        failed.push_back(name);
      }
      continue;
    }
    for (std::string& change : GrantSql::drop_user(name)) changes.push_back(std::move(change));
  }
  if (!failed.empty()) return operation_failed("DROP USER", failed);
  return apply_changes(session, changes);
}

Status run_rename(Session& session, const ast::RenameUserStatement& statement) {
  TBL_TRY(check_create_user(session));
  std::vector<std::string> changes;
  std::vector<AccountName> failed;
  for (const auto& pair : statement.pairs) {
    const AccountName from = name_of(session, pair.from);
    const AccountName to = name_of(session, pair.to);
    if (!exists(session, from) || exists(session, to)) {
      failed.push_back(from);
      continue;
    }
    for (std::string& change : GrantSql::rename_user(from, to))
      changes.push_back(std::move(change));
  }
  if (!failed.empty()) return operation_failed("RENAME USER", failed);
  return apply_changes(session, changes);
}

Status run_set_password(Session& session, const ast::SetPasswordStatement& statement) {
  const AccountName name = statement.user ? name_of(session, *statement.user) : session.account();
  if (!(name == session.account())) {
    TBL_TRY(session.domain().privileges->check_global(session.account(), kPrivSuper, "SUPER"));
  }
  const auto tables = session.domain().privileges->tables();
  const UserRecord* user = tables->find(name);
  if (user == nullptr) {
    return sql_error(kErrPasswordNoMatch, "Can't find any matching row in the user table");
  }
  const Credentials auth{
      user->plugin == kSha2 ? sha2_hash(statement.password) : native_hash(statement.password),
      user->plugin};
  return apply_changes(session,
                       {GrantSql(*session.domain().schemas->current()).set_password(name, auth)});
}

/// The level of a GRANT with the current database filled in.
Result<GrantTarget> target_of(Session& session, const ast::GrantLevel& level) {
  GrantTarget target;
  target.level = level.kind == ast::GrantLevel::Kind::kGlobal     ? kLevelGlobal
                 : level.kind == ast::GrantLevel::Kind::kDatabase ? kLevelDb
                                                                  : kLevelTable;
  target.db = level.database;
  target.table = level.table;
  if (target.level == kLevelGlobal) return target;
  if (target.db.empty()) target.db = session.current_db();
  if (target.db.empty()) return no_database_selected();
  return target;
}

Status wrong_grant() {
  return sql_error(kErrIllegalGrantForTable,
                   "Illegal GRANT/REVOKE command; please consult the manual to see which "
                   "privileges can be used");
}

Result<NamedRights> rights_of(Session& session, const std::vector<ast::PrivilegeItem>& items,
                              PrivilegeLevels level) {
  NamedRights out;
  for (const ast::PrivilegeItem& item : items) {
    if (item.name == "ALL" || item.name == "ALL PRIVILEGES") {
      out.whole |= all_of(level);
      continue;
    }
    if (item.name == "USAGE") continue;
    const PrivilegeName* privilege = find_privilege(item.name);
    if (privilege == nullptr) {
      if (!is_ignored_privilege(item.name)) return wrong_grant();
      session.warnings().add(
          {Warning::kNote, kErrUnknown, "The privilege " + item.name + " has no effect here"});
      continue;
    }
    if (!item.columns.empty()) {
      if (level != kLevelTable || !(privilege->levels & kLevelColumn)) return wrong_grant();
      for (const std::string& column : item.columns) out.columns[column] |= privilege->bit;
      continue;
    }
    if (!(privilege->levels & level)) {
      if (level == kLevelDb) return wrong_usage("DB GRANT", "GLOBAL PRIVILEGES");
      return wrong_grant();
    }
    out.whole |= privilege->bit;
  }
  return out;
}

/// Who grants must have what it grants, and the right to grant.
Status check_may_grant(Session& session, const GrantTarget& target, const NamedRights& rights) {
  if (session.options().internal) return ok_status();
  const PrivilegeManager& privileges = *session.domain().privileges;
  const PrivilegeSet wanted = rights.whole | kPrivGrant;
  const AccountName who = session.account();
  if (target.level == kLevelGlobal) {
    if (privileges.has_global(who, wanted)) return ok_status();
    return sql_error(kErrAccessDenied,
                     "Access denied for user " + quoted(who) + " (using password: YES)");
  }
  if (target.level == kLevelDb) return privileges.check_database(who, target.db, wanted);
  TBL_TRY(privileges.check_table(who, {target.db, target.table, wanted, "GRANT"}));
  for (const auto& [column, set] : rights.columns) {
    const PrivilegeManager::TableCheck check{target.db, target.table, set, "GRANT"};
    TBL_TRY(privileges.check_columns(who, check, {std::span(&column, 1), false}));
  }
  return ok_status();
}

Status check_target(Session& session, const GrantTarget& target, const NamedRights& rights) {
  if (target.level != kLevelTable) return ok_status();
  const auto table = session.domain().schemas->current()->table(target.db, target.table);
  if (table == nullptr) {
    if (rights.columns.empty() && (rights.whole & kPrivCreate)) return ok_status();
    return no_such_table(target.db, target.table);
  }
  for (const auto& [column, set] : rights.columns) {
    if (table->column_by_name(ascii_lower(column)) == nullptr) {
      return sql_error(kErrBadField, "Unknown column '" + column + "' in '" + target.table + "'");
    }
  }
  return ok_status();
}

Status run_grant(Session& session, const ast::GrantStatement& statement) {
  TBL_ASSIGN(const GrantTarget target, target_of(session, statement.level));
  TBL_ASSIGN(NamedRights rights, rights_of(session, statement.privileges, target.level));
  TBL_TRY(check_may_grant(session, target, rights));
  TBL_TRY(check_target(session, target, rights));
  if (statement.with_grant_option) rights.whole |= kPrivGrant;
  const GrantSql sql(*session.domain().schemas->current());
  const auto tables = session.domain().privileges->tables();
  std::vector<std::string> changes;
  for (const ast::UserSpec& spec : statement.users) {
    const AccountName name = name_of(session, spec.user);
    if (!exists(session, name)) {
      if (session.variables().sql_mode() & kModeNoAutoCreateUser) {
        return sql_error(kErrCantCreateUserWithGrant,
                         "You are not allowed to create a user with GRANT");
      }
      TBL_ASSIGN(const Credentials auth, credentials_of(spec));
      changes.push_back(sql.insert_user(name, auth, false));
    } else if (spec.password || spec.auth_string) {
      TBL_ASSIGN(const Credentials auth, credentials_of(spec));
      changes.push_back(sql.set_password(name, auth));
    }
    for (std::string& change : sql.add(*tables, name, target, rights)) {
      changes.push_back(std::move(change));
    }
  }
  return apply_changes(session, changes);
}

Status unknown_user(const AccountName& name) {
  return sql_error(kErrUnknown, "Unknown user: " + name.user + "@" + name.host);
}

/// REVOKE ALL PRIVILEGES, GRANT OPTION FROM users.
Status run_revoke_all(Session& session, const ast::RevokeStatement& statement) {
  TBL_TRY(check_create_user(session));
  const GrantSql sql(*session.domain().schemas->current());
  std::vector<std::string> changes;
  for (const ast::UserSpec& spec : statement.users) {
    const AccountName name = name_of(session, spec.user);
    if (!exists(session, name)) return unknown_user(name);
    for (std::string& change : sql.remove_all(name)) changes.push_back(std::move(change));
  }
  return apply_changes(session, changes);
}

Status run_revoke(Session& session, const ast::RevokeStatement& statement) {
  if (statement.everywhere) return run_revoke_all(session, statement);
  TBL_ASSIGN(const GrantTarget target, target_of(session, statement.level));
  TBL_ASSIGN(const NamedRights rights, rights_of(session, statement.privileges, target.level));
  TBL_TRY(check_may_grant(session, target, rights));
  const GrantSql sql(*session.domain().schemas->current());
  const auto tables = session.domain().privileges->tables();
  std::vector<std::string> changes;
  for (const ast::UserSpec& spec : statement.users) {
    const AccountName name = name_of(session, spec.user);
    if (!exists(session, name)) return unknown_user(name);
    TBL_TRY(GrantSql::check_granted(*tables, name, target));
    for (std::string& change : sql.remove(*tables, name, target, rights)) {
      changes.push_back(std::move(change));
    }
  }
  return apply_changes(session, changes);
}

}  // namespace

Status run_account(Session& session, const ast::Statement& statement, SessionSink& sink) {
  if (session.domain().privileges->is_skipped()) {
    return sql_error(kErrOptionPreventsStatement,
                     "The TiDB server is running with the --skip-grant-tables option so it cannot "
                     "execute this statement");
  }
  TBL_TRY(commit_implicitly(session));
  TBL_TRY(check_may_write(session));
  Status status;
  switch (statement.kind) {
    case Kind::kCreateUser:
      status = run_create(session, ast::as<ast::CreateUserStatement>(statement));
      break;
    case Kind::kAlterUser:
      status = run_alter(session, ast::as<ast::AlterUserStatement>(statement));
      break;
    case Kind::kDropUser:
      status = run_drop(session, ast::as<ast::DropUserStatement>(statement));
      break;
    case Kind::kRenameUser:
      status = run_rename(session, ast::as<ast::RenameUserStatement>(statement));
      break;
    case Kind::kSetPassword:
      status = run_set_password(session, ast::as<ast::SetPasswordStatement>(statement));
      break;
    case Kind::kGrant:
      status = run_grant(session, ast::as<ast::GrantStatement>(statement));
      break;
    case Kind::kRevoke:
      status = run_revoke(session, ast::as<ast::RevokeStatement>(statement));
      break;
    default:
      return not_supported_yet("roles");
  }
  TBL_TRY(std::move(status));
  return send_ok(session, sink);
}

}  // namespace tbl::tidb
