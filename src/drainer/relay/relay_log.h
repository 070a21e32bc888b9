// Writes the relay log.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <string>

#include "base/env.h"

namespace tbl::relay {

/// One thread but for forget_until(), which any may call. The directory is locked as long as
/// it lives. Every run begins a file; what a crash has left of a last record is cut off before.
/// Errors name the file ("relay log <path>: ...: No space left on device").
class RelayLog {
 public:
  static Result<std::unique_ptr<RelayLog>> open(Env& env, const std::string& dir,
                                                uint64_t max_file_bytes);

  /// Begins the next file if this one has its size. True: nothing stands in the file yet.
  Result<bool> begin_record();
  Status append(Bytes payload, uint64_t commit_ts);
  /// All that was appended is on disk.
  Status sync();

  /// Everything up to `commit_ts` is applied. Only notes it.
  void forget_until(uint64_t commit_ts);
  /// Removes files with nothing above what is to be forgotten, but never the one that is written.
  void trim();

 private:
  struct Written {
    std::string path;
    uint64_t last_ts = 0;  ///< 0 for files of earlier runs, which hold nothing that is not applied
  };

  RelayLog(Env& env, std::string dir, uint64_t max_file_bytes)
      : env_(env), dir_(std::move(dir)), max_file_bytes_(max_file_bytes) {}
  Status take_over();
  Status begin_file();

  Env& env_;
  const std::string dir_;
  const uint64_t max_file_bytes_;
  std::unique_ptr<FileLock> lock_;
  std::unique_ptr<WritableFile> file_;
  uint64_t next_index_ = 0;
  std::atomic<uint64_t> forget_ts_{0};
  std::deque<Written> files_;  ///< the last one is written
};

}  // namespace tbl::relay
