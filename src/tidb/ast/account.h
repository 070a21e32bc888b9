// Users, passwords, grants.
#pragma once

#include "tidb/ast/ddl.h"

namespace tbl::tidb::ast {

/// A user with what follows IDENTIFIED. Nothing written: both absent.
struct UserSpec {
  UserName user;
  std::optional<std::string> password;     ///< BY 'clear text'
  std::optional<std::string> auth_string;  ///< BY PASSWORD 'hash', WITH plugin AS 'hash'
  std::string plugin;                      ///< empty: none written
};

struct CreateUserStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kCreateUser;
  CreateUserStatement() : Statement(kKind) {}

  bool is_role = false;  ///< CREATE ROLE
  bool if_not_exists = false;
  std::vector<UserSpec> users;
  std::optional<bool> locked;  ///< ACCOUNT LOCK, UNLOCK
};

struct AlterUserStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kAlterUser;
  AlterUserStatement() : Statement(kKind) {}

  bool if_exists = false;
  std::vector<UserSpec> users;  ///< ALTER USER USER() IDENTIFIED BY ..: one with user.current
  std::optional<bool> locked;
};

struct DropUserStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kDropUser;
  DropUserStatement() : Statement(kKind) {}

  bool is_role = false;
  bool if_exists = false;
  std::vector<UserName> users;
};

struct RenameUserStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kRenameUser;
  RenameUserStatement() : Statement(kKind) {}

  struct Pair {
    UserName from;
    UserName to;
  };
  std::vector<Pair> pairs;
};

/// SET PASSWORD [FOR user] = 'clear text' | PASSWORD('clear text')
struct SetPasswordStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kSetPassword;
  SetPasswordStatement() : Statement(kKind) {}

  std::optional<UserName> user;
  std::string password;
};

struct PrivilegeItem {
  std::string name;  ///< upper case with single blanks: "SELECT", "CREATE VIEW", "ALL"
  std::vector<std::string> columns;
};

/// ON what: *.* (both empty, global), db.* , db.t, or * and t of the current database.
struct GrantLevel {
  enum class Kind : uint8_t { kGlobal, kDatabase, kTable } kind = Kind::kGlobal;
  std::string database;  ///< empty for kDatabase and kTable: the current one
  std::string table;
};

struct GrantStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kGrant;
  GrantStatement() : Statement(kKind) {}

  std::vector<PrivilegeItem> privileges;
  GrantLevel level;
  std::vector<UserSpec> users;
  bool with_grant_option = false;
};

struct RevokeStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kRevoke;
  RevokeStatement() : Statement(kKind) {}

  std::vector<PrivilegeItem> privileges;  ///< "GRANT OPTION" may be among them
  bool everywhere = false;                ///< ALL PRIVILEGES, GRANT OPTION without ON
  GrantLevel level;
  std::vector<UserSpec> users;
};

struct GrantRoleStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kGrantRole;
  GrantRoleStatement() : Statement(kKind) {}

  std::vector<UserName> roles;
  std::vector<UserName> users;
};

struct RevokeRoleStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kRevokeRole;
  RevokeRoleStatement() : Statement(kKind) {}

  std::vector<UserName> roles;
  std::vector<UserName> users;
};

}  // namespace tbl::tidb::ast
