// The tables without storage: information_schema and performance_schema.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/table_info.h"
#include "tidb/plan/virtual_source.h"

namespace tbl::tidb {

class AutoIds;
class PrivilegeManager;

/// A line of PROCESSLIST.
struct ProcessRow {
  uint64_t id = 0;
  std::string user;
  std::string host;
  std::string db;
  std::string command;
  uint64_t seconds = 0;
  std::string state;
  std::string info;
};

/// What the tables show besides the catalog. Everything is called by the threads of statements.
struct VirtualSources {
  const PrivilegeManager* privileges = nullptr;  ///< null: everybody sees everything
  AutoIds* auto_ids = nullptr;                   ///< null: AUTO_INCREMENT is NULL
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  std::function<Pairs()> global_variables;
  std::function<std::vector<ProcessRow>()> processes;
};

/// All of them. Lives as long as the server; any thread.
std::unique_ptr<VirtualCatalog> make_virtual_catalog(VirtualSources sources);

/// As SHOW DATABASES spells them.
const std::vector<std::string>& virtual_database_names();
/// Tables of one of these databases, by name; empty for other databases. `db` in lower case.
std::vector<schema::TableInfoPtr> virtual_tables_of(std::string_view db);

}  // namespace tbl::tidb
