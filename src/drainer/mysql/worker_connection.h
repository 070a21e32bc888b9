// The connection of a slot that writes rows, and the downstream transaction that is open on it.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drainer/mysql/fence.h"
#include "drainer/mysql/row_writer.h"
#include "drainer/mysql/table_cache.h"
#include "drainer/schedule/batch.h"
#include "drainer/schedule/hold_ups.h"

namespace tbl::mysql {

struct ApplyOptions {
  uint64_t run = 0;
  uint64_t unknown_until_ts = 0;  ///< transactions up to here are written in safe mode
  bool safe_mode = false;         ///< all are
  /// `loopback-control`: marks transactions with this channel id, so that the other direction
  /// leaves them out.
  bool loopback = false;
  int64_t channel_id = 0;
  bool replace_duplicates = false;  ///< a duplicate key is warned of, and the row written over
  StopToken stop;
};

/// What the workers share; outlives them.
struct ApplyContext {
  ApplyOptions options;
  Fence& fence;
  const StateTables& tables;
  MarkLedger& ledger;
  TableCache& table_cache;
  MissReport& misses;
  schedule::HoldUps& hold_ups;

  /// How a transaction of this commit ts is to be written.
  WriteMode mode_for(uint64_t commit_ts) const;
};

/// BEGIN; the mark; rows; COMMIT. The mark comes first: repeating a transaction after a COMMIT of
/// unknown outcome waits for, or collides with, the first try, and a duplicate mark means that it
/// was applied. One thread.
class WorkerConnection {
 public:
  /// `connection` is the one claimed for the worker's slot.
  WorkerConnection(ApplyContext& context, size_t worker, std::unique_ptr<Connection> connection);

  /// Connects again, if the connection is gone.
  Status ensure();
  /// Begins a transaction with this mark; what it puts together travels with the first rows.
  Status begin(std::string_view mark_sql);
  /// Rows that an earlier run has applied are left out. A large unit is planned slice by slice, and
  /// so costs little more than its rows.
  Status write(std::span<const schedule::Unit> units, WriteMode mode);
  /// Sends what begin() has put together.
  Status flush() { return pack_.flush(); }
  Status commit() { return connection_->exec("COMMIT").wrap("commit"); }
  /// Whether `error`, of this transaction, says that its mark is there: an earlier try of it was
  /// committed.
  bool says_applied(const Status& error) const;
  /// Rolls back and returns `cause`. Forgets downstream tables if it shows that one is another.
  Status roll_back(Status cause);
  /// The connection is lost: nobody knows whether a COMMIT under way took place.
  void drop();

  size_t worker() const { return worker_; }

 private:
  /// Rows of a unit that are planned together.
  struct Piece {
    const schedule::Unit* unit;
    std::span<const decode::RowChange> rows;
  };
  Status write_pieces(std::span<const Piece> pieces, WriteMode mode);
  Result<std::vector<schedule::TablePlan>> plan(std::span<const Piece> pieces);

  ApplyContext& context_;
  const size_t worker_;
  std::unique_ptr<Connection> connection_;  // null: to be opened again
  StatementPack pack_;
  RowWriter rows_;  // its statements go before the connection does
};

/// The statement shows that what we knew of a table is not (any more) right.
bool shows_other_table(const Status& status);

}  // namespace tbl::mysql
