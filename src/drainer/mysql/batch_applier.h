// One worker's connection, and how it makes a batch durable exactly once.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "drainer/mysql/fence.h"
#include "drainer/mysql/row_writer.h"
#include "drainer/mysql/table_cache.h"
#include "drainer/schedule/batch.h"

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
};

/// BEGIN; the mark; rows; COMMIT. The mark comes first: repeating a batch after a COMMIT of unknown
/// outcome waits for, or collides with, the first try, and a duplicate mark means that it was
/// applied.
class BatchApplier : public schedule::BatchWriter {
 public:
  /// `connection` is the one claimed for the worker's slot.
  BatchApplier(ApplyContext& context, size_t worker, std::unique_ptr<Connection> connection);

  Status write(const schedule::Batch& batch, schedule::CommitTurn& turn) override;

 private:
  /// A batch ready to be executed, as often as it takes.
  struct Prepared {
    uint64_t mark_number = 0;
    uint64_t high_ts = 0;
    std::string mark_sql;
    WriteMode mode = WriteMode::kExact;
    std::vector<schedule::TablePlan> plans;
  };

  Result<Prepared> prepare(const schedule::Batch& batch);
  Result<std::vector<schedule::TablePlan>> plan(const schedule::Batch& batch);
  Status try_once(const Prepared& batch, schedule::CommitTurn& turn);
  Status execute(const Prepared& batch);
  void drop_connection();
  Status reconnect();
  Status roll_back(Status cause);

  ApplyContext& context_;
  const size_t worker_;
  std::unique_ptr<Connection> connection_;  // null: to be opened again
  StatementPack pack_;
  RowWriter rows_;  // its statements go before the connection does
};

}  // namespace tbl::mysql
