// Statements that change rows: INSERT, REPLACE, UPDATE, DELETE, LOAD DATA.
//
// Rules of MySQL that are kept here: affected rows (ON DUPLICATE KEY UPDATE counts 2 for a changed
// row, REPLACE counts the removed rows too), LAST_INSERT_ID (the first id the statement generated),
// the info line, IGNORE turning errors into warnings, row numbers in the errors of strict mode.
#pragma once

#include <string>

#include "base/status.h"
#include "tidb/exec/context.h"
#include "tidb/exec/result.h"
#include "tidb/plan/dml_plan.h"

namespace tbl::tidb {

/// Bytes of a file that LOAD DATA reads: the server's or, with LOCAL, the client's. Used by the
/// statement's thread.
class LoadDataInput {
 public:
  virtual ~LoadDataInput() = default;
  /// Opens what LOAD DATA named, from its start. Called first, and once more each time that the
  /// statement is repeated.
  virtual Status open(const std::string& path, bool local) = 0;
  /// The next bytes, in pieces of any size; empty at the end.
  virtual Result<std::string> read() = 0;
};

Result<OkInfo> run_insert(const InsertPlan& plan, ExecContext& context);
Result<OkInfo> run_update(const UpdatePlan& plan, ExecContext& context);
Result<OkInfo> run_delete(const DeletePlan& plan, ExecContext& context);
Result<OkInfo> run_load_data(const LoadDataPlan& plan, ExecContext& context);

}  // namespace tbl::tidb
