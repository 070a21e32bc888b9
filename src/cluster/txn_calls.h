// The calls of a transaction one by one, for a client that drives the phases of its transactions
// itself: buffers, waits for locks and decides on conflicts in its own way (tidb-server). Txn
// (tikv.h) is the simple way for everybody else.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "cluster/tikv.h"

namespace tbl::cluster {

/// What stood in the way of a call, beside its Status.
struct KeyFailure {
  enum class Kind : uint8_t {
    kNone,           ///< nothing of a key: network, region, stop
    kConflict,       ///< another transaction wrote the key since our timestamp
    kAlreadyExists,  ///< an insert met an existing key
    kLocked,         ///< another live transaction holds the key
    kDeadlock,       ///< the store found a cycle of waiting transactions
    kLockNotFound,   ///< our own lock is gone: somebody rolled us back
  };
  Kind kind = Kind::kNone;
  std::string key;
  std::string primary;
  uint64_t other_start_ts = 0;   ///< of the writer or the holder
  uint64_t other_commit_ts = 0;  ///< of a conflict
};

/// Waits for the end of the transaction that holds a key to be prewritten. Ok: try again. An error
/// ends the prewrite.
using LockWaiter = std::function<Status(const KeyFailure& holder)>;

/// What every call of a transaction carries.
struct TxnHead {
  std::string primary;
  uint64_t start_ts = 0;
  uint64_t for_update_ts = 0;  ///< 0: an optimistic transaction
  uint64_t ttl_ms = 3000;
  uint64_t txn_size = 0;  ///< number of keys; a hint for who clears up after us
};

/// One key of the prewrite.
struct TxnWrite {
  KvOp op = KvOp::kPut;
  std::string key;
  std::string value;
  bool holds_lock = false;  ///< the transaction has a pessimistic lock on it
};

/// One key to be locked pessimistically.
struct TxnLockKey {
  std::string key;
  bool must_not_exist = false;  ///< else kAlreadyExists
};

/// What lock_existing() found.
struct LockedValue {
  bool locked = false;
  std::optional<std::string> value;  ///< nothing: the key does not exist
};

/// How long the locks of a prewrite of so many bytes live: 3 s, growing with the size up to 120 s.
uint64_t prewrite_ttl_ms(uint64_t bytes);

/// Any thread. Does not own the client. Keys are grouped by region and sent in requests of about
/// 256 KiB; region errors are followed and retried as TikvClient does.
class TxnCalls {
 public:
  explicit TxnCalls(TikvClient& client) : client_(client) {}

  /// Sorts the writes (their primary goes first) and locks all of them. Locks of dead transactions
  /// are cleared; who holds a live one is waited for by `wait` or, without it, until the client's
  /// total timeout: kLocked. `wait` may change `head`'s time to live.
  Status prewrite(const TxnHead& head, const std::vector<TxnWrite>& writes, KeyFailure* failure,
                  const LockWaiter& wait = nullptr);
  /// Commits the primary, which decides. kUnknown with "undetermined": nobody can say;
  /// kFailedPrecondition: take a later commit ts. Of `others` (null: none) those go along that
  /// stand in the primary's region and fit into its request, and are taken out when they are
  /// committed.
  Status commit_primary(const TxnHead& head, uint64_t commit_ts,
                        std::vector<std::string>* others = nullptr);
  /// The others, after the primary.
  Status commit_others(const TxnHead& head, std::vector<std::string> keys, uint64_t commit_ts);
  Status rollback(const TxnHead& head, std::vector<std::string> keys);

  /// One try for each key, in the order given; locks of dead transactions are cleared on the way,
  /// a live one ends it with kLocked at once. Keys locked so far stay locked.
  Status lock(const TxnHead& head, const std::vector<TxnLockKey>& keys, KeyFailure* failure);
  /// Locks one key if it exists, and reads its newest value, in one call. Fails as lock() does:
  /// with kConflict where the key has changed after for_update_ts, also when it is gone now.
  Result<LockedValue> lock_existing(const TxnHead& head, const std::string& key,
                                    KeyFailure* failure);
  /// Removes pessimistic locks.
  Status unlock(const TxnHead& head, std::vector<std::string> keys);
  /// Asks for a longer life of the primary's lock; the time to live in force.
  Result<uint64_t> heart_beat(const TxnHead& head);

 private:
  TikvClient& client_;
};

}  // namespace tbl::cluster
