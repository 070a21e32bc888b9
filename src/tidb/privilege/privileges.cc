#include "tidb/privilege/privileges.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>

#include "tidb/types/collation.h"

namespace tbl::tidb {
namespace {

constexpr uint8_t kG = kLevelGlobal;
constexpr uint8_t kGd = kLevelGlobal | kLevelDb;
constexpr uint8_t kGdt = kLevelGlobal | kLevelDb | kLevelTable;
constexpr uint8_t kGdtc = kGdt | kLevelColumn;

constexpr auto kNames = std::to_array<PrivilegeName>({
    {kPrivSelect, "SELECT", "Select_priv", "Select", kGdtc},
    {kPrivInsert, "INSERT", "Insert_priv", "Insert", kGdtc},
    {kPrivUpdate, "UPDATE", "Update_priv", "Update", kGdtc},
    {kPrivDelete, "DELETE", "Delete_priv", "Delete", kGdt},
    {kPrivCreate, "CREATE", "Create_priv", "Create", kGdt},
    {kPrivDrop, "DROP", "Drop_priv", "Drop", kGdt},
    {kPrivProcess, "PROCESS", "Process_priv", "", kG},
    {kPrivReferences, "REFERENCES", "References_priv", "References", kGdt},
    {kPrivAlter, "ALTER", "Alter_priv", "Alter", kGdt},
    {kPrivShowDb, "SHOW DATABASES", "Show_db_priv", "", kG},
    {kPrivSuper, "SUPER", "Super_priv", "", kG},
    {kPrivExecute, "EXECUTE", "Execute_priv", "", kGd},
    {kPrivIndex, "INDEX", "Index_priv", "Index", kGdt},
    {kPrivCreateUser, "CREATE USER", "Create_user_priv", "", kG},
    {kPrivTrigger, "TRIGGER", "Trigger_priv", "Trigger", kGdt},
    {kPrivCreateView, "CREATE VIEW", "Create_view_priv", "Create View", kGdt},
    {kPrivShowView, "SHOW VIEW", "Show_view_priv", "Show View", kGdt},
    {kPrivCreateTmp, "CREATE TEMPORARY TABLES", "Create_tmp_table_priv", "", kGd},
    {kPrivLockTables, "LOCK TABLES", "Lock_tables_priv", "", kGd},
    {kPrivCreateRoutine, "CREATE ROUTINE", "Create_routine_priv", "", kGd},
    {kPrivAlterRoutine, "ALTER ROUTINE", "Alter_routine_priv", "", kGd},
    {kPrivEvent, "EVENT", "Event_priv", "", kGd},
    {kPrivCreateRole, "CREATE ROLE", "Create_role_priv", "", kG},
    {kPrivDropRole, "DROP ROLE", "Drop_role_priv", "", kG},
    {kPrivGrant, "GRANT OPTION", "Grant_priv", "Grant", kGdt},
});

constexpr auto kIgnored = std::to_array<std::string_view>({
    "RELOAD",
    "FILE",
    "SHUTDOWN",
    "REPLICATION SLAVE",
    "REPLICATION CLIENT",
    "CREATE TABLESPACE",
    "PROXY",
});

std::string quoted(std::string_view name) {
  std::string out = "`";
  for (const char c : name) {
    if (c == '`') out.push_back('`');
    out.push_back(c);
  }
  out.push_back('`');
  return out;
}

std::string names_of(PrivilegeSet set, PrivilegeLevels level) {
  set &= ~static_cast<PrivilegeSet>(kPrivGrant);
  if (set != 0 && (set & all_of(level)) == all_of(level)) return "ALL PRIVILEGES";
  std::string out;
  for (const PrivilegeName& p : kNames) {
    if (!(set & p.bit)) continue;
    if (!out.empty()) out += ",";
    out += p.name;
  }
  return out.empty() ? "USAGE" : out;
}

bool same_account(const AccountName& a, const AccountName& b) {
  return a.user == b.user && equal_ignoring_case(a.host, b.host);
}

struct GrantLine {
  PrivilegeSet privileges;
  PrivilegeLevels level;
  std::string what;  ///< "*.*"
};

std::string line_of(const GrantLine& line, const AccountName& who) {
  std::string out = "GRANT " + names_of(line.privileges, line.level) + " ON " + line.what +
                    " TO '" + who.user + "'@'" + who.host + "'";
  if (line.privileges & kPrivGrant) out += " WITH GRANT OPTION";
  return out;
}

}  // namespace

std::span<const PrivilegeName> all_privileges() { return kNames; }

const PrivilegeName* find_privilege(std::string_view name) {
  for (const PrivilegeName& p : kNames) {
    if (p.name == name) return &p;
  }
  return nullptr;
}

bool is_ignored_privilege(std::string_view name) {
  for (const std::string_view ignored : kIgnored) {
    if (ignored == name) return true;
  }
  return false;
}

PrivilegeSet all_of(PrivilegeLevels level) {
  PrivilegeSet all = 0;
  for (const PrivilegeName& p : kNames) {
    if (p.levels & level) all |= p.bit;
  }
  return all & ~static_cast<PrivilegeSet>(kPrivGrant);
}

bool matches_pattern(std::string_view pattern, std::string_view text) {
  const std::string p = ascii_lower(pattern);
  const std::string t = ascii_lower(text);
  // Greedy with one point to come back to: behind the last '%'.
  size_t pi = 0;
  size_t ti = 0;
  size_t star = std::string::npos;
  size_t star_text = 0;
  while (ti < t.size()) {
    const bool escaped = pi + 1 < p.size() && p[pi] == '\\';
    if (pi < p.size() && !escaped && p[pi] == '%') {
      star = pi++;
      star_text = ti;
    } else if (pi < p.size() && !escaped && p[pi] == '_') {
      ++pi;
      ++ti;
    } else if (pi < p.size() && p[escaped ? pi + 1 : pi] == t[ti]) {
      pi += escaped ? 2 : 1;
      ++ti;
    } else if (star != std::string::npos) {
      pi = star + 1;
      ti = ++star_text;
    } else {
      return false;
    }
  }
  while (pi < p.size() && p[pi] == '%') ++pi;
  return pi == p.size();
}

namespace {

std::optional<uint32_t> ipv4(std::string_view text) {
  in_addr address{};
  if (inet_pton(AF_INET, std::string(text).c_str(), &address) != 1) return std::nullopt;
  return ntohl(address.s_addr);
}

/// "255.255.0.0" or "16".
std::optional<uint32_t> netmask(std::string_view text) {
  if (const auto mask = ipv4(text)) return mask;
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), bits);
  if (error != std::errc() || end != text.end() || bits > 32) return std::nullopt;
  return bits == 0 ? 0 : ~uint32_t{0} << (32 - bits);
}

}  // namespace

bool matches_host(std::string_view pattern, std::string_view address) {
  const size_t slash = pattern.find('/');
  if (slash != std::string_view::npos) {
    const auto network = ipv4(pattern.substr(0, slash));
    const auto mask = netmask(pattern.substr(slash + 1));
    const auto client = ipv4(address);
    return network && mask && client && (*client & *mask) == *network;
  }
  if (matches_pattern(pattern, address)) return true;
  // A client on this machine is known as localhost too.
  return address == "127.0.0.1" && equal_ignoring_case(pattern, "localhost");
}

const UserRecord* GrantTables::match(std::string_view user, std::string_view host) const {
  for (const UserRecord& record : users) {
    const bool anonymous = record.name.user.empty();
    if (!anonymous && record.name.user != user) continue;
    if (matches_host(record.name.host, host)) return &record;
  }
  return nullptr;
}

const UserRecord* GrantTables::find(const AccountName& name) const {
  for (const UserRecord& record : users) {
    if (same_account(record.name, name)) return &record;
  }
  return nullptr;
}

PrivilegeSet GrantTables::database_rights(const AccountName& who, std::string_view db) const {
  PrivilegeSet rights = 0;
  if (const UserRecord* user = find(who)) rights |= user->privileges;
  for (const DbGrant& grant : dbs) {
    if (same_account(grant.name, who) && matches_pattern(grant.db, db)) rights |= grant.privileges;
  }
  return rights;
}

PrivilegeSet GrantTables::table_rights(const AccountName& who, std::string_view db,
                                       std::string_view table) const {
  PrivilegeSet rights = database_rights(who, db);
  for (const TableGrant& grant : tables) {
    if (same_account(grant.name, who) && equal_ignoring_case(grant.db, db) &&
        equal_ignoring_case(grant.table, table)) {
      rights |= grant.privileges;
    }
  }
  return rights;
}

PrivilegeSet GrantTables::some_column_rights(const AccountName& who, std::string_view db,
                                             std::string_view table) const {
  PrivilegeSet rights = 0;
  for (const ColumnGrant& grant : columns) {
    if (same_account(grant.name, who) && equal_ignoring_case(grant.db, db) &&
        equal_ignoring_case(grant.table, table)) {
      rights |= grant.privileges;
    }
  }
  return rights;
}

PrivilegeSet GrantTables::column_rights(const AccountName& who, std::string_view db,
                                        std::string_view table, std::string_view column) const {
  PrivilegeSet rights = table_rights(who, db, table);
  for (const ColumnGrant& grant : columns) {
    if (same_account(grant.name, who) && equal_ignoring_case(grant.db, db) &&
        equal_ignoring_case(grant.table, table) && equal_ignoring_case(grant.column, column)) {
      rights |= grant.privileges;
    }
  }
  return rights;
}

bool GrantTables::sees_database(const AccountName& who, std::string_view db) const {
  const UserRecord* user = find(who);
  if (user != nullptr && user->privileges != 0) return true;
  if (database_rights(who, db) != 0) return true;
  for (const TableGrant& grant : tables) {
    if (same_account(grant.name, who) && equal_ignoring_case(grant.db, db)) return true;
  }
  for (const ColumnGrant& grant : columns) {
    if (same_account(grant.name, who) && equal_ignoring_case(grant.db, db)) return true;
  }
  return false;
}

bool GrantTables::sees_table(const AccountName& who, std::string_view db,
                             std::string_view table) const {
  return table_rights(who, db, table) != 0 || some_column_rights(who, db, table) != 0;
}

std::vector<std::string> GrantTables::show_grants(const UserRecord& user) const {
  std::vector<std::string> lines;
  lines.push_back(line_of({user.privileges, kLevelGlobal, "*.*"}, user.name));
  for (const DbGrant& grant : dbs) {
    if (!same_account(grant.name, user.name)) continue;
    lines.push_back(line_of({grant.privileges, kLevelDb, quoted(grant.db) + ".*"}, user.name));
  }
  for (const TableGrant& grant : tables) {
    if (!same_account(grant.name, user.name) || grant.privileges == 0) continue;
    const std::string what = quoted(grant.db) + "." + quoted(grant.table);
    lines.push_back(line_of({grant.privileges, kLevelTable, what}, user.name));
  }
  // One line per table: GRANT SELECT(a, b), INSERT(a) ON ...
  std::map<std::string, std::map<std::string, std::string>> by_table;
  for (const ColumnGrant& grant : columns) {
    if (!same_account(grant.name, user.name)) continue;
    for (const PrivilegeName& p : kNames) {
      if (!(grant.privileges & p.bit)) continue;
      std::string& list =
          by_table[quoted(grant.db) + "." + quoted(grant.table)][std::string(p.name)];
      list += (list.empty() ? "" : ", ") + grant.column;
    }
  }
  for (const auto& [table, rights] : by_table) {
    std::string out;
    for (const auto& [name, list] : rights)
      out += (out.empty() ? "" : ", ") + name + "(" + list + ")";
    lines.push_back("GRANT " + out + " ON " + table + " TO '" + user.name.user + "'@'" +
                    user.name.host + "'");
  }
  return lines;
}

}  // namespace tbl::tidb
