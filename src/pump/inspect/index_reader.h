// The files of a commit index as they stand, for reading only.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/env.h"
#include "base/status.h"
#include "pump/storage/index_format.h"

namespace tbl::pump {

/// Unlike CommitIndex it repairs nothing: a running pump's start cuts and removes. One thread.
class IndexReader {
 public:
  IndexReader(Env& env, std::string dir) : env_(env), dir_(std::move(dir)) {}

  /// Lists the files; blocks from `end` on are behind the snapshot and do not count. A missing
  /// directory is empty.
  Status open(uint64_t end);
  /// Blocks below were removed by GC.
  uint64_t first_block() const { return first_; }
  uint64_t end_block() const { return end_; }
  /// Full blocks in the files, `end` not regarded.
  uint64_t blocks_in_files() const { return in_files_; }

  /// DataLoss names file and offset; also for a block whose file is missing.
  Result<std::vector<IndexEntry>> read(uint64_t block);
  /// The entry of this commit ts, if a readable block holds it.
  std::optional<IndexEntry> find(uint64_t commit_ts);
  static std::string describe(uint64_t block);

 private:
  Result<std::vector<IndexEntry>*> load(uint64_t block);

  Env& env_;
  const std::string dir_;
  uint64_t first_ = 0;
  uint64_t end_ = 0;
  uint64_t in_files_ = 0;
  std::map<uint64_t, std::unique_ptr<RandomAccessFile>> files_;
  std::optional<uint64_t> loaded_;  ///< the block in entries_
  std::vector<IndexEntry> entries_;
};

}  // namespace tbl::pump
