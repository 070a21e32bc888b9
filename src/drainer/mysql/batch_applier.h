// How a worker makes a batch durable exactly once.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "drainer/mysql/worker_connection.h"
#include "drainer/schedule/batch.h"

namespace tbl::mysql {

/// One worker's batches, over its connection.
class BatchApplier : public schedule::BatchWriter {
 public:
  /// `connection` is the one claimed for the worker's slot.
  BatchApplier(ApplyContext& context, size_t worker, std::unique_ptr<Connection> connection)
      : context_(context), connection_(context, worker, std::move(connection)) {}

  Status write(const schedule::Batch& batch, schedule::CommitTurn& turn) override;

 private:
  /// A batch ready to be executed, as often as it takes.
  struct Prepared {
    std::span<const schedule::Unit> units;
    uint64_t mark_number = 0;
    uint64_t high_ts = 0;
    std::string mark_sql = {};
    WriteMode mode = WriteMode::kExact;
  };

  Prepared prepare(const schedule::Batch& batch);
  Status try_once(const Prepared& batch, schedule::CommitTurn& turn);
  Status execute(const Prepared& batch);

  ApplyContext& context_;
  WorkerConnection connection_;
};

}  // namespace tbl::mysql
