// The transactional store as transactions see it: TiKV, or a model of it in memory for tests.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cluster/pd.h"
#include "cluster/tikv.h"
#include "cluster/txn_calls.h"

namespace tbl::tidb {

using cluster::KeyFailure;
using cluster::KvOp;
using cluster::KvPair;
using cluster::LockedValue;
using cluster::LockWaiter;
using cluster::ScanOptions;
using cluster::TxnHead;
using cluster::TxnLockKey;
using cluster::TxnWrite;

/// Any thread. Keys are raw user keys. What each call promises stands in cluster/tikv.h and
/// cluster/txn_calls.h.
class Storage : public cluster::TsoSource {
 public:
  virtual Result<std::optional<std::string>> get(Bytes key, uint64_t ts) = 0;
  virtual Result<std::vector<KvPair>> batch_get(const std::vector<std::string>& keys,
                                                uint64_t ts) = 0;
  virtual Result<std::vector<KvPair>> scan(const ScanOptions& options, uint64_t ts) = 0;

  virtual Status prewrite(const TxnHead& head, const std::vector<TxnWrite>& writes,
                          KeyFailure* failure, const LockWaiter& wait) = 0;
  virtual Status commit_primary(const TxnHead& head, uint64_t commit_ts,
                                std::vector<std::string>* others) = 0;
  virtual Status commit_others(const TxnHead& head, std::vector<std::string> keys,
                               uint64_t commit_ts) = 0;
  virtual Status rollback(const TxnHead& head, std::vector<std::string> keys) = 0;
  virtual Status lock(const TxnHead& head, const std::vector<TxnLockKey>& keys,
                      KeyFailure* failure) = 0;
  virtual Result<LockedValue> lock_existing(const TxnHead& head, const std::string& key,
                                            KeyFailure* failure) = 0;
  virtual Status unlock(const TxnHead& head, std::vector<std::string> keys) = 0;
  virtual Result<uint64_t> heart_beat(const TxnHead& head) = 0;
};

/// The store of a cluster. Does not own its clients.
class TikvStorage : public Storage {
 public:
  TikvStorage(cluster::PdClient& pd, cluster::TikvClient& tikv)
      : pd_(pd), tikv_(tikv), calls_(tikv) {}

  Result<uint64_t> get_ts() override { return pd_.get_ts(); }
  Result<std::optional<std::string>> get(Bytes key, uint64_t ts) override;
  Result<std::vector<KvPair>> batch_get(const std::vector<std::string>& keys, uint64_t ts) override;
  Result<std::vector<KvPair>> scan(const ScanOptions& options, uint64_t ts) override;
  Status prewrite(const TxnHead& head, const std::vector<TxnWrite>& writes, KeyFailure* failure,
                  const LockWaiter& wait) override;
  Status commit_primary(const TxnHead& head, uint64_t commit_ts,
                        std::vector<std::string>* others) override;
  Status commit_others(const TxnHead& head, std::vector<std::string> keys,
                       uint64_t commit_ts) override;
  Status rollback(const TxnHead& head, std::vector<std::string> keys) override;
  Status lock(const TxnHead& head, const std::vector<TxnLockKey>& keys,
              KeyFailure* failure) override;
  Result<LockedValue> lock_existing(const TxnHead& head, const std::string& key,
                                    KeyFailure* failure) override;
  Status unlock(const TxnHead& head, std::vector<std::string> keys) override;
  Result<uint64_t> heart_beat(const TxnHead& head) override;

 private:
  cluster::PdClient& pd_;
  cluster::TikvClient& tikv_;
  cluster::TxnCalls calls_;
};

}  // namespace tbl::tidb
