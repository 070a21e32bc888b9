#include "tidb/table/auto_id.h"

#include <algorithm>

#include "base/log.h"
#include "tidb/catalog/meta.h"
#include "tidb/kv/kv_error.h"
#include "tidb/kv/txn_meta_store.h"

namespace tbl::tidb {
namespace {

constexpr int kErrAutoincReadFailedOfMysql = 1467;
constexpr int kTriesMax = 50;

Status used_up() {
  return unknown_error("Failed to read auto-increment value from storage engine")
      .with_detail(kErrAutoincReadFailedOfMysql);
}

/// The smallest value above `base` that is offset + n * increment.
bool first_after(uint64_t base, const AutoIdStep& step, uint64_t* first) {
  const uint64_t increment = std::max<uint64_t>(step.increment, 1);
  const uint64_t offset = std::max<uint64_t>(step.offset, 1);
  if (base < offset) {
    *first = offset;
    return true;
  }
  const uint64_t add = increment - (base - offset) % increment;
  return !__builtin_add_overflow(base, add, first);
}

}  // namespace

AutoIdAllocator::AutoIdAllocator(KvStore& store, int64_t db_id, int64_t table_id, bool is_unsigned)
    : store_(store), db_id_(db_id), table_id_(table_id), unsigned_(is_unsigned) {}

uint64_t AutoIdAllocator::max_value() const {
  return unsigned_ ? UINT64_MAX : static_cast<uint64_t>(INT64_MAX);
}

Result<int64_t> AutoIdAllocator::take(uint64_t count, const AutoIdStep& step) {
  std::lock_guard lock(mutex_);
  const uint64_t increment = std::max<uint64_t>(step.increment, 1);
  while (true) {
    uint64_t first = 0, span = 0, last = 0;
    if (!first_after(base_, step, &first) || __builtin_mul_overflow(count - 1, increment, &span) ||
        __builtin_add_overflow(first, span, &last) || last > max_value()) {
      return used_up();
    }
    if (last <= end_) {
      base_ = last;
      return static_cast<int64_t>(first);
    }
    TBL_TRY(advance_store(std::max<uint64_t>(kBatch, last - base_), 0));
  }
}

Status AutoIdAllocator::rebase(int64_t value) {
  const auto wanted = static_cast<uint64_t>(value);
  if (!unsigned_ && value <= 0) return ok_status();
  std::lock_guard lock(mutex_);
  if (wanted <= base_) return ok_status();
  if (wanted > end_) TBL_TRY(advance_store(kBatch, wanted));
  base_ = std::max(base_, wanted);
  return ok_status();
}

Result<int64_t> AutoIdAllocator::next() {
  TxnOptions options;
  options.binlog = false;
  TBL_ASSIGN(auto txn, store_.begin(options));
  TxnMetaStore meta(*txn);
  TBL_ASSIGN(const int64_t value, MetaReader(meta).auto_id(db_id_, table_id_));
  return static_cast<int64_t>(static_cast<uint64_t>(value) + 1);
}

Status AutoIdAllocator::advance_store(uint64_t add, uint64_t at_least) {
  TxnOptions options;
  options.binlog = false;
  Status last;
  for (int tries = 0; tries < kTriesMax; ++tries) {
    TBL_ASSIGN(auto txn, store_.begin(options));
    TxnMetaStore store(*txn);
    MetaWriter meta(store);
    TBL_ASSIGN(const int64_t stored, meta.auto_id(db_id_, table_id_));
    const uint64_t begin = std::max(static_cast<uint64_t>(stored), at_least);
    uint64_t end = 0;
    if (__builtin_add_overflow(begin, add, &end) || end > max_value()) end = max_value();
    if (end == static_cast<uint64_t>(stored)) return used_up();
    TBL_TRY(meta.set_auto_id(db_id_, table_id_, static_cast<int64_t>(end)));
    const auto committed = txn->commit();
    if (committed.ok()) {
      // Batches that follow one another are one.
      if (end_ != static_cast<uint64_t>(stored)) base_ = static_cast<uint64_t>(stored);
      end_ = end;
      return ok_status();
    }
    last = committed.status();
    if (!is_write_conflict(last) && last.detail() != kErrTxnRetryable) return last;
  }
  return last;
}

std::shared_ptr<AutoIdAllocator> AutoIds::of(int64_t db_id, const schema::TableInfo& table) {
  const int64_t home = table.old_schema_id != 0 ? table.old_schema_id : db_id;
  std::lock_guard lock(mutex_);
  auto& allocator = tables_[{table.id, home}];
  if (!allocator) {
    const auto column = std::find_if(table.columns.begin(), table.columns.end(), [](const auto& c) {
      return (c.type.flag & schema::kFlagAutoIncrement) != 0;
    });
    const bool is_unsigned = column != table.columns.end() && column->type.is_unsigned();
    allocator = std::make_shared<AutoIdAllocator>(store_, home, table.id, is_unsigned);
  }
  return allocator;
}

void AutoIds::forget(int64_t table_id) {
  std::lock_guard lock(mutex_);
  std::erase_if(tables_, [&](const auto& entry) { return entry.first.first == table_id; });
}

}  // namespace tbl::tidb
