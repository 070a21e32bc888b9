// `drainer -dry-run`: compares one table on both sides. Reads only.
#pragma once

#include "drainer/decode/table.h"
#include "drainer/mysql/connection.h"
#include "drainer/mysql/finding.h"

namespace tbl::mysql {

struct TableCheck {
  bool partial_columns = false;  ///< sync-mode 2
};

/// Existence, columns, keys and their collations, engine, triggers, foreign keys. Error: the
/// connection is lost.
Status check_table(Connection& connection, const decode::TablePtr& table, const TableCheck& check,
                   Findings* findings);

}  // namespace tbl::mysql
