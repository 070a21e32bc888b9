// Changes of the grant tables as SQL text. For account_statement.cc.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/status.h"
#include "tidb/catalog/schema.h"
#include "tidb/privilege/privileges.h"

namespace tbl::tidb {

/// What rights are given on.
struct GrantTarget {
  PrivilegeLevels level = kLevelGlobal;
  std::string db;
  std::string table;
};

/// How a user proves who it is.
struct Credentials {
  std::string auth;  ///< the hash
  std::string plugin = "mysql_native_password";
};

/// What one GRANT or REVOKE names.
struct NamedRights {
  PrivilegeSet whole = 0;                       ///< on the level itself
  std::map<std::string, PrivilegeSet> columns;  ///< of a table
  PrivilegeSet of_any_column() const;
};

/// The columns of mysql.user differ between versions: looked up in the schema. The schema is used
/// during construction only.
class GrantSql {
 public:
  explicit GrantSql(const Schema& schema);

  std::string insert_user(const AccountName& name, const Credentials& credentials,
                          bool locked) const;
  std::string set_password(const AccountName& name, const Credentials& credentials) const;
  std::string set_locked(const AccountName& name, bool locked) const;
  static std::vector<std::string> drop_user(const AccountName& name);
  static std::vector<std::string> rename_user(const AccountName& from, const AccountName& to);

  // `tables`: as they are before the change.
  std::vector<std::string> add(const GrantTables& tables, const AccountName& name,
                               const GrantTarget& target, const NamedRights& rights) const;
  /// What is taken from the whole table is taken from each of its columns too.
  std::vector<std::string> remove(const GrantTables& tables, const AccountName& name,
                                  const GrantTarget& target, const NamedRights& rights) const;
  /// Everything that was granted to the account, at all levels.
  std::vector<std::string> remove_all(const AccountName& name) const;
  /// 1141, 1147: nothing was granted there.
  static Status check_granted(const GrantTables& tables, const AccountName& name,
                              const GrantTarget& target);

 private:
  std::vector<std::string> set_all(const AccountName& name, const GrantTarget& target,
                                   PrivilegeSet rights, const char* value) const;
  std::string set_flags(const std::string& table, PrivilegeSet rights, const char* value) const;

  std::string password_column_ = "Password";
  bool has_plugin_ = false;
  std::vector<std::string> user_columns_;  ///< lower-case names
  std::vector<std::string> db_columns_;
};

}  // namespace tbl::tidb
