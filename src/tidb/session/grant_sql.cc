#include "tidb/session/grant_sql.h"

#include <algorithm>

#include "tidb/session/internal_sql.h"
#include "tidb/types/collation.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

std::vector<std::string> columns_of(const Schema& schema, std::string_view table) {
  std::vector<std::string> names;
  const auto info = schema.table("mysql", table);
  if (info == nullptr) return names;
  for (const schema::ColumnInfo& column : info->columns) names.push_back(column.name.l);
  return names;
}

std::string where_account(const AccountName& name) {
  return " WHERE User = " + sql_quote(name.user) + " AND Host = " + sql_quote(name.host);
}

std::string where_db(const AccountName& name, const std::string& db) {
  return where_account(name) + " AND DB = " + sql_quote(db);
}

std::string where_table(const AccountName& name, const GrantTarget& target) {
  return where_db(name, target.db) + " AND Table_name = " + sql_quote(target.table);
}

/// Members of a SET column.
std::string set_text(PrivilegeSet rights) {
  std::string out;
  for (const PrivilegeName& p : all_privileges()) {
    if (!(rights & p.bit) || p.set_member.empty()) continue;
    out += (out.empty() ? "" : ",") + std::string(p.set_member);
  }
  return sql_quote(out);
}

bool same(const AccountName& a, const AccountName& b) {
  return a.user == b.user && equal_ignoring_case(a.host, b.host);
}

const DbGrant* find_db(const GrantTables& tables, const AccountName& name, const std::string& db) {
  for (const DbGrant& grant : tables.dbs) {
    if (same(grant.name, name) && equal_ignoring_case(grant.db, db)) return &grant;
  }
  return nullptr;
}

const TableGrant* find_table(const GrantTables& tables, const AccountName& name,
                             const GrantTarget& target) {
  for (const TableGrant& grant : tables.tables) {
    if (same(grant.name, name) && equal_ignoring_case(grant.db, target.db) &&
        equal_ignoring_case(grant.table, target.table)) {
      return &grant;
    }
  }
  return nullptr;
}

const ColumnGrant* find_column(const GrantTables& tables, const AccountName& name,
                               const GrantTarget& target, const std::string& column) {
  for (const ColumnGrant& grant : tables.columns) {
    if (same(grant.name, name) && equal_ignoring_case(grant.db, target.db) &&
        equal_ignoring_case(grant.table, target.table) &&
        equal_ignoring_case(grant.column, column)) {
      return &grant;
    }
  }
  return nullptr;
}

std::string replace_table_grant(const AccountName& name, const GrantTarget& target,
                                PrivilegeSet table, PrivilegeSet column) {
  return "REPLACE INTO mysql.tables_priv (Host, DB, User, Table_name, Grantor, Timestamp, "
         "Table_priv, Column_priv) VALUES (" +
         sql_quote(name.host) + ", " + sql_quote(target.db) + ", " + sql_quote(name.user) + ", " +
         sql_quote(target.table) + ", '', CURRENT_TIMESTAMP, " + set_text(table) + ", " +
         set_text(column) + ")";
}

std::string replace_column_grant(const AccountName& name, const GrantTarget& target,
                                 const std::string& column, PrivilegeSet rights) {
  return "REPLACE INTO mysql.columns_priv (Host, DB, User, Table_name, Column_name, Timestamp, "
         "Column_priv) VALUES (" +
         sql_quote(name.host) + ", " + sql_quote(target.db) + ", " + sql_quote(name.user) + ", " +
         sql_quote(target.table) + ", " + sql_quote(column) + ", CURRENT_TIMESTAMP, " +
         set_text(rights) + ")";
}

}  // namespace

PrivilegeSet NamedRights::of_any_column() const {
  PrivilegeSet any = 0;
  for (const auto& [column, set] : columns) any |= set;
  return any;
}

GrantSql::GrantSql(const Schema& schema)
    : user_columns_(columns_of(schema, "user")), db_columns_(columns_of(schema, "db")) {
  if (std::ranges::find(user_columns_, "authentication_string") != user_columns_.end()) {
    password_column_ = "authentication_string";
  }
  has_plugin_ = std::ranges::find(user_columns_, "plugin") != user_columns_.end();
}

std::string GrantSql::insert_user(const AccountName& name, const Credentials& credentials,
                                  bool locked) const {
  return "INSERT INTO mysql.user (Host, User, " + password_column_ + ", Account_locked" +
         (has_plugin_ ? ", plugin" : "") + ") VALUES (" + sql_quote(name.host) + ", " +
         sql_quote(name.user) + ", " + sql_quote(credentials.auth) + ", '" + (locked ? "Y" : "N") +
         "'" + (has_plugin_ ? ", " + sql_quote(credentials.plugin) : "") + ")";
}

std::string GrantSql::set_password(const AccountName& name, const Credentials& credentials) const {
  return "UPDATE mysql.user SET " + password_column_ + " = " + sql_quote(credentials.auth) +
         (has_plugin_ ? ", plugin = " + sql_quote(credentials.plugin) : "") + where_account(name);
}

std::string GrantSql::set_locked(const AccountName& name, bool locked) const {
  return std::string("UPDATE mysql.user SET Account_locked = '") + (locked ? "Y" : "N") + "'" +
         where_account(name);
}

std::vector<std::string> GrantSql::drop_user(const AccountName& name) {
  std::vector<std::string> out;
  for (const char* table : {"user", "db", "tables_priv", "columns_priv"}) {
    out.push_back(std::string("DELETE FROM mysql.") + table + where_account(name));
  }
  return out;
}

std::vector<std::string> GrantSql::rename_user(const AccountName& from, const AccountName& to) {
  std::vector<std::string> out;
  for (const char* table : {"user", "db", "tables_priv", "columns_priv"}) {
    out.push_back(std::string("UPDATE mysql.") + table + " SET User = " + sql_quote(to.user) +
                  ", Host = " + sql_quote(to.host) + where_account(from));
  }
  return out;
}

/// "Select_priv = 'Y', ..." of the columns that the table has; empty: none.
std::string GrantSql::set_flags(const std::string& table, PrivilegeSet rights,
                                const char* value) const {
  const auto& columns = table == "user" ? user_columns_ : db_columns_;
  std::string out;
  for (const PrivilegeName& p : all_privileges()) {
    if (!(rights & p.bit)) continue;
    if (std::ranges::find(columns, ascii_lower(p.column)) == columns.end()) continue;
    out += (out.empty() ? "" : ", ") + std::string(p.column) + " = '" + value + "'";
  }
  return out;
}

/// Sets the columns of mysql.user, or of a row of mysql.db, to 'Y' or 'N'.
std::vector<std::string> GrantSql::set_all(const AccountName& name, const GrantTarget& target,
                                           PrivilegeSet rights, const char* value) const {
  const bool global = target.level == kLevelGlobal;
  const std::string table = global ? "user" : "db";
  const std::string flags = set_flags(table, rights, value);
  if (flags.empty()) return {};
  return {"UPDATE mysql." + table + " SET " + flags +
          (global ? where_account(name) : where_db(name, target.db))};
}

namespace {

std::vector<std::string> add_to_table(const GrantTables& tables, const AccountName& name,
                                      const GrantTarget& target, const NamedRights& rights) {
  const TableGrant* table = find_table(tables, name, target);
  const PrivilegeSet of_table = table != nullptr ? table->privileges : 0;
  const PrivilegeSet of_columns = table != nullptr ? table->column_privileges : 0;
  std::vector<std::string> out = {replace_table_grant(name, target, of_table | rights.whole,
                                                      of_columns | rights.of_any_column())};
  for (const auto& [column, set] : rights.columns) {
    const ColumnGrant* old = find_column(tables, name, target, column);
    out.push_back(replace_column_grant(name, target, column, set | (old ? old->privileges : 0)));
  }
  return out;
}

std::vector<std::string> remove_from_table(const GrantTables& tables, const AccountName& name,
                                           const GrantTarget& target, const NamedRights& rights) {
  std::vector<std::string> out;
  PrivilegeSet left_of_columns = 0;
  for (const ColumnGrant& grant : tables.columns) {
    if (find_column(tables, name, target, grant.column) != &grant) continue;
    PrivilegeSet gone = rights.whole;
    for (const auto& [column, set] : rights.columns) {
      if (equal_ignoring_case(column, grant.column)) gone |= set;
    }
    const PrivilegeSet left = grant.privileges & ~gone;
    left_of_columns |= left;
    if (left == grant.privileges) continue;
    out.push_back(left != 0 ? replace_column_grant(name, target, grant.column, left)
                            : "DELETE FROM mysql.columns_priv" + where_table(name, target) +
                                  " AND Column_name = " + sql_quote(grant.column));
  }
  const TableGrant* table = find_table(tables, name, target);
  const PrivilegeSet left = table != nullptr ? table->privileges & ~rights.whole : 0;
  out.push_back(left == 0 && left_of_columns == 0
                    ? "DELETE FROM mysql.tables_priv" + where_table(name, target)
                    : replace_table_grant(name, target, left, left_of_columns));
  return out;
}

}  // namespace

std::vector<std::string> GrantSql::add(const GrantTables& tables, const AccountName& name,
                                       const GrantTarget& target, const NamedRights& rights) const {
  if (rights.whole == 0 && rights.columns.empty()) return {};
  if (target.level == kLevelTable) return add_to_table(tables, name, target, rights);
  std::vector<std::string> out = set_all(name, target, rights.whole, "Y");
  if (target.level == kLevelDb && find_db(tables, name, target.db) == nullptr) {
    out.insert(out.begin(), "INSERT INTO mysql.db (Host, DB, User) VALUES (" +
                                sql_quote(name.host) + ", " + sql_quote(target.db) + ", " +
                                sql_quote(name.user) + ")");
  }
  return out;
}

std::vector<std::string> GrantSql::remove(const GrantTables& tables, const AccountName& name,
                                          const GrantTarget& target,
                                          const NamedRights& rights) const {
  if (rights.whole == 0 && rights.columns.empty()) return {};
  if (target.level == kLevelTable) return remove_from_table(tables, name, target, rights);
  if (target.level == kLevelDb) {
    const DbGrant* old = find_db(tables, name, target.db);
    if (old != nullptr && (old->privileges & ~rights.whole) == 0) {
      return {"DELETE FROM mysql.db" + where_db(name, target.db)};
    }
  }
  return set_all(name, target, rights.whole, "N");
}

std::vector<std::string> GrantSql::remove_all(const AccountName& name) const {
  std::vector<std::string> out =
      set_all(name, GrantTarget{kLevelGlobal, "", ""}, all_of(kLevelGlobal) | kPrivGrant, "N");
  for (const char* table : {"db", "tables_priv", "columns_priv"}) {
    out.push_back(std::string("DELETE FROM mysql.") + table + where_account(name));
  }
  return out;
}

Status GrantSql::check_granted(const GrantTables& tables, const AccountName& name,
                               const GrantTarget& target) {
  if (target.level == kLevelDb && find_db(tables, name, target.db) == nullptr) {
    return sql_error(kErrNonexistingGrant, "There is no such grant defined for user '" + name.user +
                                               "' on host '" + name.host + "'");
  }
  if (target.level == kLevelTable && find_table(tables, name, target) == nullptr) {
    return sql_error(kErrNonexistingTableGrant, "There is no such grant defined for user '" +
                                                    name.user + "' on host '" + name.host +
                                                    "' on table '" + target.table + "'");
  }
  return ok_status();
}

}  // namespace tbl::tidb
