#include "tidb/kv/storage.h"

namespace tbl::tidb {

Result<std::optional<std::string>> TikvStorage::get(Bytes key, uint64_t ts) {
  return tikv_.get(key, ts);
}
Result<std::vector<KvPair>> TikvStorage::batch_get(const std::vector<std::string>& keys,
                                                   uint64_t ts) {
  return tikv_.batch_get(keys, ts);
}
Result<std::vector<KvPair>> TikvStorage::scan(const ScanOptions& options, uint64_t ts) {
  return tikv_.scan(options, ts);
}
Status TikvStorage::prewrite(const TxnHead& head, const std::vector<TxnWrite>& writes,
                             KeyFailure* failure, const LockWaiter& wait) {
  return calls_.prewrite(head, writes, failure, wait);
}
Status TikvStorage::commit_primary(const TxnHead& head, uint64_t commit_ts,
                                   std::vector<std::string>* others) {
  return calls_.commit_primary(head, commit_ts, others);
}
Status TikvStorage::commit_others(const TxnHead& head, std::vector<std::string> keys,
                                  uint64_t commit_ts) {
  return calls_.commit_others(head, std::move(keys), commit_ts);
}
Status TikvStorage::rollback(const TxnHead& head, std::vector<std::string> keys) {
  return calls_.rollback(head, std::move(keys));
}
Status TikvStorage::lock(const TxnHead& head, const std::vector<TxnLockKey>& keys,
                         KeyFailure* failure) {
  return calls_.lock(head, keys, failure);
}
Result<LockedValue> TikvStorage::lock_existing(const TxnHead& head, const std::string& key,
                                               KeyFailure* failure) {
  return calls_.lock_existing(head, key, failure);
}
Status TikvStorage::unlock(const TxnHead& head, std::vector<std::string> keys) {
  return calls_.unlock(head, std::move(keys));
}
Result<uint64_t> TikvStorage::heart_beat(const TxnHead& head) { return calls_.heart_beat(head); }

}  // namespace tbl::tidb
