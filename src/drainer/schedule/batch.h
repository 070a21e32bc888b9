// What a worker writes in one downstream transaction, and who writes it.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/stop.h"
#include "drainer/decode/transaction.h"
#include "drainer/schedule/applier.h"

namespace tbl::schedule {

/// Rows [first, end) of a transaction, by RowChange::number.
struct RowRange {
  uint64_t first = 0;
  uint64_t end = 0;
  auto operator<=>(const RowRange&) const = default;
};

/// A transaction, or a part of one, on its way.
struct Unit {
  TransactionPtr transaction;
  std::vector<RowRange> applied;  ///< by an earlier run: not written again

  bool is_applied(uint64_t row_number) const {
    for (const RowRange& range : applied) {
      if (row_number >= range.first && row_number < range.end) return true;
    }
    return false;
  }
};

struct Batch {
  /// In the stream's order; the worker's until the batch is settled.
  std::span<const Unit> units;
  uint64_t rows = 0;
  /// Tried before in company and rolled back. Everything before it in the stream is durable.
  bool alone = false;
};

/// With CommitOrder::kUpstream a batch asks before it commits.
class CommitTurn {
 public:
  virtual ~CommitTurn() = default;
  /// Waits until everything before the batch is durable. False: not within `limit` (one before may
  /// wait for a lock that this batch holds: roll back), or the scheduler stops.
  virtual bool wait(std::chrono::milliseconds limit) = 0;
};

/// Makes batches durable. One object per worker, used by that worker's thread only.
class BatchWriter {
 public:
  virtual ~BatchWriter() = default;
  /// The batch is durable, whole, exactly once; or nothing of it is, and an error says why. A batch
  /// of company is then tried again transaction by transaction, except after kCancelled, kDataLoss,
  /// kFailedPrecondition and kUnavailable, which are final. Alone only kAborted is tried again.
  virtual Status write(const Batch& batch, CommitTurn& turn) = 0;
};

}  // namespace tbl::schedule
