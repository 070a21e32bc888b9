// A client of the TiKV stores: reads at a timestamp, versions of a key, fate of a transaction, 2PC.
//
// All keys are raw user keys. A request goes to the leader of the key's region; when the store says
// that the region moved, split, merged or is busy, or does not answer, it is sent again to where it
// belongs after a growing, jittered wait, until `total_timeout`. Locks in the way of a read or a
// prewrite are resolved: a dead transaction's are committed or rolled back as its primary says, a
// live one's are waited for.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "base/stop.h"
#include "cluster/pd.h"
#include "rpc/client.h"

namespace tbl::cluster {

struct KvPair {
  std::string key;
  std::string value;
  bool operator==(const KvPair&) const = default;
};

struct ScanOptions {
  std::string start;  ///< inclusive
  std::string end;    ///< exclusive; empty: unbounded
  size_t limit = SIZE_MAX;
  bool reverse = false;  ///< from the end downwards
  bool key_only = false;
};

/// The operation of a write or mutation, numbered as on the wire.
enum class KvOp : uint8_t {
  kPut = 0,
  kDelete = 1,
  kLock = 2,
  kRollback = 3,
  kInsert = 4,  ///< a put that fails if the key exists
  kPessimisticLock = 5,
  kCheckNotExists = 6,  ///< writes nothing, fails if the key exists
};

/// One committed (or rolled back) version of a key.
struct MvccWrite {
  KvOp type = KvOp::kPut;
  uint64_t start_ts = 0;
  uint64_t commit_ts = 0;  ///< of a rollback: its start ts
  bool has_overlapped_rollback = false;
};

struct MvccLock {
  KvOp type = KvOp::kPut;
  uint64_t start_ts = 0;
  std::string primary;
  uint64_t ttl_ms = 0;  ///< after start_ts; 0: the store does not tell (TiKV 3.0)
};

struct MvccInfo {
  std::optional<MvccLock> lock;
  std::vector<MvccWrite> writes;  ///< newest first
};

/// The fate of a transaction, by its primary.
struct TxnStatus {
  uint64_t ttl_ms = 0;     ///< > 0: alive (its lock may still become a commit)
  uint64_t commit_ts = 0;  ///< > 0: committed
  bool committed() const { return commit_ts > 0; }
  bool rolled_back() const { return commit_ts == 0 && ttl_ms == 0; }
};

struct Mutation {
  KvOp op = KvOp::kPut;
  std::string key;
  std::string value;
};

struct TikvOptions {
  rpc::TlsOptions tls;
  std::chrono::milliseconds call_timeout{20000};   ///< of one try
  std::chrono::milliseconds total_timeout{60000};  ///< of an operation with its retries
  StopToken stop;                                  ///< ends every wait with kCancelled
};

/// Any thread; a call runs on its caller's thread from end to end. Must not outlive the PD client.
class TikvClient {
 public:
  TikvClient(PdClient& pd, TikvOptions options);
  ~TikvClient();
  TikvClient(const TikvClient&) = delete;
  TikvClient& operator=(const TikvClient&) = delete;

  /// The value visible at `ts`; nothing when there is none.
  Result<std::optional<std::string>> get(Bytes key, uint64_t ts);
  /// Only the keys that exist, in key order.
  Result<std::vector<KvPair>> batch_get(const std::vector<std::string>& keys, uint64_t ts);
  /// In key order (or the reverse), over all regions.
  Result<std::vector<KvPair>> scan(const ScanOptions& options, uint64_t ts);

  /// Lock and versions of a key, whoever wrote them.
  Result<MvccInfo> mvcc_get_by_key(Bytes key);
  /// The same as the store's serialized kvrpcpb.MvccGetByKeyResponse, for a person to read.
  Result<std::string> mvcc_get_by_key_raw(Bytes key);
  /// The first key at or above `start` that a transaction wrote or locked, region by region up to
  /// the one that holds `end` (empty: the last): a serialized kvrpcpb.MvccGetByStartTsResponse,
  /// without a key when there is none. A store looks at a whole region, so the key may lie outside.
  Result<std::string> mvcc_get_by_start_ts_raw(uint64_t start_ts, Bytes start, Bytes end);
  /// What became of a transaction. If its primary has neither lock nor record, or a lock past its
  /// time to live, it is rolled back for good. On a TiKV that cannot look without touching (3.0),
  /// asks by a rollback attempt: so only for transactions that nobody drives any more.
  Result<TxnStatus> resolve_txn_status(Bytes primary, uint64_t start_ts);

  class Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

/// The database as it was at one ts. Any thread; cheap to copy. Does not own the client.
class Snapshot {
 public:
  Snapshot(TikvClient& client, uint64_t ts) : client_(&client), ts_(ts) {}
  uint64_t ts() const { return ts_; }
  Result<std::optional<std::string>> get(Bytes key) const { return client_->get(key, ts_); }
  Result<std::vector<KvPair>> scan(const ScanOptions& options) const {
    return client_->scan(options, ts_);
  }

 private:
  TikvClient* client_;
  uint64_t ts_;
};

/// How an optimistic transaction ended badly.
///   kAborted           another transaction wrote a key after start_ts, or it was rolled back: try
///   anew kAlreadyExists     an insert met an existing key kUnknown with "undetermined" in the
///   text: nobody can say whether it committed
class Txn {
 public:
  /// `start_ts` from PD.
  Txn(TikvClient& client, uint64_t start_ts) : client_(client), start_ts_(start_ts) {}

  uint64_t start_ts() const { return start_ts_; }
  /// Buffered; a later mutation of the same key replaces the earlier one.
  void put(std::string key, std::string value);
  void insert(std::string key, std::string value);
  void remove(std::string key);
  void lock(std::string key);

  /// The first key buffered, whose record decides the transaction's fate. For a binlog.
  const std::string& primary() const { return mutations_.front().key; }

  /// Two-phase commit: prewrites all, takes a commit ts from PD, commits the primary, then the
  /// others. Returns the commit ts (0: nothing to write). On an error everything prewritten is
  /// rolled back, as far as stores answer.
  Result<uint64_t> commit();

  /// The phases one by one, for who has to do something in between. prewrite() must be first; then
  /// either commit_at() or rollback().
  Status prewrite();
  Status commit_at(uint64_t commit_ts);
  Status rollback();

 private:
  void buffer(KvOp op, std::string key, std::string value);

  TikvClient& client_;
  const uint64_t start_ts_;
  std::vector<Mutation> mutations_;                    ///< the primary is the first
  std::unordered_map<std::string, size_t> positions_;  ///< of each key in mutations_
};

}  // namespace tbl::cluster
