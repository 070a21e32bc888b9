// RocksDB with TiKV's three column families.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
class Iterator;
class Snapshot;
class WriteBatch;
}  // namespace rocksdb

namespace tbl::tikv {

enum class Cf : uint8_t { kDefault, kLock, kWrite };
constexpr int kCfCount = 3;

struct EngineOptions {
  std::string dir;
  uint64_t block_cache_bytes = 128ULL << 20;
  int max_open_files = 1024;
};

class Engine;

/// Changes that take effect together, in order. One thread.
class WriteSet {
 public:
  WriteSet();
  ~WriteSet();
  WriteSet(const WriteSet&) = delete;
  WriteSet& operator=(const WriteSet&) = delete;

  void put(Cf cf, Bytes key, Bytes value);
  void erase(Cf cf, Bytes key);
  /// [begin, end)
  void erase_range(Cf cf, Bytes begin, Bytes end);
  bool empty() const { return edits_.empty(); }

 private:
  friend class Engine;
  struct Edit {
    enum class Kind : uint8_t { kPut, kErase, kEraseRange } kind;
    Cf cf;
    std::string key;
    std::string value;  ///< the end of a range
  };
  std::vector<Edit> edits_;
};

/// Walks over the keys of one column family of a snapshot, in order. One thread; must not outlive
/// the snapshot. key() and value() hold until the next move.
class Cursor {
 public:
  explicit Cursor(std::unique_ptr<rocksdb::Iterator> iterator);
  ~Cursor();
  Cursor(Cursor&&) noexcept;

  /// First key >= `key`.
  void seek(Bytes key);
  /// Last key <= `key`.
  void seek_for_prev(Bytes key);
  void next();
  void prev();
  /// False at the end, and after an error.
  bool valid() const;
  Bytes key() const;
  Bytes value() const;
  /// Why valid() is false; ok at the end.
  Status status() const;

 private:
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

/// The data as they were when it was taken. Any thread; must not outlive the engine.
class Snapshot {
 public:
  explicit Snapshot(const Engine& engine);
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  /// Nothing: no such key.
  Result<std::optional<std::string>> get(Cf cf, Bytes key) const;
  Cursor cursor(Cf cf) const;

 private:
  const Engine& engine_;
  const rocksdb::Snapshot* snapshot_;
};

/// The open database. Any thread.
class Engine {
 public:
  /// Creates the directory and the column families. The error names the directory.
  static Result<std::unique_ptr<Engine>> open(const EngineOptions& options);
  ~Engine();

  /// All of `edits` or none; on disk when it returns. Concurrent calls share one fsync.
  Status write(const WriteSet& edits);
  /// The same without waiting for the disk, for what can be done again.
  Status write_lazily(const WriteSet& edits);
  /// RocksDB's property of that name summed over the column families, or 0.
  uint64_t property(const std::string& name) const;

 private:
  friend class Snapshot;
  Engine() = default;
  Status write(const WriteSet& edits, bool sync);

  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;  ///< by Cf
};

}  // namespace tbl::tikv
