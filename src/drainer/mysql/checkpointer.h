// Saves K, and takes away what K makes superfluous, in one transaction.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "drainer/mysql/fence.h"
#include "drainer/schedule/hold_ups.h"
#include "drainer/schedule/progress.h"

namespace tbl::mysql {

struct SaveOptions {
  bool consistent = false;  ///< a clean end
  /// Nothing is under way downstream: a TiDB's timestamp of this moment goes with K ("ts-map").
  bool quiet = false;
  /// Further statements of the same transaction, such that a second time changes nothing.
  std::string also = {};
};

/// Owns the control connection. Any thread; calls wait for each other.
class Checkpointer {
 public:
  struct Options {
    uint64_t run = 0;
    /// Set when the checkpoint is kept on another server: K is durable there before marks go here.
    std::optional<ConnectionFactory> other_server;
    StopToken stop;
    schedule::HoldUps* hold_ups = nullptr;  ///< not owned; never null in use
  };

  Checkpointer(Fence& fence, const StateTables& tables, MarkLedger& ledger, Options options);

  /// Makes the tables, on `connection`, the one claimed for the control slot, and where the
  /// checkpoint is.
  Status set_up(std::unique_ptr<Connection> connection);
  Result<State> load();
  /// First write of a run: the run's record and the checkpoint, in one transaction.
  Status begin_run(const RunRecord& run, const Checkpoint& checkpoint, bool forget_marks);

  /// Tries again while the connection can be had again.
  Status save(const schedule::Progress::Position& position, const SaveOptions& options = {});

  /// The downstream is a TiDB, and it is time for a save in a quiet moment. Any thread, at once.
  bool wants_quiet_save() const;

  /// For questions between saves.
  Result<std::vector<SqlRow>> query(const std::string& sql);

 private:
  Status save_once(const Checkpoint& checkpoint, const std::string& also);
  Status save_elsewhere(const Checkpoint& checkpoint);
  Status ensure_connection();
  void read_secondary_ts(Checkpoint* checkpoint);
  template <typename F>
  Status with_retry(uint64_t commit_ts, F&& body);

  Fence& fence_;
  const StateTables& tables_;
  MarkLedger& ledger_;
  const Options options_;
  std::mutex mutex_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<Connection> other_;
  Checkpoint last_;
  uint64_t old_marks_until_ = 0;         // marks of earlier runs go when K reaches it; 0: none
  std::atomic<int64_t> next_ts_map_ms_;  ///< never, unless the downstream is a TiDB
};

}  // namespace tbl::mysql
