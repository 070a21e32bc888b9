// Files for what is too large to be held in memory.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "base/env.h"
#include "base/status.h"

namespace tbl::spill {

/// A file that has no name any more once it is made: its space is free again when this object is
/// gone, however the process ends. Written first, by one thread; then read, by any.
class SpillFile {
 public:
  static Result<std::unique_ptr<SpillFile>> create(Env& env, const std::string& path);

  Status append(Bytes data);
  /// Nothing is appended after this. The content is on disk then, so that a disk that cannot take
  /// it says so here rather than by giving back something else.
  Status seal();
  /// All `n` bytes; an error when the file is shorter.
  Status read(uint64_t offset, size_t n, char* buffer) const;
  uint64_t size() const { return size_; }
  /// Where it was: for messages.
  const std::string& path() const { return path_; }

 private:
  SpillFile(std::string path, std::unique_ptr<WritableFile> writer,
            std::unique_ptr<RandomAccessFile> reader)
      : path_(std::move(path)), writer_(std::move(writer)), reader_(std::move(reader)) {}

  const std::string path_;
  std::unique_ptr<WritableFile> writer_;
  std::unique_ptr<RandomAccessFile> reader_;
  uint64_t size_ = 0;
};

/// A directory of such files, and the size from which on they are used. Any thread.
class SpillDir {
 public:
  /// What is larger than `above_bytes` is to go to a file.
  SpillDir(Env& env, std::string dir, uint64_t above_bytes)
      : env_(env), dir_(std::move(dir)), above_bytes_(above_bytes) {}

  /// Makes the directory, removes what a killed process may have left.
  Status prepare();
  Result<std::unique_ptr<SpillFile>> new_file();
  uint64_t above_bytes() const { return above_bytes_; }

 private:
  Env& env_;
  const std::string dir_;
  const uint64_t above_bytes_;
  std::atomic<uint64_t> next_number_ = 1;
};

}  // namespace tbl::spill
