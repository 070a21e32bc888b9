// Executes a DDL so that a restart at any moment knows whether it took place.
//
//   1. what is there before
//   2. one transaction: K = last ts before the DDL; the intent, with the state before
//   3. the statement, on a connection of its own
//   4. one transaction: K = the DDL's ts; the intent is gone
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "drainer/mysql/checkpointer.h"
#include "drainer/mysql/ddl_state.h"
#include "drainer/schedule/applier.h"
#include "drainer/schedule/ddl_policy.h"

namespace tbl::mysql {

struct DdlOptions {
  bool safe_mode = false;                 ///< the original's ignorable errors are always ignored
  schedule::DdlPolicy* policy = nullptr;  ///< not owned; null: none
  StopToken stop;
  schedule::HoldUps* hold_ups = nullptr;  ///< not owned; never null in use
};

/// One thread. A DDL runs as long as it takes; the log says that it does. It is never sent again
/// before the server is done with it.
class DdlRunner {
 public:
  DdlRunner(Fence& fence, const StateTables& tables, Checkpointer& checkpointer,
            DdlOptions options);

  /// `connection` is the one claimed for the DDL slot; `interrupted` the intent that the run before
  /// left above K.
  void set_up(std::unique_ptr<Connection> connection, std::optional<DdlRecord> interrupted);

  /// Up to here the original's ignorable errors are ignored.
  void set_unknown_until(uint64_t commit_ts) { unknown_until_ts_ = commit_ts; }

  /// Everything before it is durable, and `before` is where that stands. Step 4 is the caller's,
  /// once its progress includes the DDL. Errors name the statement and its commit ts.
  Status execute(const schedule::DdlTask& task, const schedule::Progress::Position& before);

 private:
  Status try_once(const schedule::DdlTask& task, const schedule::Progress::Position& before);
  Status resume(const schedule::DdlTask& task, const std::string& sql);
  Status record_and_run(const schedule::DdlTask& task, const std::string& sql,
                        const schedule::Progress::Position& before);
  Status run_until_known(const schedule::DdlTask& task, const std::string& sql,
                         const DdlState& before);
  Status run_once(const schedule::DdlTask& task, const std::string& sql);
  Status judge_error(const schedule::DdlTask& task, const std::string& sql, Status error);
  Result<DdlState> read_state_before(const schedule::DdlTask& task, const std::string& sql);
  Result<DdlState> read_state(const schedule::DdlTask& task);
  Result<DdlOutcome> outcome(const schedule::DdlTask& task, const DdlState& before);
  Status ensure_connection();

  Fence& fence_;
  const StateTables& tables_;
  Checkpointer& checkpointer_;
  const DdlOptions options_;
  std::unique_ptr<Connection> connection_;
  std::optional<DdlRecord> interrupted_;
  uint64_t unknown_until_ts_ = 0;
};

}  // namespace tbl::mysql
