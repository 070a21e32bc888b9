#include "tidb/privilege/privilege_manager.h"

#include <algorithm>

#include "tidb/privilege/password.h"
#include "tidb/types/collation.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

constexpr size_t kMostDigests = 10000;

/// One row by its columns' lower-case names.
class NamedRow {
 public:
  NamedRow(const TextResult& result, size_t row) : result_(result), row_(result.rows[row]) {}

  std::string text(std::string_view column) const {
    for (size_t i = 0; i < result_.columns.size(); ++i) {
      if (equal_ignoring_case(result_.columns[i], column)) return row_[i].value_or("");
    }
    return {};
  }
  AccountName account() const { return {text("User"), text("Host")}; }
  /// Of columns that hold 'Y' and 'N'.
  PrivilegeSet flags() const {
    PrivilegeSet set = 0;
    for (const PrivilegeName& p : all_privileges()) {
      if (text(p.column) == "Y") set |= p.bit;
    }
    return set;
  }
  /// Of a SET column: "Select,Create View".
  PrivilegeSet members(std::string_view column) const {
    PrivilegeSet set = 0;
    const std::string list = "," + text(column) + ",";
    for (const PrivilegeName& p : all_privileges()) {
      if (!p.set_member.empty() &&
          list.find("," + std::string(p.set_member) + ",") != std::string::npos) {
        set |= p.bit;
      }
    }
    return set;
  }

 private:
  const TextResult& result_;
  const std::vector<std::optional<std::string>>& row_;
};

std::vector<NamedRow> rows_of(const TextResult& result) {
  std::vector<NamedRow> rows;
  for (size_t i = 0; i < result.rows.size(); ++i) rows.emplace_back(result, i);
  return rows;
}

/// Addresses and names come first, then networks, then patterns, "%" last; of one host the account
/// without a name comes last. The first that matches is the client's account.
std::pair<int, bool> rank(const AccountName& name) {
  constexpr int kExact = 1 << 20;
  const std::string& host = name.host;
  const size_t wildcard = host.find_first_of("%_");
  const bool network = host.find('/') != std::string::npos;
  const int specific = wildcard != std::string::npos ? static_cast<int>(wildcard)
                       : network                     ? kExact - 1
                                                     : kExact;
  return {specific, !name.user.empty()};
}

UserRecord read_user(const NamedRow& row) {
  UserRecord user;
  user.name = row.account();
  user.auth_string = row.text("authentication_string");
  if (user.auth_string.empty()) user.auth_string = row.text("Password");
  user.plugin = row.text("plugin");
  if (user.plugin.empty()) {
    user.plugin =
        is_sha2_hash(user.auth_string) ? "caching_sha2_password" : "mysql_native_password";
  }
  user.privileges = row.flags();
  user.locked = row.text("account_locked") == "Y";
  return user;
}

std::string denied(const AccountName& who, std::string_view verb) {
  return std::string(verb) + " command denied to user '" + who.user + "'@'" + who.host + "' for ";
}

Status table_denied(const AccountName& who, const PrivilegeManager::TableCheck& check) {
  return sql_error(kErrTableaccessDenied,
                   denied(who, check.verb) + "table '" + std::string(check.table) + "'");
}

Status column_denied(const AccountName& who, const PrivilegeManager::TableCheck& check,
                     const std::string& column) {
  return sql_error(kErrColumnaccessDenied, denied(who, check.verb) + "column '" + column +
                                               "' in table '" + std::string(check.table) + "'");
}

}  // namespace

Status PrivilegeManager::reload(const QueryRunner& query) {
  auto tables = std::make_shared<GrantTables>();
  TBL_ASSIGN(const TextResult users, query("SELECT * FROM mysql.user"));
  for (const NamedRow& row : rows_of(users)) tables->users.push_back(read_user(row));
  std::ranges::stable_sort(tables->users, [](const UserRecord& a, const UserRecord& b) {
    return rank(a.name) > rank(b.name);
  });
  TBL_ASSIGN(const TextResult dbs, query("SELECT * FROM mysql.db"));
  for (const NamedRow& row : rows_of(dbs)) {
    tables->dbs.push_back({row.account(), row.text("DB"), row.flags()});
  }
  TBL_ASSIGN(const TextResult grants, query("SELECT * FROM mysql.tables_priv"));
  for (const NamedRow& row : rows_of(grants)) {
    tables->tables.push_back({row.account(), row.text("DB"), row.text("Table_name"),
                              row.members("Table_priv"), row.members("Column_priv")});
  }
  TBL_ASSIGN(const TextResult columns, query("SELECT * FROM mysql.columns_priv"));
  for (const NamedRow& row : rows_of(columns)) {
    tables->columns.push_back({row.account(), row.text("DB"), row.text("Table_name"),
                               row.text("Column_name"), row.members("Column_priv")});
  }
  std::lock_guard lock(mutex_);
  tables_ = std::move(tables);
  return ok_status();
}

std::shared_ptr<const GrantTables> PrivilegeManager::tables() const {
  std::lock_guard lock(mutex_);
  return tables_;
}

std::optional<UserRecord> PrivilegeManager::match(std::string_view user,
                                                  std::string_view host) const {
  if (skip_) return UserRecord{{std::string(user), "%"}, "", "mysql_native_password", ~0ULL, false};
  const auto tables = this->tables();
  const UserRecord* found = tables->match(user, host);
  if (found == nullptr) return std::nullopt;
  return *found;
}

PrivilegeManager::Check PrivilegeManager::check_response(const UserRecord& user,
                                                         std::string_view salt,
                                                         std::string_view response) {
  if (skip_) return Check::kRight;
  if (user.plugin != "caching_sha2_password") {
    return check_native(user.auth_string, salt, response) ? Check::kRight : Check::kWrong;
  }
  if (user.auth_string.empty()) return response.empty() ? Check::kRight : Check::kWrong;
  if (response.empty()) return Check::kWrong;
  std::lock_guard lock(mutex_);
  const auto cached = sha2_digests_.find(user.auth_string);
  if (cached == sha2_digests_.end()) return Check::kWantsClearText;
  const bool right = check_sha2_response(cached->second, salt, response);
  return right ? Check::kRight : Check::kWantsClearText;
}

PrivilegeManager::Check PrivilegeManager::check_clear_text(const UserRecord& user,
                                                           std::string_view password) {
  if (skip_) return Check::kRight;
  if (!check_sha2(user.auth_string, password)) return Check::kWrong;
  std::lock_guard lock(mutex_);
  if (sha2_digests_.size() >= kMostDigests) sha2_digests_.clear();
  sha2_digests_[user.auth_string] = sha2_digest(password);
  return Check::kRight;
}

bool PrivilegeManager::has_global(const AccountName& who, PrivilegeSet wanted) const {
  if (skip_) return true;
  const auto tables = this->tables();
  const UserRecord* user = tables->find(who);
  return user != nullptr && (user->privileges & wanted) == wanted;
}

bool PrivilegeManager::has_on_database(const AccountName& who, std::string_view db,
                                       PrivilegeSet wanted) const {
  return skip_ || (tables()->database_rights(who, db) & wanted) == wanted;
}

bool PrivilegeManager::has_on_table(const AccountName& who, std::string_view db,
                                    std::string_view table, PrivilegeSet wanted) const {
  return skip_ || (tables()->table_rights(who, db, table) & wanted) == wanted;
}

bool PrivilegeManager::sees_database(const AccountName& who, std::string_view db) const {
  return skip_ || tables()->sees_database(who, db);
}

bool PrivilegeManager::sees_table(const AccountName& who, std::string_view db,
                                  std::string_view table) const {
  return skip_ || tables()->sees_table(who, db, table);
}

bool PrivilegeManager::sees_whole_table(const AccountName& who, std::string_view db,
                                        std::string_view table) const {
  return skip_ || tables()->table_rights(who, db, table) != 0;
}

bool PrivilegeManager::sees_column(const AccountName& who, std::string_view db,
                                   std::string_view table, std::string_view column) const {
  return skip_ || tables()->column_rights(who, db, table, column) != 0;
}

Status PrivilegeManager::check_database_visible(const AccountName& who, std::string_view db) const {
  if (sees_database(who, db)) return ok_status();
  return sql_error(kErrDbaccessDenied, "Access denied for user '" + who.user + "'@'" + who.host +
                                           "' to database '" + std::string(db) + "'");
}

Status PrivilegeManager::check_database(const AccountName& who, std::string_view db,
                                        PrivilegeSet wanted) const {
  if (has_on_database(who, db, wanted)) return ok_status();
  return sql_error(kErrDbaccessDenied, "Access denied for user '" + who.user + "'@'" + who.host +
                                           "' to database '" + std::string(db) + "'");
}

Status PrivilegeManager::check_table(const AccountName& who, const TableCheck& check) const {
  if (has_on_table(who, check.db, check.table, check.wanted)) return ok_status();
  return table_denied(who, check);
}

Status PrivilegeManager::check_columns(const AccountName& who, const TableCheck& check,
                                       const ColumnList& columns) const {
  if (has_on_table(who, check.db, check.table, check.wanted)) return ok_status();
  const auto tables = this->tables();
  const PrivilegeSet some = tables->table_rights(who, check.db, check.table) |
                            tables->some_column_rights(who, check.db, check.table);
  if ((some & check.wanted) != check.wanted) return table_denied(who, check);
  for (const std::string& name : columns.names) {
    const PrivilegeSet rights = tables->column_rights(who, check.db, check.table, name);
    if ((rights & check.wanted) == check.wanted) continue;
    return columns.all ? table_denied(who, check) : column_denied(who, check, name);
  }
  return ok_status();
}

Status PrivilegeManager::check_global(const AccountName& who, PrivilegeSet wanted,
                                      std::string_view name) const {
  if (has_global(who, wanted)) return ok_status();
  return sql_error(kErrSpecificAccessDenied, "Access denied; you need (at least one of) the " +
                                                 std::string(name) +
                                                 " privilege(s) for this operation");
}

}  // namespace tbl::tidb
