// Files behind four small interfaces, so that a test can put a disk under pump's log that loses
// unsynced writes, tears them, flips bits or fills up (base/sim_env.h).
//
// Objects are not shared between threads unless said. Every error names the path.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"

namespace tbl {

/// Appends to one file. One thread. The destructor closes without syncing.
class WritableFile {
 public:
  virtual ~WritableFile() = default;
  /// Appends the pieces in order. On an error some prefix may have been written: size() tells.
  virtual Status append(const std::vector<Bytes>& pieces) = 0;
  Status append(Bytes data) { return append(std::vector<Bytes>{data}); }
  /// fdatasync: everything appended is on disk, and its length too.
  virtual Status sync() = 0;
  /// Writes bytes that the file holds at `offset` once more. A failed sync() may leave bytes that
  /// can be read but that no later sync() saves, as the system takes them for saved; after this it
  /// does.
  virtual Status rewrite(uint64_t offset, Bytes data) = 0;
  /// Makes the file longer by `bytes` of zeros behind the end, which later appends overwrite: then
  /// sync() has no new length to save, and is quicker. size() does not count them, a crash leaves
  /// them, truncate() takes them away. Does nothing where that is not possible.
  virtual void reserve(uint64_t bytes) = 0;
  /// Cuts the file; later appends go to the new end.
  virtual Status truncate(uint64_t size) = 0;
  virtual Status close() = 0;
  /// Bytes appended to the file, those of a failed append included.
  virtual uint64_t size() const = 0;
};

/// Reads one file at any place. Any thread.
class RandomAccessFile {
 public:
  virtual ~RandomAccessFile() = default;
  /// Reads up to `n` bytes at `offset` into `buffer` (at least n bytes); fewer only at the end of
  /// file.
  virtual Result<size_t> read(uint64_t offset, size_t n, char* buffer) const = 0;
  virtual Result<uint64_t> size() const = 0;
};

/// Held until destroyed.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

struct DiskSpace {
  uint64_t capacity_bytes;
  uint64_t available_bytes;  ///< for an ordinary user
};

/// A file system. Any thread.
class Env {
 public:
  virtual ~Env() = default;

  /// Creates or opens for append at the end.
  virtual Result<std::unique_ptr<WritableFile>> open_append(const std::string& path,
                                                            uint32_t mode = 0666) = 0;
  virtual Result<std::unique_ptr<RandomAccessFile>> open_read(const std::string& path) = 0;
  /// Names in a directory, sorted, without . and ..
  virtual Result<std::vector<std::string>> list(const std::string& dir) = 0;
  /// mkdir -p.
  virtual Status create_dirs(const std::string& dir, uint32_t mode = 0755) = 0;
  virtual Status remove(const std::string& path) = 0;
  virtual Status rename(const std::string& from, const std::string& to) = 0;
  /// fsync of a directory: creations, renames and removals in it are on disk.
  virtual Status sync_dir(const std::string& dir) = 0;
  virtual bool exists(const std::string& path) = 0;
  /// Exclusive, non-blocking flock; creates the file with mode 0600. Error: "<path>: file already
  /// locked".
  virtual Result<std::unique_ptr<FileLock>> lock(const std::string& path) = 0;
  virtual Result<DiskSpace> disk_space(const std::string& dir) = 0;

  Result<std::string> read_file(const std::string& path);
  /// Whole or not at all: temp file, fsync, rename, fsync of the directory.
  Status write_file_atomically(const std::string& path, Bytes content, uint32_t mode = 0644);
};

/// The machine's disk; lives for ever.
Env& posix_env();

/// "<dir>/<name>".
std::string join_path(const std::string& dir, const std::string& name);

}  // namespace tbl
