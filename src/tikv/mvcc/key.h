// Keys as they stand in RocksDB, after TiKV:
//   lock CF           'z' || encBytes(user key)
//   write, default CF 'z' || encBytes(user key) || 8 bytes of inverted big-endian ts
// encBytes keeps the order of user keys and no encoding is the prefix of another, so all versions
// of a key stand together, newest first.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/status.h"

namespace tbl::tikv {

constexpr uint64_t kMaxTs = UINT64_MAX;

/// One user key with its stored form. Value type.
class Key {
 public:
  explicit Key(Bytes raw);

  const std::string& raw() const { return raw_; }
  /// The key in the lock CF, and the prefix of its versions.
  const std::string& data() const { return data_; }
  /// The key of the version at `ts`.
  std::string at(uint64_t ts) const;

  bool operator==(const Key& other) const { return raw_ == other.raw_; }
  bool operator<(const Key& other) const { return raw_ < other.raw_; }

 private:
  std::string raw_;
  std::string data_;
};

/// Takes a version's stored key apart. False: too short for one.
bool split_version(Bytes stored, Bytes* data, uint64_t* ts);
/// The user key of Key::data(). Error: kDataLoss with the bytes in hex.
Result<Key> parse_data_key(Bytes data);

/// Bounds of stored keys for user keys [start, end); an empty end is unbounded. `lower` is
/// inclusive, `upper` exclusive; both hold for locks and versions.
struct DataRange {
  std::string lower;
  std::string upper;
};
DataRange data_range(Bytes start, Bytes end);

}  // namespace tbl::tikv
