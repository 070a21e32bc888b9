// What a statement gives back, free of any wire protocol: a result set, or an OK with counters.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "schema/table_info.h"
#include "tidb/types/value.h"

namespace tbl::tidb {

/// How a column of a result set is described to a client.
struct ColumnMeta {
  std::string db;
  std::string table;      ///< the alias, when there is one
  std::string org_table;  ///< the table itself; empty for an expression
  std::string name;       ///< the alias, when there is one
  std::string org_name;   ///< the column itself; empty for an expression
  schema::FieldType type;
};

/// How a statement ended.
struct OkInfo {
  uint64_t affected_rows = 0;     ///< as MySQL counts them; matched rows under CLIENT_FOUND_ROWS
  uint64_t last_insert_id = 0;    ///< first generated auto id, or the last given one; 0: none
  bool id_was_generated = false;  ///< last_insert_id is what LAST_INSERT_ID() gives from now on
  uint64_t result_rows = 0;       ///< rows sent, for FOUND_ROWS()
  uint64_t warnings = 0;          ///< left 0 by exec/: the session fills it from its collector
  std::string message;            ///< "Records: 5  Duplicates: 0  Warnings: 0"; often empty
};

/// Receives one statement's outcome: on_columns() and any number of on_row() for a result set, then
/// on_ok() in either case. After an error of the statement nothing more is called. An error
/// returned by a sink (the client is gone) ends the statement with it. Called by the statement's
/// thread only.
class ResultSink {
 public:
  virtual ~ResultSink() = default;
  virtual Status on_columns(const std::vector<ColumnMeta>& columns) = 0;
  virtual Status on_row(const Row& row) = 0;
  virtual Status on_ok(const OkInfo& ok) = 0;
};

}  // namespace tbl::tidb
