#include "tidb/kv/txn_meta_store.h"

#include "codec/keys.h"

namespace tbl::tidb {

Status TxnMetaStore::meta_scan(Bytes prefix, const Visit& visit) {
  TBL_ASSIGN(auto cursor, txn_.scan({std::string(prefix), codec::prefix_next(prefix)}));
  while (true) {
    TBL_ASSIGN(const bool more, cursor->next());
    if (!more) return ok_status();
    TBL_TRY(visit(cursor->key(), cursor->value()));
  }
}

}  // namespace tbl::tidb
