// The commit index: where the records of each released transaction stand, in commit order.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/env.h"
#include "base/status.h"
#include "pump/storage/index_format.h"

namespace tbl::pump {

/// Where the index ends: so many full blocks in files, and the entries behind them.
struct IndexEnd {
  uint64_t blocks = 0;
  std::vector<IndexEntry> tail;
};

/// Append-only files of full blocks (docs/formats/pump.md); the entries of the last, unfinished
/// block live in memory, and in the sorter's snapshot. One thread appends, syncs and collects
/// garbage; any thread reads. When the disk refuses a block it stays in memory and is tried again
/// with the next append.
class CommitIndex {
 public:
  CommitIndex(Env& env, std::string dir) : env_(env), dir_(std::move(dir)) {}

  /// Cuts the files to `end` and begins there; removes files behind it. DataLoss when they are
  /// shorter, or their last block is damaged or not below the tail: then reset() and rebuild from
  /// the log.
  Status open(IndexEnd end);
  /// Removes all files and begins empty.
  Status reset();

  /// Entries must ascend strictly, above last_ts(). Readers see them at once, but look only up to
  /// U.
  void append(const std::vector<IndexEntry>& entries);
  /// Everything in files is durable. Error: the disk's, of this or an earlier write.
  Status sync();
  IndexEnd end() const;
  /// Commit ts of the last entry ever appended, 0: none.
  uint64_t last_ts() const;
  uint64_t entry_count() const;

  /// Entries above `after_ts`, ascending, at most a block's; empty at the end. `hint` is where the
  /// last call for the same walk ended (0 at first). Errors name file and offset.
  Result<std::vector<IndexEntry>> read_after(uint64_t after_ts, uint64_t* hint) const;
  /// The entry with exactly this commit ts, or NotFound.
  Result<IndexEntry> find(uint64_t commit_ts) const;
  /// The last `count` entries, ascending; fewer if there are not so many.
  Result<std::vector<IndexEntry>> read_last(size_t count) const;

  /// Removes files whose last entry is <= ts, never the newest.
  Status remove_until(uint64_t ts);

 private:
  using Entries = std::vector<IndexEntry>;

  std::string path(uint64_t number) const;
  Status write_full_blocks();
  Status write_block(uint64_t number, Bytes block);
  /// Last commit ts of `end`.
  Result<uint64_t> check_last_block(const IndexEnd& end) const;
  Result<Entries> read_block(uint64_t block) const;
  Result<uint64_t> first_ts_of(uint64_t block) const;
  Result<std::shared_ptr<const RandomAccessFile>> open_file(uint64_t number) const;
  /// First and end of the blocks that are in files.
  std::pair<uint64_t, uint64_t> file_blocks() const;
  /// Entries of the tail, false when it does not begin at `first_block` any more.
  bool tail_after(uint64_t after_ts, uint64_t first_block, Entries* entries) const;
  Result<Entries> read_file_after(uint64_t after_ts, uint64_t begin, uint64_t end,
                                  uint64_t* hint) const;
  Result<uint64_t> seek(uint64_t after_ts, uint64_t begin, uint64_t end) const;

  Env& env_;
  const std::string dir_;
  std::unique_ptr<WritableFile> writer_;  ///< of the newest file; null: open it at the next block
  bool dir_dirty_ = false;                ///< a file was created since the last sync
  std::string write_error_;

  mutable std::mutex mutex_;  ///< guards what is below
  uint64_t first_block_ = 0;  ///< blocks below were removed
  uint64_t blocks_ = 0;       ///< full blocks in files, removed ones counted
  Entries tail_;              ///< entries behind them
  uint64_t last_ts_ = 0;
  mutable std::map<uint64_t, std::shared_ptr<const RandomAccessFile>> open_files_;
};

}  // namespace tbl::pump
