// Rights and accounts: their names, their bits, and the rows of the grant tables.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tbl::tidb {

/// 'user'@'host' as mysql.user has it; the host may be a pattern ("%", "10.0.%").
struct AccountName {
  std::string user;
  std::string host;
  bool operator==(const AccountName&) const = default;
  auto operator<=>(const AccountName&) const = default;
};

/// Bits of a set of rights.
using PrivilegeSet = uint64_t;
enum Privilege : PrivilegeSet {
  kPrivNone = 0,  ///< USAGE
  kPrivSelect = 1ULL << 0,
  kPrivInsert = 1ULL << 1,
  kPrivUpdate = 1ULL << 2,
  kPrivDelete = 1ULL << 3,
  kPrivCreate = 1ULL << 4,
  kPrivDrop = 1ULL << 5,
  kPrivProcess = 1ULL << 6,
  kPrivReferences = 1ULL << 7,
  kPrivAlter = 1ULL << 8,
  kPrivShowDb = 1ULL << 9,
  kPrivSuper = 1ULL << 10,
  kPrivExecute = 1ULL << 11,
  kPrivIndex = 1ULL << 12,
  kPrivCreateUser = 1ULL << 13,
  kPrivTrigger = 1ULL << 14,
  kPrivCreateView = 1ULL << 15,
  kPrivShowView = 1ULL << 16,
  kPrivCreateTmp = 1ULL << 17,
  kPrivLockTables = 1ULL << 18,
  kPrivCreateRoutine = 1ULL << 19,
  kPrivAlterRoutine = 1ULL << 20,
  kPrivEvent = 1ULL << 21,
  kPrivCreateRole = 1ULL << 22,
  kPrivDropRole = 1ULL << 23,
  kPrivGrant = 1ULL << 24,  ///< GRANT OPTION
};

/// Where a right may be given.
enum PrivilegeLevels : uint8_t {
  kLevelGlobal = 1,
  kLevelDb = 2,
  kLevelTable = 4,
  kLevelColumn = 8
};

struct PrivilegeName {
  PrivilegeSet bit;
  std::string_view name;        ///< "CREATE VIEW", as GRANT writes it
  std::string_view column;      ///< of mysql.user and mysql.db: "Create_view_priv"
  std::string_view set_member;  ///< in the SET columns of tables_priv: "Create View"
  uint8_t levels;
};
/// In the order of SHOW GRANTS.
std::span<const PrivilegeName> all_privileges();
/// By GRANT's name in upper case; null: there is none here.
const PrivilegeName* find_privilege(std::string_view name);
/// Rights that MySQL has and this server does not need: accepted, without effect.
bool is_ignored_privilege(std::string_view name);
/// Everything that ALL means at a level, without GRANT OPTION.
PrivilegeSet all_of(PrivilegeLevels level);

/// LIKE without regard to case, with '\\' as escape: hosts and names of databases.
bool matches_pattern(std::string_view pattern, std::string_view text);

/// Of the host part of an account: a pattern, or an IPv4 network ("10.1.0.0/255.255.0.0", "/16").
bool matches_host(std::string_view pattern, std::string_view address);

struct UserRecord {
  AccountName name;
  std::string auth_string;  ///< hash of the password; empty: none
  std::string plugin;       ///< empty: by the form of auth_string
  PrivilegeSet privileges = 0;
  bool locked = false;
  bool is_role() const { return false; }
};
struct DbGrant {
  AccountName name;
  std::string db;  ///< a pattern
  PrivilegeSet privileges = 0;
};
struct TableGrant {
  AccountName name;
  std::string db;
  std::string table;
  PrivilegeSet privileges = 0;         ///< on the whole table
  PrivilegeSet column_privileges = 0;  ///< some columns have these
};
struct ColumnGrant {
  AccountName name;
  std::string db;
  std::string table;
  std::string column;
  PrivilegeSet privileges = 0;
};

/// The grant tables at one moment. Immutable.
struct GrantTables {
  std::vector<UserRecord> users;  ///< the most specific hosts first
  std::vector<DbGrant> dbs;
  std::vector<TableGrant> tables;
  std::vector<ColumnGrant> columns;

  /// The account that a client from this address gets; null: none.
  const UserRecord* match(std::string_view user, std::string_view host) const;
  /// By its exact name.
  const UserRecord* find(const AccountName& name) const;

  /// Rights that hold for the database as a whole (global ones included).
  PrivilegeSet database_rights(const AccountName& who, std::string_view db) const;
  /// Rights that hold for the whole table.
  PrivilegeSet table_rights(const AccountName& who, std::string_view db,
                            std::string_view table) const;
  /// Rights on some column of the table.
  PrivilegeSet some_column_rights(const AccountName& who, std::string_view db,
                                  std::string_view table) const;
  PrivilegeSet column_rights(const AccountName& who, std::string_view db, std::string_view table,
                             std::string_view column) const;
  /// Has any right on the database or something in it.
  bool sees_database(const AccountName& who, std::string_view db) const;
  bool sees_table(const AccountName& who, std::string_view db, std::string_view table) const;

  /// Lines of SHOW GRANTS.
  std::vector<std::string> show_grants(const UserRecord& user) const;
};

}  // namespace tbl::tidb
