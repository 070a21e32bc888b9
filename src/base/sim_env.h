// A disk in memory that behaves as badly as a real one may: for tests of everything that must
// survive a crash, a full disk or a bad sector.
//
//   SimEnv disk;
//   ... run the code under test on `disk` ...
//   disk.crash(seed);          // open handles die; an arbitrary part of what was not synced is
//   lost
//   ... start the code again on `disk`, compare ...
//
// To crash at every step: run once, take operations(), then for each n in 1..that, on a fresh disk:
// lose_power_at(n), run until an operation fails, crash(seed), recover.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/env.h"
#include "base/sim_inode.h"

namespace tbl {

/// What fail() can break and what operations() counts (all but kRead).
enum class SimOp : uint8_t { kCreate, kWrite, kSync, kTruncate, kRename, kRemove, kSyncDir, kRead };

class SimWritableFile;

/// A strict reading of POSIX:
/// - file content is safe only after sync() of that file, also its length;
/// - a creation, rename or removal is safe only after sync_dir() of the directory, whatever was
/// done to
///   the file; without it any subset of them may be lost, in any order; one rename is atomic;
/// - after a failed sync() the bytes it should have saved stay unsafe for ever.
/// Directories themselves are safe at once. Paths are compared as text. Any thread.
class SimEnv final : public Env {
 public:
  SimEnv() = default;

  Result<std::unique_ptr<WritableFile>> open_append(const std::string& path,
                                                    uint32_t mode = 0666) override;
  Result<std::unique_ptr<RandomAccessFile>> open_read(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& dir) override;
  Status create_dirs(const std::string& dir, uint32_t mode = 0755) override;
  Status remove(const std::string& path) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status sync_dir(const std::string& dir) override;
  bool exists(const std::string& path) override;
  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override;
  Result<DiskSpace> disk_space(const std::string& dir) override;

  /// Power is lost and comes back: unsynced state is thinned out at random, locks are free, handles
  /// opened before fail, planned faults are forgotten. Same seed and history: same result.
  void crash(uint64_t seed);
  /// The `nth` operation from now on (1: the next) fails, though its effect may reach the disk; so
  /// does everything after it, until crash().
  void lose_power_at(uint64_t nth);
  /// The `nth` `op` from now on (1: the next) fails with `errno_value`. A write leaves `kept_bytes`
  /// of its bytes behind.
  void fail(SimOp op, uint64_t nth, int errno_value, uint64_t kept_bytes = 0);
  /// Writes that would make all files together larger than this are cut short by ENOSPC.
  void set_capacity(uint64_t bytes);
  /// Damages a file on disk. False: no such file, or it is shorter.
  bool flip_bit(const std::string& path, uint64_t bit);
  /// Operations since construction that a crash can fall upon.
  uint64_t operations() const;

 private:
  friend class SimWritableFile;
  friend class SimRandomAccessFile;
  friend class SimFileLock;
  using InodePtr = std::shared_ptr<SimInode>;  // shared by directory entries and open handles
  using Entries = std::map<std::string, InodePtr>;

  struct DirChange {
    std::string from;  ///< removed, unless empty
    std::string to;    ///< made to name `inode`, unless empty
    InodePtr inode;
  };
  struct Fault {
    SimOp op;
    uint64_t countdown;
    int errno_value;
    uint64_t kept_bytes;
  };
  /// What becomes of one operation.
  struct Verdict {
    Status status;
    bool applied = true;      ///< its effect takes place (though status may be an error)
    uint64_t kept_bytes = 0;  ///< of a failed write
  };

  Verdict begin(SimOp op, const std::string& path);
  Status change_dir(SimOp op, DirChange change);
  Status append(SimWritableFile& file, const std::vector<Bytes>& pieces);
  Status rewrite(SimWritableFile& file, uint64_t offset, Bytes data);
  void reserve(SimWritableFile& file, uint64_t bytes);
  Status truncate(SimInode& inode, uint64_t generation, const std::string& path, uint64_t size);
  Status sync(SimInode& inode, uint64_t generation, const std::string& path);
  Status check_handle(uint64_t generation, const std::string& path) const;
  uint64_t used_bytes() const;
  static void apply(Entries& entries, const DirChange& change);

  mutable std::mutex mutex_;
  std::set<std::string> dirs_{"", ".", "/"};
  Entries live_;
  Entries on_disk_;
  std::vector<DirChange> pending_;
  std::set<std::string> locked_;
  std::vector<Fault> faults_;
  uint64_t generation_ = 0;  ///< crashes so far; handles of an older one are dead
  uint64_t operations_ = 0;
  uint64_t power_lost_at_ = UINT64_MAX;
  uint64_t capacity_ = 1ULL << 40;
};

}  // namespace tbl
