// information_schema: who has which rights. Who cannot read mysql sees its own.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "tidb/memtable/table_definition.h"
#include "tidb/types/convert.h"

namespace tbl::tidb {
namespace {

constexpr std::string_view kCatalog = "def";

std::string grantee(const AccountName& name) { return "'" + name.user + "'@'" + name.host + "'"; }

/// One row per right; `where` are the columns between the catalog and the right. `usage`: an
/// account without a right there has a row too.
struct Place {
  const AccountName& name;
  std::vector<std::string_view> where;
  PrivilegeSet rights = 0;
  bool may_grant = false;
  bool usage = false;
};

class Lister {
 public:
  explicit Lister(RowContext& c)
      : own_(c.account()),
        all_(c.sources.privileges->has_on_database(own_, "mysql", kPrivSelect)) {}

  void add(const Place& place) {
    if (!all_ && !(place.name == own_)) return;
    const PrivilegeSet rights = place.rights & ~static_cast<PrivilegeSet>(kPrivGrant);
    if (rights == 0 && place.usage) add_row(place, "USAGE");
    for (const PrivilegeName& p : all_privileges()) {
      if (rights & p.bit) add_row(place, p.name);
    }
  }
  std::vector<Row> take() { return std::move(rows_); }

 private:
  void add_row(const Place& place, std::string_view right) {
    Row row = {text_value(grantee(place.name)), text_value(kCatalog)};
    for (std::string_view part : place.where) row.push_back(text_value(part));
    row.push_back(text_value(right));
    row.push_back(text_value(place.may_grant ? "YES" : "NO"));
    rows_.push_back(std::move(row));
  }

  const AccountName own_;
  const bool all_;
  std::vector<Row> rows_;
};

bool may_grant(PrivilegeSet rights) { return (rights & kPrivGrant) != 0; }

Rows user_privileges(RowContext& c) {
  if (c.sources.privileges == nullptr) return std::vector<Row>{};
  Lister out(c);
  const auto tables = c.sources.privileges->tables();
  for (const UserRecord& user : tables->users) {
    out.add({user.name, {}, user.privileges, may_grant(user.privileges), true});
  }
  return out.take();
}

Rows schema_privileges(RowContext& c) {
  if (c.sources.privileges == nullptr) return std::vector<Row>{};
  Lister out(c);
  const auto tables = c.sources.privileges->tables();
  for (const DbGrant& grant : tables->dbs) {
    out.add({grant.name, {grant.db}, grant.privileges, may_grant(grant.privileges), true});
  }
  return out.take();
}

Rows table_privileges(RowContext& c) {
  if (c.sources.privileges == nullptr) return std::vector<Row>{};
  Lister out(c);
  const auto tables = c.sources.privileges->tables();
  for (const TableGrant& grant : tables->tables) {
    const bool usage = grant.privileges != 0;
    out.add({grant.name,
             {grant.db, grant.table},
             grant.privileges,
             may_grant(grant.privileges),
             usage});
  }
  return out.take();
}

Rows column_privileges(RowContext& c) {
  if (c.sources.privileges == nullptr) return std::vector<Row>{};
  Lister out(c);
  const auto tables = c.sources.privileges->tables();
  for (const ColumnGrant& grant : tables->columns) {
    const auto of_table = std::ranges::find_if(tables->tables, [&](const TableGrant& other) {
      return other.name == grant.name && other.db == grant.db && other.table == grant.table;
    });
    const bool grantable = of_table != tables->tables.end() && may_grant(of_table->privileges);
    out.add({grant.name, {grant.db, grant.table, grant.column}, grant.privileges, grantable});
  }
  return out.take();
}

constexpr auto kTables = std::to_array<TableDefinition>({
    {"INFORMATION_SCHEMA", "USER_PRIVILEGES",
     "GRANTEE v81,TABLE_CATALOG v512,PRIVILEGE_TYPE v64,IS_GRANTABLE v3", user_privileges},
    {"INFORMATION_SCHEMA", "SCHEMA_PRIVILEGES",
     "GRANTEE v81,TABLE_CATALOG v512,TABLE_SCHEMA v64,PRIVILEGE_TYPE v64,IS_GRANTABLE v3",
     schema_privileges},
    {"INFORMATION_SCHEMA", "TABLE_PRIVILEGES",
     "GRANTEE v81,TABLE_CATALOG v512,TABLE_SCHEMA v64,TABLE_NAME v64,PRIVILEGE_TYPE "
     "v64,IS_GRANTABLE v3",
     table_privileges},
    {"INFORMATION_SCHEMA", "COLUMN_PRIVILEGES",
     "GRANTEE v81,TABLE_CATALOG v512,TABLE_SCHEMA v64,TABLE_NAME v64,COLUMN_NAME "
     "v64,PRIVILEGE_TYPE v64,IS_GRANTABLE v3",
     column_privileges},
});

}  // namespace

std::span<const TableDefinition> privilege_tables() { return kTables; }

}  // namespace tbl::tidb
