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

PrivilegeSet column_rights() { return all_of(kLevelColumn); }

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
                                 const ColumnRights& column) {
  return "REPLACE INTO mysql.columns_priv (Host, DB, User, Table_name, Column_name, Timestamp, "
         "Column_priv) VALUES (" +
         sql_quote(name.host) + ", " + sql_quote(target.db) + ", " + sql_quote(name.user) + ", " +
         sql_quote(target.table) + ", " + sql_quote(column.column) + ", CURRENT_TIMESTAMP, " +
         set_text(column.rights) + ")";
}

}  // namespace

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

std::vector<std::string> GrantSql::add(const GrantTables& tables, const AccountName& name,
                                       const GrantTarget& target, PrivilegeSet rights) const {
  std::vector<std::string> out;
  if (rights == 0) return out;
  if (target.level == kLevelGlobal) {
    const std::string flags = set_flags("user", rights, "Y");
    if (!flags.empty()) out.push_back("UPDATE mysql.user SET " + flags + where_account(name));
  } else if (target.level == kLevelDb) {
    if (find_db(tables, name, target.db) == nullptr) {
      out.push_back("INSERT INTO mysql.db (Host, DB, User) VALUES (" + sql_quote(name.host) + ", " +
                    sql_quote(target.db) + ", " + sql_quote(name.user) + ")");
    }
    const std::string flags = set_flags("db", rights, "Y");
    if (!flags.empty()) {
      out.push_back("UPDATE mysql.db SET " + flags + where_db(name, target.db));
    }
  } else {
    const TableGrant* old = find_table(tables, name, target);
    out.push_back(replace_table_grant(name, target, rights | (old ? old->privileges : 0),
                                      old ? old->column_privileges : 0));
  }
  return out;
}

std::vector<std::string> GrantSql::remove(const GrantTables& tables, const AccountName& name,
                                          const GrantTarget& target, PrivilegeSet rights) const {
  std::vector<std::string> out;
  if (rights == 0) return out;
  if (target.level == kLevelGlobal) {
    const std::string flags = set_flags("user", rights, "N");
    if (!flags.empty()) out.push_back("UPDATE mysql.user SET " + flags + where_account(name));
  } else if (target.level == kLevelDb) {
    const DbGrant* old = find_db(tables, name, target.db);
    if (old != nullptr && (old->privileges & ~rights) == 0) {
      out.push_back("DELETE FROM mysql.db" + where_db(name, target.db));
    } else if (const std::string flags = set_flags("db", rights, "N"); !flags.empty()) {
      out.push_back("UPDATE mysql.db SET " + flags + where_db(name, target.db));
    }
  } else if (const TableGrant* old = find_table(tables, name, target)) {
    const PrivilegeSet left = old->privileges & ~rights;
    if (left == 0 && old->column_privileges == 0) {
      out.push_back("DELETE FROM mysql.tables_priv" + where_table(name, target));
    } else {
      out.push_back(replace_table_grant(name, target, left, old->column_privileges));
    }
  }
  return out;
}

std::vector<std::string> GrantSql::add_column(const GrantTables& tables, const AccountName& name,
                                              const GrantTarget& target,
                                              const ColumnRights& column) const {
  const TableGrant* table = find_table(tables, name, target);
  const ColumnGrant* old = find_column(tables, name, target, column.column);
  const PrivilegeSet of_table = table != nullptr ? table->privileges : 0;
  const PrivilegeSet of_columns = (table != nullptr ? table->column_privileges : 0) | column.rights;
  return {replace_table_grant(name, target, of_table, of_columns),
          replace_column_grant(name, target,
                               {column.column, column.rights | (old ? old->privileges : 0)})};
}

std::vector<std::string> GrantSql::remove_column(const GrantTables& tables, const AccountName& name,
                                                 const GrantTarget& target,
                                                 const ColumnRights& column) const {
  const ColumnGrant* old = find_column(tables, name, target, column.column);
  if (old == nullptr) return {};
  const PrivilegeSet left = old->privileges & ~column.rights & column_rights();
  if (left != 0) return {replace_column_grant(name, target, {column.column, left})};
  return {"DELETE FROM mysql.columns_priv" + where_table(name, target) +
          " AND Column_name = " + sql_quote(column.column)};
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
