// Values of AUTO_INCREMENT columns and hidden row ids: one counter per table, in its meta key,
// taken in batches.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "schema/table_info.h"
#include "tidb/kv/kv_store.h"

namespace tbl::tidb {

/// auto_increment_increment and auto_increment_offset of the session.
struct AutoIdStep {
  uint64_t increment = 1;
  uint64_t offset = 1;
};

/// The counter of one table. Any thread. Values grow; those of a batch not used up before a restart
/// are lost, as with TiDB. Values of an unsigned column are the same bits as int64_t.
class AutoIdAllocator {
 public:
  static constexpr int64_t kBatch = 30000;

  AutoIdAllocator(KvStore& store, int64_t db_id, int64_t table_id, bool is_unsigned);

  /// Takes `count` (> 0) values; gives the first, the next ones are `increment` apart. Errors: 1467
  /// when the column's range is used up; the store's.
  Result<int64_t> take(uint64_t count = 1, const AutoIdStep& step = {});
  /// A value was given by the statement: later ones are above it.
  Status rebase(int64_t value);
  /// ALTER TABLE … AUTO_INCREMENT = n and SHOW CREATE TABLE: the next value, without taking it.
  Result<int64_t> next();

 private:
  /// Owns `add` values more, all above `at_least`.
  Status advance_store(uint64_t add, uint64_t at_least);
  uint64_t max_value() const;

  KvStore& store_;
  const int64_t db_id_;
  const int64_t table_id_;
  const bool unsigned_;
  std::mutex mutex_;
  uint64_t base_ = 0;  ///< the last value given out
  uint64_t end_ = 0;   ///< the last value owned
};

/// The allocators of all tables of this server. Any thread.
class AutoIds {
 public:
  explicit AutoIds(KvStore& store) : store_(store) {}
  /// `db_id`: the database of the table. One that was renamed keeps its counter in the database it
  /// was created in.
  std::shared_ptr<AutoIdAllocator> of(int64_t db_id, const schema::TableInfo& table);
  /// After DROP, TRUNCATE, or a change of the counter by DDL.
  void forget(int64_t table_id);

 private:
  KvStore& store_;
  std::mutex mutex_;
  /// By table and the database of its counter: a transaction that began before RENAME TABLE still
  /// asks for the old one, and what it is given must not be what others get.
  std::map<std::pair<int64_t, int64_t>, std::shared_ptr<AutoIdAllocator>> tables_;
};

}  // namespace tbl::tidb
