// How a virtual table is described and where its rows come from. For files of memtable/ only.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "tidb/catalog/schema.h"
#include "tidb/exec/context.h"
#include "tidb/expr/eval_context.h"
#include "tidb/memtable/virtual_tables.h"
#include "tidb/privilege/privilege_manager.h"
#include "tidb/types/value.h"

namespace tbl::tidb {

/// What a row function works with.
struct RowContext {
  const VirtualSources& sources;
  ExecContext& exec;

  const Schema& schema() const { return *exec.schema; }
  /// The account the session acts for.
  AccountName account() const;
  bool sees_database(std::string_view db) const;
  bool sees_table(std::string_view db, std::string_view table) const;
  bool sees_column(std::string_view db, std::string_view table, std::string_view column) const;
};
using Rows = Result<std::vector<Row>>;

struct TableDefinition {
  std::string_view db;    ///< "INFORMATION_SCHEMA"
  std::string_view name;  ///< upper case
  /// "NAME type,NAME type": v<n> VARCHAR(n), b BIGINT, u BIGINT UNSIGNED, t LONGTEXT, d DATETIME,
  /// f DOUBLE.
  std::string_view columns;
  /// Null: always empty.
  Rows (*rows)(RowContext&);
};

std::span<const TableDefinition> schema_tables();     ///< what the catalog holds
std::span<const TableDefinition> key_tables();        ///< indexes, constraints
std::span<const TableDefinition> server_tables();     ///< variables, processes, charsets
std::span<const TableDefinition> privilege_tables();  ///< rights of accounts
std::span<const TableDefinition> empty_tables();

inline Value text_value(std::string_view s) { return Value::of_string(std::string(s)); }
inline Value int_value(int64_t v) { return Value::of_int(v); }

}  // namespace tbl::tidb
