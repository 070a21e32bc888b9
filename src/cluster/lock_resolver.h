// Clears the locks of transactions that have ended or died out of the way. Inside of tikv*.cc only.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "cluster/region_call.h"

namespace tbl::cluster {

/// Any thread. A transaction's fate stands with its primary: lock, record or nothing. Who finds
/// another key of it locked asks there, and then commits or rolls back that key alike.
class LockResolver {
 public:
  explicit LockResolver(RegionCalls& calls) : calls_(calls) {}

  /// True when none of the locks stands in the way any more: each was resolved, or its transaction
  /// can no longer commit below `caller_ts` and is named in `pushed` (for the context of the next
  /// read). caller_ts 0: a write is asking, nothing is pushed. False: one belongs to a live
  /// transaction.
  Result<bool> resolve(const std::vector<kvrpcpb::LockInfo>& locks, uint64_t caller_ts,
                       std::vector<uint64_t>* pushed, Backoff& backoff);

  /// TikvClient::resolve_txn_status().
  Result<TxnStatus> resolve_txn_status(Bytes primary, uint64_t start_ts, Backoff& backoff);

 private:
  struct Query {
    std::string primary;
    uint64_t start_ts = 0;
    uint64_t caller_ts = 0;
    uint64_t now_ts = 0;
    bool rollback_if_missing = false;
    bool force_sync_commit = false;
    /// The lock that is asked about is a pessimistic one.
    bool is_pessimistic = false;
  };
  struct Fate {
    TxnStatus status;
    bool pushed = false;
    std::optional<kvrpcpb::LockInfo> lock;  ///< the primary's, while alive
  };

  Result<Fate> fate_of(const kvrpcpb::LockInfo& lock, uint64_t caller_ts, uint64_t now_ts,
                       Backoff& backoff);
  /// check(), and the end of an async commit whose client died.
  Result<Fate> settle(Query query, Backoff& backoff);
  /// kNotFound: neither lock nor record (and not asked to leave one). kUnimplemented: a TiKV
  /// of 3.0.
  Result<Fate> check(const Query& query, Backoff& backoff);
  Result<Fate> cleanup(const Query& query, Backoff& backoff);
  /// The fate that the secondaries decide; nothing: this is not an async commit after all.
  Result<std::optional<TxnStatus>> check_secondaries(const kvrpcpb::LockInfo& primary,
                                                     Backoff& backoff);
  Status clear(const kvrpcpb::LockInfo& lock, const TxnStatus& status, Backoff& backoff);

  std::optional<TxnStatus> remembered(uint64_t start_ts) const;
  void remember(uint64_t start_ts, const TxnStatus& status);

  RegionCalls& calls_;
  mutable std::mutex mutex_;
  std::map<uint64_t, TxnStatus> ended_;  ///< by start ts, only final ones
};

}  // namespace tbl::cluster
