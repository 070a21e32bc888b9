// What PD keeps in etcd, under /pd/<cluster id>/.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "cluster/etcd.h"

namespace tbl::pd {

using KeyValues = std::vector<std::pair<std::string, std::string>>;

/// Reads the cluster id from /pd/cluster_id (8 bytes big-endian), or makes one: unix seconds << 32
/// | a random number.
Result<uint64_t> load_or_create_cluster_id(cluster::Etcd& etcd, int64_t unix_s);

/// Keys are relative: "raft", "alloc_id", "gc/safe_point". Calls block; kUnavailable while etcd is
/// started again. Any thread. `etcd` must outlive it.
///
/// With a fence nothing is written but while the fence's key is the one that was created at its
/// revision: a leader that has been replaced, and does not know yet, changes nothing any more. Such
/// a write gives kAborted.
class MetaStore {
 public:
  struct Fence {
    std::string key;  ///< relative
    int64_t create_revision = 0;
  };
  MetaStore(cluster::Etcd& etcd, uint64_t cluster_id);

  void set_fence(Fence fence);
  std::string absolute(const std::string& key) const { return root_ + key; }

  Result<std::optional<std::string>> get(const std::string& key);
  /// All keys with the prefix, with their relative names, in order.
  Result<KeyValues> list(const std::string& prefix);
  Status put(const std::string& key, const std::string& value);

  struct Versioned {
    std::optional<std::string> value;
    int64_t revision = 0;  ///< of the key's last write; 0: there is no such key
  };
  Result<Versioned> get_versioned(const std::string& key);
  /// Puts if the key's last write is the one of `revision`; returns the revision of the new one.
  /// kAborted if it is not.
  Result<int64_t> put_after(const std::string& key, const std::string& value, int64_t revision);
  /// All of them, if the first one does not exist yet; else kAlreadyExists.
  Status create(const KeyValues& values);
  Status remove(const std::string& key);

 private:
  /// `then_ops` if all of `conditions` hold, and the fence. Not done, and the fence holds: nothing.
  Result<std::optional<int64_t>> write(std::vector<cluster::EtcdCompare> conditions,
                                       const std::vector<cluster::EtcdOp>& then_ops);
  std::optional<Fence> fence() const;

  cluster::Etcd& etcd_;
  const std::string root_;
  mutable std::mutex mutex_;
  std::optional<Fence> fence_;
};

/// A number as PD stores it: 8 bytes big-endian.
std::string encode_number(uint64_t value);
/// Error names the key.
Result<uint64_t> decode_number(Bytes bytes, const std::string& key);

}  // namespace tbl::pd
