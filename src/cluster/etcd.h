// A client of etcd v3, which is a part of PD: the node registry, safe points and leases live there.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "base/stop.h"
#include "rpc/client.h"

namespace tbl::cluster {

struct EtcdKeyValue {
  std::string key;
  std::string value;
  int64_t create_revision = 0;
  int64_t mod_revision = 0;
  int64_t version = 0;  ///< number of writes since its creation
  int64_t lease = 0;
};

struct EtcdRange {
  std::string key;
  std::string end;  ///< exclusive; empty: only `key`
  int64_t limit = 0;
  int64_t revision = 0;  ///< read as of this revision; 0: the newest
  bool keys_only = false;
  bool oldest_first = false;  ///< by creation, not by key
};

struct EtcdRangeResult {
  int64_t revision = 0;  ///< of the store when it was read
  std::vector<EtcdKeyValue> kvs;
  int64_t count = 0;  ///< of all keys in the range
  bool more = false;  ///< `limit` cut the result
};

enum class EtcdCompareTarget : uint8_t { kVersion, kCreateRevision, kModRevision, kValue, kLease };
enum class EtcdCompareResult : uint8_t { kEqual, kGreater, kLess, kNotEqual };

/// One condition of a transaction: "<target> of key <result> number (or value)".
struct EtcdCompare {
  std::string key;
  EtcdCompareTarget target = EtcdCompareTarget::kModRevision;
  EtcdCompareResult result = EtcdCompareResult::kEqual;
  int64_t number = 0;
  std::string value;  ///< for kValue
};

/// One operation of a transaction.
struct EtcdOp {
  enum class Kind : uint8_t { kRange, kPut, kDelete } kind = Kind::kPut;
  EtcdRange range;    ///< kRange; kDelete uses key and end
  std::string key;    ///< kPut
  std::string value;  ///< kPut
  int64_t lease = 0;  ///< kPut

  static EtcdOp get(std::string key);
  static EtcdOp put(std::string key, std::string value, int64_t lease = 0);
  static EtcdOp remove(std::string key, std::string end = "");
};

struct EtcdTxnResult {
  bool succeeded = false;
  int64_t revision = 0;
  /// One per operation that was run, in order; only those of kRange are filled.
  std::vector<EtcdRangeResult> ranges;
};

struct EtcdLease {
  int64_t id = 0;
  int64_t ttl_s = 0;
};

struct EtcdEvent {
  bool removed = false;
  EtcdKeyValue kv;  ///< removed: only key and mod_revision
};

struct EtcdWatchBatch {
  int64_t revision = 0;
  /// Events were compacted away before they could be read: the watcher must list anew.
  bool gap = false;
  std::vector<EtcdEvent> events;
};

/// Watches a prefix on its own thread until it is destroyed; survives lost connections and dead
/// endpoints, and resumes after the last revision seen, so that no event is missed or repeated.
class EtcdWatcher {
 public:
  virtual ~EtcdWatcher() = default;
};

/// Keeps a lease alive on its own thread until it is destroyed; does not revoke it.
class EtcdLeaseKeeper {
 public:
  virtual ~EtcdLeaseKeeper() = default;
  /// False once etcd said that the lease is gone, or it must have run out unheard.
  virtual bool alive() const = 0;
};

struct EtcdOptions {
  std::vector<std::string> endpoints;  ///< urls or addresses
  rpc::TlsOptions tls;
  std::chrono::milliseconds timeout{5000};         ///< of one call, all endpoints tried
  std::chrono::milliseconds sync_interval{30000};  ///< between looks at the member list; 0: never
  StopToken stop;                                  ///< ends every wait with kCancelled
};

/// Any thread. Must not outlive its runtime; watchers and lease keepers must not outlive it.
///
/// A call goes to the endpoint that answered last; when that one cannot be reached, to the others.
/// A read is also repeated when the connection broke in the middle; a write is not (it may have
/// been done): then the error is kUnavailable and the caller decides. The endpoints follow the
/// member list, and fall back to the configured ones when none of the members answers.
class Etcd {
 public:
  Etcd(rpc::ClientRuntime& runtime, EtcdOptions options);
  ~Etcd();
  Etcd(const Etcd&) = delete;
  Etcd& operator=(const Etcd&) = delete;

  Result<EtcdRangeResult> range(const EtcdRange& range);
  /// The one key; kNotFound: "key <key> in etcd not found".
  Result<EtcdKeyValue> get(const std::string& key);
  Result<EtcdRangeResult> get_prefix(const std::string& prefix);
  /// Returns the revision of the write.
  Result<int64_t> put(const std::string& key, const std::string& value, int64_t lease = 0);
  /// Puts if the key does not exist; kAlreadyExists: "key <key> in etcd already exists".
  Status create(const std::string& key, const std::string& value, int64_t lease = 0);
  /// Puts if the key exists; kNotFound: "key <key> in etcd not found".
  Status update(const std::string& key, const std::string& value, int64_t lease = 0);
  /// Number of keys removed.
  Result<int64_t> remove(const std::string& key);
  Result<int64_t> remove_prefix(const std::string& prefix);
  Result<EtcdTxnResult> txn(const std::vector<EtcdCompare>& conditions,
                            const std::vector<EtcdOp>& then_ops,
                            const std::vector<EtcdOp>& else_ops = {});

  /// `id` 0: etcd chooses.
  Result<EtcdLease> grant(int64_t ttl_s, int64_t id = 0);
  Status revoke(int64_t lease_id);
  /// Seconds left after the renewal; kNotFound: the lease is gone.
  Result<int64_t> keep_alive_once(int64_t lease_id);
  std::unique_ptr<EtcdLeaseKeeper> keep_alive(const EtcdLease& lease);

  /// `handler` runs on the watcher's thread with every batch after `from_revision` (inclusive; 0:
  /// from now on).
  std::unique_ptr<EtcdWatcher> watch(const std::string& prefix, int64_t from_revision,
                                     std::function<void(const EtcdWatchBatch&)> handler);

  /// Replaces the endpoints by the members' client urls. Done by the calls above when it is due.
  Status sync_endpoints();
  std::vector<std::string> endpoints() const;

  class Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

/// The smallest key after every key with this prefix; "\0" (all keys) for an empty one.
std::string etcd_prefix_end(std::string_view prefix);

}  // namespace tbl::cluster
