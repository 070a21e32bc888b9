// The frame of every writing command: latches, then a snapshot, checks on it, edits, one durable
// write.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tikv/mvcc/engine.h"
#include "tikv/mvcc/key.h"
#include "tikv/mvcc/latches.h"
#include "tikv/mvcc/lock_waits.h"
#include "tikv/mvcc/reader.h"
#include "tikv/mvcc/unsynced.h"

namespace tbl::tikv {

/// What all commands of a store share. Any thread.
struct Store {
  explicit Store(Engine& e) : engine(e) {}
  Engine& engine;
  Latches latches;
  LockWaits lock_waits;
  Unsynced unsynced;
};

/// What a change that is answered must outlive.
enum class Durability : uint8_t {
  /// A power cut: it decides something for good. Readers wait for it, too.
  kOnDisk,
  /// The process only. A power cut may take it, with all that came after it in the store: right for
  /// locks, whose transaction then fails at its commit, and for what follows from a decision that
  /// is on disk.
  kInOrder,
};

/// One writing command in progress; lives on the stack of the thread that runs it. Holds the
/// latches of `keys` from construction to destruction, so what it read stays true until its edits
/// are as durable as they shall be. `keys` must outlive it.
///
/// With MayBlock::kNo it waits for nothing: is_ready() says whether it has the latches, and reads
/// and apply(kInOrder) may give is_would_block(); then nothing has been written.
class WriteCommand {
 public:
  WriteCommand(Store& store, const std::vector<Key>& keys, MayBlock may_block = MayBlock::kYes);
  bool is_ready() const { return latches_.has_value(); }

  Reader& reader() { return reader_; }

  void put_lock(const Key& key, const Lock& lock);
  void erase_lock(const Key& key);
  void put_value(const Key& key, uint64_t start_ts, Bytes value);
  /// Turns a lock into a record at `commit_ts`.
  Status commit(const Key& key, const Lock& lock, uint64_t commit_ts);
  /// Leaves a rollback record of `start_ts`, and removes the transaction's lock with its value if
  /// there is one. Where another transaction committed at just that ts, its record takes the mark
  /// instead.
  Status roll_back(const Key& key, uint64_t start_ts, const std::optional<Lock>& own_lock);

  /// Writes the edits, then tells those who wait for a lock that is gone; last call. Nothing to do
  /// is ok.
  Status apply(Durability durability);

 private:
  void put_write(const Key& key, uint64_t commit_ts, const Write& write);

  Store& store_;
  const std::vector<Key>& keys_;
  const MayBlock may_block_;
  const std::optional<Latches::Guard> latches_;
  Snapshot snapshot_;
  Reader reader_;
  WriteSet edits_;
  std::vector<std::string> released_;  ///< raw keys whose locks go
};

/// The keys of a repeated bytes field, a vector or the like.
template <typename Strings>
std::vector<Key> to_keys(const Strings& raw_keys) {
  std::vector<Key> keys;
  keys.reserve(raw_keys.size());
  for (const auto& raw : raw_keys) keys.emplace_back(raw);
  return keys;
}

}  // namespace tbl::tikv
