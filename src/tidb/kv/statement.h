// One statement inside of a transaction: all of it or nothing, and again after a conflict.
#pragma once

#include <cstdint>
#include <functional>

#include "tidb/kv/transaction.h"

namespace tbl::tidb {

/// What a statement reads besides what it writes.
enum class StatementReads : uint8_t {
  kAnything,
  /// Keys by themselves, and nothing that a scan would have to find.
  kKeys,
};

/// Runs `body`, which reads and writes through the transaction. When it fails, its writes and row
/// events are undone and its error is returned.
///
/// In a pessimistic transaction `body` reads at for_update_ts (the newest data, not the snapshot of
/// the transaction), and what it wrote is locked afterwards; when somebody else wrote there in the
/// meantime it is undone and run again, up to 256 times. So `body` must be repeatable: it starts
/// from scratch each time it is called. Use it for DML and for SELECT … FOR UPDATE.
///
/// kKeys: the first run takes no timestamp from PD. It locks what it reads as it reads it, and
/// where that has changed since the last for_update_ts it is run again with a fresh one.
Status run_statement(Transaction& txn, const std::function<Status()>& body,
                     StatementReads reads = StatementReads::kAnything);

}  // namespace tbl::tidb
