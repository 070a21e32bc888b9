// DDL's transactions and index backfill over the transactions of kv/ and the rows of table/.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "tidb/ddl/ddl_storage.h"
#include "tidb/expr/eval_context.h"

namespace tbl::tidb {

class KvStore;

/// Any thread. Does not own the store.
class KvDdlStorage : public DdlStorage {
 public:
  explicit KvDdlStorage(KvStore& store) : store_(store) {}
  Result<std::unique_ptr<DdlTransaction>> begin() override;

 private:
  KvStore& store_;
};

/// Batches of rows, each in an optimistic transaction that also locks the rows it read: one that
/// changed meanwhile fails the batch with 9007, and it is done again.
class TableBackfill : public IndexBackfill {
 public:
  explicit TableBackfill(KvStore& store) : store_(store) {}
  Result<Batch> run(const Task& task) override;

 private:
  KvStore& store_;
};

}  // namespace tbl::tidb
