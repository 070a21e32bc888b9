#include "tidb/ddl/kv_storage.h"

#include <algorithm>

#include "codec/keys.h"
#include "tidb/kv/kv_store.h"
#include "tidb/kv/txn_meta_store.h"
#include "tidb/plan/table_exprs.h"
#include "tidb/table/table_reader.h"
#include "tidb/table/table_writer.h"

namespace tbl::tidb {

namespace {

class KvDdlTransaction : public DdlTransaction {
 public:
  explicit KvDdlTransaction(std::unique_ptr<Transaction> txn)
      : txn_(std::move(txn)), store_(*txn_) {}
  uint64_t start_ts() const override { return txn_->start_ts(); }
  MetaStore& store() override { return store_; }
  Status commit(const DdlBinlog* binlog) override {
    if (binlog != nullptr) txn_->set_ddl_binlog(*binlog);
    auto committed = txn_->commit();
    return committed.ok() ? ok_status() : committed.status();
  }

 private:
  std::unique_ptr<Transaction> txn_;
  TxnMetaStore store_;
};

bool reads_generated(const schema::TableInfo& table, const schema::IndexInfo& index) {
  return std::ranges::any_of(index.columns, [&](const auto& part) {
    const auto& column = table.columns[static_cast<size_t>(part.offset)];
    return column.is_generated() && !column.generated_stored;
  });
}

const schema::IndexInfo* index_by_id(const schema::TableInfo& table, int64_t id) {
  auto it = std::ranges::find_if(table.indexes, [&](const auto& index) { return index.id == id; });
  return it == table.indexes.end() ? nullptr : &*it;
}

}  // namespace

Result<std::unique_ptr<DdlTransaction>> KvDdlStorage::begin() {
  TBL_ASSIGN(auto txn, store_.begin());
  return std::unique_ptr<DdlTransaction>(std::make_unique<KvDdlTransaction>(std::move(txn)));
}

Result<IndexBackfill::Batch> TableBackfill::run(const Task& task) {
  const schema::IndexInfo* index = index_by_id(*task.table, task.index_id);
  if (index == nullptr) return internal_error("backfill of an unknown index");
  TxnOptions options;
  options.binlog = false;
  TBL_ASSIGN(auto txn, store_.begin(options));
  const codec::TimeZone utc;
  EvalContext eval;
  std::unique_ptr<TableExprs> exprs;
  if (reads_generated(*task.table, *index)) {
    TBL_ASSIGN(exprs, bind_table_exprs(*task.table, eval));
  }
  TableReader reader(task.table, *txn, utc, task.physical_id);
  TableWriter writer(task.table, *txn, {});
  TBL_ASSIGN(auto cursor, reader.scan({{task.start_handle, INT64_MAX}}));
  Batch batch;
  batch.next_handle = task.start_handle;
  std::vector<std::string> read;
  TableRow row;
  while (batch.rows < task.rows_max) {
    TBL_ASSIGN(bool more, cursor->next(&row));
    batch.done = !more || row.handle == INT64_MAX;
    if (!more) break;
    if (exprs) TBL_TRY(exprs->fill_generated(*task.table, eval, &row.row));
    TBL_TRY(writer.add_index_entry(*index, row));
    read.push_back(codec::record_key(task.physical_id, row.handle));
    ++batch.rows;
    if (batch.done) break;
    batch.next_handle = row.handle + 1;
  }
  if (read.empty()) return batch;
  TBL_TRY(txn->lock_keys(std::move(read)));
  auto committed = txn->commit();
  if (!committed.ok()) return committed.status();
  return batch;
}

}  // namespace tbl::tidb
