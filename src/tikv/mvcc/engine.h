// RocksDB with TiKV's three column families.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "tikv/mvcc/log_sync.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
class Env;
class Iterator;
class Snapshot;
class WriteBatch;
struct ReadOptions;
}  // namespace rocksdb

namespace tbl::tikv {

enum class Cf : uint8_t { kDefault, kLock, kWrite };
constexpr int kCfCount = 3;

struct EngineOptions {
  std::string dir;
  uint64_t block_cache_bytes = 128ULL << 20;
  int max_open_files = 1024;
  uint64_t memtable_bytes =
      64ULL << 20;              ///< of all column families together; then they are flushed
  rocksdb::Env* env = nullptr;  ///< null: the machine's files
};

class Engine;

/// Whether a read may wait for the disk.
enum class MayBlock : bool { kNo, kYes };
/// What a read that may not wait gives where it would have to, or where it would take long.
Status would_block();
bool is_would_block(const Status& status);

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
  struct Bounds;
  Cursor(std::unique_ptr<Bounds> bounds, std::unique_ptr<rocksdb::Iterator> iterator);
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
  std::unique_ptr<Bounds> bounds_;  ///< the iterator points into them; null: none
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

/// The data as they were when it was taken. Any thread; must not outlive the engine.
class Snapshot {
 public:
  explicit Snapshot(const Engine& engine, MayBlock may_block = MayBlock::kYes);
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  /// Nothing: no such key.
  Result<std::optional<std::string>> get(Cf cf, Bytes key) const;
  Cursor cursor(Cf cf) const;
  /// Sees only [lower, upper), and does not walk over erased keys beyond it in search of the next.
  Cursor cursor(Cf cf, Bytes lower, Bytes upper) const;

 private:
  rocksdb::ReadOptions read_options() const;

  const Engine& engine_;
  const rocksdb::Snapshot* snapshot_;
  const MayBlock may_block_;
};

/// The open database. Any thread.
///
/// There is one log, and what a power cut takes from it is always its end: a change that is found
/// after a crash finds everything there that was written before it. For that, a log is synced in
/// full before the next one is begun.
class Engine {
 public:
  /// Creates the directory and the column families. The error names the directory.
  static Result<std::unique_ptr<Engine>> open(const EngineOptions& options);
  ~Engine();

  /// All of `edits` or none; on disk when it returns. Concurrent calls share one fsync. Others may
  /// see the edits before.
  Status write(const WriteSet& edits);
  /// The same without waiting for the disk. It survives the end of the process; a power cut may
  /// take it, together with all that was written after it.
  Status write_lazily(const WriteSet& edits, MayBlock may_block = MayBlock::kYes);
  /// Waits until everything written so far is on disk.
  Status sync(MayBlock may_block = MayBlock::kYes);
  /// RocksDB's property of that name summed over the column families, or 0.
  uint64_t property(const std::string& name) const;

 private:
  friend class Snapshot;
  explicit Engine(uint64_t memtable_bytes);
  Status sync_log();
  Status flush_if_full();

  const uint64_t memtable_bytes_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;  ///< by Cf
  LogSync log_sync_;
  std::shared_mutex log_change_;  ///< shared by writers, whole for who begins a new log
  std::atomic<uint64_t> log_bytes_{0};
};

}  // namespace tbl::tikv
