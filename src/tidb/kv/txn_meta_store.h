// Schema metadata through a transaction: what catalog/meta.h reads and writes.
#pragma once

#include "tidb/catalog/meta_store.h"
#include "tidb/kv/transaction.h"

namespace tbl::tidb {

/// Does not own the transaction.
class TxnMetaStore : public MetaStore {
 public:
  explicit TxnMetaStore(Transaction& txn) : txn_(txn) {}

  Result<std::optional<std::string>> meta_get(Bytes key) override { return txn_.get(key); }
  Status meta_put(Bytes key, Bytes value) override {
    return txn_.put(std::string(key), std::string(value));
  }
  Status meta_remove(Bytes key) override { return txn_.remove(std::string(key)); }
  Status meta_scan(Bytes prefix, const Visit& visit) override;

 private:
  Transaction& txn_;
};

}  // namespace tbl::tidb
